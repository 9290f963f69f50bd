package settings

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kelseyhightower/envconfig"

	"rocketmq-agent/agent/rmq"
)

// rocketMQOwn are variables of RocketMQ itself that happen to carry the prefix.
var rocketMQOwn = []string{"RMQ_NUMA_NODE", "RMQ_PROXY_HOME"}

// FromEnv reads the environment, and what the container's files say about the pod. It changes nothing, so it can be
// called again. The error names every wrong variable, its value, and what is allowed.
func FromEnv() (Settings, error) {
	env := Environ(os.Environ())
	s := Settings{Environ: env, Pod: podFrom(env), Java: javaFrom(env)}
	s.HTTPAddrSet = env.Get(prefix+"_HTTP_ADDR") != ""
	var problems []error
	known := map[string]bool{}
	each(reflect.ValueOf(&s).Elem(), func(variable string, field reflect.StructField, value reflect.Value) {
		known[variable] = true
		if err := read(variable, field, value, env.Get(variable) != ""); err != nil {
			problems = append(problems, err)
		}
	})
	problems = append(problems, s.upstreamNames()...)
	problems = append(problems, checkConfigDir(s.ConfigDir))
	conf, err := confFrom(env)
	s.Conf = conf
	problems = append(problems, unexpanded(env)...)
	s.takeOperatorsWord()
	problems = append(problems, s.namesrvTwice())
	s.sortOut(known)
	return s, errors.Join(append(problems, err)...)
}

// each calls f for every field that a variable sets.
func each(v reflect.Value, f func(variable string, field reflect.StructField, value reflect.Value)) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if name := field.Tag.Get("envconfig"); name != "" {
			f(prefix+"_"+name, field, v.Field(i))
		}
	}
}

// unset is a prefix that no variable has: under it envconfig finds nothing and takes the default.
const unset = prefix + "_AGENT_DEFAULT"

// read sets one field with envconfig, which on a whole struct would stop at the first error. The field gets its
// variable's name and no envconfig tag, for with one envconfig would also take the variable without the prefix:
// LOG_LEVEL, ROLE. A variable that is set to nothing (KEY= in a manifest) means the default, not a bad number.
func read(variable string, field reflect.StructField, value reflect.Value, given bool) error {
	one := reflect.New(reflect.StructOf([]reflect.StructField{{
		Name: strings.TrimPrefix(variable, prefix+"_"),
		Type: field.Type,
		Tag:  reflect.StructTag(fmt.Sprintf("default:%q", field.Tag.Get("default"))),
	}}))
	from := prefix
	if !given {
		from = unset
	}
	err := envconfig.Process(from, one.Interface())
	var parse *envconfig.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s=%q: %w", parse.KeyName, parse.Value, plain(parse))
	}
	if err != nil {
		return err
	}
	value.Set(one.Elem().Field(0))
	return nil
}

// plain says what is allowed where the type's own error speaks of Go.
func plain(e *envconfig.ParseError) error {
	switch e.TypeName {
	case "bool":
		return errors.New("allowed: true, false")
	case "slog.Level":
		return errors.New("allowed: debug, info, warn, error")
	}
	return e.Err
}

// upstreamNames reads the variables of the official image, which yield to the agent's own.
func (s *Settings) upstreamNames() (problems []error) {
	s.NamesrvFrom = prefix + "_NAMESRV"
	if v := s.Environ.Get("NAMESRV_ADDR"); len(s.Namesrv) == 0 && v != "" {
		list, err := rmq.ParseAddrs(v)
		if err != nil {
			problems = append(problems, fmt.Errorf("NAMESRV_ADDR=%q: %w", v, err))
		}
		s.Namesrv, s.NamesrvFrom = list, "NAMESRV_ADDR"
	}
	if v := s.Environ.Get("NODE_ROLE"); s.Role == "" && v != "" {
		role, err := rmq.ParseRole(v)
		if err != nil {
			problems = append(problems, fmt.Errorf("NODE_ROLE=%q: %w", v, err))
		}
		s.Role = role
	}
	return problems
}

// confFrom collects RMQ_CONF_<key> and RMQ_CONF_<key>_FILE.
func confFrom(env Environ) ([]ConfValue, error) {
	found := map[string]ConfValue{}
	var problems []error
	for _, entry := range slices.Sorted(slices.Values(env)) {
		variable, value, _ := strings.Cut(entry, "=")
		key, ok := strings.CutPrefix(variable, prefix+"_CONF_")
		if !ok || serviceLink.MatchString(variable) {
			continue
		}
		if name, isFile := strings.CutSuffix(key, "_FILE"); isFile {
			b, err := os.ReadFile(value)
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", variable, err))
				continue
			}
			// A mounted Secret often ends with the newline of the editor that made it.
			key, value = name, strings.TrimRight(string(b), "\r\n")
		}
		if key == "" {
			problems = append(problems, fmt.Errorf(
				"%s names no key: allowed is %s_CONF_<key>, the key in RocketMQ's spelling", variable, prefix))
			continue
		}
		if other, twice := found[key]; twice {
			problems = append(problems, fmt.Errorf("%s and %s both set %s: keep one", other.Variable, variable, key))
		}
		found[key] = ConfValue{
			Key:      key,
			Value:    value,
			Variable: variable,
			Secret:   strings.HasSuffix(variable, "_FILE"),
		}
	}
	var conf []ConfValue
	for _, key := range slices.Sorted(maps.Keys(found)) {
		conf = append(conf, found[key])
	}
	return conf, errors.Join(problems...)
}

