package rocketmq

import "rocketmq-agent/agent/fastjson"

// DecodeBody lets the tests on a real RocketMQ decode any body.
func DecodeBody(body []byte, into any) error {
	return fastjson.Unmarshal(body, into)
}
