package rocketmq

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"

	"rocketmq-agent/agent/rmq"
)

// Access is how a client gets in. The zero Access speaks plaintext and signs nothing.
type Access struct {
	Account Account

	// TLS is asked for each new connection, because certificates are replaced while their servers run; nil: plaintext.
	TLS func() (*tls.Config, error)

	// Refused hears of each answer that refuses the account, or the lack of one; nil: nobody does.
	Refused func(*ResponseError)
}

// Account is what requests are signed with; one without AccessKey is none. ACL 1.0 and the authentication of
// RocketMQ 5.3 take the same signature.
type Account struct {
	AccessKey     string
	SecretKey     string
	SecurityToken string // of a session; mostly empty
}

// dial connects to addr. The context bounds the handshake too.
func (a Access) dial(ctx context.Context, addr string) (net.Conn, error) {
	addr = rmq.Dialable(addr) // a route has IPv6 without brackets where the broker's configuration has
	if a.TLS == nil {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	}
	config, err := a.TLS()
	if err != nil {
		return nil, err
	}
	return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", addr)
}

// sign returns the request as the account signs it: the values of all fields in the order of their names, then the body
// (AclClientRPCHook, AclUtils.combineRequestContent).
func (a Account) sign(req Command) Command {
	if a.AccessKey == "" {
		return req
	}
	fields := maps.Clone(req.ExtFields)
	if fields == nil {
		fields = map[string]string{}
	}
	fields["AccessKey"] = a.AccessKey
	if a.SecurityToken != "" {
		fields["SecurityToken"] = a.SecurityToken
	}
	mac := hmac.New(sha1.New, []byte(a.SecretKey))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		mac.Write([]byte(fields[name]))
	}
	mac.Write(req.Body)
	fields["Signature"] = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	req.ExtFields = fields
	return req
}

// Refusal says whether the peer refused the account, or the lack of one. ACL 1.0 has no code of its own for it.
func (e *ResponseError) Refusal() bool {
	return e.Code == CodeNoPermission || e.Code == CodeSystemError && strings.Contains(e.Remark, "AclException")
}

// hasCode says whether an error is the peer's answer of that code.
func hasCode(err error, code int) bool {
	answer, ok := errors.AsType[*ResponseError](err)
	return ok && answer.Code == code
}
