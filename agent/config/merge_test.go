package config

import (
	"fmt"
	"strings"
	"testing"

	"rocketmq-agent/agent/javaprops"
)

func TestMergeLaterWins(t *testing.T) {
	c, err := lay([]Layer{
		{Name: "the template", Props: []javaprops.Property{at("a", "1", 0), at("b", "1", 0), at("c", "1", 0)}},
		{Name: "/etc/broker.conf", Props: []javaprops.Property{
			at("b", "2", 3), at("c", "2", 4), at("d", "first", 5), at("d", "second", 9),
		}},
		one("RMQ_CONF_c", "c", "3"),
	}, Fixed{Layer: one("the topology masters", "e", "5")}, Fixed{Layer: one("RMQ_ADVERTISE", "a", "1")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range c.Values() {
		got = append(got, v.Key+"="+v.Value+" from "+v.Source.String())
	}
	want := []string{
		"a=1 from RMQ_ADVERTISE",
		"b=2 from /etc/broker.conf:3",
		"c=3 from RMQ_CONF_c",
		"d=second from /etc/broker.conf:9",
		"e=5 from the topology masters",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if text := string(c.Properties()); text != "a=1\nb=2\nc=3\nd=second\ne=5\n" {
		t.Errorf("the file is %q", text)
	}
}

// What was displaced stays known, the weakest first: --explain shows it, and a secret stays one.
func TestDisplaced(t *testing.T) {
	secret := one("RMQ_CONF_k_FILE", "k", "hidden")
	secret.Secret = true
	c, err := lay([]Layer{
		one("template", "k", "1"),
		{Name: "f", Props: []javaprops.Property{at("k", "2", 3), at("k", "3", 9), at("alone", "x", 4)}},
		secret,
		one("the command line", "k", "5"),
	}, Fixed{Layer: one("the topology masters", "k", "5")})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := c.Find("k")
	var got []string
	for _, d := range append(v.Displaced, v) {
		got = append(got, fmt.Sprintf("%s from %s secret %t, after %d", d.Value, d.Source, d.Secret, len(d.Displaced)))
	}
	want := []string{
		"1 from template secret false, after 0", "2 from f:3 secret false, after 0", "3 from f:9 secret false, after 0",
		"hidden from RMQ_CONF_k_FILE secret true, after 0", "5 from the command line secret false, after 0",
		"5 from the topology masters secret false, after 5",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if v, _ := c.Find("alone"); v.Displaced != nil {
		t.Errorf("%v was displaced by nothing", v.Displaced)
	}
}

// A switch that must be off is refused where RocketMQ would read it as on, and is not written where nobody sets it.
func TestSwitchesThatMustBeOff(t *testing.T) {
	f := Fixed{Layer: one("the topology masters", "enableDLegerCommitLog", "false"), Remedy: ", or else", Off: true}
	const isOff = ", but the topology masters makes it false: remove one, or else"
	for value, refused := range map[string]bool{
		"true": true, "TRUE": true, "false": false, "": false, "no": false, "1": false, "true ": false,
	} {
		c, err := lay([]Layer{{Name: "f", Props: []javaprops.Property{at("enableDLegerCommitLog", value, 2)}}}, f)
		if (err != nil) != refused {
			t.Errorf("%q: error %v", value, err)
		}
		want := "f:2 sets enableDLegerCommitLog=" + value + isOff
		if refused && err != nil && err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
		if got := c.Get("enableDLegerCommitLog"); got != javaprops.Trim(value) {
			t.Errorf("%q became %q", value, got)
		}
	}
	if c, err := lay(nil, f); err != nil || len(c.Values()) != 0 {
		t.Errorf("%v, error %v", c.Values(), err)
	}
}

// A switch that must be on may be written as RocketMQ reads it, and ends up as the agent writes it.
func TestSwitchesThatMustBeOn(t *testing.T) {
	f := Fixed{Layer: one("the topology dledger", "enableDLegerCommitLog", "true")}
	for value, refused := range map[string]bool{
		"true": false, "TRUE": false, "true ": false, "false": true, "": true, "yes": true,
	} {
		c, err := lay([]Layer{one("f", "enableDLegerCommitLog", value)}, f)
		if v, _ := c.Find("enableDLegerCommitLog"); (err != nil) != refused || v.Value != "true" {
			t.Errorf("%q became %q, error %v", value, v.Value, err)
		}
	}
}

// The refusal of a secret value names its variable, not the value.
func TestContradictionHidesASecret(t *testing.T) {
	secret := one("RMQ_CONF_brokerName_FILE", "brokerName", "hidden")
	secret.Secret = true
	_, err := lay([]Layer{secret}, Fixed{Layer: one("the topology masters", "brokerName", "mq-0")})
	const want = "RMQ_CONF_brokerName_FILE sets brokerName, but the topology masters makes it mq-0: remove one"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestMergeContradictions(t *testing.T) {
	fixed := []Fixed{
		{
			Layer: Layer{Name: "the topology masters", Props: []javaprops.Property{
				{Key: "brokerId", Value: "0"},
				{Key: "brokerName", Value: "broker-0"},
			}},
			Remedy: ", or else",
		},
		{Layer: one("RMQ_CLUSTER_NAME", "brokerClusterName", "prod")},
		{Layer: one("RMQ_NAMESPACE", "namespace", " x\n")},
	}
	tests := []struct {
		name   string
		layers []Layer
		want   []string // the lines of the error
	}{
		{"none", []Layer{one("f", "fileReservedTime", "48")}, nil},
		{"the same value", []Layer{one("f", "brokerId", "0")}, nil},
		{"blanks around it", []Layer{one("f", "brokerName", " broker-0 ")}, nil},
		{"a file", []Layer{{Name: "/etc/broker.conf", Props: []javaprops.Property{at("brokerId", "1", 7)}}},
			[]string{"/etc/broker.conf:7 sets brokerId=1, but the topology masters makes it 0: remove one, or else"}},
		{"an empty value", []Layer{one("f", "brokerName", "")},
			[]string{"f sets brokerName=, but the topology masters makes it broker-0: remove one, or else"}},
		// The template has a setting's blanks too, escaped.
		{"blanks around what is fixed", []Layer{one("f", "namespace", "x")}, nil},
		{"another case", []Layer{one("f", "brokerName", "Broker-0")},
			[]string{"f sets brokerName=Broker-0, but the topology masters makes it broker-0: remove one, or else"}},
		{"a variable over a file", []Layer{one("f", "brokerId", "0"), one("RMQ_CONF_brokerId", "brokerId", "2")},
			[]string{"RMQ_CONF_brokerId sets brokerId=2, but the topology masters makes it 0: remove one, or else"}},
		{"all at once", []Layer{{Name: "f", Props: []javaprops.Property{
			at("brokerId", "1", 1), at("brokerName", "a", 2), at("brokerClusterName", "c", 3),
		}}}, []string{
			"f:1 sets brokerId=1, but the topology masters makes it 0: remove one, or else",
			"f:2 sets brokerName=a, but the topology masters makes it broker-0: remove one, or else",
			"f:3 sets brokerClusterName=c, but RMQ_CLUSTER_NAME makes it prod: remove one",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := lay(tt.layers, fixed...)
			var got string
			if err != nil {
				got = err.Error()
			}
			if got != strings.Join(tt.want, "\n") {
				t.Errorf("got  %s\nwant %s", got, strings.Join(tt.want, "\n"))
			}
		})
	}
}
