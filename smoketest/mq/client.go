// Package mq sends and receives through rocketmq-client-go, and keeps that
// client's traps to itself:
//
//   - A panic in one of its goroutines ends the process unless
//     primitive.PanicHandler is set, and its log goes to stderr: see Tame.
//   - Its name server check refuses host names, but lets an http:// prefix pass
//     and drops it later. Its own HTTP resolver, which may exit the process,
//     stays unused.
//   - The producer's own retries would send a message twice behind our back.
//   - The pull consumer also fetches messages for Poll that nobody reads,
//     unless it is allotted no queue.
//   - A pull ends after 30 s at the latest and at nothing else: neither its
//     context nor a broken connection ends it.
package mq

import (
	"crypto/tls"
	"fmt"
	"os"
	"time"

	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/rlog"

	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/smoketest/tunnel"
)

// Tame silences the client's log and passes panics of its goroutines to
// onPanic, in the whole process. Call it once, before anything else here.
func Tame(onPanic func(reason any)) {
	rlog.SetLogger(silence{})
	primitive.PanicHandler = onPanic
}

// silence is a log that nobody reads: calls return what it would say.
type silence struct{}

func (silence) Debug(string, map[string]any)   {}
func (silence) Info(string, map[string]any)    {}
func (silence) Warning(string, map[string]any) {}
func (silence) Error(string, map[string]any)   {}
func (silence) Fatal(string, map[string]any)   {}
func (silence) Level(string)                   {}
func (silence) OutputPath(string) error        { return nil }

// Cluster is how clients reach a cluster.
type Cluster struct {
	namesrvs    []string // for the client, which refuses host names without a scheme
	credentials primitive.Credentials
	tunnel      *tunnel.Tunnel // nil: plaintext
}

// NewCluster returns the cluster of the name servers (host:port, host names too). config is for TLS; nil: plaintext.
func NewCluster(namesrvs []string, account rocketmq.Account, config *tls.Config) (c Cluster, err error) {
	c.credentials = primitive.Credentials(account)
	if config != nil {
		c.tunnel = tunnel.New(config)
	}
	for _, addr := range namesrvs {
		if c.tunnel != nil {
			if addr, err = c.tunnel.To(addr); err != nil {
				return c, err
			}
		}
		c.namesrvs = append(c.namesrvs, "http://"+addr)
	}
	return c, nil
}

// Close closes what the clients need, which are closed before.
func (c Cluster) Close() {
	if c.tunnel != nil {
		c.tunnel.Close()
	}
}

func (c Cluster) resolver() primitive.NsResolver { return primitive.NewPassthroughResolver(c.namesrvs) }

// instance returns a name that no other client has: clients of one name share
// their connections and one's end ends the other.
func instance() string {
	return fmt.Sprintf("smoketest-%d-%d", os.Getpid(), time.Now().UnixNano())
}
