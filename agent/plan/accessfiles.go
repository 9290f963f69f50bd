package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"rocketmq-agent/agent/account"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/tlsconfig"
)

// TLSFile is the file with RocketMQ's settings of TLS; zero: there is none.
type TLSFile struct {
	Path  string
	Props []javaprops.Property
}

// readAccess reads what decides how the agent gets in.
func (f *Files) readAccess(s settings.Settings) error {
	options := launch.ReadOptions(s.Environ.Get)
	var tlsErr, accountErr error
	f.TLS, tlsErr = readTLSFile(options)
	if s.AccessKeyFile != "" {
		if f.Account, accountErr = account.Read(s.AccessKeyFile); accountErr != nil {
			accountErr = fmt.Errorf("RMQ_ACCESS_KEY_FILE: %w", accountErr)
		}
	}
	if f.Home.Release.EnforcesACL() {
		file, _ := options.Property("rocketmq.acl.plain.file")
		f.ACL, f.ACLErr = account.ReadACL(f.Home.Dir, file)
	}
	return errors.Join(tlsErr, accountErr)
}

// readTLSFile refuses what RocketMQ would pass over without a word, with a server that is less protected than it should
// be: a file that was named and is not there, one that it may not read.
func readTLSFile(options launch.Options) (TLSFile, error) {
	path, named := options.Property("tls.config.file")
	if !named {
		path = tlsconfig.DefaultFile
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return TLSFile{}, nil
	}
	if err != nil {
		return TLSFile{}, fmt.Errorf("the settings of TLS, without which RocketMQ would go on: %w", err)
	}
	props, err := javaprops.Parse(text)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return TLSFile{Path: path, Props: props}, err
}
