package roles

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"rocketmq-agent/agent/account"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rocketmq"
)

// refusals says once of each request that the process refuses it, what that costs, and what to do about it.
type refusals struct {
	log     *slog.Logger
	process plan.Process

	mu   sync.Mutex
	said map[int]bool
}

func newRefusals(p plan.Process, log *slog.Logger) *refusals {
	return &refusals{log: log, process: p, said: map[int]bool{}}
}

// access is how the process is asked, with the refusals heard.
func (r *refusals) access() rocketmq.Access {
	a := r.process.Own()
	a.Refused = r.heard
	return a
}

func (r *refusals) heard(e *rocketmq.ResponseError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said[e.Request] {
		return
	}
	r.said[e.Request] = true
	r.log.Warn(fmt.Sprintf("the %s refuses a request of the agent", r.process.Role), "request", e.Request,
		"its words", strings.TrimSpace(e.Remark), "so", rocketmq.Without(e.Request),
		"remedy", remedy(e, r.process.Access.Account))
}

// remedy is what to do about a refusal of an account, which may be none.
func remedy(e *rocketmq.ResponseError, a account.Account) string {
	const file = "RMQ_ACCESS_KEY_FILE names a file with the lines accessKey: NAME and secretKey: PASSWORD"
	switch {
	case a.AccessKey == "":
		return "the agent knows no account: " + file + ", or innerClientAuthenticationCredentials in the broker's file"
	case badSignature(e):
		return fmt.Sprintf("the account %s of %s has another password there: a user that a store has stays as it is, "+
			"whatever the configuration says; %s, or change the stored one (mqadmin updateUser -u %[1]s -p PASSWORD, "+
			"signed with the old one)", a.AccessKey, a.From, file)
	case e.Code == rocketmq.CodeSystemError:
		return fmt.Sprintf("give the account %s of %s the right: admin: true in plain_acl.yml, or another account: %s",
			a.AccessKey, a.From, file)
	}
	return fmt.Sprintf("give the account %s of %s the right: mqadmin updateAcl -s User:%[1]s -r Cluster:* "+
		"-a Get,Update -d ALLOW, or mqadmin updateUser -u %[1]s -t Super; or another account: %[3]s",
		a.AccessKey, a.From, file)
}

// badSignature says whether the account exists there, with another password.
func badSignature(e *rocketmq.ResponseError) bool {
	return strings.Contains(strings.ToLower(e.Remark), "signature")
}

// checkStored asks with each account of the configuration that the agent does not sign with anyway: RocketMQ makes one
// only where its store has none of that name, and says nothing when the password is another one.
func (b *broker) checkStored(ctx context.Context) {
	for _, a := range b.plan.Access.Stored {
		if a.Account == b.plan.Access.Account.Account {
			continue // its refusals are heard
		}
		client := rocketmq.NewClient(b.plan.Addr(), b.plan.As(a))
		_, err := client.BrokerConfig(ctx)
		_ = client.Close() // it only asked
		if e, ok := errors.AsType[*rocketmq.ResponseError](err); ok && badSignature(e) {
			b.log.Warn("an account of the configuration has another password in the broker's store, which counts",
				"account", a.AccessKey, "configured", a.From,
				"remedy", fmt.Sprintf("mqadmin updateUser -u %s -p PASSWORD, signed with an account that is accepted",
					a.AccessKey))
		}
	}
}
