//go:build e2e

package k8s_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// podDomain follows the Service's name in the stable names of pods.
const podDomain = ".demo.svc.cluster.local"

// checkIdentities asks the agent who each pod would be: the groups must come out complete, and everybody must be told
// of everybody else.
func (m manifests) checkIdentities(t *testing.T, o overlay) {
	groups := map[string]map[int]string{} // pods by broker name and index
	var namesrvs, controllers string
	for _, s := range m.sets {
		if s.role() == rmq.Namesrv {
			namesrvs = s.addresses("", 9876)
		}
		if s.Metadata.Name == o.controllers {
			controllers = s.addresses("", 9878)
		}
	}
	for _, s := range m.sets {
		for i, pod := range s.pods() {
			t.Run(pod, func(t *testing.T) {
				told := s.settings(t, i)
				checkPorts(t, s, told)
				if s.role() == rmq.Broker {
					checkBroker(t, o, s, told, groups)
					checkAddresses(t, o, told, namesrvs, controllers)
					return
				}
				checkController(t, s, i, told, s.Metadata.Name == o.controllers)
			})
		}
	}
	brokers := 0
	for name, members := range groups {
		got := slices.Sorted(maps.Keys(members))
		if len(got) != o.group || got[0] != 0 || got[len(got)-1] != o.group-1 {
			t.Errorf("the group %s has the members %v, want %d", name, members, o.group)
		}
		brokers += len(members)
	}
	if want := o.pods["rocketmq-broker"] + o.pods["rocketmq-broker-slave"]; brokers != want {
		t.Errorf("%d brokers are in groups, want %d: %v", brokers, want, groups)
	}
}

func checkBroker(t *testing.T, o overlay, s statefulSet, told settings.Settings, groups map[string]map[int]string) {
	id, err := identity.Derive(told, rmq.Broker, false)
	if err != nil {
		t.Fatal(err)
	}
	if groups[id.BrokerName] == nil {
		groups[id.BrokerName] = map[int]string{}
	}
	if twin := groups[id.BrokerName][id.Index]; twin != "" {
		t.Errorf("member %d of %s is %s already", id.Index, id.BrokerName, twin)
	}
	groups[id.BrokerName][id.Index] = told.Pod.Name
	synchronous := o.topology == rmq.Replicas || o.topology == rmq.ControllerMode
	if id.Topology != o.topology || told.Replication == rmq.Sync != synchronous {
		t.Errorf("topology %s, replication %s", id.Topology, told.Replication)
	}
	if o.topology != rmq.DLedger {
		return
	}
	// One group in this overlay, so its peers are the pods of the set.
	if want := peers(s, s.container().port("dledger")); id.Peers != want {
		t.Errorf("peers %s, want %s", id.Peers, want)
	}
}

// peers is the list of a set's pods as DLedger reads it.
func peers(s statefulSet, port int) string {
	all := strings.Split(s.addresses(podDomain, port), ";")
	for i := range all {
		all[i] = fmt.Sprintf("n%d-%s", i, all[i])
	}
	return strings.Join(all, ";")
}

// checkAddresses looks for every name server and every controller in what brokers are told.
func checkAddresses(t *testing.T, o overlay, told settings.Settings, namesrvs, controllers string) {
	if got := told.Namesrv.String(); got != namesrvs {
		t.Errorf("name servers %q, want %q", got, namesrvs)
	}
	got := told.Controller.String()
	if got == "" && o.topology == rmq.ControllerMode {
		got = identity.ControllersBeside(told.Namesrv.String())
	}
	if got != controllers {
		t.Errorf("controllers %q, want %q", got, controllers)
	}
}

func checkController(t *testing.T, s statefulSet, ordinal int, told settings.Settings, want bool) {
	got, err := identity.DeriveController(told, s.role())
	if err != nil {
		t.Fatal(err)
	}
	if got.Runs != want {
		t.Errorf("is a controller: %t, want %t", got.Runs, want)
	}
	self := fmt.Sprintf("n%d", ordinal)
	if want && (got.SelfID != self || got.Peers != peers(s, s.container().port("controller"))) {
		t.Errorf("controller %s among %s, want %s among the pods of the set", got.SelfID, got.Peers, self)
	}
}

// settings is what the agent reads in a pod of the set.
func (s statefulSet) settings(t *testing.T, ordinal int) settings.Settings {
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "RMQ_") || strings.HasPrefix(name, "NAMESRV_") {
			t.Setenv(name, "") // puts it back at the end
			os.Unsetenv(name)
		}
	}
	fields := map[string]string{
		"metadata.name": s.pods()[ordinal],
		"status.podIP":  fmt.Sprintf("10.244.0.%d", 10+ordinal),
	}
	for _, e := range s.container().Env {
		t.Setenv(e.Name, e.Value+fields[e.ValueFrom.FieldRef.FieldPath])
	}
	t.Setenv("RMQ_POD_DOMAIN", s.Spec.ServiceName+podDomain)
	told, err := settings.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if len(told.Unknown) > 0 {
		t.Errorf("nobody reads %v", told.Unknown)
	}
	return told
}
