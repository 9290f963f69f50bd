package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestConf(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := mustRead(t, map[string]string{
		"RMQ_CONF_fileReservedTime":    "48",
		"RMQ_CONF_a":                   "x=y=z ",
		"RMQ_CONF_empty":               "",
		"RMQ_CONF_password_FILE":       file("secret", "geheim\nzwei \r\n\n"),
		"RMQ_CONF_emptySecret_FILE":    file("empty", ""),
		"RMQ_CONF_brokerRole":          "SYNC_MASTER",
		"RMQ_CONF_withoutNewLine_FILE": file("plain", " s"),
	})
	want := []ConfValue{
		{"a", "x=y=z ", "RMQ_CONF_a", false},
		{"brokerRole", "SYNC_MASTER", "RMQ_CONF_brokerRole", false},
		{"empty", "", "RMQ_CONF_empty", false},
		{"emptySecret", "", "RMQ_CONF_emptySecret_FILE", true},
		{"fileReservedTime", "48", "RMQ_CONF_fileReservedTime", false},
		{"password", "geheim\nzwei ", "RMQ_CONF_password_FILE", true},
		{"withoutNewLine", " s", "RMQ_CONF_withoutNewLine_FILE", true},
	}
	if !slices.Equal(s.Conf, want) {
		t.Errorf("got  %v\nwant %v", s.Conf, want)
	}
}

func TestConfProblems(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("do-not-print-this"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		vars map[string]string
		want []string
	}{
		{"no such file", map[string]string{"RMQ_CONF_p_FILE": "/nonexistent/p"},
			[]string{"RMQ_CONF_p_FILE", "/nonexistent/p", "no such file"}},
		{"a folder", map[string]string{"RMQ_CONF_p_FILE": "/etc"},
			[]string{"RMQ_CONF_p_FILE", "/etc", "is a directory"}},
		{"twice", map[string]string{"RMQ_CONF_p": "1", "RMQ_CONF_p_FILE": secret},
			[]string{"RMQ_CONF_p and RMQ_CONF_p_FILE both set p"}},
		{"no key", map[string]string{"RMQ_CONF__FILE": secret}, []string{"RMQ_CONF__FILE names no key"}},
		{"name servers in a secret file", map[string]string{"RMQ_NAMESRV": "a:1", "RMQ_CONF_namesrvAddr_FILE": secret},
			[]string{`RMQ_NAMESRV="a:1" and RMQ_CONF_namesrvAddr_FILE both set namesrvAddr: keep one`}},
		{"name servers", map[string]string{"RMQ_NAMESRV": "a:1", "RMQ_CONF_namesrvAddr": "b:2"},
			[]string{`RMQ_NAMESRV="a:1"`, `RMQ_CONF_namesrvAddr="b:2"`, "keep one"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			setEnv(t, tt.vars)
			_, err := FromEnv()
			if err == nil {
				t.Fatal("accepted")
			}
			for _, s := range tt.want {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
			if strings.Contains(err.Error(), "do-not-print-this") {
				t.Errorf("prints a secret: %q", err)
			}
		})
	}
	mustRead(t, map[string]string{"RMQ_NAMESRV": "a:1;b:2", "RMQ_CONF_namesrvAddr": "a:1;b:2"})
	// The weakest layer, as upstream.
	mustRead(t, map[string]string{"NAMESRV_ADDR": "a:1", "RMQ_CONF_namesrvAddr": "b:2"})
}
