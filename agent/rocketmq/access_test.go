package rocketmq

import (
	"errors"
	"maps"
	"net"
	"strings"
	"testing"
)

// The signature is that of AclSigner: HMAC-SHA1 of the values in the order of their names, and the body; made with
// openssl dgst -sha1 -hmac secret.
func TestSign(t *testing.T) {
	req := Command{Code: 25, ExtFields: map[string]string{"topic": "T", "a": "1"}, Body: []byte("body")}
	before := maps.Clone(req.ExtFields)
	got := Account{AccessKey: "key", SecretKey: "secret"}.sign(req).ExtFields
	want := map[string]string{"AccessKey": "key", "Signature": "vafRCnKIYZbV8rEIfKRm9gIO9Zk=", "topic": "T", "a": "1"}
	if !maps.Equal(got, want) || !maps.Equal(req.ExtFields, before) {
		t.Errorf("%v, want %v; the request became %v", got, want, req.ExtFields)
	}
	if got := (Account{AccessKey: "key", SecurityToken: "t"}).sign(Command{}).ExtFields; got["SecurityToken"] != "t" {
		t.Errorf("%v", got)
	}
	if got := (Account{}).sign(req); got.ExtFields["AccessKey"] != "" {
		t.Errorf("no account signs as %v", got.ExtFields)
	}
}

// Who listens for refusals hears of those that are about the account, and of no other answer.
func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		answer  Command
		refused bool
	}{
		{Command{Code: CodeNoPermission, Remark: "check signature failed."}, true},
		{Command{Code: CodeSystemError, Remark: "org.apache.rocketmq.acl.common.AclException: No accessKey"}, true},
		{Command{Code: CodeSystemError, Remark: "java.lang.NullPointerException"}, false},
		{Command{Code: CodeNotSupported}, false},
	} {
		tt.answer.Flag = flagResponse
		heard := 0
		server := serve(t, replies(tt.answer))
		c := NewClient(server.addr, Access{Refused: func(*ResponseError) { heard++ }})
		defer c.Close()
		_, err := c.BrokerConfig(t.Context())
		if e, ok := errors.AsType[*ResponseError](err); !ok || e.Refusal() != tt.refused || (heard == 1) != tt.refused {
			t.Errorf("%+v: %v, heard %d times", tt.answer, err, heard)
		}
	}
}

// A peer that takes TLS only hangs up on plaintext: the error says so.
func TestHintOfTLS(t *testing.T) {
	c := serve(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) }).client(t)
	_, err := c.BrokerConfig(t.Context())
	if err == nil || !errors.Is(err, errUnanswered) {
		t.Fatalf("error %v", err)
	}
	if want := "does it take TLS only"; !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not say %q", err, want)
	}
}
