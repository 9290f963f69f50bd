package roles

import (
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/rocketmq"
)

func newNamesrv(client *rocketmq.Client) Role {
	return &plain{client: client, checks: checks.Namesrv(client), stopTime: 6 * time.Second}
}
