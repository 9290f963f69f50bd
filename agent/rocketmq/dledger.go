package rocketmq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"rocketmq-agent/agent/fastjson"
)

// DLedgerLeader asks a member of a DLedger group, on the port of its peers, who leads the group; empty: nobody does
// (DLedgerServer.handleMetadata). DLedger has codes of its own: 200 is success, in the frame and in the body.
func (c *Client) DLedgerLeader(ctx context.Context, group, member string) (leader string, err error) {
	const success = 200
	body, err := json.Marshal(map[string]string{"group": group, "remoteId": member})
	if err != nil {
		return "", err
	}
	answer, err := c.Call(ctx, Command{Code: dledgerMetadata, Body: body})
	if e, ok := errors.AsType[*ResponseError](err); err != nil && (!ok || e.Code != success) {
		return "", err
	}
	var metadata struct {
		Code     int    `json:"code"`
		LeaderID string `json:"leaderId"`
	}
	if err := fastjson.Unmarshal(answer.Body, &metadata); err != nil {
		return "", fmt.Errorf("cannot use the answer of %s to request %d: %w", c.addr, dledgerMetadata, err)
	}
	if metadata.Code != success {
		return "", fmt.Errorf("%s answered request %d of the group %s with code %d", c.addr, dledgerMetadata, group,
			metadata.Code)
	}
	return metadata.LeaderID, nil
}
