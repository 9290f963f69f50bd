package identity

import (
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// manual leaves everything to the configuration file. What a broker is then, Actual says.
type manual struct{}

func (manual) Size(int) (int, error)                                           { return 0, nil }
func (manual) Place(Identity, settings.Settings) (group, index int, err error) { return 0, 0, nil }
func (manual) Become(*Identity, settings.Settings, pod)                        {}
func (manual) Defaults(Identity) []Pair                                        { return nil }
func (manual) Keys(Identity, settings.Settings) []Keys                         { return nil }
func (manual) Follows(settings.Settings, rmq.Values) []Follow                  { return nil }
func (manual) Elected() bool                                                   { return false }

func (manual) Owner(id Identity, v rmq.Values) Owner {
	return Actual(rmq.Manual, v).Owner(id, v)
}