// namesrvTwice says whether two variables contradict each other over the name servers; one of them would lose unseen.
func (s *Settings) namesrvTwice() error {
	for _, v := range s.Conf {
		if v.Key == "namesrvAddr" && v.Value != s.Namesrv.String() &&
			s.NamesrvFrom != "NAMESRV_ADDR" && len(s.Namesrv) > 0 {
			value := fmt.Sprintf("=%q", v.Value)
			if v.Secret {
				value = ""
			}
			return fmt.Errorf("%s=%q and %s%s both set namesrvAddr: keep one",
				s.NamesrvFrom, s.Namesrv, v.Variable, value)
		}
	}
	return nil
}

// checkConfigDir refuses a folder that is not there: everything in it would be missed without a word.
func checkConfigDir(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return fmt.Errorf("%s_CONFIG_DIR=%q: %w; allowed: a folder that can be read", prefix, dir, err)
	}
	return nil
}

// serviceLink matches what Kubernetes injects for a Service, and Docker for a link.
var serviceLink = regexp.MustCompile(`(_SERVICE_(HOST|PORT(_\w+)?)|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// sortOut finds the variables that carry the prefix and that nothing reads.
func (s *Settings) sortOut(known map[string]bool) {
	for _, entry := range s.Environ {
		variable, _, _ := strings.Cut(entry, "=")
		switch {
		case !strings.HasPrefix(variable, prefix+"_"):
		case strings.HasPrefix(variable, prefix+"_AGENT_"): // the agent's own mark on its children
		case known[variable], slices.Contains(rocketMQOwn, variable):
		case serviceLink.MatchString(variable):
			s.ServiceLinks = append(s.ServiceLinks, variable)
		case strings.HasPrefix(variable, prefix+"_CONF_"):
		default:
			s.Unknown = append(s.Unknown, variable)
		}
	}
}

func podFrom(env Environ) Pod {
	full, _ := os.Hostname()             // without one, the name server answers nothing either
	host, _, _ := strings.Cut(full, ".") // with setHostnameAsFQDN it is the full name
	hosts, _ := os.ReadFile("/etc/hosts")
	labels, _ := os.ReadFile(labelsFile)
	inKubernetes := env.Has("KUBERNETES_SERVICE_HOST") || env.Get("POD_NAME") != ""
	return Pod{
		Index:        label(string(labels), "apps.kubernetes.io/pod-index"),
		Name:         env.Get("POD_NAME"),
		IP:           env.Get("POD_IP"),
		HostIP:       env.Get("HOST_IP"),
		FullHostname: full,
		Hostname:     host,
		FQDN:         fqdn(string(hosts), host),
		InKubernetes: inKubernetes,
		InContainer:  inKubernetes || exists("/.dockerenv") || exists("/run/.containerenv"),
	}
}

// exists says whether there is such a file: Docker and Podman leave one in each container.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// labelsFile is where Kubernetes' documentation mounts the pod's labels (downwardAPI, fieldRef metadata.labels).
const labelsFile = "/etc/podinfo/labels"

// label finds a label in such a file, whose lines read NAME="VALUE" with Go's escapes.
func label(labels, name string) string {
	for line := range strings.Lines(labels) {
		if quoted, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			if value, err := strconv.Unquote(quoted); err == nil {
				return value
			}
		}
	}
	return ""
}

// fqdn finds the full name that the kubelet wrote for host into /etc/hosts: "10.1.2.3 pod.service.namespace.svc… pod".
func fqdn(hosts, host string) string {
	for line := range strings.Lines(hosts) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) > 2 && slices.Contains(f[2:], host) && strings.HasPrefix(f[1], host+".") {
			return f[1]
		}
	}
	return ""
}

func javaFrom(env Environ) Java {
	return Java{
		RocketMQHome: env.Get("ROCKETMQ_HOME"),
		JavaHome:     env.Get("JAVA_HOME"),
		ClassPath:    env.Get("CLASSPATH"),
		Path:         env.Get("PATH"),
		Home:         env.Get("HOME"),
		TmpDir:       env.Get("TMPDIR"),
	}
}
