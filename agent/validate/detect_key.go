package validate

import (
	"fmt"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// detectMarkup finds a line that begins as a comment of XML does.
func detectMarkup(key string) *problem {
	if !strings.HasPrefix(key, "<!--") {
		return nil
	}
	return &problem{
		code:    "markup",
		message: "<!-- begins no comment here, only # does: RocketMQ reads every line up to --> as a key",
	}
}

// duplicateOf is about a key that its layer has in another line already.
func duplicateOf(line int) *problem {
	return &problem{
		code:    "duplicate",
		message: fmt.Sprintf("it is set in line %d already; the last one wins", line),
	}
}

// detectNoEffect finds out why a key that the role has does nothing in this configuration, whatever its value.
func (c *checker) detectNoEffect(e entry) *problem {
	if e.key.Unread {
		return c.detectUnread(e)
	}
	reason := ""
	switch name := e.key.Name; {
	case e.key.Class == keys.TieredClass && !strings.Contains(c.Get("messageStorePlugIn"), "tieredstore"):
		reason = "it is a key of the tiered store, which messageStorePlugIn does not name"
	case c.Keys.Role == rmq.Namesrv && ofController(e.key) && !c.On("enableControllerInNamesrv"):
		reason = "it is a key of the controller, which enableControllerInNamesrv does not turn on"
	case e.key.Class == "AuthConfig" && c.Keys.Overwritten(name) != "":
		reason = "RocketMQ overwrites it at its start by " + c.Keys.Overwritten(name)
	case name == "haListenPort" && !c.Keys.Release.ReadsHAPort():
		taken := c.Number("listenPort") + 1
		if written, ok := javaprops.ParseInt(e.Value, 32); ok && written != taken {
			reason = fmt.Sprintf("RocketMQ 4.9 always takes listenPort + 1, which is %d", taken)
		}
	}
	if reason == "" {
		return nil
	}
	return &problem{code: "no-effect", message: reason}
}

func ofController(key keys.Key) bool {
	return key.Class == "ControllerConfig" || key.Class == "JraftConfig"
}

// detectUnread is about a key that RocketMQ has and never looks at.
func (c *checker) detectUnread(e entry) *problem {
	found := &problem{code: "no-effect", message: fmt.Sprintf("RocketMQ %s reads it nowhere", c.Keys.Release)}
	gone, known := c.Keys.Gone(e.key.Name)
	switch {
	case e.key.Name == "aclEnable" && suggestBoolean(e.Value) == "true" && c.wins(e) && !c.protected():
		found.code, found.refused = "unprotected", true
		found.message += ", so the broker would be open to everybody: use authenticationEnabled and " +
			"authorizationEnabled (with authenticationMetadataProvider and initAuthenticationUser), or remove it"
	case known && e.key.Name != "aclEnable":
		found.message = gone.Advice
	}
	return found
}

// detectUnknown is about a key that the role does not have. meant is the key of the role that it stands for, if any.
func (c *checker) detectUnknown(e entry, meant string) *problem {
	found := &problem{code: "unknown-key", message: c.explainUnknown(e.Key, meant)}
	if meant != "" && c.IsSet(meant) {
		found.message += "; " + meant + " is set too, so delete this line"
	}
	return c.orUnprotected(found, e, meant)
}

// explainUnknown says what is known of a key that the role does not have.
func (c *checker) explainUnknown(key, meant string) string {
	gone, advised := c.Keys.Gone(key)
	first, last, had := c.Keys.History(key)
	elsewhere := c.Keys.Elsewhere(key)
	switch {
	case c.Keys.Overwritten(key) != "":
		return "there is no such key"
	case advised:
		return gone.Advice
	case had && first == last:
		return fmt.Sprintf("RocketMQ %s does not have this key; %s has", c.Keys.Release, first)
	case had:
		return fmt.Sprintf("RocketMQ %s does not have this key; %s to %s have", c.Keys.Release, first, last)
	case len(elsewhere) > 0:
		return fmt.Sprintf("it is a key of the %s, and the %s does not read it",
			elsewhere[0].Spelt(), c.Keys.Role.Spelt())
	case strings.EqualFold(meant, key):
		return "there is no such key: RocketMQ's keys are case-sensitive"
	case meant != "":
		return "there is no such key"
	}
	return fmt.Sprintf("no release of RocketMQ from %s to %s has such a key; it has no effect",
		keys.Releases[0], keys.Newest())
}

// byteOrderMark is how Java reads the mark that some editors begin a file in UTF-8 with.
const byteOrderMark = "\u00ef\u00bb\u00bf"

// markedComment is about a byte order mark before what was to be a comment, or before nothing.
func markedComment() *problem {
	return &problem{
		code:    "byte-order-mark",
		message: "the file begins with a byte order mark; save it without",
	}
}

// markedKey is about a byte order mark before a key, which RocketMQ takes for another one.
func (c *checker) markedKey(e entry, rest string) *problem {
	found := &problem{
		code: "byte-order-mark",
		message: "save the file without its byte order mark, which becomes part of the first key, " +
			"so that RocketMQ does not know it",
	}
	e.Key = rest
	return c.orUnprotected(found, e, rest)
}
