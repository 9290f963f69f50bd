package rocketmq

// DecodeBody lets the tests on a real RocketMQ decode any body.
func DecodeBody(body []byte, into any) error {
	return decodeBody(body, into)
}
