package javaprops

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// asJava is the real Java in one run: questions are collected, sent, and answered in order.
type asJava struct {
	questions bytes.Buffer
	answers   *bufio.Reader
}

func (j *asJava) ask(kind byte, question []byte) {
	j.questions.WriteByte(kind)
	binary.Write(&j.questions, binary.BigEndian, int32(len(question)))
	j.questions.Write(question)
}

func (j *asJava) run(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	questions, answers := filepath.Join(dir, "questions"), filepath.Join(dir, "answers")
	if err := os.WriteFile(questions, j.questions.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("java", filepath.Join("testdata", "Props.java"), questions, answers).CombinedOutput()
	if err != nil {
		t.Fatalf("java (a JDK is needed): %v\n%s", err, out)
	}
	b, err := os.ReadFile(answers)
	if err != nil {
		t.Fatal(err)
	}
	j.answers = bufio.NewReader(bytes.NewReader(b))
}

func (j *asJava) int() int {
	var n int32
	if err := binary.Read(j.answers, binary.BigEndian, &n); err != nil {
		panic(err)
	}
	return int(n)
}

func (j *asJava) bool() bool {
	b, err := j.answers.ReadByte()
	if err != nil {
		panic(err)
	}
	return b != 0
}

func (j *asJava) float() float64 {
	var f float64
	if err := binary.Read(j.answers, binary.BigEndian, &f); err != nil {
		panic(err)
	}
	return f
}

func sameFloat(a, b float64, accepted bool) bool { return !accepted || a == b || a != a && b != b }

// string reads a string; half a surrogate pair becomes U+FFFD.
func (j *asJava) string() string {
	units := make([]uint16, j.int())
	if err := binary.Read(j.answers, binary.BigEndian, units); err != nil {
		panic(err)
	}
	return string(utf16.Decode(units))
}

// properties reads what Java loaded, or nil when it threw, and what it stored.
func (j *asJava) properties() (loaded map[string]string, stored []byte) {
	n := j.int()
	if n < 0 {
		return nil, nil
	}
	loaded = map[string]string{}
	for range n {
		key := j.string()
		loaded[key] = j.string()
	}
	stored = make([]byte, j.int())
	if _, err := io.ReadFull(j.answers, stored); err != nil {
		panic(err)
	}
	return loaded, stored
}

// last is what RocketMQ sees of props: of a key that occurs twice, the last value.
func last(props []Property) map[string]string {
	m := map[string]string{}
	for _, p := range props {
		m[p.Key] = p.Value
	}
	return m
}

func TestJavaReadsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a JVM")
	}
	random := rand.New(rand.NewPCG(17, 25))
	var java asJava
	var texts [][]byte
	for _, tt := range parseTests {
		texts = append(texts, []byte(tt.text))
	}
	for len(texts) < 12_000 {
		texts = append(texts, randomText(random))
	}
	var written [][]Property
	for range 3_000 {
		written = append(written, randomProperties(random))
	}
	for _, text := range texts {
		java.ask('p', text)
	}
	for _, props := range written {
		java.ask('p', Format(props))
	}
	numbers := numberStrings()
	for _, s := range numbers {
		java.ask('n', utf16be(s))
	}
	java.run(t)
	t.Run("Parse", func(t *testing.T) { compareParsed(t, &java, texts) })
	t.Run("Format", func(t *testing.T) {
		for _, props := range written {
			if loaded, _ := java.properties(); !maps.Equal(loaded, last(props)) {
				t.Fatalf("Java reads %q\nof %q\nfrom %q", loaded, last(props), Format(props))
			}
		}
	})
	t.Run("numbers", func(t *testing.T) { compareNumbers(t, &java, numbers) })
}

func compareParsed(t *testing.T, java *asJava, texts [][]byte) {
	refused, keys := 0, 0
	for _, text := range texts {
		loaded, stored := java.properties()
		props, err := Parse(text)
		if (err != nil) != (loaded == nil) || err == nil && !maps.Equal(loaded, last(props)) {
			t.Fatalf("%q\nJava reads %q\nwe read    %q, error %v", text, loaded, last(props), err)
		}
		if loaded == nil {
			refused++
			continue
		}
		keys += len(loaded)
		if props, err := Parse(stored); err != nil || !maps.Equal(loaded, last(props)) {
			t.Fatalf("%q\nJava wrote %q\nwe read     %q, error %v", loaded, stored, last(props), err)
		}
	}
	t.Logf("%d files: %d refused, %d keys", len(texts), refused, keys)
	if refused < len(texts)/50 || keys < len(texts) {
		t.Error("the files are too tame to prove anything")
	}
}

