package keys

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"48 ":                            "48 ",
		"ns-0:9876;ns-1:9876":            "ns-0:9876;ns-1:9876",
		"n0-a:40911;n1-b:40911":          "n0-a:40911;n1-b:40911",
		"/run/secrets/token":             "/run/secrets/token",
		"password":                       "password",
		"http://host:8080/a@b":           "http://host:8080/a@b",
		"http://[::1]:8080/a":            "http://[::1]:8080/a",
		"http://host/a?b=c&d=e#f":        "http://host/a?b=c&d=e#f",
		"mail me@example.com, see a://b": "mail me@example.com, see a://b",

		"jdbc:mysql://user:hidden@host/db":              "jdbc:mysql://user:******@host/db",
		"http://hidden@host":                            "http://******@host",
		"redis://:hidden@host:6379/0":                   "redis://:******@host:6379/0",
		"http://user:hidden@hidden@host/x@y":            "http://user:******@host/x@y",
		"http://user:hidden/hidden@host":                "http://user:******@host",
		"http://a:80,http://user:hidden@host,http://c":  "http://a:80,http://user:******@host,http://c",
		"http://a:80/x http://user:hidden/1@host":       "http://a:80/x http://user:******@host",
		"jdbc:mysql://h/db?user=u&password=hidden&x=1":  "jdbc:mysql://h/db?user=u&password=******&x=1",
		"jdbc:sqlserver://h;user=u;Password = hidden;x": "jdbc:sqlserver://h;user=u;Password = ******;x",
		"url=a;password=hidden":                         "url=a;password=******",
		"DB_PASSWD=hidden x":                            "DB_PASSWD=****** x",
		"pwd=hidden,SecretKey=hidden,access_key=hidden": "pwd=******,SecretKey=******,access_key=******",
		"x.api-key=hidden;credentials=hidden":           "x.api-key=******;credentials=******",
		"token=hidden=hidden&a=b":                       "token=******&a=b",
		`password="hidden hidden"; a`:                   "password=******; a",
		`password='hidden;hidden' a`:                    "password=****** a",
		`{"password": "hidden\"hidden,hidden", "a": 1}`: `{"password": ******, "a": 1}`,
		"password=":                              "password=******",
		"password=******":                        "password=******",
		"tls.server.keyPassword.old=hidden\nx=y": "tls.server.keyPassword.old=******\nx=y",
	} {
		got := Redact(text)
		if got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if again := Redact(got); again != got {
			t.Errorf("%q became %q the second time", got, again)
		}
	}
}

// FuzzRedact: whatever stands around them, these are never shown.
func FuzzRedact(f *testing.F) {
	f.Add("jdbc:mysql", "host/db?x=y")
	f.Add("http://a:80,http", "@b")
	f.Fuzz(func(t *testing.T, before, after string) {
		const mark = "12345678987654321"
		for _, secret := range []string{"://user:" + mark + "@", ";password=" + mark + ";"} {
			if got := Redact(before + secret + after); strings.Contains(got, mark) {
				t.Errorf("%q shows it: %q", before+secret+after, got)
			}
		}
	})
}

func TestRedactOption(t *testing.T) {
	for word, want := range map[string]string{
		"-Xmx1g":                                          "-Xmx1g",
		"-Dpassword=hidden,hidden hidden":                 "-Dpassword=******",
		"-javaagent:/a.jar=token=hidden":                  "-javaagent:/a.jar=token=******",
		"-Djdbc.url=jdbc:mysql://user:hidden@host/db?a=b": "-Djdbc.url=jdbc:mysql://user:******@host/db?a=b",
		"-Durl=http://u:hidden@h?x=y&token=hidden&a=b":    "-Durl=http://u:******@h?x=y&token=******",
		"-Dpwd=hidden":                                    "-Dpwd=******",
	} {
		if got := RedactOption(word); got != want {
			t.Errorf("%q became %q, want %q", word, got, want)
		}
	}
}
