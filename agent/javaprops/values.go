package javaprops

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// ParseInt reads a whole number as Integer.parseInt (32 bits) and Long.parseLong (64 bits) do: no blanks, no units, but
// the decimal digits of any script.
func ParseInt(s string, bits int) (n int64, ok bool) {
	n, err := strconv.ParseInt(strings.Map(digit, s), 10, bits)
	return n, err == nil
}

// Number is ParseInt of 32 bits, and 0 for what is no number.
func Number(s string) int {
	n, _ := ParseInt(s, 32)
	return int(n)
}

// digit makes an ASCII digit of any other decimal digit. It looks at one char at a time, as Java does, so those that
// need two are none to it. Unicode keeps the ten digits of a script together, in order.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	return r
}

// ParseBool reads a boolean as Boolean.parseBoolean does: anything but "true", in any case, is false.
func ParseBool(s string) bool { return strings.EqualFold(s, "true") }

// number is the grammar of Double.valueOf for decimal numbers.
var number = regexp.MustCompile(`^[+-]?(NaN|Infinity` +
	`|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?` +
	`|0[xX]([0-9a-fA-F]+\.?|[0-9a-fA-F]*\.[0-9a-fA-F]+)[pP][+-]?\d+[fFdD]?)$`)

// ParseFloat reads a number as Double.parseDouble (64 bits) and Float.parseFloat (32 bits) do: blanks around it, and a
// letter for the type behind it, are allowed. Too large a number is infinite.
func ParseFloat(s string, bits int) (f float64, ok bool) {
	s = Trim(s)
	if !number.MatchString(s) {
		return 0, false
	}
	switch {
	case strings.HasSuffix(s, "NaN"):
		return math.NaN(), true
	case !strings.HasSuffix(s, "Infinity"):
		s = strings.TrimRight(s, "fFdD")
	}
	f, _ = strconv.ParseFloat(s, bits) // the only error left is a number out of range, and f is then infinite
	return f, true
}

// FormatFloat writes a number as Double.toString (64 bits) and Float.toString (32 bits) do. Those before Java 19 write
// a few numbers with more digits than they need.
func FormatFloat(f float64, bits int) string {
	size := math.Abs(f)
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case math.IsNaN(f):
		return "NaN"
	case f == 0 || size >= 1e-3 && size < 1e7:
		return withPoint(strconv.FormatFloat(f, 'f', -1, bits))
	}
	s := strconv.FormatFloat(f, 'e', -1, bits)
	if !strings.Contains(s, ".") {
		// Java always writes two digits, and the second one need not be 0: 4.9E-324
		s = strconv.FormatFloat(f, 'e', 1, bits)
	}
	digits, exponent, _ := strings.Cut(s, "e")
	n, _ := strconv.Atoi(exponent)
	return digits + "E" + strconv.Itoa(n)
}

func withPoint(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return s + ".0"
}

// Trim is String.trim: without blanks and control characters around it.
func Trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
}
