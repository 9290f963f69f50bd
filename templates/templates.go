// Package templates holds the configuration that a RocketMQ process gets when nobody says anything else, and what is
// known about every key of RocketMQ's configuration.
package templates

import "embed"

// Files are the default templates; a file of the same name in RMQ_CONFIG_DIR replaces one.
//
// keys/keys.tsv lists every key of six releases. `make keys` makes it; its columns are: the class that has the key, the
// key, the first and the last of the six releases that the row is true of, the type (names separated by | for an
// enumeration), the default ("*" where it depends on the machine, "~" for the user's home), the key's name in the live
// configuration ("-" where it is not shown, empty where it is the same), and "unread" where no class of RocketMQ asks
// for the value.
//
// keys/notes/CLASS.tsv is what people know of the keys of a class: key, how a change takes effect (live, restart,
// never), the rule for its value, and a line of help. keys/gone.tsv is about keys that RocketMQ does not have, or no
// longer: key, role, the key that means the same, and advice.
//
//go:embed *.tmpl keys/*.tsv keys/notes/*.tsv
var Files embed.FS
