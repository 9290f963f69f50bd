package settings

import "testing"

// A domain may be written with the dot that it stands behind. What it is becomes a part of every peer's address.
func TestDomain(t *testing.T) {
	for text, want := range map[string]Domain{
		"mq":                           "mq",
		"mq.default.svc.cluster.local": "mq.default.svc.cluster.local",
		".mq.svc":                      "mq.svc",
		"mq.svc.":                      "mq.svc.",
		"MQ_1.x-y":                     "MQ_1.x-y",
	} {
		var d Domain
		if err := d.UnmarshalText([]byte(text)); err != nil || d != want {
			t.Errorf("%q is %q, error %v", text, d, err)
		}
	}
	// Those that are refused are among the bad settings; the value that was there stays.
	d := Domain("mq")
	if err := d.UnmarshalText([]byte("a b")); err == nil || d != "mq" {
		t.Errorf("it became %q", d)
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "3": 3, "03": 3, "65535": 65535} {
		var n Size
		if err := n.UnmarshalText([]byte(text)); err != nil || n != want {
			t.Errorf("%q is %d, error %v", text, n, err)
		}
	}
	n := Size(3)
	if err := n.UnmarshalText([]byte("0")); err == nil || n != 3 {
		t.Errorf("it became %d", n)
	}
}
