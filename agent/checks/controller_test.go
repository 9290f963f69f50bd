package checks

import (
	"context"
	"errors"
	"testing"

	"rocketmq-agent/agent/rocketmq"
)

type controllerStub struct {
	group rocketmq.ControllerMetadata
	err   error
}

func (s controllerStub) ControllerMetadata(context.Context) (rocketmq.ControllerMetadata, error) {
	return s.group, s.err
}

func TestController(t *testing.T) {
	tests := []struct {
		name   string
		stub   controllerStub
		ok     bool
		detail string
	}{
		{"leads", controllerStub{group: rocketmq.ControllerMetadata{Group: "g", LeaderID: "n0", IsLeader: true}},
			true, "leads the group g"},
		{"follows",
			controllerStub{group: rocketmq.ControllerMetadata{Group: "g", LeaderID: "n1", LeaderAddr: "b:9878"}},
			true, "follows n1 (b:9878)"},
		{"no leader", controllerStub{group: rocketmq.ControllerMetadata{Group: "g"}},
			false, "the group g has no leader"},
		{"silent", controllerStub{err: errors.New("connection refused")}, false, "connection refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Controller(test.stub)[0].Run(t.Context())
			if got.OK != test.ok || got.Detail != test.detail {
				t.Errorf("%+v, want %v %q", got, test.ok, test.detail)
			}
		})
	}
}