func compareNumbers(t *testing.T, java *asJava, numbers []string) {
	for _, s := range numbers {
		ok, n, b := java.bool(), java.int(), java.bool()
		if got, accepted := ParseInt(s, 32); accepted != ok || ok && int(got) != n {
			t.Errorf("ParseInt of %q is %d, %t, in Java %d, %t", s, got, accepted, n, ok)
		}
		if got := ParseBool(s); got != b {
			t.Errorf("ParseBool of %q is %t, in Java %t", s, got, b)
		}
		if f, accepted := ParseFloat(s, 64); java.bool() != accepted || !sameFloat(f, java.float(), accepted) {
			t.Errorf("ParseFloat of %q is %v, %t, in Java not", s, f, accepted)
		}
	}
}

// numberStrings are numbers and words as people write them, and a number with every character there is.
func numberStrings() []string {
	all := []string{
		"", "0", "-0", "007", "5", "+5", "-5", "+", "-", "--5", "+-5", " 5", "5 ", "\t5", "5\n", "0x10", "1_000",
		"5L", "5.0", "1e3", "95.0", "75%", " 1.5 ", "1.5f", "1D", "1L", "+NaN", "NaN", "-Infinity", "Infinityf",
		"infinity", "inf", "1e400", "1e-400", "0x1p3", "0x1.8p1f", "0x10", ".5", "5.", ".", "1e", "1_0.5", "\u00a01",
		"2147483647", "2147483648", "-2147483648", "-2147483649", "99999999999999999999",
		"٣", "-٣", "٤٨", "４８", "𝟓", "²", "½", "Ⅷ", "五", "10911 # remoting",
		"true", "TRUE", "True", "tRuE", "true ", " true", "yes", "on", "1", "trüe", "ｔｒｕｅ", "t", "truee",
	}
	for c := rune(0); c <= 0xFFFF; c++ {
		if !utf16.IsSurrogate(c) {
			all = append(all, "1"+string(c))
		}
	}
	return append(all, "1\U0001D7D3", "\U00010D42", "\U0001E955")
}

func utf16be(s string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, unit)
	}
	return b
}

// pieces are what properties files are made of, the odd ones more often than in life.
var pieces = []string{
	"brokerName", "listenPort", "a", "b", "key with", "10911", "true",
	"中文", "\xe9", "\xff\xfe", "\xef\xbb\xbf", "\x00", "\x0b", "\x1c", "\x85", "\xa0", "\x7f",
	"=", "=", ":", " ", " ", "\t", "\f", "\n", "\n", "\n", "\r\n", "\r\n", "\r",
	"#", "!", "# comment \\", `"`, "'", ";", "${X}",
	`\`, `\`, `\\`, "\\\n", "\\\r\n", "\\\r", "\\\n  ",
	`\=`, `\:`, `\ `, `\#`, `\!`, `\t`, `\n`, `\r`, `\f`, `\b`, `\z`, `\é`,
	`\u0041`, `\u4e2D`, `\uD83D\uDE00`, `\uDE00`, `\uD83D`, `\u0000`, `\u000a`, `\u003D`, `\u005C`, `\U0041`, `\uuuu`,
}

var malformed = []string{
	`\u`, `\u1`, `\u12`, `\u123`, `\u12g4`, `\u 123`, `\u-123`, `\u+123`, `\u00é0`, "\\u00\\\n41",
	`\u0x12`, `\u\u12`, "\\u\x10\x11\x12\x13", `\u12 4`, `\u12=4`,
}

// randomText is a file; one in ten has an escape that Java refuses, and one in a hundred is longer than Java's buffer.
func randomText(r *rand.Rand) []byte {
	var b bytes.Buffer
	if r.IntN(100) == 0 {
		fmt.Fprintf(&b, "long=%s", strings.Repeat("x", 8192-30+r.IntN(30)))
	}
	for range r.IntN(25) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	if r.IntN(10) == 0 {
		b.WriteString(malformed[r.IntN(len(malformed))])
		for range r.IntN(5) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
	}
	return b.Bytes()
}

func randomProperties(r *rand.Rand) []Property {
	word := func() string {
		var b strings.Builder
		for range r.IntN(6) {
			if r.IntN(3) == 0 {
				b.WriteRune(rune(r.IntN(0x11_0000)))
			} else {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
		}
		return strings.ToValidUTF8(b.String(), "\uFFFD")
	}
	props := make([]Property, r.IntN(6))
	for i := range props {
		props[i] = Property{Key: word(), Value: word()}
	}
	return props
}
