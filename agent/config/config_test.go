package config

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Redacted is the file as it is written, but for the values of secrets:
// by the key's name, or because they came from a file.
func TestRedacted(t *testing.T) {
	secret := Layer{
		Name:   "RMQ_CONF_innocent_FILE",
		Secret: true,
		Props:  []javaprops.Property{{Key: "innocent", Value: "hidden1\nx=hidden2"}},
	}
	c, err := lay([]Layer{
		one("f", "innocent", "seen"),
		secret,
		one("f", "tlsPassword", "hidden3"),
		one("f", "b", " x "),
		one("f", "c", "jdbc:mysql://user:hidden4@host/db?password=hidden5&x=1"),
		one("f", "brokerName", "mq-0"),
	}, Fixed{Layer: one("the topology masters", "brokerName", "mq-0")})
	if err != nil {
		t.Fatal(err)
	}
	const want = "b=\\ x \nbrokerName=mq-0\nc=jdbc:mysql://user:******@host/db?password=******&x=1\n" +
		"innocent=******\ntlsPassword=******\n"
	if got := string(c.Redacted()); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	text := string(c.Properties())
	if !strings.Contains(text, `innocent=hidden1\nx=hidden2`) || !strings.Contains(text, "tlsPassword=hidden3") {
		t.Errorf("the file itself lacks its secrets: %q", text)
	}
	// A value that is no secret displaces one that is.
	c, _ = lay([]Layer{secret, one("the command line", "innocent", "seen")})
	if got := string(c.Redacted()); got != "innocent=seen\n" {
		t.Errorf("got %q", got)
	}
}

func TestRedactedJSON(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"flat", `{"a": 1, "tlsKeyPassword": "hidden"}`, "{\n  \"a\": 1,\n  \"tlsKeyPassword\": \"******\"\n}\n"},
		{"any value", `{"password": {"a": "hidden"}, "PASSWORDS": ["hidden"]}`,
			"{\n  \"PASSWORDS\": \"******\",\n  \"password\": \"******\"\n}\n"},
		{"deep", `{"a": [{"b": {"password": "hidden", "c": null}}]}`,
			"{\n  \"a\": [\n    {\n      \"b\": {\n" +
				"        \"c\": null,\n        \"password\": \"******\"\n" +
				"      }\n    }\n  ]\n}\n"},
		{"inside of a value", `{"a": ["http://user:hidden@host", {"b": "x;password=hidden;y"}]}`,
			"{\n  \"a\": [\n    \"http://user:******@host\",\n    {\n" +
				"      \"b\": \"x;password=******;y\"\n    }\n  ]\n}\n"},
		{"twice", `{"password": "hidden", "password": "hidden"}`, "{\n  \"password\": \"******\"\n}\n"},
		{"comments may hold anything", "{'a': 2, // password hidden\n /* hidden */ }", "{\n  \"a\": 2\n}\n"},
		{"large numbers", `{"a": 12345678901234567890}`, "{\n  \"a\": 12345678901234567890\n}\n"},
		{"nothing", `{}`, "{}\n"},
		{"no object", `["hidden"]`, "(line 1: it is no JSON object)\n"},
		{"broken", "{\"password\":\n \"hidden\"", "(line 2: it ends too early)\n"},
		{"more", "{} {\"password\": \"hidden\"}", "(line 1: there is more after its end)\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := string(Of(Layer{}.WithJSON([]byte(tt.text))).RedactedJSON())
			if got != tt.want || strings.Contains(got, "hidden") {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// FuzzRedactedJSON: no secret of any file is shown, wherever in it.
func FuzzRedactedJSON(f *testing.F) {
	f.Add(`{"a": [{"password": "`, `"}], "b": 1}`)
	f.Add("", "")
	f.Add(`{'x': '`, `'}`)
	f.Add(`{"password": [`, `]}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		const mark = "12345678987654321"
		shown := string(Of(Layer{}.WithJSON([]byte(before + mark + after))).RedactedJSON())
		if !strings.Contains(shown, mark) {
			return
		}
		// It is shown: then it stands behind no key of a secret.
		members, err := fastjson.ReadObject([]byte(shown))
		if err != nil {
			t.Fatalf("%q is no object: %v", shown, err)
		}
		for _, m := range members {
			if keys.Secret(m.Key) && strings.Contains(m.Text(), mark) {
				t.Errorf("%q shows %q", before+mark+after, shown)
			}
		}
	})
}

// What the real MixAll.properties2Object of 5.5.0 and 4.9.7 made of these, run against both; TestJavaReadsTheSame of
// javaprops asks Integer.parseInt and Boolean.parseBoolean for many more.
func TestValuesAsRocketMQUnderstandsThem(t *testing.T) {
	tests := []struct {
		value string
		n     int64
		b     bool
		s     string
	}{
		{"5", 5, false, "5"},
		{"+5", 5, false, "+5"},
		{"-5", -5, false, "-5"},
		{"007", 7, false, "007"},
		{" 5", -1, false, "5"},
		{"5 ", -1, false, "5"},
		{"\u00a05", -1, false, "\u00a05"},
		{"\x00\x1fx\t", -1, false, "x"},
		{"0x10", -1, false, "0x10"},
		{"1_000", -1, false, "1_000"},
		{"٣", 3, false, "٣"},
		{"５", 5, false, "５"},
		{"𝟓", -1, false, "𝟓"},
		{"2147483647", 2147483647, false, "2147483647"},
		{"2147483648", -1, false, "2147483648"},
		{"-2147483648", -2147483648, false, "-2147483648"},
		{"5.0", -1, false, "5.0"},
		{"", -1, false, ""},
		{"true", -1, true, "true"},
		{"TRUE", -1, true, "TRUE"},
		{"true ", -1, false, "true"},
		{"yes", -1, false, "yes"},
		{"1", 1, false, "1"},
	}
	for _, tt := range tests {
		c, err := lay([]Layer{one("f", "k", tt.value)})
		if err != nil {
			t.Fatal(err)
		}
		if b, s := c.Bool("k"), c.Get("k"); b != tt.b || s != tt.s {
			t.Errorf("%q is %t, %q; want %t, %q", tt.value, b, s, tt.b, tt.s)
		}
		number, err := lay([]Layer{one("f", "fileReservedTime", tt.value)})
		if err != nil {
			t.Fatal(err)
		}
		if tt.n == -1 {
			tt.n = 72 // its default
		}
		if n := (Effective{Config: number, Keys: masters().Keys}).Number("fileReservedTime"); n != tt.n {
			t.Errorf("%q is the number %d, want %d", tt.value, n, tt.n)
		}
	}
	var unset Config
	if unset.Bool("k") || unset.Get("k") != "" || len(unset.Properties()) != 0 {
		t.Error("a key that nobody sets has a value")
	}
}
