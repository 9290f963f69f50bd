package rmq

// Topology names the rule that turns an ordinal into a broker's identity. The rules are in package identity.
type Topology string

// The topologies. Manual means that the configuration file decides.
const (
	Masters        Topology = "masters"    // every broker is a group of its own
	Replicas       Topology = "replicas"   // a master and its slaves, by index
	DLedger        Topology = "dledger"    // a replicated commit log that elects its leader
	ControllerMode Topology = "controller" // controllers elect the master of each group
	Manual         Topology = "manual"
)

// Topologies lists all of them.
var Topologies = []Topology{Masters, Replicas, DLedger, ControllerMode, Manual}

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Topology) UnmarshalText(b []byte) error {
	var names []string
	for _, known := range Topologies {
		names = append(names, string(known))
	}
	v, err := oneOf(string(b), names...)
	*t = Topology(v)
	return err
}

// Replication says whether a master waits for its slaves.
type Replication string

// The kinds of replication.
const (
	Async Replication = "async"
	Sync  Replication = "sync"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Replication) UnmarshalText(b []byte) error {
	v, err := oneOf(string(b), string(Async), string(Sync))
	*r = Replication(v)
	return err
}

// BrokerRef is a broker as name servers know it.
type BrokerRef struct {
	Cluster string
	Name    string
	ID      int64  // 0 is the master; AnyID where it is not known
	Addr    string // host:port as registered: brackets around IPv6 only where brokerIP1 has them
}

// AnyID is the id of a broker whose id is not known beforehand: an elected one, or one that a mounted file names.
const AnyID = -1

// PermRead is the brokerPermission of a broker that may be read from only (PermName.java).
const PermRead = "4"

// DLedgerGroup is a group of brokers that share a commit log, as one of its members knows it.
type DLedgerGroup struct {
	Name  string
	Self  string            // the member itself
	Peers map[string]string // host:port by member, itself among them
}
