package roles

import (
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/rocketmq"
)

func newController(client *rocketmq.Client) Role {
	return &plain{client: client, checks: checks.Controller(client), stopTime: 6 * time.Second}
}
