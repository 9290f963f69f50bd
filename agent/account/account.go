// Package account finds the account that the agent signs its requests with. RocketMQ's own configuration has one
// wherever it protects a broker.
package account

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/rocketmq"
)

// Account is an account and where it was found. One without AccessKey is none.
type Account struct {
	rocketmq.Account
	From string // for people
}

// Read reads a file in the form of RocketMQ's own tools.yml: accessKey and secretKey.
func Read(path string) (Account, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Account{}, err
	}
	var file struct {
		AccessKey     string `yaml:"accessKey"`
		SecretKey     string `yaml:"secretKey"`
		SecurityToken string `yaml:"securityToken"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return Account{}, fmt.Errorf("%s is no YAML: %w", path, hushed(err))
	}
	if file.AccessKey == "" || file.SecretKey == "" {
		return Account{}, fmt.Errorf("%s has no accessKey and secretKey: two lines are expected, as in RocketMQ's "+
			"conf/tools.yml: accessKey: NAME and secretKey: PASSWORD", path)
	}
	return Account{Account: rocketmq.Account(file), From: path}, nil
}

// hushed is an error of the YAML parser without what stands in the file.
func hushed(err error) error {
	line, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), ":")
	if strings.HasPrefix(line, "line ") {
		return errors.New(line)
	}
	return errors.New("it cannot be parsed")
}

// Inner is the account of innerClientAuthenticationCredentials, First that of initAuthenticationUser: the values of
// keys of that name (AuthenticationMetadataManagerImpl). What is no account is none.
func Inner(value, from string) Account { return member(value, "accessKey", "secretKey", from) }

// First is the account of initAuthenticationUser.
func First(value, from string) Account { return member(value, "username", "password", from) }

func member(value, name, secret, from string) Account {
	members, err := fastjson.ReadObject([]byte(value))
	if err != nil {
		return Account{}
	}
	a := Account{From: from}
	for _, m := range members {
		switch m.Key {
		case name:
			a.AccessKey = m.Text()
		case secret:
			a.SecretKey = m.Text()
		}
	}
	if a.SecretKey == "" {
		return Account{}
	}
	return a
}

// listed is an account of plain_acl.yml.
type listed struct {
	AccessKey string `yaml:"accessKey"`
	SecretKey string `yaml:"secretKey"`
	Admin     bool   `yaml:"admin"`
}

// ReadACL finds an administrator among the accounts of ACL 1.0: in file (-Drocketmq.acl.plain.file, which begins at the
// home; empty: conf/plain_acl.yml) and in every .yml and .yaml below conf/acl (PlainPermissionManager). Without one it
// takes the first account.
func ReadACL(home, file string) (Account, error) {
	if file == "" {
		file = "conf/plain_acl.yml"
	}
	paths := []string{filepath.Join(home, file)}
	_ = filepath.WalkDir(filepath.Join(home, "conf/acl"), func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".yml" || ext == ".yaml") {
			paths = append(paths, path)
		}
		return nil
	})
	var found []Account
	for _, path := range paths {
		accounts, err := readACLFile(path)
		if err != nil {
			return Account{}, err
		}
		for _, a := range accounts {
			one := Account{rocketmq.Account{AccessKey: a.AccessKey, SecretKey: a.SecretKey}, path}
			if a.Admin {
				return one, nil
			}
			found = append(found, one)
		}
	}
	if len(found) == 0 {
		return Account{}, nil
	}
	return found[0], nil
}

// readACLFile returns the accounts of a file that have all they need; none where there is no file.
func readACLFile(path string) ([]listed, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct {
		Accounts []listed `yaml:"accounts"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("RocketMQ cannot use %s: %w", path, hushed(err))
	}
	return slices.DeleteFunc(file.Accounts, func(a listed) bool { return a.AccessKey == "" || a.SecretKey == "" }), nil
}
