package keys

import "regexp"

// Redacted stands for the value of a secret.
const Redacted = "******"

// secret matches the keys whose values nobody may see.
var secret = regexp.MustCompile(
	`(?i)(password|secret|credential|accesskey|token|exporterHeader|initAuthenticationUser)`)

// Secret says whether the values of a key must not be shown.
func Secret(key string) bool { return secret.MatchString(key) }
