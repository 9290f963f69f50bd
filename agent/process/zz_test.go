package process_test
import ("testing";"os";"rocketmq-agent/agent/process/processtest")
func TestZZ(t *testing.T) {
	sup := newSupervisor(t)
	bad := 0
	for range 20 {
		file := files(t)
		os.WriteFile(file("gen"), []byte(`if [ $1 = 0 ]; then : >"$2"; else setsid sh "$0" $(($1-1)) "$2" & fi`), 0o755)
		p := start(t, sup, spec("/bin/sh", file("gen"), "100", file("end")))
		processtest.Closed(t, "gone", p.Gone())
		if !processtest.Exists(file("end")) { bad++; processtest.Wait(t, "end", func() bool { return processtest.Exists(file("end")) }) }
	}
	t.Log("bad", bad)
}
