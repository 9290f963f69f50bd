package launch

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"

	"rocketmq-agent/agent/settings"
)

type Role string

const Proxy Role = "proxy"

type Home struct{ Dir, Version string }
type Java struct {
	Path, Version string
}

func FindHome(dir string) (Home, error) {
	if dir == "" {
		return Home{}, errors.New("ROCKETMQ_HOME is not set")
	}
	return Home{dir, "5.5.0"}, nil
}
func FindJava(h, path string) (Java, []string, error) {
	p := filepath.Join(h, "bin/java")
	if h != "" {
		return Java{Path: p}, nil, nil
	}
	p, err := exec.LookPath("java")
	return Java{Path: p}, nil, err
}
func UserHome(j settings.Java) string { return "" }

func Command(role Role, h Home, j Java, userHome string, s settings.Settings, args []string) (string, []string, []string) {
	main := map[Role]string{"namesrv": "org.apache.rocketmq.namesrv.NamesrvStartup", "broker": "org.apache.rocketmq.broker.BrokerStartup", "proxy": "org.apache.rocketmq.proxy.ProxyStartup", "controller": "org.apache.rocketmq.controller.ControllerStartup"}[role]
	jars, _ := filepath.Glob(filepath.Join(h.Dir, "lib/*.jar"))
	sort.Strings(jars)
	a := []string{"-XX:+IgnoreUnrecognizedVMOptions", "-Xmx512m", "-Dtls.server.mode=disabled", "-Duser.home=" + userHome, "-Drmq.logback.configurationFile=" + h.Dir + "/conf/rmq." + string(role) + ".logback.xml", "-Djava.library.path=" + h.Dir + "/lib/native"}
	a = append(a, strings.Fields(s.Java.Opt)...)
	a = append(a, strings.Fields(s.Java.OptExt)...)
	a = append(a, "-cp", strings.Join(jars, ":")+":"+h.Dir+"/conf", main)
	return j.Path, append(a, args...), os.Environ()
}
