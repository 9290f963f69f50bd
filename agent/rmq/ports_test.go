package rmq

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// table is a configuration with the defaults of 5.5.0 that matter here; what it holds beyond them is set.
type table map[string]string

var defaults = map[Role]table{
	Broker: {
		"listenPort":              "10911",
		"haListenPort":            "10912",
		"metricsPromExporterPort": "5557",
		"bindAddress":             "0.0.0.0",
	},
	Namesrv: {
		"listenPort":              "9876",
		"controllerType":          "DLedger",
		"metricsPromExporterPort": "5557",
		"bindAddress":             "0.0.0.0",
	},
	Controller: {"listenPort": "19876", "controllerType": "DLedger", "metricsPromExporterPort": "5557"},
	Proxy:      {"remotingListenPort": "8080", "grpcServerPort": "8081", "metricsPromExporterPort": "5557"},
}

type values struct {
	role Role
	set  table
}

func (v values) IsSet(key string) bool { _, set := v.set[key]; return set }
func (v values) On(key string) bool    { return v.Text(key) == "true" }

func (v values) Text(key string) string {
	if text, set := v.set[key]; set {
		return text
	}
	return defaults[v.role][key]
}

func (v values) Number(key string) int64 {
	n, _ := strconv.ParseInt(v.Text(key), 10, 64)
	return n
}

func TestListens(t *testing.T) {
	const peers = "n0-a:40911;n1-b:40921;n10-c:40931"
	tests := []struct {
		name    string
		role    Role
		release string
		set     table
		want    string // the addresses
	}{
		{"broker", Broker, "5.5.0", nil, ":10911 :10909 :10912"},
		{"broker on another port", Broker, "5.5.0", table{"listenPort": "20911"}, ":20911 :20909 :20912"},
		{"broker, HA elsewhere", Broker, "5.5.0", table{"haListenPort": "30912"}, ":10911 :10909 :30912"},
		{"broker of 4.9, HA elsewhere", Broker, "4.9.7", table{"haListenPort": "30912"}, ":10911 :10909 :10912"},
		{"broker, HA on no port", Broker, "5.5.0", table{"haListenPort": "0"}, ":10911 :10909 :10912"},
		{"broker, bound", Broker, "5.5.0", table{"bindAddress": "10.0.0.1"}, "10.0.0.1:10911 10.0.0.1:10909 :10912"},
		{"broker without replication", Broker, "5.5.0", table{"duplicationEnable": "true"}, ":10911 :10909"},
		{
			"a member of a DLedger group opens no HA port", Broker, "5.5.0",
			table{"enableDLegerCommitLog": "true", "dLegerSelfId": "n1", "dLegerPeers": peers}, ":10911 :10909 :40921",
		},
		{
			"a member whose id begins like another's", Broker, "5.5.0",
			table{"enableDLegerCommitLog": "true", "dLegerSelfId": "n10", "dLegerPeers": peers}, ":10911 :10909 :40931",
		},
		{
			"a member of no group", Broker, "5.5.0",
			table{"enableDLegerCommitLog": "true", "dLegerSelfId": "n7", "dLegerPeers": peers}, ":10911 :10909",
		},
		{"broker in controller mode", Broker, "5.5.0", table{"enableControllerMode": "true"}, ":10911 :10909 :10912"},
		{
			"broker with a metrics page on its address", Broker, "5.5.0",
			table{"metricsExporterType": "PROM", "brokerIP1": "10.0.0.1"}, ":10911 :10909 :10912 10.0.0.1:5557",
		},
		{
			"broker with a metrics page elsewhere", Broker, "5.5.0",
			table{
				"metricsExporterType":     "PROM",
				"metricsPromExporterHost": "0.0.0.0",
				"metricsPromExporterPort": "5558",
			},
			":10911 :10909 :10912 0.0.0.0:5558",
		},
		{
			"broker that pushes metrics",
			Broker,
			"5.5.0",
			table{"metricsExporterType": "OTLP_GRPC"},
			":10911 :10909 :10912",
		},
		{"name server", Namesrv, "5.5.0", nil, ":9876"},
		{
			"name server with a controller", Namesrv, "5.5.0",
			table{
				"enableControllerInNamesrv": "true",
				"controllerDLegerSelfId":    "n0",
				"controllerDLegerPeers":     "n0-a:9878",
			},
			":9876 :9878",
		},
		{
			"name server, the controller's keys without it", Namesrv, "5.5.0",
			table{"controllerDLegerSelfId": "n0", "controllerDLegerPeers": "n0-a:9878"}, ":9876",
		},
		{
			"controller: raft and requests share a port", Controller, "5.5.0",
			table{"controllerDLegerSelfId": "n1", "controllerDLegerPeers": "n0-a:9878;n1-b:9888"}, ":9888",
		},
		{"controller among no peers", Controller, "5.5.0", table{"controllerDLegerSelfId": "n1"}, ":9878"},
		{
			"controller with a metrics page", Controller, "5.5.0",
			table{
				"controllerDLegerSelfId": "n0",
				"controllerDLegerPeers":  "n0-a:9878",
				"metricsExporterType":    "PROM",
			}, ":9878 :5557",
		},
		{
			"jRaft: each of the two has a list", Controller, "5.5.0", table{
				"controllerType": "jRaft", "jRaftServerId": "b:9881",
				"jRaftInitConf": "a:9880,b:9881,c:9882", "jRaftControllerRPCAddr": "a:9770,b:9771,c:9772",
			}, ":9771 :9881",
		},
		{
			"jRaft: a list that is too short", Controller, "5.5.0", table{
				"controllerType": "jRaft", "jRaftServerId": "b:9881",
				"jRaftInitConf": "a:9880,b:9881", "jRaftControllerRPCAddr": "a:9770",
			}, ":9878 :9881",
		},
		{"proxy", Proxy, "5.5.0", nil, ":8080 :8081"},
		{"proxy with a metrics page", Proxy, "5.5.0", table{"metricsExporterType": "PROM"}, ":8080 :8081 :5557"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, port := range Listens(tt.role, MustRelease(tt.release), values{tt.role, tt.set}) {
				got = append(got, port.Addr())
			}
			if all := strings.Join(got, " "); all != tt.want {
				t.Errorf("got %s, want %s", all, tt.want)
			}
		})
	}
}

// What a port is called leads to the key that moves it.
func TestPortsNameTheirKey(t *testing.T) {
	set := table{
		"enableControllerInNamesrv": "true",
		"controllerDLegerSelfId":    "n0",
		"controllerDLegerPeers":     "n0-a:9878",
	}
	var got []string
	for _, port := range slices.Concat(
		Listens(Broker, MustRelease("5.5.0"), values{Broker, nil}),
		Listens(Namesrv, MustRelease("5.5.0"), values{Namesrv, set}),
	) {
		got = append(got, fmt.Sprintf("%s by %s", port, port.Key))
	}
	want := []string{
		"listenPort=10911 by listenPort", "10909 (listenPort - 2, the fast port) by listenPort",
		"10912 (listenPort + 1, the HA port) by listenPort", "listenPort=9876 by listenPort",
		"9878 (this member's port in controllerDLegerPeers) by controllerDLegerPeers",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
