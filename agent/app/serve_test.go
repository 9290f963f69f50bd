package app

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/settings"
)

// Report K25-2: two containers of one pod share its ports, and only one agent gets the default. An address that somebody asked for
// is another matter.
func TestListenWhereThePortIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, chosen := range []bool{false, true} {
		var log bytes.Buffer
		a := &app{
			Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))},
			plan: plan.Plan{Settings: settings.Settings{
				HTTPAddr:    settings.HTTPAddr(l.Addr().String()),
				HTTPAddrSet: chosen,
			}},
		}
		err := a.listen(http.NewServeMux())
		if (err != nil) != chosen {
			t.Errorf("chosen: %t, error %v", chosen, err)
		}
		if strings.Contains(log.String(), "RMQ_HTTP_ADDR=:8089") == chosen {
			t.Errorf("chosen: %t, log %q", chosen, log.String())
		}
	}
}
