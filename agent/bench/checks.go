package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// files is how many configuration files one validate judges.
const files = 1000

// broken is a broker.conf as people have it, with 15 findings.
const broken = `# production
brokerClusterName=DefaultCluster
brokerName=broker-a
brokerId=0
brokerRole=ASYNC_MASTER
flushDiskType=ASYNC_FLUSH
namesrvAddr=ns-0.ns:9876;ns-1.ns:9876
listenPort=10911
deleteWhen=04
fileReservedTime=48 
mapedFileSizeCommitLog=1073741824
mapedFileSizeConsumeQueue=300000
diskMaxUsedSpaceRatio=99
storePathRootDir=/home/rocketmq/store
storePathIndex=/home/rocketmq/store/index
storePathConsumeQueue=/home/rocketmq/store/consumequeue
storeCheckpoint=/home/rocketmq/store/checkpoint
abortFile=/home/rocketmq/store/abort
autoCreateTopicEnable=yes
autoCreateSubscriptionGroup=on
brokerIP1=127.0.0.1
maxMessageSize=64KB
sendMessageThreadPoolNums=16
pullMessageThreadPoolNums=16 # as many
waitTimeMillsInSendQueue=1000
flushComitLogTimed=true
serverSelectorThreads=3
mqtt.port=1883
messageDelayLevel=1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h
`

// measureChecks times what reads configuration, as whole processes. RocketMQ's own -p prints what it made of a file,
// without a word about what it did not take.
func measureChecks(dir string, runs int) error {
	agent, err := filepath.Abs("bin/rocketmq-agent")
	if err != nil {
		return err
	}
	home, err := filepath.Abs("build/rocketmq")
	if err != nil {
		return err
	}
	one := filepath.Join(dir, "broker.conf")
	err = os.WriteFile(one, []byte(broken), 0o600)
	all := []string{"validate"}
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("broker-%d.conf", i))
		err = errors.Join(err, os.WriteFile(name, []byte(broken), 0o600))
		all = append(all, name)
	}
	if err != nil {
		return err
	}
	classPath := filepath.Join(home, "conf") + ":" + filepath.Join(home, "lib", "*")
	shapes := []struct {
		name string
		argv []string
	}{
		{"validate, one file", []string{agent, "validate", one}},
		{fmt.Sprintf("validate, %d files", files), append([]string{agent}, all...)},
		{"render", []string{agent, "render", "broker", "-n", "127.0.0.1:9"}},
		{"mqbroker -p", []string{
			"java", "-Duser.home=" + dir, "-cp", classPath, "org.apache.rocketmq.broker.BrokerStartup", "-c", one, "-p",
		}},
	}
	took := make([][]time.Duration, len(shapes))
	for range runs {
		for i, s := range shapes {
			d, err := timed(s.argv, "ROCKETMQ_HOME="+home, "HOME="+dir, "TMPDIR="+dir)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			took[i] = append(took[i], d)
		}
	}
	fmt.Printf("\nconfiguration, whole processes, median of %d\n", runs)
	for i, s := range shapes {
		fmt.Printf("  %-22s %s\n", s.name, ms(median(took[i])))
	}
	fmt.Printf("  validate judges %.0f files a second, of 15 findings each\n\n", files/median(took[1]).Seconds())
	return nil
}

// timed runs a command to its end. An exit code that says that a file has errors is an answer.
func timed(argv []string, env ...string) (time.Duration, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 78 {
		err = nil
	}
	return took, err
}
