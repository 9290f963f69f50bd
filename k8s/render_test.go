//go:build e2e

package k8s_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
)

// manifests is what kustomize makes of a folder.
type manifests struct {
	sets     []statefulSet
	services map[string]service
	budgets  []budget
}

type statefulSet struct {
	Metadata metadata
	Spec     struct {
		Replicas             int
		ServiceName          string
		PodManagementPolicy  string
		Selector             selector
		Template             template
		VolumeClaimTemplates []struct{ Metadata metadata }
	}
}

type template struct {
	Metadata metadata
	Spec     struct {
		TerminationGracePeriodSeconds int
		SecurityContext               any
		TopologySpreadConstraints     []struct{ TopologyKey, WhenUnsatisfiable string }
		Containers                    []container
		Volumes                       []struct{ Name string }
	}
}

type container struct {
	Name    string
	Command []string
	Env     []struct {
		Name, Value string
		ValueFrom   struct{ FieldRef struct{ FieldPath string } }
	}
	Ports []struct {
		Name          string
		ContainerPort int
	}
	VolumeMounts                                []struct{ Name, MountPath string }
	SecurityContext                             any
	StartupProbe, LivenessProbe, ReadinessProbe map[string]any
}

type service struct {
	Metadata metadata
	Spec     struct {
		ClusterIP                string
		PublishNotReadyAddresses bool
		Selector                 map[string]string
		Ports                    []struct {
			Name, TargetPort string
			Port             int
		}
	}
}

type budget struct {
	Metadata metadata
	Spec     struct {
		MaxUnavailable int
		Selector       selector
	}
}

type metadata struct {
	Name, Namespace string
	Labels          map[string]string
}

type selector struct {
	MatchLabels      map[string]string
	MatchExpressions []struct {
		Key, Operator string
		Values        []string
	}
}

// render builds a folder. The YAML becomes JSON in a patch that changes nothing and asks no cluster.
func render(t testing.TB, dir string) manifests {
	t.Helper()
	c := &cluster{TB: t}
	out, err := c.feed(c.kubectl("kustomize", dir),
		"patch", "--local", "--filename", "-", "--type", "merge", "--patch", "{}", "--output", "json")
	if err != nil {
		t.Fatal(err)
	}
	m := manifests{services: map[string]service{}}
	for objects := json.NewDecoder(strings.NewReader(out)); ; {
		var raw json.RawMessage
		if err := objects.Decode(&raw); errors.Is(err, io.EOF) {
			return m
		} else if err != nil {
			t.Fatal(err)
		}
		if err := m.add(raw); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *manifests) add(raw json.RawMessage) error {
	var is struct{ Kind string }
	if err := json.Unmarshal(raw, &is); err != nil {
		return err
	}
	switch is.Kind {
	case "StatefulSet":
		m.sets = append(m.sets, statefulSet{})
		return json.Unmarshal(raw, &m.sets[len(m.sets)-1])
	case "PodDisruptionBudget":
		m.budgets = append(m.budgets, budget{})
		return json.Unmarshal(raw, &m.budgets[len(m.budgets)-1])
	case "Service":
		var s service
		err := json.Unmarshal(raw, &s)
		m.services[s.Metadata.Name] = s
		return err
	}
	return errors.New("unexpected kind " + is.Kind)
}

// matches says whether the selector chooses a pod with these labels.
func (s selector) matches(labels map[string]string) bool {
	for _, e := range s.MatchExpressions {
		if e.Operator != "In" || !slices.Contains(e.Values, labels[e.Key]) {
			return false
		}
	}
	return has(labels, s.MatchLabels)
}

// has says whether all that is wanted is among the labels.
func has(labels, want map[string]string) bool {
	for key, value := range want {
		if labels[key] != value {
			return false
		}
	}
	return true
}

// container is the only one of the set's pods.
func (s statefulSet) container() container { return s.Spec.Template.Spec.Containers[0] }

// role is what the container runs.
func (s statefulSet) role() rmq.Role { return rmq.Role(s.container().Command[2]) }

// pods are the names of the set's pods.
func (s statefulSet) pods() []string {
	var names []string
	for i := range s.Spec.Replicas {
		names = append(names, fmt.Sprintf("%s-%d", s.Metadata.Name, i))
	}
	return names
}

// addresses are the stable names of the set's pods, each with the port.
func (s statefulSet) addresses(domain string, port int) string {
	var all []string
	for _, pod := range s.pods() {
		all = append(all, fmt.Sprintf("%s.%s%s:%d", pod, s.Spec.ServiceName, domain, port))
	}
	return strings.Join(all, ";")
}

func (c container) env(name string) string {
	for _, e := range c.Env {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

// port is the number of a named port; 0 when the container opens none of that name.
func (c container) port(name string) int {
	for _, p := range c.Ports {
		if p.Name == name {
			return p.ContainerPort
		}
	}
	return 0
}

// keeps says whether the folder is on a volume that outlives the pod.
func (s statefulSet) keeps(folder string) bool {
	for _, mount := range s.container().VolumeMounts {
		for _, claim := range s.Spec.VolumeClaimTemplates {
			if mount.MountPath == folder && mount.Name == claim.Metadata.Name {
				return true
			}
		}
	}
	return false
}
