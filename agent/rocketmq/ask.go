package rocketmq

import (
	"context"
	"errors"
	"fmt"

	"rocketmq-agent/agent/fastjson"
)

// Ping proves that the peer reads, understands and answers requests: any
// well-formed answer is a success, also a refusal. It asks for a name server's
// entry that does not exist, which every other port answers with
// CodeNotSupported (a name server of 4.9 does not answer unknown codes at all).
// Controllers and proxies log an error line for it each time.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.Call(ctx, Command{Code: getKVConfig, ExtFields: map[string]string{
		"namespace": "rocketmq-agent",
		"key":       "ping",
	}})
	var answer *ResponseError
	if errors.As(err, &answer) {
		return nil
	}
	return err
}

// ask sends a question and decodes the body of the answer.
func (c *Client) ask(ctx context.Context, code int, fields map[string]string, into any) error {
	answer, err := c.Call(ctx, Command{Code: code, ExtFields: fields})
	if err != nil {
		return err
	}
	if err := fastjson.Unmarshal(answer.Body, into); err != nil {
		return fmt.Errorf("cannot use the answer of %s to request %d: %w", c.addr, code, err)
	}
	return nil
}

func (c *Client) askProperties(ctx context.Context, code int) (map[string]string, error) {
	answer, err := c.Call(ctx, Command{Code: code})
	if err != nil {
		return nil, err
	}
	values, err := decodeProperties(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("cannot use the answer of %s to request %d: %w", c.addr, code, err)
	}
	return values, nil
}
