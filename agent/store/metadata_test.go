package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckMetadata(t *testing.T) {
	const good = `{"topicConfigTable":{"T":{"perm":6}},"dataVersion":{"counter":{"value":1}}}`
	none := "\x00(none)"
	for _, tt := range []struct {
		name      string
		file      string
		main, bak string // none: there is no such file
		warns     bool
		refuses   bool
	}{
		{name: "neither", file: "topics.json", main: none, bak: none},
		{name: "the first start", file: "topics.json", main: good, bak: none},
		{name: "both", file: "topics.json", main: good, bak: good},
		{name: "a damaged backup", file: "topics.json", main: good, bak: "\x00\x00"},
		{name: "killed between two steps, as is normal", file: "topics.json", main: none, bak: good},
		{name: "zeroes", file: "topics.json", main: "\x00\x00\x00\x00", bak: good, warns: true},
		{name: "empty", file: "topics.json", main: "", bak: good, warns: true},
		{name: "cut off", file: "topics.json", main: good[:20], bak: good, warns: true},
		{name: "zeroes behind it", file: "topics.json", main: good + "\x00\x00", bak: good, warns: true},
		{name: "zeroes in both", file: "topics.json", main: "\x00\x00\x00\x00", bak: "\x00\x00\x00\x00", refuses: true},
		{name: "both empty", file: "topics.json", main: "", bak: "", refuses: true},
		{name: "empty, and no backup", file: "topics.json", main: "", bak: none, warns: true},
		{name: "only a damaged backup", file: "topics.json", main: none, bak: "{", refuses: true},
		{name: "an array", file: "topics.json", main: "[]", bak: none, refuses: true},
		{name: "a table that is none", file: "topics.json", main: `{"topicConfigTable":[1]}`, bak: none, refuses: true},
		{name: "text", file: "topics.json", main: "nonsense", bak: "nonsense", refuses: true},
		{name: "numbers as keys", file: "consumerOffset.json", main: `{"offsetTable":{"T@G":{0:12,1:7}}}`, bak: none},
		{name: "numbers first", file: "delayOffset.json", main: "{\n\t\"offsetTable\":{12:0,6:0\n\t}\n}", bak: none},
		{name: "no table", file: "consumerFilter.json", main: "{}", bak: none},
		{name: "null for a table", file: "consumerOrderInfo.json", main: `{"table":null}`, bak: none},
		{name: "edited by hand", file: "topics.json", main: "// mine\n{'topicConfigTable':{'T':{}},}", bak: none},
		{name: "not UTF-8", file: "topics.json", main: "{\"topicConfigTable\":{\"\xb6\xa9\":{}}}", bak: none},
		{name: "a file that nobody reads", file: "other.json", main: "nonsense", bak: none},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := Layout{Root: t.TempDir(), Metadata: []string{"delayOffset.json", "topics.json", "consumerOffset.json",
				"consumerFilter.json", "consumerOrderInfo.json"}}
			for name, text := range map[string]string{tt.file: tt.main, tt.file + ".bak": tt.bak} {
				if text != none {
					put(t, l.config(""), name, text)
				}
			}
			warnings, err := CheckMetadata(l)
			if len(warnings) > 0 != tt.warns || (err != nil) != tt.refuses {
				t.Fatalf("warnings %q, error %v", warnings, err)
			}
			path := l.config(tt.file)
			if tt.warns && !strings.Contains(warnings[0], path+".bak") {
				t.Errorf("the warning does not name the backup: %s", warnings[0])
			}
			if tt.refuses {
				wantError(t, err, path+" (", path+".bak (", "restore one of them from a backup", "move both out of")
			}
			if entries, err := os.ReadDir(l.config("")); err == nil && len(entries) > 2 {
				t.Errorf("something was written: %v", entries)
			}
		})
	}
}

// Every damaged file is named at once.
func TestAllDamagedMetadataIsNamed(t *testing.T) {
	l := Layout{Root: t.TempDir(), Metadata: []string{"topics.json", "consumerOffset.json", "delayOffset.json"}}
	for _, name := range []string{"topics.json", "consumerOffset.json"} {
		put(t, l.config(""), name, "\x00\x00")
	}
	put(t, l.config(""), "delayOffset.json", `{"offsetTable":{}}`)
	_, err := CheckMetadata(l)
	wantError(t, err, l.config("topics.json"), l.config("consumerOffset.json"))
	if strings.Contains(err.Error(), "delayOffset") {
		t.Errorf("a good file is named: %v", err)
	}
}

// A file that is too large to decode is judged by its ends.
func TestLargeMetadata(t *testing.T) {
	l := Layout{Root: t.TempDir(), Metadata: []string{"consumerOffset.json"}}
	path := l.config("consumerOffset.json")
	put(t, filepath.Dir(path), filepath.Base(path), `{"offsetTable":{"T@G":{0:12}}`)
	if err := os.Truncate(path, largeMetadata); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := CheckMetadata(l); err == nil {
		t.Error("one that ends in zeroes is taken")
	}
	if _, err := f.WriteString(" }\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := CheckMetadata(l); err != nil {
		t.Error(err)
	}
}
