package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rocketmq-agent/agent/drain"
)

// Client asks the agent of this container.
type Client struct {
	http http.Client
}

// Find connects to the agent whose private folder is own, or else, for a user who may, to the one of another user in
// the same place.
func Find(own string) (*Client, error) {
	candidates := []string{filepath.Join(own, socketName)}
	others, _ := filepath.Glob(filepath.Join(filepath.Dir(own), "rocketmq-agent-*", socketName))
	var last error
	for _, path := range append(candidates, others...) {
		conn, err := net.DialTimeout("unix", path, time.Second)
		if err == nil {
			_ = conn.Close() // nothing was said
			return client(path), nil
		}
		if last == nil || !errors.Is(err, os.ErrNotExist) {
			last = err
		}
	}
	if errors.Is(last, os.ErrPermission) {
		return nil, fmt.Errorf("the agent of this container is another user's: %w", last)
	}
	return nil, fmt.Errorf("no agent runs in this container (looked for %s)", candidates[0])
}

func client(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &Client{http.Client{
		Timeout:   15 * time.Second,
		Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true},
	}}
}

// Status asks for everything.
func (c *Client) Status() (s Status, err error) {
	err = c.get("status", &s)
	return s, err
}

// Backlog asks what consumers still have to read.
func (c *Client) Backlog() (all []drain.Backlog, err error) {
	err = c.get("backlog", &all)
	return all, err
}

func (c *Client) get(what string, into any) error {
	resp, err := c.http.Get("http://agent/" + what)
	if err != nil {
		return fmt.Errorf("the agent does not answer: %w", err)
	}
	defer resp.Body.Close()
	if err := refusal(resp); err != nil {
		return err
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 4<<20)).Decode(into); err != nil {
		return fmt.Errorf("cannot read the agent's answer: %w", err)
	}
	return nil
}

// Order gives an order: drain, undrain, restart. role is that of the process to restart.
func (c *Client) Order(what, role string) error {
	resp, err := c.http.PostForm("http://agent/"+what, url.Values{"role": {role}})
	if err != nil {
		return fmt.Errorf("the agent does not answer: %w", err)
	}
	defer resp.Body.Close()
	return refusal(resp)
}

// refusal is what the agent says when it does not do what it was asked for.
func refusal(resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	return errors.New(strings.TrimSpace(string(text)))
}
