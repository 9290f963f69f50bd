package keys

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"rocketmq-agent/agent/rmq"
)

// classes are what each role binds its configuration file to (BrokerStartup, NamesrvStartup, ControllerStartup,
// ProxyStartup). Of a key that several of them have, the first one describes it. A name server binds the controller's
// only with enableControllerInNamesrv, a broker the tiered store's only with that plug-in.
var classes = map[rmq.Role][]string{
	rmq.Broker: {
		"NettyServerConfig", "MessageStoreConfig", "BrokerConfig", "NettyClientConfig", "AuthConfig", TieredClass,
	},
	rmq.Namesrv:    {"NamesrvConfig", "NettyServerConfig", "NettyClientConfig", "ControllerConfig", "JraftConfig"},
	rmq.Controller: {"ControllerConfig", "JraftConfig", "NettyServerConfig", "NettyClientConfig"},
	rmq.Proxy:      {"ProxyConfig", "AuthConfig"},
}

// TieredClass is the class of the keys of the tiered store.
const TieredClass = "TieredMessageStoreConfig"

// raw are keys that a broker reads from its file without a class of their own (BrokerStartup.properties2SystemEnv).
var raw = []Key{
	{
		Name:   "rmqAddressServerDomain",
		Type:   "string",
		Effect: Restart,
		Help:   "host of the address server that lists the name servers",
		last:   5,
	},
	{
		Name:   "rmqAddressServerSubGroup",
		Type:   "string",
		Effect: Restart,
		Help:   "path of the list on the address server",
		last:   5,
	},
}

// startDefaults are defaults that a role's start-up sets in place of the class's own.
var startDefaults = map[rmq.Role]map[string]string{
	rmq.Broker:     {"listenPort": "10911"},
	rmq.Namesrv:    {"listenPort": "9876"},
	rmq.Controller: {"listenPort": "19876"},
}

// overwritten are keys of AuthConfig that RocketMQ sets itself, by the keys that decide them.
var overwritten = map[rmq.Role]map[string]string{
	rmq.Broker: {
		"clusterName":    "brokerClusterName",
		"configName":     "brokerName",
		"authConfigPath": "storePathRootDir",
	},
	rmq.Proxy: {
		"clusterName": "rocketMQClusterName",
		"configName":  "proxyName",
	},
}

// Set is the keys of one role in one release.
type Set struct {
	Role    rmq.Role
	Release rmq.Release // the release of the table that stands for the one asked for

	table *Table
	keys  map[string]Key
}

// Set returns the keys of a role in a release, by the table's nearest one.
func (t *Table) Set(release rmq.Release, role rmq.Role) Set {
	i := nearest(release)
	s := Set{
		Role:    role,
		Release: Releases[i],
		table:   t,
		keys:    map[string]Key{},
	}
	if role == rmq.Broker {
		for _, k := range raw {
			s.keys[k.Name] = k
		}
	}
	for name, all := range t.keys {
		unread := true
		for _, class := range classes[role] {
			for _, k := range all {
				if k.Class != class || i < k.first || i > k.last {
					continue
				}
				if _, known := s.keys[name]; !known {
					s.keys[name] = k
				}
				unread = unread && k.Unread
			}
		}
		if k, ok := s.keys[name]; ok {
			// The table's release of the line 5.3 does not enforce it.
			k.Unread = unread && !(name == "aclEnable" && release.EnforcesACL())
			if d, ok := startDefaults[role][name]; ok {
				k.Default = d
			}
			s.keys[name] = k
		}
	}
	return s
}

// nearest is the place in Releases of the one that stands for another: the last one before it of the same line (5.3),
// else the first one after it of that line, else the same two of the same major release, else of all.
func nearest(want rmq.Release) int {
	lines := []func(rmq.Release) bool{
		func(r rmq.Release) bool { return r.Major == want.Major && r.Minor == want.Minor },
		func(r rmq.Release) bool { return r.Major == want.Major },
		func(rmq.Release) bool { return true },
	}
	for _, same := range lines {
		before, after := -1, -1
		for i, r := range Releases {
			switch {
			case !same(r):
			case r.Compare(want) <= 0:
				before = i
			case after < 0:
				after = i
			}
		}
		if before >= 0 {
			return before
		}
		if after >= 0 {
			return after
		}
	}
	return len(Releases) - 1
}

// Empty says whether nothing is known of the role in this release: its jar is not to be had.
func (s Set) Empty() bool { return len(s.keys) == 0 }

// Find returns a key of the set.
func (s Set) Find(name string) (Key, bool) {
	k, ok := s.keys[name]
	return k, ok
}

// Names lists the keys of the set, sorted.
func (s Set) Names() []string { return slices.Sorted(maps.Keys(s.keys)) }

// Overwritten is the key that decides one which RocketMQ sets itself at its start; empty for all others.
func (s Set) Overwritten(name string) string { return overwritten[s.Role][name] }

// Gone says what is known of a key that people write although this role does not have it or does not read it.
func (s Set) Gone(name string) (Gone, bool) {
	g, ok := s.table.gone[s.Role][name]
	return g, ok
}

// Elsewhere lists the other roles that have a key in this release.
func (s Set) Elsewhere(name string) []rmq.Role {
	i := nearest(s.Release)
	var roles []rmq.Role
	for _, role := range rmq.Processes {
		for _, k := range s.table.keys[name] {
			if role != s.Role && slices.Contains(classes[role], k.Class) && k.first <= i && i <= k.last {
				roles = append(roles, role)
				break
			}
		}
	}
	return roles
}

// History says which releases of the table have a key of this role, for a key that this one does not have.
func (s Set) History(name string) (first, last rmq.Release, ok bool) {
	from, to := len(Releases), -1
	for _, k := range s.table.keys[name] {
		if slices.Contains(classes[s.Role], k.Class) {
			from, to = min(from, k.first), max(to, k.last)
		}
	}
	if to < 0 {
		return rmq.Release{}, rmq.Release{}, false
	}
	return Releases[from], Releases[to], true
}

// Similar finds the one key that name is a misspelling of.
func (s Set) Similar(name string) (string, bool) { return Closest(name, maps.Keys(s.keys)) }

// Closest finds the one of names that name is a misspelling of: the same in another case, or a slip or two of the pen
// away. Where two are as near, it is none of them.
func Closest(name string, names iter.Seq[string]) (string, bool) {
	found, best := "", 3
	lower := strings.ToLower(name)
	for other := range names {
		if strings.EqualFold(other, name) {
			return other, true
		}
		if len(name) < 6 || len(lower)-len(other) > best || len(other)-len(lower) > best {
			continue
		}
		switch d := distance(lower, strings.ToLower(other), best+1); {
		case d < best:
			found, best = other, d
		case d == best:
			found = ""
		}
	}
	return found, found != "" && best*5 <= len(name)
}

// distance is the number of characters to insert, drop, replace or swap with their neighbour; limit or more is limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	rows := make([]int, 3*(len(b)+1))
	older, old, row := rows[:len(b)+1], rows[len(b)+1:2*(len(b)+1)], rows[2*(len(b)+1):]
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := old[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(old[j]+1, row[j-1]+1, replaced)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		if slices.Min(row) >= limit && slices.Min(old)+1 >= limit {
			return limit // it can only grow
		}
		older, old, row = old, row, older
	}
	return min(old[len(b)], limit)
}
