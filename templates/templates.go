// Package templates holds the configuration that a RocketMQ process gets when nobody says anything else.
package templates

import "embed"

// Files are the default templates. A file of the same name in RMQ_CONFIG_DIR replaces one.
//
//go:embed *.tmpl
var Files embed.FS
