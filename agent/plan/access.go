package plan

import (
	"cmp"
	"errors"
	"path/filepath"

	"rocketmq-agent/agent/account"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/tlsconfig"
)

// Access is how the agent gets in to a process, and to those that the process talks to.
type Access struct {
	TLS     tlsconfig.Config
	Account account.Account   // that the agent signs with; none where nothing is protected
	Stored  []account.Account // that the broker makes of its configuration, unless its store has one of that name
	Proxy   *tlsconfig.Side   // what a proxy's own file says of its certificate; nil: it makes one
}

// Own is how the process itself is asked.
func (p Process) Own() rocketmq.Access { return p.As(p.Access.Account) }

// As is Own with another account.
func (p Process) As(a account.Account) rocketmq.Access {
	return rocketmq.Access{Account: a.Account, TLS: p.Access.TLS.ToServer()}
}

// ToNamesrvs is how its name servers are asked, which ask nobody who they are.
func (p Process) ToNamesrvs() rocketmq.Access { return rocketmq.Access{TLS: p.Access.TLS.ToPeers()} }

// ToDLedger is how its member of a DLedger group is asked, which asks nobody who they are.
func (p Process) ToDLedger() rocketmq.Access { return rocketmq.Access{TLS: p.Access.TLS.ToServer()} }

// ToTwin is how a broker of the same configuration is asked, which is somewhere else.
func (p Process) ToTwin() rocketmq.Access {
	return rocketmq.Access{Account: p.Access.Account.Account, TLS: p.Access.TLS.ToTwin()}
}

// addAccess decides how the agent gets in to each process.
func (m *maker) addAccess() error {
	for i := range m.Processes {
		p := &m.Processes[i]
		mode := tlsconfig.Permissive
		if m.withoutTLS(*p) {
			mode = tlsconfig.Disabled
		}
		p.Access.TLS = tlsconfig.Read(m.optionsOf(*p).Property, m.files.TLS.Props, mode)
		m.findAccount(p)
		p.Access.Proxy = m.proxyCertificate(*p)
	}
	m.carryTLSOver()
	if m.files.ACLErr != nil && m.enforcesACL() {
		return m.files.ACLErr
	}
	problems, warnings := m.Processes[0].Access.TLS.Judge() // what it judges is the same for all
	m.Warnings = append(m.Warnings, warnings...)
	return errors.Join(problems...)
}

// proxyCertificate is the certificate of a proxy, which its own file names (ProxyAndTlsProtocolNegotiator).
func (m *maker) proxyCertificate(p Process) *tlsconfig.Side {
	for _, f := range p.Files {
		if v := f.Values; f.Role == rmq.Proxy && v.Text("tlsTestModeEnable") == "false" {
			folder := filepath.Join(m.Home.Dir, "conf", "tls")
			return &tlsconfig.Side{
				Cert:        cmp.Or(v.Get("tlsCertPath"), filepath.Join(folder, "rocketmq.crt")),
				Key:         cmp.Or(v.Get("tlsKeyPath"), filepath.Join(folder, "rocketmq.key")),
				KeyPassword: v.Text("tlsKeyPassword"),
			}
		}
	}
	return nil
}

// withoutTLS says whether nobody has configured TLS for a process. RocketMQ would then make a self-signed certificate
// at each start, the longest part of it. A proxy does: the gRPC clients of RocketMQ 5 speak TLS unless told
// otherwise, and accept that certificate.
func (m *maker) withoutTLS(p Process) bool {
	_, _, withProxy := p.ProxyAddrs()
	return m.files.TLS.Path == "" && !m.optionsOf(p).HaveTLS() && !withProxy
}

// carryTLSOver makes the broker of standalone ask the name server beside it over TLS where that takes nothing else.
func (m *maker) carryTLSOver() {
	if m.role != rmq.Standalone || m.Processes[0].Access.TLS.Mode != tlsconfig.Enforcing {
		return
	}
	broker := &m.Processes[1]
	if _, set := m.optionsOf(*broker).Property("tls.enable"); !set {
		broker.Access.TLS.Outgoing = true
	}
}

// findAccount finds the account of a broker or a proxy that is protected. A file that was named for it is stronger.
func (m *maker) findAccount(p *Process) {
	if p.Role != rmq.Broker && p.Role != rmq.Proxy {
		return
	}
	v := p.Values()
	if v.On("authenticationEnabled") {
		inner, first := accountsOf(v)
		p.Access.Account = first
		for _, a := range []account.Account{first, inner} {
			if a.AccessKey != "" {
				p.Access.Account = a
				p.Access.Stored = append(p.Access.Stored, a)
			}
		}
	} else if m.enforcesACL() {
		p.Access.Account = m.files.ACL
	}
	if m.files.Account.AccessKey != "" {
		p.Access.Account = m.files.Account
	}
}

// enforcesACL says whether the broker has ACL 1.0.
func (m *maker) enforcesACL() bool {
	b, ok := m.Broker()
	return ok && b.Values().On("aclEnable") && m.Home.Release.EnforcesACL()
}

// accountsOf are those that a configuration of RocketMQ 5.3 holds.
func accountsOf(v config.Effective) (inner, first account.Account) {
	text := func(key string) (value, from string) {
		set, _ := v.Find(key)
		return v.Text(key), key + " of " + set.Source.String()
	}
	return account.Inner(text("innerClientAuthenticationCredentials")), account.First(text("initAuthenticationUser"))
}
