package config

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/javaprops"
)

func TestSetsIdentity(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"", false},
		{"fileReservedTime=48\nlistenPort=10911\nbrokerClusterName=c\nbrokerIP1=1.2.3.4", false},
		{"#brokerName=a", false},
		{"brokername=a", false}, // RocketMQ ignores it too
		{"brokerName=a", true},
		{"brokerId=0", true},
		{"brokerRole=SLAVE", true},
		{"enableDLegerCommitLog=true", true},
		{"enableControllerMode=true", true},
	}
	for _, tt := range tests {
		props, err := javaprops.Parse([]byte(tt.text))
		if got := (Layer{Props: props}).SetsIdentity(); err != nil || got != tt.want {
			t.Errorf("%q: %t, error %v", tt.text, got, err)
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	good := write(t, dir, "broker.conf", "# 注释\r\nbrokerName = broker-a\r\nbrokerId=0 \r\n")
	l, err := ReadFile(good)
	want := []javaprops.Property{at("brokerName", "broker-a", 2), at("brokerId", "0 ", 3)}
	if err != nil || l.Name != good || !slices.Equal(l.Props, want) {
		t.Errorf("got %+v, error %v", l, err)
	}
	bad := write(t, dir, "bad.conf", "a=1\nb=\\uX\n")
	for path, want := range map[string]string{
		bad:                        bad + ": line 2: malformed escape",
		filepath.Join(dir, "none"): "no such file",
		dir:                        "is a folder, which holds",
	} {
		_, err := ReadFile(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", path, err)
		}
	}
}
