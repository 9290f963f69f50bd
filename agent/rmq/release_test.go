package rmq

import "testing"

func TestParseRelease(t *testing.T) {
	for s, want := range map[string]bool{
		"5.5.0": true, "4.9.7": true, "5.10.12": true, "5.3.0-SNAPSHOT": true, "5.3.0-rc.1": true,
		"": false, "5.5": false, "5": false, "v5.5.0": false, "5.5.0.1": false, "5.5.x": false, "latest": false,
		"5.5.0 ": false, "5.5.0-": false, "../5.5.0": false,
	} {
		r, err := ParseRelease(s)
		if (err == nil) != want || want && r.String() != s {
			t.Errorf("%q is read as %q, %v", s, r, err)
		}
	}
}

func TestBefore(t *testing.T) {
	for _, tt := range []struct {
		release      string
		major, minor int
		want         bool
	}{
		{"4.9.7", 5, 0, true},
		{"4.9.7", 4, 9, false},
		{"4.9.7", 4, 10, true},
		{"5.1.4", 5, 2, true},
		{"5.2.0", 5, 2, false},
		{"5.2.0-SNAPSHOT", 5, 2, false},
		{"5.5.0", 5, 2, false},
		{"5.5.0", 5, 10, true},
		{"5.5.0", 4, 11, false},
	} {
		if got := MustRelease(tt.release).before(tt.major, tt.minor); got != tt.want {
			t.Errorf("%s before %d.%d: %t", tt.release, tt.major, tt.minor, got)
		}
	}
}

func TestEnforcesACL(t *testing.T) {
	for release, want := range map[string]bool{
		"4.9.7": true, "5.0.0": true, "5.2.0": true, "5.3.0": true, "5.3.2": true,
		"5.3.3": false, "5.3.10": false, "5.4.0": false, "6.0.0": false,
	} {
		if got := MustRelease(release).EnforcesACL(); got != want {
			t.Errorf("%s: %t", release, got)
		}
	}
}
