package identity

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"rocketmq-agent/agent/settings"
)

// defaultPrefix names brokers where no pod name does.
const defaultPrefix = "broker"

// pod is what a pod's name and labels say about its place in a StatefulSet.
type pod struct {
	name    string // in Kubernetes; empty elsewhere
	prefix  string // the StatefulSet's name
	ordinal int
	source  string
	host    string // a container's host name that somebody chose; empty in Kubernetes
	unknown bool   // nothing says which pod this is
}

// stable says whether the pods of the StatefulSet have the names that prefix and ordinals give: RMQ_ORDINAL can number
// pods whose names say something else.
func (p pod) stable() bool {
	return p.name == "" || p.name == p.prefix+"-"+strconv.Itoa(p.ordinal)
}

// findPod finds the number of this pod. Outside Kubernetes it is 0.
func findPod(s settings.Settings) (pod, error) {
	name, source := s.Pod.Name, "POD_NAME"
	if name == "" && s.Pod.InKubernetes {
		name, source = s.Pod.Hostname, "the host name"
	}
	prefix, n, named := splitPodName(name)
	if !named {
		prefix = defaultPrefix
	}
	found := func(ordinal int, source string) pod {
		return pod{
			name:    name,
			prefix:  prefix,
			ordinal: ordinal,
			source:  source,
		}
	}
	const label = "the label apps.kubernetes.io/pod-index"
	switch index, err := strconv.ParseUint(s.Pod.Index, 10, 31); {
	case s.Ordinal.Set:
		return found(s.Ordinal.N, "RMQ_ORDINAL"), nil
	case s.Pod.Index != "" && err != nil:
		return pod{}, fmt.Errorf("cannot derive an identity: %s is %q, not a number; set RMQ_ORDINAL",
			label, s.Pod.Index)
	case s.Pod.Index != "":
		return found(int(index), label), nil
	case named:
		return found(n, source), nil
	case name != "":
		return pod{}, fmt.Errorf("cannot derive an identity from %s=%q: %s", source, name, noOrdinal(name, source))
	}
	return pod{
		prefix:  defaultPrefix,
		source:  "the default",
		host:    chosenHost(s.Pod),
		unknown: true,
	}, nil
}

// longestHost is what a host name may have at most (bytes); Kubernetes cuts the name of a pod to it.
const longestHost = 63

// noOrdinal says what a name lacks, and what to do.
func noOrdinal(name, source string) string {
	if source != "POD_NAME" && len(name) >= longestHost-1 { // without a dash that would have been the last character
		return fmt.Sprintf("it does not end in an ordinal, and Kubernetes cuts host names to %d characters; "+
			"set POD_NAME from metadata.name (downward API)", longestHost)
	}
	return "it does not end in an ordinal; if there is only this one pod, set RMQ_ORDINAL=0, " +
		"or else run these pods in a StatefulSet"
}

// containerID matches the host name of a container that nobody named: the random number that it has instead must never
// become a broker's name.
var containerID = regexp.MustCompile(`^([0-9a-f]{12}|[0-9a-f]{64})$`)

// chosenHost is the container's host name, where somebody chose one.
func chosenHost(p settings.Pod) string {
	if !p.InContainer || p.InKubernetes || containerID.MatchString(p.FullHostname) || p.FullHostname == "localhost" {
		return ""
	}
	return p.FullHostname
}

// randomSuffix are five characters of those that Kubernetes draws random names from, where the draw gave digits alone:
// one pod in 850 of a Deployment or a DaemonSet. No StatefulSet counts that far.
var randomSuffix = regexp.MustCompile(`^[2456789]{5}$`)

// splitPodName splits the name that a StatefulSet gives its pods: a prefix, a dash and a number without leading zeros.
func splitPodName(name string) (prefix string, n int, ok bool) {
	i := strings.LastIndexByte(name, '-')
	if i <= 0 {
		return "", 0, false
	}
	ordinal, err := strconv.ParseUint(name[i+1:], 10, 31)
	n = int(ordinal)
	if err != nil || strconv.Itoa(n) != name[i+1:] || randomSuffix.MatchString(name[i+1:]) {
		return "", 0, false
	}
	return name[:i], n, true
}
