package config

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/javaprops"
)

// at is a property that stands in a line of a file.
func at(key, value string, line int) javaprops.Property {
	return javaprops.Property{Key: key, Value: value, Line: line}
}

// lay merges layers and fixes keys.
func lay(layers []Layer, fixed ...Fixed) (Config, error) {
	c := merge(layers)
	return c, c.fix(fixed)
}

func TestMergeLaterWins(t *testing.T) {
	c, err := lay([]Layer{
		{Name: "the template", Props: []javaprops.Property{at("a", "1", 0), at("b", "1", 0), at("c", "1", 0)}},
		{Name: "/etc/broker.conf", Props: []javaprops.Property{at("b", "2", 3), at("c", "2", 4), at("d", "first", 5), at("d", "second", 9)}},
		one("RMQ_CONF_c", "c", "3"),
	}, Fixed{Layer: one("the topology masters", "e", "5")}, Fixed{Layer: one("RMQ_ADVERTISE", "a", "1")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range c.Values() {
		got = append(got, v.Key+"="+v.Value+" from "+v.Source)
	}
	want := []string{
		"a=1 from RMQ_ADVERTISE", "b=2 from /etc/broker.conf:3", "c=3 from RMQ_CONF_c", "d=second from /etc/broker.conf:9",
		"e=5 from the topology masters",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if text := string(c.Properties()); text != "a=1\nb=2\nc=3\nd=second\ne=5\n" {
		t.Errorf("the file is %q", text)
	}
}

func TestMergeContradictions(t *testing.T) {
	fixed := []Fixed{
		{Layer: Layer{Name: "the topology masters", Props: []javaprops.Property{{Key: "brokerId", Value: "0"}, {Key: "brokerName", Value: "broker-0"}}}, Remedy: ", or else"},
		{Layer: one("RMQ_CLUSTER_NAME", "brokerClusterName", "prod")},
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
		{"another case", []Layer{one("f", "brokerName", "Broker-0")},
			[]string{"f sets brokerName=Broker-0, but the topology masters makes it broker-0: remove one, or else"}},
		{"a variable over a file", []Layer{one("f", "brokerId", "0"), one("RMQ_CONF_brokerId", "brokerId", "2")},
			[]string{"RMQ_CONF_brokerId sets brokerId=2, but the topology masters makes it 0: remove one, or else"}},
		{"all at once", []Layer{{Name: "f", Props: []javaprops.Property{at("brokerId", "1", 1), at("brokerName", "a", 2), at("brokerClusterName", "c", 3)}}}, []string{
			"f:1 sets brokerId=1, but the topology masters makes it 0: remove one, or else",
			"f:2 sets brokerName=a, but the topology masters makes it broker-0: remove one, or else",
			"f:3 sets brokerClusterName=c, but RMQ_CLUSTER_NAME makes it prod: remove one"}},
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

// What the real MixAll.properties2Object of 5.5.0 and 4.9.7 made of these, run against both; TestJavaReadsTheSame asks
// Integer.parseInt and Boolean.parseBoolean for many more.
func TestValuesAsRocketMQUnderstandsThem(t *testing.T) {
	tests := []struct {
		value string
		n     int
		b     bool
		s     string
	}{
		{"5", 5, false, "5"},
		{"+5", 5, false, "+5"},
		{"-5", -5, false, "-5"},
		{"007", 7, false, "007"},
		{" 5", -1, false, "5"},
		{"5 ", -1, false, "5"},
		{"\u00a05", -1, false, "\u00a05"},
		{"\x00\x1fx\t", -1, false, "x"},
		{"0x10", -1, false, "0x10"},
		{"1_000", -1, false, "1_000"},
		{"٣", 3, false, "٣"},
		{"５", 5, false, "５"},
		{"𝟓", -1, false, "𝟓"},
		{"2147483647", 2147483647, false, "2147483647"},
		{"2147483648", -1, false, "2147483648"},
		{"-2147483648", -2147483648, false, "-2147483648"},
		{"5.0", -1, false, "5.0"},
		{"", -1, false, ""},
		{"true", -1, true, "true"},
		{"TRUE", -1, true, "TRUE"},
		{"true ", -1, false, "true"},
		{"yes", -1, false, "yes"},
		{"1", 1, false, "1"},
	}
	for _, tt := range tests {
		c, err := lay([]Layer{one("f", "k", tt.value)})
		if err != nil {
			t.Fatal(err)
		}
		if n, b, s := c.Int("k", -1), c.Bool("k"), c.Get("k", "unset"); n != tt.n || b != tt.b || s != tt.s {
			t.Errorf("%q is %d, %t, %q; want %d, %t, %q", tt.value, n, b, s, tt.n, tt.b, tt.s)
		}
	}
	var unset Config
	if unset.Int("k", 7) != 7 || unset.Bool("k") || unset.Get("k", "x") != "x" || len(unset.Properties()) != 0 {
		t.Error("a key that nobody sets has a value")
	}
}
