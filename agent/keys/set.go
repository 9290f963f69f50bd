package keys

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/settings"
)

// classes are what each role binds its configuration file to (BrokerStartup, NamesrvStartup, ControllerStartup,
// ProxyStartup). Of a key that several of them have, the first one describes it. A name server binds the controller's
// only with enableControllerInNamesrv, a broker the tiered store's only with that plug-in.
var classes = map[settings.Role][]string{
	settings.Broker:     {"NettyServerConfig", "MessageStoreConfig", "BrokerConfig", "NettyClientConfig", "AuthConfig", TieredClass},
	settings.Namesrv:    {"NamesrvConfig", "NettyServerConfig", "NettyClientConfig", "ControllerConfig", "JraftConfig"},
	settings.Controller: {"ControllerConfig", "JraftConfig", "NettyServerConfig", "NettyClientConfig"},
	settings.Proxy:      {"ProxyConfig", "AuthConfig"},
}

// TieredClass is the class of the keys of the tiered store.
const TieredClass = "TieredMessageStoreConfig"

// raw are keys that a broker reads from its file without a class of their own (BrokerStartup.properties2SystemEnv).
var raw = []Key{
	{Name: "rmqAddressServerDomain", Type: "string", Effect: Restart, Help: "host of the address server that lists the name servers", last: 5},
	{Name: "rmqAddressServerSubGroup", Type: "string", Effect: Restart, Help: "path of the list on the address server", last: 5},
}

// startDefaults are defaults that a role's start-up sets in place of the class's own.
var startDefaults = map[settings.Role]map[string]string{
	settings.Broker:     {"listenPort": "10911"},
	settings.Namesrv:    {"listenPort": "9876"},
	settings.Controller: {"listenPort": "19876"},
}

// Set is the keys of one role in one release.
type Set struct {
	Role    settings.Role
	Release string // the release of the table that stands for the one asked for

	table *Table
	keys  map[string]Key
}

// aclRead are releases of the line 5.3 that still enforce aclEnable, which 5.3.3, the table's release of that line, does not.
var aclRead = map[string]bool{"5.3.0": true, "5.3.1": true, "5.3.2": true}

// Set returns the keys of a role in a release, by the table's nearest one.
func (t *Table) Set(release string, role settings.Role) Set {
	s := Set{Role: role, Release: nearest(release), table: t, keys: map[string]Key{}}
	i := slices.Index(Releases, s.Release)
	if role == settings.Broker {
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
			k.Unread = unread
			if name == "aclEnable" && aclRead[release] {
				k.Unread = false
			}
			if d, ok := startDefaults[role][name]; ok {
				k.Default = d
			}
			s.keys[name] = k
		}
	}
	return s
}

// nearest is the release of the table that stands for another one: the last one before it of the same line (5.3), else the
// first one after it of that line, else the same two of the same major release.
func nearest(release string) string {
	want := parts(release)
	for n := 2; n >= 0; n-- {
		var before, after string
		for _, r := range Releases {
			p := parts(r)
			switch {
			case !slices.Equal(p[:n], want[:n]):
			case slices.Compare(p, want) <= 0:
				before = r
			case after == "":
				after = r
			}
		}
		if before != "" {
			return before
		}
		if after != "" {
			return after
		}
	}
	return Releases[len(Releases)-1]
}

// IsRelease says whether s looks like a release.
func IsRelease(s string) bool { return release.MatchString(s) }

var release = regexp.MustCompile(`^\d+\.\d+\.\d+(-[\w.]+)?$`)

// parts are the three numbers of a release; what is none counts as 0.
func parts(release string) []int {
	release, _, _ = strings.Cut(release, "-") // 5.3.0-SNAPSHOT
	p := make([]int, 3)
	for i, word := range strings.SplitN(release, ".", 3) {
		p[i], _ = strconv.Atoi(word)
	}
	return p
}

// Before says whether the set's release is older than the line, as 5.2.
func (s Set) Before(major, minor int) bool {
	return slices.Compare(parts(s.Release)[:2], []int{major, minor}) < 0
}

// Find returns a key of the set.
func (s Set) Find(name string) (Key, bool) {
	k, ok := s.keys[name]
	return k, ok
}

// Names lists the keys of the set, sorted.
func (s Set) Names() []string { return slices.Sorted(maps.Keys(s.keys)) }

// Gone says what is known of a key that people write although this role does not have it or does not read it.
func (s Set) Gone(name string) (Gone, bool) {
	g, ok := s.table.gone[s.Role][name]
	return g, ok
}

// Elsewhere lists the other roles that have a key in this release.
func (s Set) Elsewhere(name string) []settings.Role {
	i := slices.Index(Releases, s.Release)
	var roles []settings.Role
	for _, role := range []settings.Role{settings.Broker, settings.Namesrv, settings.Controller, settings.Proxy} {
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
func (s Set) History(name string) (first, last string, ok bool) {
	from, to := len(Releases), -1
	for _, k := range s.table.keys[name] {
		if slices.Contains(classes[s.Role], k.Class) {
			from, to = min(from, k.first), max(to, k.last)
		}
	}
	if to < 0 {
		return "", "", false
	}
	return Releases[from], Releases[to], true
}

// Similar finds the one key that name is a misspelling of: the same in another case, or a slip or two of the pen away. Where
// two keys are as near, it is none of them.
func (s Set) Similar(name string) (string, bool) {
	found, best := "", 3
	lower := strings.ToLower(name)
	for other := range s.keys {
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
