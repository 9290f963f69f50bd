//go:build e2e

package k8s_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
)

// overlay is one folder of overlays, and what it is to be.
type overlay struct {
	name        string
	topology    rmq.Topology
	group       int            // brokers that share a name
	pods        map[string]int // by StatefulSet
	controllers string         // the StatefulSet that runs controllers
	grace       []string       // what the own overlay lists besides ../../grace-period
}

var overlays = []overlay{
	{
		name:     "masters",
		topology: rmq.Masters,
		group:    1,
		pods:     map[string]int{"rocketmq-namesrv": 2, "rocketmq-broker": 2},
	},
	{
		name:     "replicas",
		topology: rmq.Replicas,
		group:    2,
		pods:     map[string]int{"rocketmq-namesrv": 2, "rocketmq-broker": 4},
	},
	{
		name:     "replicas-apart",
		topology: rmq.Replicas,
		group:    2,
		pods:     map[string]int{"rocketmq-namesrv": 2, "rocketmq-broker": 2, "rocketmq-broker-slave": 2},
		grace:    []string{"broker-slave"},
	},
	{
		name:     "dledger",
		topology: rmq.DLedger,
		group:    3,
		pods:     map[string]int{"rocketmq-namesrv": 2, "rocketmq-broker": 3},
	},
	{
		name:        "controller",
		topology:    rmq.ControllerMode,
		group:       3,
		pods:        map[string]int{"rocketmq-namesrv": 3, "rocketmq-broker": 3},
		controllers: "rocketmq-namesrv",
	},
	{
		name:        "controller-apart",
		topology:    rmq.ControllerMode,
		group:       3,
		pods:        map[string]int{"rocketmq-namesrv": 2, "rocketmq-controller": 3, "rocketmq-broker": 3},
		controllers: "rocketmq-controller",
		grace:       []string{"controller"},
	},
}

// TestOverlays looks for what must hold whatever is changed later, in what kustomize makes of each overlay.
func TestOverlays(t *testing.T) {
	folders, err := os.ReadDir("overlays")
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != len(overlays) {
		t.Errorf("there are %d overlays, and %d are tested", len(folders), len(overlays))
	}
	base := render(t, "base")
	for _, o := range overlays {
		t.Run(o.name, func(t *testing.T) {
			m := render(t, filepath.Join("overlays", o.name))
			m.check(t, o, base)
			m.checkIdentities(t, o)
			m.own(t, o).checkGracePeriods(t)
		})
	}
}

func (m manifests) check(t *testing.T, o overlay, base manifests) {
	found := map[string]int{}
	for _, s := range m.sets {
		found[s.Metadata.Name] = s.Spec.Replicas
		m.checkSet(t, s)
		s.checkPod(t, base)
		if spread := s.Spec.Template.Spec.TopologySpreadConstraints; o.group > 1 && len(spread) == 0 {
			t.Errorf("%s: nothing keeps its pods apart", s.Metadata.Name)
		}
		if s.Metadata.Name == o.controllers &&
			(s.container().port("controller") != 9878 || !s.keeps("/home/rocketmq/controller")) {
			t.Errorf("%s: no port or no volume for its controllers: %+v", s.Metadata.Name, s.container())
		}
	}
	if !maps.Equal(found, o.pods) {
		t.Errorf("pods %v, want %v", found, o.pods)
	}
	m.checkGracePeriods(t)
}

// checkSet looks at a StatefulSet among the other objects.
func (m manifests) checkSet(t *testing.T, s statefulSet) {
	name, labels := s.Metadata.Name, s.Spec.Template.Metadata.Labels
	if s.Metadata.Namespace != "" {
		t.Errorf("%s names the namespace %s", name, s.Metadata.Namespace)
	}
	// With OrderedReady, no pod would come after the first, which waits for them to elect a leader.
	if s.Spec.PodManagementPolicy != "Parallel" {
		t.Errorf("%s: podManagementPolicy is %q", name, s.Spec.PodManagementPolicy)
	}
	if !s.Spec.Selector.matches(labels) {
		t.Errorf("%s does not select its own pods: %v", name, s.Spec.Selector)
	}
	for _, other := range m.sets {
		if other.Metadata.Name != name && s.Spec.Selector.matches(other.Spec.Template.Metadata.Labels) {
			t.Errorf("%s selects the pods of %s", name, other.Metadata.Name)
		}
	}
	m.checkService(t, s)
	budgets := slices.DeleteFunc(slices.Clone(m.budgets), func(b budget) bool {
		return !b.Spec.Selector.matches(labels)
	})
	if len(budgets) != 1 || budgets[0].Spec.MaxUnavailable != 1 {
		t.Errorf("%s: want one budget of one pod, got %+v", name, budgets)
	}
}

// checkService looks at the Service that gives the set's pods their names.
func (m manifests) checkService(t *testing.T, s statefulSet) {
	name, service := s.Metadata.Name, m.services[s.Spec.ServiceName]
	if service.Spec.ClusterIP != "None" || !service.Spec.PublishNotReadyAddresses {
		t.Errorf("%s: the Service %q does not name pods that are not ready: %+v", name, s.Spec.ServiceName, service)
	}
	for _, other := range m.sets {
		chosen := has(other.Spec.Template.Metadata.Labels, service.Spec.Selector)
		if chosen != (other.Metadata.Name == name) {
			t.Errorf("the Service %s chooses the pods of %s: %t", s.Spec.ServiceName, other.Metadata.Name, chosen)
		}
	}
	named := map[string]int{}
	for _, p := range service.Spec.Ports {
		if p.TargetPort != p.Name {
			t.Errorf("the Service %s leads %s to %s", s.Spec.ServiceName, p.Name, p.TargetPort)
		}
		named[p.Name] = p.Port
	}
	opened := map[string]int{}
	for _, p := range s.container().Ports {
		opened[p.Name] = p.ContainerPort
	}
	if !maps.Equal(named, opened) {
		t.Errorf("%s opens %v, its Service has %v", name, opened, named)
	}
}

