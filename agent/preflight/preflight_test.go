package preflight

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
)

// taken is a port that somebody else has, on one address.
func taken(t *testing.T, addr string) int64 {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return int64(l.Addr().(*net.TCPAddr).Port)
}

// A port is refused only if it would really be opened where somebody has it.
func TestCheckPorts(t *testing.T) {
	used, onLoopback := taken(t, ":0"), taken(t, "127.0.0.1:0")
	free := func() int64 {
		l, err := net.Listen("tcp", ":0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return int64(l.Addr().(*net.TCPAddr).Port)
	}
	a, b := free(), free()
	broker := func(ports ...rmq.Port) plan.Process { return plan.Process{Role: rmq.Broker, Ports: ports} }
	for _, tt := range []struct {
		name string
		all  []plan.Process
		says []string
	}{
		{"free", []plan.Process{broker(rmq.Port{Number: a}, rmq.Port{Number: b})}, nil},
		{"in use", []plan.Process{broker(rmq.Port{Number: a}, rmq.Port{Number: used})}, []string{
			fmt.Sprintf("broker cannot use port %d: ", used),
		}},
		{"in use on another address", []plan.Process{broker(rmq.Port{Host: "127.0.0.2", Number: onLoopback})}, nil},
		{"in use on this address", []plan.Process{broker(rmq.Port{Host: "127.0.0.1", Number: onLoopback})}, []string{
			fmt.Sprintf("broker cannot use port %d: ", onLoopback),
		}},
		{"on an address of another machine", []plan.Process{broker(rmq.Port{Host: "192.0.2.1", Number: a})}, []string{
			fmt.Sprintf("broker cannot use port %d: ", a),
		}},
		{
			"two processes want it",
			[]plan.Process{
				{Role: rmq.Namesrv, Ports: []rmq.Port{{Number: a}}},
				broker(rmq.Port{Number: a}, rmq.Port{Number: used}),
			},
			[]string{
				fmt.Sprintf("namesrv and broker both want port %d", a),
				fmt.Sprintf("broker cannot use port %d: ", used),
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := checkPorts(plan.Plan{Processes: tt.all})
			problems := exit.Problems(err)
			if len(problems) != len(tt.says) || err != nil && exit.Code(err) != exit.Config {
				t.Fatalf("exit code %d: %v", exit.Code(err), err)
			}
			for i, problem := range problems {
				if !strings.HasPrefix(problem.Error(), tt.says[i]) {
					t.Errorf("%q, want %q", problem, tt.says[i])
				}
			}
		})
	}
}

// Whoever scaled a service with nothing but a name server's address is told the one thing to do.
func TestRemedyOfADuplicate(t *testing.T) {
	unnamed := identity.Identity{BrokerName: "broker-0", NameSource: identity.DefaultName}
	if got := remedy(unnamed); !strings.Contains(got, "--hostname") || !strings.Contains(got, "--scale") {
		t.Errorf("nobody named it: %s", got)
	}
	for _, source := range []string{"POD_NAME", identity.HostName, "RMQ_BROKER_NAME_PREFIX"} {
		if got := remedy(identity.Identity{NameSource: source}); !strings.Contains(got, "RMQ_BROKER_NAME_PREFIX") {
			t.Errorf("named by %s: %s", source, got)
		}
	}
}

func TestWriteIsPrivate(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	p := plan.Plan{StateDir: state, Processes: []plan.Process{
		{Role: rmq.Broker, Dir: filepath.Join(state, "broker-10911")},
	}}
	if err := write(p); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{state, p.Processes[0].Dir} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info, err)
		}
	}
	p.StateDir = filepath.Join(os.DevNull, "state")
	if err := write(p); exit.Code(err) != exit.Storage {
		t.Errorf("where nothing can be written: %v", err)
	}
}

// claim tries one store as broker-0's.
func claim(t *testing.T, dir string) (said string, err error) {
	t.Helper()
	var out strings.Builder
	p := plan.Plan{Processes: []plan.Process{{
		Role:  rmq.Broker,
		Store: dir,
		Owner: identity.Owner{Mode: identity.Plain, Cluster: "c", Name: "broker-0", Member: "0"},
	}}}
	log := slog.New(slog.NewTextHandler(&out, nil))
	held, err := lockStores(t.Context(), p, log)
	if err == nil {
		err = claimStores(p, log)
	}
	for _, lock := range held.Locks {
		lock.Close()
	}
	return out.String(), err
}

// The storage itself is 77, whose it is 78.
func TestCodesOfStores(t *testing.T) {
	other := `{"mode":"plain","cluster":"c","name":"broker-1","member":"0"}`
	for _, tt := range []struct {
		name  string
		files map[string]string
		code  int
		says  string
	}{
		{name: "empty", code: exit.OK},
		{name: "somebody else's", files: map[string]string{"commitlog/0": "x", ".rocketmq-agent.identity": other},
			code: exit.Config, says: "belongs to c/broker-1/0"},
		{name: "somebody else's, and damaged", code: exit.Config, says: "belongs to c/broker-1/0",
			files: map[string]string{"config/topics.json": "\x00", ".rocketmq-agent.identity": other}},
		{name: "damaged metadata", files: map[string]string{"config/delayOffset.json": "\x00"},
			code: exit.Storage, says: "delayOffset.json.bak"},
		{name: "a commit log that cannot be seen", files: map[string]string{"commitlog": ""},
			code: exit.Storage, says: "is its volume mounted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			said, err := claim(t, dir)
			if exit.Code(err) != tt.code || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("exit code %d: %v\n%s", exit.Code(err), err, said)
			}
		})
	}
}
