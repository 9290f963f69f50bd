package drain

// Backlog is what one consumer group has not read of one topic of a broker, or what the broker itself still holds back:
// then Group is empty and Topic says what it is.
type Backlog struct {
	Group    string `json:"group,omitempty"`
	Topic    string `json:"topic"`
	Messages int64  `json:"messages"`
	Offline  bool   `json:"offline,omitempty"` // no consumer of the group is connected to the broker
}
