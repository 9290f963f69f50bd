package tlsconfig

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"time"

	"github.com/youmark/pkcs8"
)

// Judge finds what would leave a server open that its settings protect: errors. RocketMQ says nothing of any of it.
func (c Config) Judge() (problems []error, warnings []string) {
	fail := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	asks := c.ClientAuth == Require || c.Server.Checks
	switch c.Mode {
	case Disabled, Permissive, Enforcing:
	default:
		fail("tls.server.mode=%s: RocketMQ takes that for permissive, where plaintext is welcome; "+
			"allowed: disabled, permissive, enforcing", c.Mode)
	}
	switch c.ClientAuth {
	case None, Optional, Require:
	default:
		fail("tls.server.need.client.auth=%s: RocketMQ takes that for none; allowed: none, optional, require", c.ClientAuth)
	}
	switch {
	case c.Mode == Disabled:
	case c.Test && asks:
		fail("tls.server.need.client.auth and authClient have no effect in RocketMQ's test mode, which is the default: " +
			"add tls.test.mode.enable=false")
	case c.Test && c.Server.Cert != "":
		warnings = append(warnings, fmt.Sprintf("the certificate %s is not used: RocketMQ's test mode, which is the "+
			"default, makes one of its own; add tls.test.mode.enable=false", c.Server.Cert))
	case c.ClientAuth == Require && c.Mode != Enforcing:
		fail("tls.server.need.client.auth=require asks nothing of clients that speak plaintext, which "+
			"tls.server.mode=%s lets in: set -Dtls.server.mode=enforcing, or tls.server.need.client.auth=optional", c.Mode)
	case c.Server.Checks && c.ClientAuth == None:
		fail("tls.server.authClient=true checks the certificates that clients show, but none is asked for: add " +
			"tls.server.need.client.auth=require, or leave authClient out")
	case c.ClientAuth == Require && !c.Server.Checks:
		warnings = append(warnings, "tls.server.need.client.auth=require is satisfied with any certificate, one of the "+
			"client's own making too: add tls.server.authClient=true and tls.server.trustCertPath")
	}
	return problems, warnings
}

// CheckFiles reads the files as the JVM would. One that it cannot use makes a server without TLS, and a client that
// sends plaintext, with no more than a line in a log.
func (c Config) CheckFiles() (problems []error, warnings []string) {
	if c.Test {
		return nil, nil
	}
	check := func(side string, s Side, needed bool) {
		p, w := s.Check(names(side), needed)
		problems, warnings = append(problems, p...), append(warnings, w...)
	}
	if c.Mode != Disabled {
		check("server", c.Server, c.Mode == Enforcing)
	}
	if c.Outgoing {
		check("client", c.Client, false)
	}
	return problems, warnings
}

// Names are what the settings of a side are called, for messages.
type Names struct{ Cert, Key, Trust string }

// names are those of a side of TlsSystemConfig.
func names(side string) Names {
	return Names{"tls." + side + ".certPath", "tls." + side + ".keyPath", "tls." + side + ".trustCertPath"}
}

// Check judges the files of one side. needed: it cannot do without a certificate.
func (s Side) Check(name Names, needed bool) (problems []error, warnings []string) {
	fail := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	switch {
	case s.Cert == "" && s.Key == "":
		if needed {
			fail("TLS without a certificate: set %s and %s, or tls.test.mode.enable=true for one of RocketMQ's own making",
				name.Cert, name.Key)
		}
	case s.Cert == "" || s.Key == "":
		fail("%s and %s belong together: only one of them is set", name.Cert, name.Key)
	default:
		pair, err := s.load()
		if err != nil {
			fail("%s, %s: %w", name.Cert, name.Key, err)
		} else if leaf := pair.Leaf; leaf != nil && time.Now().After(leaf.NotAfter) {
			warnings = append(warnings, fmt.Sprintf("the certificate %s was valid until %s: clients that check it refuse it",
				s.Cert, leaf.NotAfter.Format(time.RFC3339)))
		}
	}
	if s.Checks && s.Trust != "" {
		if _, err := s.trusted(); err != nil {
			fail("%s: %w", name.Trust, err)
		}
	}
	return problems, warnings
}

// load reads the certificate and its key.
func (s Side) load() (tls.Certificate, error) {
	cert, err := os.ReadFile(s.Cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := s.readKey()
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		err = fmt.Errorf("%s and %s cannot be used: %w", s.Cert, s.Key, err)
	}
	return pair, err
}

// readKey returns the key in PEM, decrypted.
func (s Side) readKey() ([]byte, error) {
	text, err := os.ReadFile(s.Key)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "ENCRYPTED PRIVATE KEY" {
		return text, nil
	}
	key, err := pkcs8.ParsePKCS8PrivateKey(block.Bytes, []byte(s.KeyPassword))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be decrypted with keyPassword: %w", s.Key, err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

// trusted are the certificates of Trust; nil: those that the system trusts.
func (s Side) trusted() (*x509.CertPool, error) {
	if s.Trust == "" {
		return nil, nil
	}
	text, err := os.ReadFile(s.Trust)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("there is no certificate in %s", s.Trust)
	}
	return pool, nil
}
