package validate

import (
	"slices"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/rmq"
)

// inner is the key of the account that RocketMQ signs its own requests with, and accountForm its value.
const (
	inner       = "innerClientAuthenticationCredentials"
	accountForm = `{"accessKey":"…","secretKey":"…"}`
)

// firstUser is the key of the account that a broker makes for its operator.
const firstUser = "initAuthenticationUser"

// accounts judges the accounts that a broker makes at its start, for which it needs a place
// (AuthenticationMetadataManagerImpl). An empty one is none.
func (c *checker) accounts() {
	if c.Keys.Role != rmq.Broker {
		return
	}
	if c.Text("authenticationMetadataProvider") == "" {
		for _, key := range []string{firstUser, inner} {
			if c.Text(key) != "" {
				c.report(Error, "no-provider", []string{key},
					"without authenticationMetadataProvider RocketMQ has no place for it, and does not start; set %s",
					localProviders[c.Keys.Role].authentication)
			}
		}
	}
	user, account := c.ofAccount(firstUser, "username"), c.ofAccount(inner, "accessKey")
	password, secret := c.ofAccount(firstUser, "password"), c.ofAccount(inner, "secretKey")
	if user == account && password != secret && user != "" && password != "" && secret != "" {
		c.report(Warning, "two-passwords", []string{inner},
			"%s has the same name and another password, and is made first: what the broker signs with this one is "+
				"refused by every broker with the same file", firstUser)
	}
}

// ofAccount is a member of an account; empty where there is none. It is not for messages.
func (c *checker) ofAccount(key, name string) string {
	members, err := fastjson.ReadObject([]byte(c.Text(key)))
	if err != nil {
		return ""
	}
	i := slices.IndexFunc(members, func(m fastjson.Member) bool { return m.Key == name })
	if i < 0 {
		return ""
	}
	return members[i].Text()
}
