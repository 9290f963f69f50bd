package tlsconfig

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/testing/pki"
)

// side is a certificate and its key. password encrypts the key; empty: it is plain.
func side(t *testing.T, a *pki.Authority, name, password string, until time.Time) Side {
	t.Helper()
	cert, key := a.Issue(t, name, password, until)
	return Side{Cert: cert, Key: key, KeyPassword: password}
}

func soon() time.Time { return time.Now().Add(time.Hour) }

func TestRead(t *testing.T) {
	properties := map[string]string{
		"tls.server.mode":     "enforcing",
		"tls.enable":          "TRUE",
		"tls.server.certPath": "/jvm.pem",
		"tls.server.keyPath":  "/jvm.key",
	}
	get := func(name string) (string, bool) { v, set := properties[name]; return v, set }
	file := []javaprops.Property{
		{Key: "tls.test.mode.enable", Value: "false"},
		{Key: "tls.server.certPath", Value: "/file.pem"},
		{Key: "tls.server.need.client.auth", Value: "REQUIRE"},
		{Key: "tls.server.mode", Value: "disabled"}, // RocketMQ does not look for it here
		{Key: "tls.client.authServer", Value: "true"},
		{Key: "tls.client.trustCertPath", Value: "/ca.pem"},
	}
	want := Config{
		Mode:       Enforcing,
		Outgoing:   true,
		ClientAuth: Require,
		Server:     Side{Cert: "/file.pem", Key: "/jvm.key"},
		Client:     Side{Trust: "/ca.pem", Checks: true},
	}
	if got := Read(get, file, Permissive); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	none := func(string) (string, bool) { return "", false }
	if got, want := Read(none, nil, Disabled), (Config{Mode: Disabled, Test: true, ClientAuth: None}); got != want {
		t.Errorf("nothing is set: %+v, want %+v", got, want)
	}
}

func TestJudge(t *testing.T) {
	files := Side{Cert: "/c.pem", Key: "/c.key"}
	checked := Side{Cert: "/c.pem", Key: "/c.key", Trust: "/ca.pem", Checks: true}
	for _, tt := range []struct {
		name     string
		c        Config
		problem  string // empty: none
		warnings string
	}{
		{"nothing", Config{Mode: Disabled, Test: true, ClientAuth: None}, "", ""},
		{"certificates", Config{Mode: Enforcing, ClientAuth: None, Server: files}, "", ""},
		{"both sides", Config{Mode: Enforcing, ClientAuth: Require, Server: checked}, "", ""},
		{"asked for, not needed", Config{Mode: Permissive, ClientAuth: Optional, Server: checked}, "", ""},
		{"disabled, whatever else", Config{Mode: Disabled, ClientAuth: Require, Test: true, Server: checked}, "", ""},
		{"misspelt mode", Config{Mode: "ENFORCING", ClientAuth: None}, "takes that for permissive", ""},
		{"misspelt question", Config{Mode: Enforcing, ClientAuth: "required"}, "takes that for none", ""},
		{"certificates in test mode", Config{Mode: Enforcing, Test: true, ClientAuth: None, Server: files}, "",
			"the certificate /c.pem is not used"},
		{"client certificates in test mode", Config{Mode: Enforcing, Test: true, ClientAuth: Require, Server: checked},
			"have no effect in RocketMQ's test mode", ""},
		{"plaintext needs no certificate", Config{Mode: Permissive, ClientAuth: Require, Server: checked},
			"asks nothing of clients that speak plaintext", ""},
		{"nobody is asked", Config{Mode: Enforcing, ClientAuth: None, Server: checked}, "none is asked for", ""},
		{"any will do", Config{Mode: Enforcing, ClientAuth: Require, Server: files}, "", "any certificate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			problems, warnings := tt.c.Judge()
			var got string
			if len(problems) == 1 {
				got = problems[0].Error()
			}
			if len(problems) > 1 || (got == "") != (tt.problem == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("%v, want %q", problems, tt.problem)
			}
			if w := strings.Join(warnings, " "); (w == "") != (tt.warnings == "") || !strings.Contains(w, tt.warnings) {
				t.Errorf("warnings %q, want %q", w, tt.warnings)
			}
		})
	}
}

