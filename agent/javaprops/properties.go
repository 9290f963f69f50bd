// Package javaprops reads and writes what Java does: properties files as java.util.Properties, numbers and booleans as
// the parse methods of java.lang that RocketMQ uses for their values.
package javaprops

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Property is one key of a properties file.
type Property struct {
	Key, Value string
	Line       int // where the logical line begins, from 1; 0 when it came from no file
}

// Parse reads the text of a properties file as java.util.Properties.load(InputStream) does: ISO-8859-1, \uXXXX
// escapes, continuation lines, "=", ":" or blanks as separator, # and ! for comments at the beginning of a line.
// Trailing blanks belong to the value. A key that occurs twice is returned twice; in RocketMQ the last one wins. Half a
// surrogate pair, which a Java string can hold, becomes U+FFFD. The error is a *SyntaxError.
func Parse(text []byte) ([]Property, error) {
	var props []Property
	for _, l := range logicalLines(text) {
		key, value := split(l.text)
		k, err := unescape(key)
		if err == nil {
			var v string
			if v, err = unescape(value); err == nil {
				props = append(props, Property{Key: k, Value: v, Line: l.number})
			}
		}
		if err != nil {
			return nil, &SyntaxError{Line: l.number, Reason: err.Error()}
		}
	}
	return props, nil
}

// SyntaxError is a file that Java refuses to read as a whole.
type SyntaxError struct {
	Line   int // where the logical line begins, from 1
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// line is a logical line. Its bytes are ISO-8859-1: each is the character of its number.
type line struct {
	text   []byte
	number int
}

// logicalLines drops comments and blank lines and joins lines that end in an odd number of backslashes with the next
// one, whose leading blanks do not count. As in Java, what follows a line of a lone backslash begins anew: it may be a
// comment. And a backslash that the text ends with is an empty line, which is an empty key.
func logicalLines(text []byte) []line {
	var lines []line
	var open line // what the last physical line left to be continued
	for number := 1; len(text) > 0; number++ {
		var physical, end []byte
		physical, end, text = cutLine(text)
		physical = trimLeft(physical)
		if len(open.text) == 0 {
			if len(physical) == 0 || physical[0] == '#' || physical[0] == '!' {
				continue
			}
			open.number = number
		}
		continues := endsInOddBackslashes(physical)
		if continues {
			physical = physical[:len(physical)-1]
		}
		open.text = append(open.text, physical...)
		if !continues || len(text) == 0 && len(end) < 2 { // Java sees the end of the text only after a single character
			lines, open = append(lines, open), line{}
		}
	}
	if len(open.text) > 0 {
		lines = append(lines, open)
	}
	return lines
}

// cutLine takes one physical line off text, and what ends it: \n, \r or \r\n.
func cutLine(text []byte) (first, end, rest []byte) {
	i := bytes.IndexAny(text, "\r\n")
	if i < 0 {
		return text, nil, nil
	}
	n := 1
	if bytes.HasPrefix(text[i:], []byte("\r\n")) {
		n = 2
	}
	return text[:i], text[i : i+n], text[i+n:]
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' }

func trimLeft(b []byte) []byte { return bytes.TrimLeft(b, " \t\f") }

func endsInOddBackslashes(b []byte) bool {
	return (len(b)-len(bytes.TrimRight(b, `\`)))%2 == 1
}

// split finds where the key ends: at the first unescaped "=", ":" or blank. Blanks around one separator are dropped.
func split(l []byte) (key, value []byte) {
	end := 0
	for end < len(l) && l[end] != '=' && l[end] != ':' && !blank(l[end]) {
		if l[end] == '\\' {
			end++
		}
		end++
	}
	end = min(end, len(l))
	key, value = l[:end], trimLeft(l[end:])
	if len(value) > 0 && (value[0] == '=' || value[0] == ':') {
		value = trimLeft(value[1:])
	}
	return key, value
}

// unescape resolves \t \n \r \f and \uXXXX; any other escaped character stands for itself. b does not end in a lone
// backslash: logicalLines has taken that off.
func unescape(b []byte) (string, error) {
	var units []uint16 // as in Java: two \u escapes may make one character
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			units = append(units, uint16(b[i]))
			continue
		}
		i++
		switch c := b[i]; c {
		case 't':
			units = append(units, '\t')
		case 'n':
			units = append(units, '\n')
		case 'r':
			units = append(units, '\r')
		case 'f':
			units = append(units, '\f')
		case 'u':
			unit, err := hex4(b[i+1:])
			if err != nil {
				return "", err
			}
			units, i = append(units, unit), i+4
		default:
			units = append(units, uint16(c))
		}
	}
	return string(utf16.Decode(units)), nil
}

// hex4 reads the four digits of a \u escape.
func hex4(b []byte) (uint16, error) {
	var unit [2]byte
	if _, err := hex.Decode(unit[:], b[:min(4, len(b))]); err != nil || len(b) < 4 {
		return 0, fmt.Errorf(`malformed escape \u%s: four hexadecimal digits must follow \u`, b[:min(4, len(b))])
	}
	return binary.BigEndian.Uint16(unit[:]), nil
}

// Format writes properties that java.util.Properties reads back exactly: ASCII alone, one line a key. No value
// can begin another key.
func Format(props []Property) []byte {
	var b strings.Builder
	for _, p := range props {
		escape(&b, p.Key, true)
		b.WriteByte('=')
		escape(&b, p.Value, false)
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// Escape is value as it stands behind the "=" of a properties file.
func Escape(value string) string {
	var b strings.Builder
	escape(&b, value, false)
	return b.String()
}

func escape(b *strings.Builder, s string, key bool) {
	leading := true // leading blanks of a value are escaped, all blanks of a key
	for _, c := range utf16.Encode([]rune(s)) {
		switch {
		case c == ' ' && (key || leading):
			b.WriteString(`\ `)
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\f':
			b.WriteString(`\f`)
		case key && strings.ContainsRune("=:#!", rune(c)):
			b.WriteByte('\\')
			b.WriteByte(byte(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(b, `\u%04X`, c)
		default:
			b.WriteByte(byte(c))
		}
		leading = leading && c == ' '
	}
}
