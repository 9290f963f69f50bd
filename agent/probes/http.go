package probes

import (
	"net/http"
	"strings"
)

// Register adds the three probe routes to mux. They answer GET and HEAD, 200 or 503, from memory alone: in plain text
// the summary; with ?verbose one line a check, as Kubernetes' own components do; with ?format=json or
// Accept: application/json the same as JSON.
func Register(mux *http.ServeMux, live Live, startup *Startup, ready *Checker) {
	// Called by the kubelet (livenessProbe), which has no credentials to send. It needs no authentication: it changes
	// nothing, costs next to nothing, and tells no more than that the processes exist.
	mux.Handle("GET /livez", handler(live.Report))

	// Called by the kubelet (startupProbe) and by people who wait for a recovery. It needs no authentication for the
	// same reasons; it tells the phase of the start.
	mux.Handle("GET /startupz", handler(startup.Report))

	// Called by the kubelet (readinessProbe), the container's HEALTHCHECK, load balancers and people. It needs no
	// authentication: it changes nothing, asks nobody while it answers, and tells only addresses that a name server
	// gives to everybody too.
	mux.Handle("GET /readyz", handler(ready.Report))
}

func handler(report func() Report) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := report()
		body, kind := render(answer, r)
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !answer.OK {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write(body) // fails when the caller has gone: there is nobody left to tell
	})
}

func render(answer Report, r *http.Request) (body []byte, kind string) {
	query := r.URL.Query()
	switch {
	case query.Get("format") == "json" || strings.Contains(r.Header.Get("Accept"), "application/json"):
		return answer.json(), "application/json"
	case query.Has("verbose"):
		return []byte(answer.verbose()), "text/plain; charset=utf-8"
	default:
		return []byte(oneLine(answer.Summary) + "\n"), "text/plain; charset=utf-8"
	}
}
