package identity

import "rocketmq-agent/agent/rmq"

// Mode is how a store is replicated, which decides what its files look like.
type Mode string

// The modes. Controllers have a store too, with their own log in it.
const (
	Plain           Mode = "plain"
	DLedger         Mode = "dledger"
	Controlled      Mode = "controlled" // a broker whose master controllers elect
	ControllerStore Mode = "controller"
)

// Owner is the broker or controller that a store belongs to. An empty field is not known and matches everything.
type Owner struct {
	Mode    Mode   `json:"mode"`
	Cluster string `json:"cluster,omitempty"`
	Name    string `json:"name,omitempty"`   // brokerName, or the group of the controllers
	Member  string `json:"member,omitempty"` // brokerId, dLegerSelfId, or the index in the group
}

// String is the owner as RMQ_ADOPT_STORE names it.
func (o Owner) String() string {
	return o.Cluster + "/" + o.Name + "/" + o.Member
}

// Is says whether both are the same, as far as they are known.
func (o Owner) Is(other Owner) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return o.Mode == other.Mode &&
		same(o.Cluster, other.Cluster) && same(o.Name, other.Name) && same(o.Member, other.Member)
}

func brokerOf(mode Mode, v rmq.Values, member string) Owner {
	return Owner{
		Mode:    mode,
		Cluster: v.Text("brokerClusterName"),
		Name:    v.Text("brokerName"),
		Member:  member,
	}
}

// ControllerOwner is whom the store of a controller belongs to.
func ControllerOwner(v rmq.Values) Owner {
	self := v.Text("controllerDLegerSelfId")
	if self == "" {
		self = v.Text("jRaftServerId")
	}
	return Owner{Mode: ControllerStore, Name: v.Text("controllerDLegerGroup"), Member: self}
}