func TestCheckFiles(t *testing.T) {
	a := pki.New(t, t.TempDir())
	good, other := side(t, a, "good", "", soon()), side(t, a, "other", "", soon())
	locked := side(t, a, "locked", "secret", soon())
	old := side(t, a, "old", "", time.Now().Add(-time.Minute))
	with := func(s Side, change func(*Side)) Side { change(&s); return s }
	server := func(s Side) Config { return Config{Mode: Enforcing, Server: s} }
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		c        Config
		problem  string
		warnings string
	}{
		{"good", server(good), "", ""},
		{"encrypted key", server(locked), "", ""},
		{"wrong password", server(with(locked, func(s *Side) { s.KeyPassword = "x" })), "cannot be decrypted", ""},
		{"no key", server(with(good, func(s *Side) { s.Key += "no" })), "no such file", ""},
		{"no certificate", server(with(good, func(s *Side) { s.Cert += "no" })), "no such file", ""},
		{"somebody else's key", server(with(good, func(s *Side) { s.Key = other.Key })), "cannot be used", ""},
		{"only one of them", server(Side{Cert: good.Cert}), "belong together", ""},
		{"none, and TLS only", server(Side{}), "TLS without a certificate", ""},
		{"none, and TLS perhaps", Config{Mode: Permissive}, "", ""},
		{"test mode looks at none", Config{Mode: Enforcing, Test: true, Server: Side{Cert: "/none", Key: "/none"}}, "", ""},
		{"no TLS", Config{Mode: Disabled, Server: Side{Cert: "/none", Key: "/none"}}, "", ""},
		{"expired", server(old), "", "was valid until"},
		{"trusted", server(with(good, func(s *Side) { s.Checks, s.Trust = true, a.File })), "", ""},
		{"nothing to trust", server(with(good, func(s *Side) { s.Checks, s.Trust = true, empty })), "no certificate in", ""},
		{"trust without checks", server(with(good, func(s *Side) { s.Trust = "/none" })), "", ""},
		{"a client that asks nobody", Config{Mode: Disabled, Client: Side{Cert: "/none", Key: "/none"}}, "", ""},
		{"a client", Config{Mode: Disabled, Outgoing: true, Client: Side{Cert: "/none", Key: good.Key}},
			"tls.client.certPath", ""},
		{"a client without a certificate", Config{Mode: Disabled, Outgoing: true}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			problems, warnings := tt.c.CheckFiles()
			if (len(problems) == 0) != (tt.problem == "") || len(problems) > 1 ||
				len(problems) == 1 && !strings.Contains(problems[0].Error(), tt.problem) {
				t.Errorf("%v, want %q", problems, tt.problem)
			}
			if w := strings.Join(warnings, " "); (w == "") != (tt.warnings == "") || !strings.Contains(w, tt.warnings) {
				t.Errorf("warnings %q, want %q", w, tt.warnings)
			}
		})
	}
}

// serve is a server with a certificate that asks for the client's if trusted names who signs them.
func serve(t *testing.T, s Side, trusted *x509.CertPool) string {
	t.Helper()
	pair, err := s.load()
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	if trusted != nil {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, trusted
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "welcome") // after the handshake
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

// greeted connects and says what came of it.
func greeted(t *testing.T, addr string, dial Dial) error {
	t.Helper()
	config, err := dial()
	if err != nil {
		return err
	}
	conn, err := (&tls.Dialer{Config: config, NetDialer: &net.Dialer{Timeout: 5 * time.Second}}).Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = io.ReadAll(conn) // in TLS 1.3 a refusal of the client comes only now
	return err
}

func TestDial(t *testing.T) {
	a, stranger := pki.New(t, t.TempDir()), pki.New(t, t.TempDir())
	own, client := side(t, a, "own", "", soon()), side(t, a, "client", "secret", soon())
	elsewhere := side(t, stranger, "elsewhere", "", soon())
	trusted, err := (Side{Trust: a.File}).trusted()
	if err != nil {
		t.Fatal(err)
	}
	plain, asking, foreign := serve(t, own, nil), serve(t, own, trusted), serve(t, elsewhere, nil)
	checks := Side{Checks: true, Trust: a.File}
	server := func(auth ClientAuth, client Side) Dial {
		return Config{Mode: Enforcing, ClientAuth: auth, Server: own, Client: client}.ToServer()
	}
	peers := func(client Side) Dial { return Config{Outgoing: true, Client: client}.ToPeers() }
	both := client
	both.Checks, both.Trust = true, a.File
	for _, tt := range []struct {
		name    string
		addr    string
		dial    Dial
		problem string // empty: none
	}{
		{"its own file", plain, server(None, Side{}), ""},
		{"another process has its port", foreign, server(None, Side{}), "that its file never had"},
		{"test mode", foreign, Config{Mode: Enforcing, Test: true}.ToServer(), ""},
		{"with its own certificate", asking, server(Require, Side{}), ""},
		{"with a client's", asking, server(Require, client), ""},
		{"without any", asking, server(None, Side{}), "certificate required"},
		{"a stranger's", asking, server(Require, elsewhere), "tls: "},
		{"a peer that nobody checks", foreign, peers(Side{}), ""},
		{"a peer", plain, peers(checks), ""},
		{"a peer that somebody else has signed", foreign, peers(checks), "unknown authority"},
		{"a peer that asks", asking, peers(both), ""},
		{"a peer, in test mode", foreign, Config{Outgoing: true, Test: true, Client: checks}.ToPeers(), ""},
		{"no file to trust", plain, peers(Side{Checks: true, Trust: "/none"}), "no such file"},
		{"a twin", foreign, Config{Mode: Enforcing, Server: own}.ToTwin(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := greeted(t, tt.addr, tt.dial)
			if (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("%v, want %q", err, tt.problem)
			}
		})
	}
	for name, dial := range map[string]Dial{
		"server": Config{Mode: Permissive}.ToServer(),
		"peers":  Config{Mode: Enforcing}.ToPeers(),
		"twin":   Config{Mode: Permissive}.ToTwin(),
	} {
		if dial != nil {
			t.Errorf("%s: TLS where plaintext is taken", name)
		}
	}
}

// A certificate is renewed: the process may show the old one for as long as it runs.
func TestRenewal(t *testing.T) {
	a := pki.New(t, t.TempDir())
	own := side(t, a, "own", "", soon())
	before := serve(t, own, nil)
	dial := Config{Mode: Enforcing, ClientAuth: None, Server: own}.ToServer()
	if err := greeted(t, before, dial); err != nil {
		t.Fatal(err)
	}
	side(t, a, "own", "", soon()) // in its place
	after := serve(t, own, nil)
	for _, addr := range []string{before, after} {
		if err := greeted(t, addr, dial); err != nil {
			t.Error(err)
		}
	}
}
