package rocketmq

import (
	"context"
	"rocketmq-agent/agent/rmq"
	"strconv"
)

// ClusterInfo is all that a name server knows about brokers.
type ClusterInfo struct {
	Brokers  map[string]BrokerAddrs `json:"brokerAddrTable"`  // by broker name
	Clusters map[string][]string    `json:"clusterAddrTable"` // broker names by cluster
}

// BrokerAddrs is the brokers of one name: a master and its slaves.
type BrokerAddrs struct {
	Cluster string           `json:"cluster"`
	Name    string           `json:"brokerName"`
	Addrs   map[int64]string `json:"brokerAddrs"` // host:port by broker id, 0 is the master
}

// Route is where the messages of a topic are.
type Route struct {
	Brokers []BrokerAddrs `json:"brokerDatas"`
	Queues  []Queues      `json:"queueDatas"`
}

// Queues is what the brokers of one name hold of a topic.
type Queues struct {
	BrokerName  string `json:"brokerName"`
	ReadQueues  int    `json:"readQueueNums"`
	WriteQueues int    `json:"writeQueueNums"`
	Perm        int    `json:"perm"` // 4 read, 2 write, 1 inherit (PermName.java)
}

// ClusterInfo returns the brokers that are registered with the name server.
func (c *Client) ClusterInfo(ctx context.Context) (ClusterInfo, error) {
	var info ClusterInfo
	err := c.ask(ctx, getBrokerClusterInfo, nil, &info)
	return info, err
}

// Route returns the route of a topic; CodeTopicNotExist where there is none.
// Every broker has a topic of its own name.
func (c *Client) Route(ctx context.Context, topic string) (Route, error) {
	var route Route
	err := c.ask(ctx, getRouteInfoByTopic, map[string]string{"topic": topic}, &route)
	return route, err
}

// NamesrvConfig returns the configuration that the name server runs with.
func (c *Client) NamesrvConfig(ctx context.Context) (map[string]string, error) {
	return c.askProperties(ctx, getNamesrvConfig)
}

// UnregisterBroker takes a broker off the name server. Since 5.0 the name
// server answers first and does it a moment later, and it answers the same for
// a broker that it does not know: only ClusterInfo shows the outcome. A living
// broker registers again within 60 s.
func (c *Client) UnregisterBroker(ctx context.Context, broker rmq.BrokerRef) error {
	_, err := c.Call(ctx, Command{Code: unregisterBroker, ExtFields: map[string]string{
		"clusterName": broker.Cluster,
		"brokerName":  broker.Name,
		"brokerAddr":  broker.Addr,
		"brokerId":    strconv.FormatInt(broker.ID, 10),
	}})
	return err
}
