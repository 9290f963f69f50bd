package rocketmq

import "context"

// RuntimeInfo returns the broker's figures, such as putTps or commitLogMaxOffset,
// all of them text. Their names differ between releases: brokerVersion is gone
// in 5.4, for example. Brokers up to 5.1 answer CodeSystemError in their first
// second, before they have a sample to report.
func (c *Client) RuntimeInfo(ctx context.Context) (map[string]string, error) {
	var body struct {
		Table map[string]string `json:"table"`
	}
	err := c.ask(ctx, getBrokerRuntimeInfo, nil, &body)
	return body.Table, err
}

// BrokerConfig returns the configuration that the broker runs with, secrets of
// its configuration file included. It has the names of Java fields, and
// values as Java prints them.
func (c *Client) BrokerConfig(ctx context.Context) (map[string]string, error) {
	return c.askProperties(ctx, getBrokerConfig)
}

// UpdateBrokerConfig changes keys of the running broker and rewrites the file
// that it was started with (AdminBrokerProcessor.updateBrokerConfig). RocketMQ
// passes over unknown keys and bad values without a word, so a caller must look
// at BrokerConfig afterwards. A key of the black list is refused with
// CodeNoPermission. With brokerPermission the broker registers again before it
// answers, which takes up to 24 s where a name server does not answer.
func (c *Client) UpdateBrokerConfig(ctx context.Context, values map[string]string) error {
	_, err := c.Call(ctx, Command{Code: updateBrokerConfig, Body: encodeProperties(values)})
	return err
}

// Producer is a client that said in its last heartbeats that it sends.
type Producer struct {
	ClientID            string `json:"clientId"`
	RemoteIP            string `json:"remoteIP"`
	Language            string `json:"language"`
	Version             int    `json:"version"`
	LastUpdateTimestamp int64  `json:"lastUpdateTimestamp"` // ms since 1970
}

// AllProducers returns the connected producers of each producer group. Brokers
// that do not know this request answer CodeNotSupported.
func (c *Client) AllProducers(ctx context.Context) (map[string][]Producer, error) {
	var body struct {
		Data map[string][]Producer `json:"data"`
	}
	err := c.ask(ctx, getAllProducerInfo, nil, &body)
	return body.Data, err
}

// HAStatus is a broker's view of the replication (HARuntimeInfo.java). Offsets
// are bytes of the commit log.
type HAStatus struct {
	Master                   bool           `json:"master"`
	MasterCommitLogMaxOffset int64          `json:"masterCommitLogMaxOffset"`
	InSyncSlaves             int            `json:"inSyncSlaveNums"`
	Connections              []HAConnection `json:"haConnectionInfo"`    // a master's slaves
	Client                   HAClient       `json:"haClientRuntimeInfo"` // a slave's link to its master
}

// HAConnection is what a master knows about one slave.
type HAConnection struct {
	Addr              string `json:"addr"`
	SlaveAckOffset    int64  `json:"slaveAckOffset"`
	Diff              int64  `json:"diff"` // bytes that the slave is behind
	InSync            bool   `json:"inSync"`
	BytesPerSecond    int64  `json:"transferredByteInSecond"`
	TransferFromWhere int64  `json:"transferFromWhere"`
}

// HAClient is what a slave knows about its master.
type HAClient struct {
	MasterAddr         string `json:"masterAddr"`
	MaxOffset          int64  `json:"maxOffset"`
	MasterFlushOffset  int64  `json:"masterFlushOffset"`
	LastReadTimestamp  int64  `json:"lastReadTimestamp"`  // ms since 1970
	LastWriteTimestamp int64  `json:"lastWriteTimestamp"` // ms since 1970
	BytesPerSecond     int64  `json:"transferredByteInSecond"`
}

// HAStatus returns the state of the replication. A broker of 4.9 answers
// CodeNotSupported, one with a DLedger commit log CodeSystemError.
func (c *Client) HAStatus(ctx context.Context) (HAStatus, error) {
	var status HAStatus
	err := c.ask(ctx, getBrokerHAStatus, nil, &status)
	return status, err
}
