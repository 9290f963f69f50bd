package checks

import (
	"context"
	"errors"
	"strings"
	"testing"

	"rocketmq-agent/agent/rocketmq"
)

type proxyStub struct{ err error }

func (s proxyStub) Route(context.Context, string) (rocketmq.Route, error) {
	return rocketmq.Route{}, s.err
}

func TestProxy(t *testing.T) {
	tests := []struct {
		name string
		err  error
		ok   bool
	}{
		{"route", nil, true},
		{"no such topic", &rocketmq.ResponseError{Code: rocketmq.CodeTopicNotExist}, true},
		{"silent", errors.New("connection refused"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Proxy(proxyStub{test.err}, closed(t))[0].Run(t.Context()); got.OK != test.ok {
				t.Errorf("%+v, want %v", got, test.ok)
			}
		})
	}
	if got := Proxy(proxyStub{}, frozen(t))[1].Run(t.Context()); !got.OK {
		t.Errorf("open gRPC port: %+v", got)
	}
	got := Proxy(proxyStub{}, closed(t))[1].Run(t.Context())
	if got.OK || !strings.Contains(got.Detail, "connection refused") {
		t.Errorf("closed gRPC port: %+v", got)
	}
}
