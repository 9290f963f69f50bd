package rocketmq

import "context"

// ControllerMetadata is one controller's view of its group.
type ControllerMetadata struct {
	Group      string
	LeaderID   string // empty while there is no leader
	LeaderAddr string // host:port
	IsLeader   bool   // the controller asked is the leader
	Peers      string // as the controller writes it: "id:host:port;id:host:port;"
}

// ControllerMetadata asks any controller of a group who leads it.
func (c *Client) ControllerMetadata(ctx context.Context) (ControllerMetadata, error) {
	answer, err := c.Call(ctx, Command{Code: getControllerMetadata})
	if err != nil {
		return ControllerMetadata{}, err
	}
	return ControllerMetadata{
		Group:      answer.ExtFields["group"],
		LeaderID:   answer.ExtFields["controllerLeaderId"],
		LeaderAddr: answer.ExtFields["controllerLeaderAddress"],
		IsLeader:   answer.ExtFields["isLeader"] == "true",
		Peers:      answer.ExtFields["peers"],
	}, nil
}
