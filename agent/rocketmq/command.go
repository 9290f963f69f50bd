package rocketmq

import (
	"fmt"
	"strings"
)

// Request codes (RequestCode.java of RocketMQ).
const (
	getAllTopicConfig         = 21
	updateBrokerConfig        = 25
	getBrokerConfig           = 26
	getBrokerRuntimeInfo      = 28
	getMaxOffset              = 30
	getMinOffset              = 31
	getAllConsumerOffset      = 43
	getKVConfig               = 101
	unregisterBroker          = 104
	getRouteInfoByTopic       = 105
	getBrokerClusterInfo      = 106
	getNamesrvConfig          = 319
	getConsumerConnectionList = 203
	getAllProducerInfo        = 328
	getBrokerHAStatus         = 907
	getControllerMetadata     = 1005

	dledgerMetadata = 50000 // DLedgerRequestCode.java
)

// Answer codes that callers tell apart (ResponseCode.java of RocketMQ).
const (
	CodeSystemError   = 1
	CodeNotSupported  = 3
	CodeNoPermission  = 16
	CodeTopicNotExist = 17

	codeConsumerNotOnline = 206
)

const (
	// flagResponse marks an answer in Command.Flag.
	flagResponse = 1

	language = "GO"

	// version is RocketMQ 4.9.4. From it on a name server answers route
	// questions in valid JSON. It must stay at or below 5.3.1 (475), because
	// newer clients get GO_AWAY (1500) in place of an answer while a process
	// with enableShutdownGracefully stops, which is when the agent looks closest.
	version = 401
)

// Command is one request or answer; the tags are the names of its JSON header.
type Command struct {
	Code      int               `json:"code"`
	Language  string            `json:"language,omitempty"` // empty in answers of the binary serialization
	Version   int               `json:"version"`
	Opaque    int32             `json:"opaque"`
	Flag      int               `json:"flag"`
	Remark    string            `json:"remark,omitempty"`
	ExtFields map[string]string `json:"extFields,omitempty"`
	Body      []byte            `json:"-"`
}

// ResponseError is an answer that the peer gave with a code other than 0.
type ResponseError struct {
	Addr    string // the client's address
	Request int    // code of the request
	Code    int    // code of the answer
	Remark  string // the peer's own words, may be empty
}

// Error names the peer, the request, the code and the peer's own words.
func (e *ResponseError) Error() string {
	text := fmt.Sprintf("%s answered request %d with code %d", e.Addr, e.Request, e.Code)
	if remark := strings.TrimSpace(e.Remark); remark != "" {
		text += ": " + remark
	}
	return text
}

// answerLimit is how large an answer may be (bytes). Decoding takes a dozen
// times as much, in a process that has 16 MiB, and whoever has got the address
// of a peer that is gone may answer what he likes. A broker takes 200 bytes of
// a cluster's answer, a producer as much.
func answerLimit(code int) uint32 {
	switch code {
	case updateBrokerConfig, unregisterBroker, getKVConfig:
		return 64 << 10
	case getBrokerConfig, getBrokerRuntimeInfo, getNamesrvConfig, getBrokerHAStatus, getControllerMetadata,
		dledgerMetadata, getRouteInfoByTopic, getBrokerClusterInfo:
		return 1 << 20
	case getAllProducerInfo, getAllTopicConfig, getAllConsumerOffset:
		return 4 << 20
	}
	return maxFrame
}

// Without says what is missing where a peer refuses the request.
func Without(request int) string {
	switch request {
	case updateBrokerConfig:
		return "a drain cannot take its write permission off"
	case getBrokerConfig:
		return "its live configuration is not compared, and it is known by its file alone"
	case getBrokerRuntimeInfo:
		return "there are no metrics of it"
	case getAllProducerInfo:
		return "a drain does not see its producers, and waits for silence"
	}
	return "it is not known whether it serves"
}

// isQuestion tells the requests that change nothing and may be sent twice.
func isQuestion(code int) bool {
	switch code {
	case getBrokerConfig, getBrokerRuntimeInfo, getRouteInfoByTopic, getBrokerClusterInfo,
		getNamesrvConfig, getAllProducerInfo, getBrokerHAStatus, getControllerMetadata, getKVConfig,
		dledgerMetadata, getAllTopicConfig, getAllConsumerOffset, getMinOffset, getMaxOffset, getConsumerConnectionList:
		return true
	}
	return false
}
