// Package rocketmq asks RocketMQ processes the few admin questions that the
// agent needs, over RocketMQ's own remoting protocol.
//
// A Client holds at most one connection and no goroutine. Every call has a
// deadline, every frame a limit, and a connection that showed any fault is
// never used again. The bodies of older and newer releases are read alike.
package rocketmq

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// defaultTimeout ends a call whose context has no deadline of its own.
const defaultTimeout = 3 * time.Second

// errUnanswered marks a connection that failed before the first byte of an answer.
var errUnanswered = errors.New("no answer")

// Client asks one name server, broker, proxy or controller. It is safe for
// concurrent use: calls take turns. It connects at the first call and, after
// any fault, again at the next one.
type Client struct {
	addr   string
	access Access

	// turn has room for one: whoever put a value in owns the fields below.
	// A channel rather than a mutex, because waiting must end with the context.
	turn   chan struct{}
	conn   net.Conn
	opaque int32
	closed bool
}

// NewClient returns a client of the process that listens on addr (host:port).
// It does not connect yet.
func NewClient(addr string, access Access) *Client {
	return &Client{addr: addr, access: access, turn: make(chan struct{}, 1)}
}

// Addr returns the address that the client was made for.
func (c *Client) Addr() string {
	return c.addr
}

// Close waits for the call that is under way, which its deadline bounds, and
// closes the connection. Calls fail with net.ErrClosed from then on.
func (c *Client) Close() error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	c.closed = true
	if c.conn == nil {
		return nil
	}
	err := c.conn.Close()
	c.conn = nil
	return err
}

// Call sends one request and returns its answer. It fills in the opaque number
// and, where they are empty, language and version. The call ends at the
// context's deadline, or after 3 seconds where there is none, and as soon as
// the context is cancelled. An answer with a code other than 0 is returned
// together with a *ResponseError.
func (c *Client) Call(ctx context.Context, req Command) (Command, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, defaultTimeout)
		defer cancel()
	}
	answer, err := c.call(ctx, req)
	if ctx.Err() != nil && err != nil {
		err = ctx.Err() // the network's error is only its echo
	}
	if err != nil {
		return Command{}, fmt.Errorf("cannot ask %s (request %d): %w%s", c.addr, req.Code, err, c.hint(err))
	}
	if answer.Code != 0 {
		return answer, c.refused(&ResponseError{
			Addr:    c.addr,
			Request: req.Code,
			Code:    answer.Code,
			Remark:  answer.Remark,
		})
	}
	return answer, nil
}

// hint says what a fault may come from.
func (c *Client) hint(err error) string {
	hungUp := errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
	if c.access.TLS == nil && errors.Is(err, errUnanswered) && hungUp {
		return " (it hangs up: does it take TLS only, tls.server.mode=enforcing?)"
	}
	return ""
}

// refused tells who wants to hear of it.
func (c *Client) refused(e *ResponseError) *ResponseError {
	if c.access.Refused != nil && e.Refusal() {
		c.access.Refused(e)
	}
	return e
}

// call takes its turn and talks to the peer. RocketMQ closes connections that
// were idle for 120 s, which shows only when the next request gets no answer.
// A question is then simply asked again. Whether an order was executed would
// stay unknown, so orders never travel on an old connection.
func (c *Client) call(ctx context.Context, req Command) (Command, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return Command{}, ctx.Err()
	}
	if c.closed {
		return Command{}, net.ErrClosed
	}
	question := isQuestion(req.Code)
	if !question {
		c.drop()
	}
	kept := c.conn != nil
	answer, err := c.roundTrip(ctx, req)
	if kept && question && errors.Is(err, errUnanswered) && ctx.Err() == nil {
		answer, err = c.roundTrip(ctx, req)
	}
	return answer, err
}

// roundTrip keeps the connection only if nothing at all went wrong.
func (c *Client) roundTrip(ctx context.Context, req Command) (Command, error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return Command{}, err
	}
	c.opaque++
	req.Opaque = c.opaque
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	answer, err := exchange(conn, c.access.Account.sign(req))
	if !stop() || err != nil {
		c.drop() // also when the context ended too late to matter: its deadline is on the connection
	}
	return answer, err
}

func (c *Client) connect(ctx context.Context) (net.Conn, error) {
	if c.conn != nil {
		return c.conn, nil
	}
	conn, err := c.access.dial(ctx, c.addr)
	if err != nil {
		return nil, err
	}
	c.conn = conn
	return conn, nil
}

func (c *Client) drop() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// exchange writes the request and reads frames until its answer comes. Frames
// of other numbers and the peer's own requests are passed over.
func exchange(conn net.Conn, req Command) (Command, error) {
	frame, err := encodeFrame(req)
	if err != nil {
		return Command{}, err
	}
	if _, err := conn.Write(frame); err != nil {
		return Command{}, fmt.Errorf("%w: %w", errUnanswered, err)
	}
	for {
		answer, err := readFrame(conn, answerLimit(req.Code))
		if err != nil {
			return Command{}, err
		}
		if answer.Opaque == req.Opaque && answer.Flag&flagResponse != 0 {
			return answer, nil
		}
	}
}
