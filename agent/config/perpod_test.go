package config

import (
	"maps"
	"strings"
	"testing"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// onSharedVolume is in, on a volume that all pods share.
func onSharedVolume(in Input) Input {
	in.Settings.StorePerPod = true
	in.Settings.Pod = settings.Pod{Name: "mq-1", InKubernetes: true}
	return in
}

// paths are the folders of a configuration that hold data.
func paths(c Config) map[string]string {
	all := values(c)
	maps.DeleteFunc(all, func(key, _ string) bool {
		return !strings.Contains(key, "torePath") || key == "configStorePath"
	})
	return all
}

// Each pod gets folders of its own. What lies below the root moves with it:
// its place in the pod's folder stays the same.
func TestStorePerPod(t *testing.T) {
	tests := []struct {
		name, file string
		want       map[string]string
	}{
		{"the template's root", "", map[string]string{"storePathRootDir": "/home/rocketmq/store/mq-1"}},
		{"the root", "storePathRootDir=/store", map[string]string{"storePathRootDir": "/store/mq-1"}},
		{"slashes at its end", "storePathRootDir=/store//", map[string]string{"storePathRootDir": "/store/mq-1"}},
		{"blanks around it", "storePathRootDir= /store \n", map[string]string{"storePathRootDir": "/store/mq-1"}},
		{"paths below it", "storePathRootDir=/store\nstorePathCommitLog=/store/commitlog\n" +
			"storePathEpochFile=/store/a/epoch\nstorePathBrokerIdentity=/store/id", map[string]string{
			"storePathRootDir":        "/store/mq-1",
			"storePathCommitLog":      "/store/mq-1/commitlog",
			"storePathEpochFile":      "/store/mq-1/a/epoch",
			"storePathBrokerIdentity": "/store/mq-1/id",
		}},
		{"paths elsewhere", "storePathRootDir=/store\nstorePathCommitLog=/log/\n" +
			"storePathDLedgerCommitLog=/store2/x", map[string]string{
			"storePathRootDir":          "/store/mq-1",
			"storePathCommitLog":        "/log/mq-1",
			"storePathDLedgerCommitLog": "/store2/x/mq-1",
		}},
		{"the root itself again", "storePathRootDir=/store\nstorePathCommitLog=/store",
			map[string]string{"storePathRootDir": "/store/mq-1", "storePathCommitLog": "/store/mq-1"}},
		{"several", "storePathRootDir=/store\nstorePathCommitLog=/store/log,/a,/b/\n" +
			"readOnlyCommitLogStorePaths=/a,/store/log", map[string]string{
			"storePathRootDir":            "/store/mq-1",
			"storePathCommitLog":          "/store/mq-1/log,/a/mq-1,/b/mq-1",
			"readOnlyCommitLogStorePaths": "/a/mq-1,/store/mq-1/log",
		}},
		{"a comma too many", "storePathRootDir=/store\nstorePathCommitLog=/a,",
			map[string]string{"storePathRootDir": "/store/mq-1", "storePathCommitLog": "/a/mq-1,"}},
		{"an empty one stays empty", "storePathRootDir=/store\nstorePathCommitLog=",
			map[string]string{"storePathRootDir": "/store/mq-1", "storePathCommitLog": ""}},
		{"the root of everything", "storePathRootDir=/\nstorePathCommitLog=/a",
			map[string]string{"storePathRootDir": "/mq-1", "storePathCommitLog": "/a/mq-1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Broker(onSharedVolume(brokerOf(t, rmq.Masters, tt.file)))
			if got := paths(c); err != nil || !maps.Equal(got, tt.want) {
				t.Errorf("got  %v, error %v\nwant %v", got, err, tt.want)
			}
			v, _ := c.Find("storePathRootDir")
			if v.Source.String() != "RMQ_STORE_PER_POD" || len(v.Displaced) == 0 ||
				strings.Contains(v.Displaced[len(v.Displaced)-1].Value, "mq-1") {
				t.Errorf("%s is from %s after %v", v.Value, v.Source, v.Displaced)
			}
		})
	}
}

// A path from a secret file stays a secret when it moves.
func TestStorePerPodKeepsSecrets(t *testing.T) {
	in := onSharedVolume(brokerOf(t, rmq.Masters, ""))
	in.Settings.Conf = []settings.ConfValue{{
		Key:      "storePathRootDir",
		Value:    "/hidden",
		Variable: "RMQ_CONF_storePathRootDir_FILE",
		Secret:   true,
	}}
	c, err := Broker(in)
	if v, _ := c.Find("storePathRootDir"); err != nil || v.Value != "/hidden/mq-1" || !v.Secret {
		t.Errorf("%+v, error %v", v, err)
	}
}

// The pod's name comes from POD_NAME, in Kubernetes also from the host name. Without one all pods would share a folder.
func TestStorePerPodNeedsAName(t *testing.T) {
	tests := []struct {
		name string
		pod  settings.Pod
		want string // the root, or the error
	}{
		{"POD_NAME", settings.Pod{Name: "mq-1", Hostname: "x", InKubernetes: true}, "/home/rocketmq/store/mq-1"},
		{"host name", settings.Pod{Hostname: "mq-2", InKubernetes: true}, "/home/rocketmq/store/mq-2"},
		{"docker", settings.Pod{Hostname: "0a1b2c"},
			"RMQ_STORE_PER_POD=true needs the pod's name: set POD_NAME (fieldRef metadata.name)"},
		{"nothing", settings.Pod{},
			"RMQ_STORE_PER_POD=true needs the pod's name: set POD_NAME (fieldRef metadata.name)"},
	}
	for _, tt := range tests {
		in := onSharedVolume(brokerOf(t, rmq.Masters, ""))
		in.Settings.Pod = tt.pod
		c, err := Broker(in)
		got := c.Get("storePathRootDir")
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// With a template of one's own that names no folder, RocketMQ's default would be shared by all pods, without a word.
func TestStorePerPodNeedsARoot(t *testing.T) {
	const want = "RMQ_STORE_PER_POD=true needs the folder on the shared volume: set "
	in := onSharedVolume(brokerOf(t, rmq.Masters, ""))
	dir := t.TempDir()
	write(t, dir, "broker.conf.tmpl", "listenPort=1\n")
	write(t, dir, "controller.conf.tmpl", "controllerDLegerGroup=g\n")
	in.Templates = templatesIn(dir)
	if _, err := Broker(in); err == nil || err.Error() != want+"storePathRootDir" {
		t.Errorf("broker: error %v", err)
	}
	if _, err := Controller(in); err == nil || err.Error() != want+"controllerStorePath" {
		t.Errorf("controller: error %v", err)
	}
}

func TestStorePerPodOfControllers(t *testing.T) {
	apart, err := Controller(onSharedVolume(controllerIn(t, "controllerStorePath=/data/")))
	if got := apart.Get("controllerStorePath"); err != nil || got != "/data/mq-1" {
		t.Errorf("apart: %s, error %v", got, err)
	}
	inside, err := Namesrv(onSharedVolume(controllerIn(t, "")))
	if got := inside.Get("controllerStorePath"); err != nil || got != "/home/rocketmq/controller/mq-1" {
		t.Errorf("inside: %s, error %v", got, err)
	}
	// A name server alone has no store, so it needs neither a folder nor a name.
	in := onSharedVolume(controllerIn(t, ""))
	in.Controller, in.Settings.Pod = identity.Controller{}, settings.Pod{}
	if c, err := Namesrv(in); err != nil || len(paths(c)) != 0 {
		t.Errorf("no controller: %v, error %v", paths(c), err)
	}
}
