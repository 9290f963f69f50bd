package tlsconfig

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Dial makes the configuration of one connection.
type Dial func() (*tls.Config, error)

// ToServer is how this machine asks the process itself; nil: in plaintext. What the process shows must be a certificate
// that its file has, or had: it takes a new one only when the key is new too (BrokerController's FileWatchService).
func (c Config) ToServer() Dial {
	if c.Mode != Enforcing {
		return nil
	}
	if c.Test {
		return insecure
	}
	known := &leaves{}
	return func() (*tls.Config, error) {
		pair, err := c.Server.load()
		if err != nil {
			return nil, err
		}
		known.add(pair.Certificate[0])
		config, err := insecure()
		config.VerifyConnection = known.verify
		if err != nil || c.ClientAuth == None {
			return config, err
		}
		if c.Client.Cert != "" {
			if pair, err = c.Client.load(); err != nil {
				return nil, err
			}
		}
		show(config, pair)
		return config, nil
	}
}

// ToPeers is how the process asks name servers and brokers; nil: in plaintext.
func (c Config) ToPeers() Dial {
	if !c.Outgoing {
		return nil
	}
	if c.Test {
		return insecure
	}
	return func() (*tls.Config, error) {
		config, err := insecure()
		if err != nil {
			return nil, err
		}
		if c.Client.Checks {
			roots, err := c.Client.trusted()
			if err != nil {
				return nil, err
			}
			config.VerifyConnection = signedBy(roots)
		}
		if c.Client.Cert != "" {
			pair, err := c.Client.load()
			if err != nil {
				return nil, err
			}
			show(config, pair)
		}
		return config, nil
	}
}

// ToTwin is how a process of the same configuration is asked which runs somewhere else, to learn who it is.
func (c Config) ToTwin() Dial {
	if !c.Outgoing && c.Mode == Enforcing {
		return insecure
	}
	return c.ToPeers()
}

// insecure takes any certificate, as RocketMQ does by default.
func insecure() (*tls.Config, error) {
	return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}, nil
}

// show gives the peer a certificate, whichever authorities it names: Netty names those that it trusts for anything.
func show(config *tls.Config, pair tls.Certificate) {
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
}

// signedBy checks who signed a certificate. Like RocketMQ's own client it does not ask whose it is: routes are made of
// addresses, which no certificate has.
func signedBy(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, c := range s.PeerCertificates[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := s.PeerCertificates[0].Verify(options)
		return err
	}
}

// leaves are the certificates that a file has had.
type leaves struct {
	mu  sync.Mutex
	all [][]byte
}

func (l *leaves) add(leaf []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.has(leaf) {
		l.all = append(l.all, leaf)
	}
}

// has is asked with the lock held.
func (l *leaves) has(leaf []byte) bool {
	return slices.ContainsFunc(l.all, func(known []byte) bool { return bytes.Equal(known, leaf) })
}

func (l *leaves) verify(s tls.ConnectionState) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if shown := s.PeerCertificates[0]; !l.has(shown.Raw) {
		return fmt.Errorf("%w: it is for %s, and valid until %s", errOther, shown.Subject, shown.NotAfter)
	}
	return nil
}

var errOther = errors.New("the process shows a certificate that its file never had")
