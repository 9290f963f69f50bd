package probes

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// serve answers on a real port with the given parts.
func serve(t *testing.T, live Live, startup *Startup, ready *Checker) string {
	t.Helper()
	mux := http.NewServeMux()
	Register(mux, live, startup, ready)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func answered(t *testing.T, results map[string]Result, order ...string) *Checker {
	t.Helper()
	var checks []Check
	for _, name := range order {
		checks = append(checks, Check{name, func(context.Context) Result { return results[name] }})
	}
	c := NewChecker(checks, DefaultTiming(), func(Status, Status, string) {})
	for _, e := range c.entries {
		e.record(e.check.Run(t.Context()))
	}
	return c
}

func fetch(t *testing.T, method, url, accept string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestRoutes(t *testing.T) {
	live := Live{Beat: time.Now, Processes: func() Result { return Pass("broker: pid 7") }}
	dead := Live{Beat: time.Now, Processes: func() Result { return Fail("broker is gone") }}
	startup := NewStartup(func() Progress { return Progress{Phase: "recovering after a crash (abort file found)"} })
	started := NewStartup(func() Progress { return Progress{Started: true} })
	gone := NewStartup(func() Progress { return Progress{Gone: "broker: exit code 253"} })
	ready := answered(t, map[string]Result{
		"broker": Pass("V5_5_0"), "registration": Pass(""),
	}, "broker", "registration")
	unlisted := answered(t, map[string]Result{
		"broker": Pass(""), "registration": Fail("name server a:9876 does not list it:\n\tjava.lang.Exception"),
	}, "broker", "registration")
	draining := answered(t, map[string]Result{"broker": Pass("")}, "broker")
	draining.SetDraining("SIGTERM received")

	tests := []struct {
		name string
		url  string
		path string
		code int
		body string
	}{
		{"alive", serve(t, live, started, ready), "/livez", 200, "ok\n"},
		{"alive, verbose", serve(t, live, started, ready), "/livez?verbose", 200,
			"[+]agent ok\n[+]processes ok: broker: pid 7\nok\n"},
		{"dead", serve(t, dead, started, ready), "/livez", 503, "not alive: processes\n"},
		{"starting", serve(t, live, startup, ready), "/startupz", 200, "recovering after a crash (abort file found)\n"},
		{"started", serve(t, live, started, ready), "/startupz", 200, "ok\n"},
		{"start failed", serve(t, live, gone, ready), "/startupz", 503, "not started: broker: exit code 253\n"},
		{"ready", serve(t, live, started, ready), "/readyz", 200, "ok\n"},
		{"ready, verbose", serve(t, live, started, ready), "/readyz?verbose=1", 200,
			"[+]broker ok: V5_5_0\n[+]registration ok\nok\n"},
		{"not ready", serve(t, live, started, unlisted), "/readyz", 503, "not ready: registration\n"},
		{"not ready, verbose", serve(t, live, started, unlisted), "/readyz?verbose", 503,
			"[+]broker ok\n[-]registration: name server a:9876 does not list it: java.lang.Exception\n" +
				"not ready: registration\n"},
		{"draining", serve(t, live, started, draining), "/readyz?verbose", 503,
			"[+]broker ok\n[-]draining: SIGTERM received\nnot ready: draining\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp, body := fetch(t, http.MethodGet, test.url+test.path, "*/*")
			if resp.StatusCode != test.code || body != test.body {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, body, test.code, test.body)
			}
			if got := resp.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
				t.Errorf("Content-Type %q", got)
			}
			if got := resp.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q", got)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	url := serve(t, Live{}, nil, answered(t, map[string]Result{
		"broker": Pass("V5_5_0"), "registration": Fail("not listed"),
	}, "broker", "registration"))
	tests := []struct{ name, path, accept string }{
		{"by query", "/readyz?format=json", "*/*"},
		{"by header", "/readyz", "application/json"},
		{"verbose too", "/readyz?verbose", "text/html, application/json;q=0.9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp, body := fetch(t, http.MethodGet, url+test.path, test.accept)
			if resp.StatusCode != 503 || resp.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%d, Content-Type %q", resp.StatusCode, resp.Header.Get("Content-Type"))
			}
			var got struct {
				OK      bool
				Summary string
				Checks  []struct {
					Name, Status, Detail string
					AgeSeconds           float64
				}
			}
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if got.OK || got.Summary != "not ready: registration" || len(got.Checks) != 2 {
				t.Fatalf("got %+v", got)
			}
			if c := got.Checks[0]; c.Name != "broker" || c.Status != "ok" || c.Detail != "V5_5_0" || c.AgeSeconds <= 0 {
				t.Errorf("first check: %+v", c)
			}
			if c := got.Checks[1]; c.Status != "failing" || c.Detail != "not listed" {
				t.Errorf("second check: %+v", c)
			}
		})
	}
}

func TestMethods(t *testing.T) {
	url := serve(t, Live{}, nil, answered(t, map[string]Result{"broker": Fail("down")}, "broker"))
	tests := []struct {
		method string
		code   int
	}{
		{http.MethodGet, 503}, {http.MethodHead, 503}, {http.MethodPost, 405}, {http.MethodPut, 405},
		{http.MethodDelete, 405}, {http.MethodPatch, 405}, {http.MethodOptions, 405},
	}
	for _, test := range tests {
		resp, body := fetch(t, test.method, url+"/readyz", "*/*")
		if resp.StatusCode != test.code {
			t.Errorf("%s: %d, want %d", test.method, resp.StatusCode, test.code)
		}
		if test.method == http.MethodHead && body != "" {
			t.Errorf("HEAD has a body: %q", body)
		}
		if allow := resp.Header.Get("Allow"); test.code == 405 && !strings.Contains(allow, "GET") {
			t.Errorf("%s: Allow is %q", test.method, allow)
		}
	}
}

// The answers come from memory: a check that hangs does not slow a handler down.
func TestHandlersDoNotWaitForChecks(t *testing.T) {
	release := make(chan struct{})
	hung := make(chan struct{})
	ready := NewChecker([]Check{{"broker", func(context.Context) Result {
		close(hung)
		<-release
		return Pass("")
	}}}, DefaultTiming(), func(Status, Status, string) {})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go ready.Run(ctx)
	defer close(release)
	<-hung
	url := serve(t, Live{Beat: time.Now, Processes: func() Result { return Pass("") }},
		NewStartup(func() Progress { return Progress{Started: true} }), ready)
	for path, code := range map[string]int{"/livez": 200, "/startupz": 200, "/readyz": 503} {
		resp, _ := fetch(t, http.MethodGet, url+path, "*/*") // would never return: the check ends after the test
		if resp.StatusCode != code {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, code)
		}
	}
}
