package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
)

// socketName is the socket's name in the agent's private folder.
const socketName = "control.sock"

// Container is what can be asked of a running container.
type Container interface {
	Status() Status
	// Drain returns when the drain has begun.
	Drain(why string) error
	Undrain(why string) error
	// Backlog is what consumers still have to read here.
	Backlog(ctx context.Context) ([]drain.Backlog, error)
	// Restart returns when the process is being stopped.
	Restart(role rmq.Role, why string) error
}

// Listen makes the socket in a private folder. What a killed agent has left there is removed; a living agent's is not.
func Listen(dir string) (net.Listener, error) {
	path := filepath.Join(dir, socketName)
	if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
		_ = conn.Close() // nothing was said
		return nil, fmt.Errorf("another agent listens on %s", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Serve answers on l until it is closed.
func Serve(l net.Listener, c Container) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(c.Status()) // whoever has gone needs no answer
	})
	mux.HandleFunc("GET /backlog", func(w http.ResponseWriter, r *http.Request) {
		all, err := c.Backlog(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(all)
	})
	order := func(what string, do func(role rmq.Role, why string) error) {
		mux.HandleFunc("POST /"+what, func(w http.ResponseWriter, r *http.Request) {
			if err := do(rmq.Role(r.FormValue("role")), what+" was asked for"); err != nil {
				http.Error(w, err.Error(), http.StatusConflict)
			}
		})
	}
	order("drain", func(_ rmq.Role, why string) error { return c.Drain(why) })
	order("undrain", func(_ rmq.Role, why string) error { return c.Undrain(why) })
	order("restart", c.Restart)
	return probes.Serve(l, mux)
}
