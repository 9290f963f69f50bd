package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// What is different in the flags is seen, but for the secrets in them.
func TestDiffOfFlags(t *testing.T) {
	broker := cmdline.Run{Role: rmq.Broker, Namesrv: rmq.AddrList{"ns:9876"}}
	of := func(options string) Plan {
		s := pod("mq-0")
		s.Environ = settings.Environ{"JAVA_OPT_EXT=" + options}
		return mustMake(t, s, broker, machine(t, "5.5.0"))
	}
	changes := Diff(of("-Durl=http://u:hunter2@h"), of("-Durl=http://u:hunter3@h -Dtoken=hunter4,hunter5"))
	if len(changes) != 1 || strings.Contains(fmt.Sprint(changes), "hunter") ||
		!strings.Contains(changes[0].From, "-Durl=http://u:******@h") ||
		!strings.Contains(changes[0].To, "-Durl=http://u:******@h -Dtoken=******") {
		t.Errorf("got %+v", changes)
	}
}

func TestDiff(t *testing.T) {
	const before = "fileReservedTime=48\nlistenPort=10911\nbrokerName=mq-0\nnoSuchKey=1\ntlsKeyPassword=hunter2\n"
	broker := cmdline.Run{Role: rmq.Broker, Namesrv: rmq.AddrList{"ns:9876"}}
	tests := []struct {
		name  string
		file  string
		s     func(*settings.Settings)
		args  cmdline.Run
		want  []string
		total Effect
	}{
		{"nothing", before, nil, broker, nil, None},
		{"only its order",
			"noSuchKey=1\ntlsKeyPassword=hunter2\nbrokerName=mq-0\nlistenPort=10911\nfileReservedTime=48\n",
			nil, broker, nil, None},
		{"the same to RocketMQ", before + "traceTopicEnable=\\ false\n", nil, broker,
			[]string{"traceTopicEnable: \"\" -> \" false\", none"}, None},
		{"live", before + "fileReservedTime=24\n", nil, broker,
			[]string{"fileReservedTime: \"48\" -> \"24\", live"}, Live},
		{"a key that is gone", before[len("fileReservedTime=48\n"):], nil, broker,
			[]string{"fileReservedTime: \"48\" -> \"\", live"}, Live},
		{"restart", before + "sendMessageThreadPoolNums=8\n", nil, broker,
			[]string{"sendMessageThreadPoolNums: \"\" -> \"8\", restart"}, Restart},
		{"never", before + "brokerName=mq-1\n", nil, broker,
			[]string{"brokerName: \"mq-0\" -> \"mq-1\", never"}, Never},
		{"unknown", before + "noSuchKey=2\n", nil, broker, []string{"noSuchKey: \"1\" -> \"2\", none"}, None},
		{"a secret", before + "tlsKeyPassword=hunter3\n", nil, broker,
			[]string{"tlsKeyPassword: \"******\" -> \"******\", none"}, None},
		{"a flag", before, func(s *settings.Settings) {
			s.Environ = settings.Environ{"JAVA_OPT_EXT=-Dx=y"}
		}, broker, []string{"JVM flags, restart"}, Restart},
		{"a secret inside of a value", before + "myURL=http://u:hunter2@h\n", nil, broker,
			[]string{"myURL: \"\" -> \"http://u:******@h\", none"}, None},
		{"another role", before, nil, cmdline.Run{Role: rmq.Controller}, []string{
			"process: \"broker\" -> \"\", never", "process: \"\" -> \"controller\", never"}, Never},
	}
	f := machine(t, "5.5.0")
	f.Config = file(t, before)
	old := mustMake(t, pod("mq-0"), broker, f)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := pod("mq-0")
			if tt.s != nil {
				tt.s(&s)
			}
			f.Config = file(t, tt.file)
			if tt.args.Role == rmq.Controller {
				f.Config = file(t, "")
			}
			changes := Diff(old, mustMake(t, s, tt.args, f))
			var got []string
			for _, c := range changes {
				text := fmt.Sprintf("%s: %q -> %q, %s", c.What, c.From, c.To, c.Effect)
				if c.What == "JVM flags" {
					text = fmt.Sprintf("%s, %s", c.What, c.Effect)
				}
				got = append(got, text)
			}
			if !slices.Equal(got, tt.want) || Greatest(changes) != tt.total {
				t.Errorf("got  %q, %s\nwant %q, %s", got, Greatest(changes), tt.want, tt.total)
			}
		})
	}
}
