package validate

import (
	"slices"
	"unicode/utf8"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
)

// encoding names an encoding that gives itself away, once for a file. Java reads a file as ISO-8859-1.
func (c *checker) encoding(l config.Layer) {
	i := slices.IndexFunc(l.Props, func(p javaprops.Property) bool { return p.Line > 0 && isGBK(p.Value) })
	if i < 0 {
		return
	}
	e := entry{Property: l.Props[i], source: l.At(l.Props[i].Line), secret: l.Secret}
	c.add(e.finding(&problem{
		code: "gbk",
		message: "this seems to be GBK, which Java does not read: RocketMQ takes each byte for a character of " +
			"ISO-8859-1; save the file as UTF-8, and write such characters with \\u escapes",
	}))
}

// isGBK says whether what is not ASCII in a value, as Java reads it, are characters of GB 2312, the part of GBK that
// texts are written in: two bytes each, at least one of them of its first level.
func isGBK(raw string) bool {
	text := make([]byte, 0, len(raw))
	for _, r := range raw {
		if r > 0xFF {
			return false // an escape
		}
		text = append(text, byte(r))
	}
	common := false
	for i := 0; i < len(text); i++ {
		lead := text[i]
		if lead < utf8.RuneSelf {
			continue
		}
		i++
		if lead < 0xA1 || lead > 0xF7 || i == len(text) || text[i] < 0xA1 || text[i] == 0xFF {
			return false
		}
		common = common || lead >= 0xB0 && lead <= 0xD7
	}
	return common && !utf8.Valid(text)
}
