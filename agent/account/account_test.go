package account

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rocketmq-agent/agent/rocketmq"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name    string
		text    string
		want    rocketmq.Account
		problem string // empty: none
	}{
		{"tools.yml", "accessKey: rocketmq\nsecretKey: \"12 34\"\n",
			rocketmq.Account{AccessKey: "rocketmq", SecretKey: "12 34"}, ""},
		{"digits", "accessKey: rocketmq\nsecretKey: 12345678\n",
			rocketmq.Account{AccessKey: "rocketmq", SecretKey: "12345678"}, ""},
		{"JSON", `{"accessKey":"a","secretKey":"s","securityToken":"t"}`,
			rocketmq.Account{AccessKey: "a", SecretKey: "s", SecurityToken: "t"}, ""},
		{"half of it", "accessKey: rocketmq\n", rocketmq.Account{}, "has no accessKey and secretKey"},
		{"empty", "", rocketmq.Account{}, "has no accessKey and secretKey"},
		{"text", "hunter2\n", rocketmq.Account{}, "is no YAML"},
		{"broken", "accessKey: [hunter2\n", rocketmq.Account{}, "is no YAML"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "key"), tt.text)
			got, err := Read(path)
			if got.Account != tt.want || (err == nil) != (tt.problem == "") {
				t.Fatalf("%+v, %v", got, err)
			}
			switch {
			case err == nil && got.From != path:
				t.Errorf("from %s", got.From)
			case err != nil && (!strings.Contains(err.Error(), tt.problem) || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("%v, want %q and nothing of the file", err, tt.problem)
			}
		})
	}
	if _, err := Read("/no/such/file"); !os.IsNotExist(err) {
		t.Errorf("error %v", err)
	}
}

func TestOfKeys(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  Account
		want rocketmq.Account
	}{
		{"inner", Inner(`{"accessKey":"a","secretKey":"s"}`, "f"), rocketmq.Account{AccessKey: "a", SecretKey: "s"}},
		{"first", First(`{"username":"a","password":"s"}`, "f"), rocketmq.Account{AccessKey: "a", SecretKey: "s"}},
		{"the other form", Inner(`{"username":"a","password":"s"}`, "f"), rocketmq.Account{}},
		{"half", First(`{"username":"a"}`, "f"), rocketmq.Account{}},
		{"nothing", Inner("", "f"), rocketmq.Account{}},
		{"no JSON", First("rocketmq", "f"), rocketmq.Account{}},
	} {
		if tt.got.Account != tt.want {
			t.Errorf("%s: %+v", tt.name, tt.got)
		}
	}
}

func TestReadACL(t *testing.T) {
	const (
		normal = "globalWhiteRemoteAddresses:\n- 10.0.0.*\naccounts:\n- accessKey: normal\n  secretKey: n\n"
		admin  = "accounts:\n- accessKey: one\n  secretKey: o\n- accessKey: boss\n  secretKey: 12345678\n  admin: true\n"
	)
	for _, tt := range []struct {
		name  string
		file  string // -Drocketmq.acl.plain.file
		files map[string]string
		want  string // accessKey, secretKey and file; empty: none
	}{
		{"none", "", nil, ""},
		{"an administrator", "", map[string]string{"conf/plain_acl.yml": admin}, "boss 12345678 conf/plain_acl.yml"},
		{"no administrator", "", map[string]string{"conf/plain_acl.yml": normal}, "normal n conf/plain_acl.yml"},
		{"an administrator below conf/acl", "", map[string]string{"conf/plain_acl.yml": normal, "conf/acl/x/a.yaml": admin},
			"boss 12345678 conf/acl/x/a.yaml"},
		{"named", "/my/acl.yml", map[string]string{"conf/plain_acl.yml": normal, "my/acl.yml": admin},
			"boss 12345678 my/acl.yml"},
		{"no accounts", "", map[string]string{"conf/plain_acl.yml": "# nothing\n", "conf/acl/readme.txt": admin}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			for name, text := range tt.files {
				write(t, filepath.Join(home, name), text)
			}
			got, err := ReadACL(home, tt.file)
			if err != nil {
				t.Fatal(err)
			}
			from, _ := filepath.Rel(home, got.From)
			if text := strings.TrimSpace(got.AccessKey + " " + got.SecretKey + " " + from); text != tt.want {
				t.Errorf("%q, want %q", text, tt.want)
			}
		})
	}
	home := t.TempDir()
	write(t, filepath.Join(home, "conf/plain_acl.yml"), "accounts: {hunter2\n")
	if _, err := ReadACL(home, ""); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}
