// Package tlsconfig knows how a RocketMQ process speaks TLS (TlsSystemConfig, TlsHelper), judges that before it starts,
// and speaks it with the process.
package tlsconfig

import (
	"strings"

	"rocketmq-agent/agent/javaprops"
)

// Mode is what a server does with clients that speak plaintext. RocketMQ takes any other word for Permissive.
type Mode string

// The modes (TlsMode).
const (
	Disabled   Mode = "disabled"
	Permissive Mode = "permissive"
	Enforcing  Mode = "enforcing"
)

// ClientAuth is whether a server asks for a client's certificate. RocketMQ takes any other word for None.
type ClientAuth string

// What a server asks for (io.netty.handler.ssl.ClientAuth).
const (
	None     ClientAuth = "none"
	Optional ClientAuth = "optional"
	Require  ClientAuth = "require"
)

// Config is how one JVM speaks TLS.
type Config struct {
	Mode       Mode
	Outgoing   bool // tls.enable: it asks name servers and brokers over TLS
	Test       bool // tls.test.mode.enable: a certificate of its own making in place of all files; the default
	ClientAuth ClientAuth
	Server     Side
	Client     Side
}

// Side are the files of a server or of a client, empty where there is none, and whether it checks the certificate of
// the other side (authClient, authServer). Without Trust it is checked against what the Java trusts.
type Side struct {
	Cert        string
	Key         string
	KeyPassword string
	Trust       string
	Checks      bool
}

// DefaultFile is read where tls.config.file names no other one.
const DefaultFile = "/etc/rocketmq/tls.properties"

// Read makes a Config of the system properties of a JVM and of the properties of its file, which are stronger but know
// nothing of tls.server.mode and tls.enable. mode is that of a JVM whose properties name none.
func Read(property func(name string) (value string, set bool), file []javaprops.Property, mode Mode) Config {
	text := func(name, otherwise string) string {
		if v, set := property(name); set {
			return v
		}
		return otherwise
	}
	filed := func(name, otherwise string) string {
		value := text(name, otherwise)
		for _, p := range file {
			if p.Key == name {
				value = p.Value
			}
		}
		return value
	}
	side := func(name, checks string) Side {
		return Side{
			Cert:        filed(name+"certPath", ""),
			Key:         filed(name+"keyPath", ""),
			KeyPassword: filed(name+"keyPassword", ""),
			Trust:       filed(name+"trustCertPath", ""),
			Checks:      javaprops.ParseBool(filed(name+checks, "")),
		}
	}
	return Config{
		Mode:       Mode(text("tls.server.mode", string(mode))),
		Outgoing:   javaprops.ParseBool(text("tls.enable", "")),
		Test:       javaprops.ParseBool(filed("tls.test.mode.enable", "true")),
		ClientAuth: ClientAuth(strings.ToLower(filed("tls.server.need.client.auth", string(None)))),
		Server:     side("tls.server.", "authClient"),
		Client:     side("tls.client.", "authServer"),
	}
}