// checkPod compares a pod with that of the base: no overlay changes what guards it.
func (s statefulSet) checkPod(t *testing.T, base manifests) {
	name, pod, got := s.Metadata.Name, s.Spec.Template.Spec, s.container()
	original := base.sets[slices.IndexFunc(base.sets, func(b statefulSet) bool {
		return (b.role() == rmq.Broker) == (s.role() == rmq.Broker)
	})]
	want := original.container()
	for what, values := range map[string][2]any{
		"the pod's securityContext": {pod.SecurityContext, original.Spec.Template.Spec.SecurityContext},
		"securityContext":           {got.SecurityContext, want.SecurityContext},
		"startupProbe":              {got.StartupProbe, want.StartupProbe},
		"livenessProbe":             {got.LivenessProbe, want.LivenessProbe},
		"readinessProbe":            {got.ReadinessProbe, want.ReadinessProbe},
	} {
		if !reflect.DeepEqual(values[0], values[1]) {
			t.Errorf("%s: %s is %v, in the base %v", name, what, values[0], values[1])
		}
	}
	if s.role() == rmq.Broker && !s.keeps("/home/rocketmq/store") {
		t.Errorf("%s: its store is on no claim", name)
	}
	if got.Name != string(s.role()) || len(pod.Containers) != 1 {
		t.Errorf("%s: %d containers, %q runs %s", name, len(pod.Containers), got.Name, s.role())
	}
}

func (m manifests) checkGracePeriods(t *testing.T) {
	t.Helper()
	for _, s := range m.sets {
		pod := strconv.Itoa(s.Spec.Template.Spec.TerminationGracePeriodSeconds)
		if agent := s.container().env("RMQ_GRACE_PERIOD"); pod != agent {
			t.Errorf("%s: terminationGracePeriodSeconds is %s, RMQ_GRACE_PERIOD is %s", s.Metadata.Name, pod, agent)
		}
	}
}

// own is what a kustomization of one's own makes of an overlay, with another grace period and another number of pods
// for each StatefulSet.
func (m manifests) own(t *testing.T, o overlay) manifests {
	var text strings.Builder
	here := ownFolder(t)
	fmt.Fprintf(&text, "resources: [%s/overlays/%s]\ntransformers:\n- %[1]s/grace-period\n", here.up, o.name)
	for _, folder := range o.grace {
		fmt.Fprintf(&text, "- %s/grace-period/%s\n", here.up, folder)
	}
	text.WriteString("replicas:\n")
	for i, s := range m.sets {
		fmt.Fprintf(&text, "- {name: %s, count: %d}\n", s.Metadata.Name, 10+i)
	}
	text.WriteString("patches:\n")
	for i, s := range m.sets {
		fmt.Fprintf(&text, "- patch: '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: %s}, "+
			"spec: {template: {spec: {terminationGracePeriodSeconds: %d}}}}'\n", s.Metadata.Name, 300+i)
	}
	here.write(text.String())
	mine := render(t, here.dir)
	for i, s := range mine.sets {
		name, grace := s.Metadata.Name, s.Spec.Template.Spec.TerminationGracePeriodSeconds
		if name != m.sets[i].Metadata.Name || s.Spec.Replicas != 10+i || grace != 300+i {
			t.Errorf("%s of the own overlay: %d pods, grace period %d", name, s.Spec.Replicas, grace)
		}
	}
	return mine
}

// folder is one outside the repository, with a kustomization.
type folder struct {
	testing.TB
	dir string
	up  string // from there to this folder
}

func ownFolder(t testing.TB) folder {
	t.Helper()
	dir := t.TempDir()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	up, err := filepath.Rel(dir, here)
	if err != nil {
		t.Fatal(err)
	}
	return folder{t, dir, up}
}

func (f folder) write(kustomization string) {
	f.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, "kustomization.yaml"), []byte(kustomization), 0o644); err != nil {
		f.Fatal(err)
	}
}

// TestOwnOverlay builds the kustomization that the README shows, somewhere else, and looks for what it changes.
func TestOwnOverlay(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	shown, _, _ := strings.Cut(rest, "```")
	here := ownFolder(t)
	here.write(strings.NewReplacer(
		"../masters", here.up+"/overlays/masters",
		"../../grace-period", here.up+"/grace-period",
	).Replace(shown))
	built := (&cluster{TB: t}).kubectl("kustomize", here.dir)
	for text, times := range map[string]int{
		"terminationGracePeriodSeconds: 300":                         1,
		"- name: RMQ_GRACE_PERIOD\n          value: \"300\"":         1, // the agent's side of the same number
		"terminationGracePeriodSeconds: 30\n":                        1,
		"- name: RMQ_GRACE_PERIOD\n          value: \"30\"":          1,
		"image: registry.example/rocketmq-agent:1.0":                 2,
		"storageClassName: fast-ssd":                                 1,
		"storage: 500Gi":                                             1,
		"- name: RMQ_CONF_fileReservedTime\n          value: \"48\"": 1,
		"- name: RMQ_TOPOLOGY\n          value: masters":             1,
		"namespace: orders":                                          7,
		":latest":                                                    0,
	} {
		if n := strings.Count(built, text); n != times {
			t.Errorf("%q is there %d times, want %d", text, n, times)
		}
	}
	if t.Failed() {
		t.Log(built)
	}
}
