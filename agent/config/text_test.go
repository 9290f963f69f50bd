package config

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// utf16Text is a text as PowerShell writes it, without a mark.
func utf16Text(order binary.AppendByteOrder, s string) (text []byte) {
	for _, unit := range utf16.Encode([]rune(s)) {
		text = order.AppendUint16(text, unit)
	}
	return text
}

// Report D2: a file in UTF-16 was read as one with nothing in it, and the broker started with its defaults.
func TestEncoding(t *testing.T) {
	const conf = "# 集群的名字\r\nbrokerClusterName=C\r\nbrokerIP1=192.0.2.7\r\n"
	little, big := utf16Text(binary.LittleEndian, conf), utf16Text(binary.BigEndian, conf)
	tests := []struct {
		name string
		text []byte
		good bool
	}{
		{"nothing", nil, true},
		{"UTF-8", []byte(conf), true},
		{"UTF-8 with a mark", []byte("\ufeff" + conf), true},
		{"ISO-8859-1", []byte("brokerName=Gr\xf6\xdfe\n"), true},
		{"a stray zero", []byte(conf + "\x00\n"), true},
		{"UTF-16LE", append([]byte("\xff\xfe"), little...), false},
		{"UTF-16BE", append([]byte("\xfe\xff"), big...), false},
		{"UTF-16LE without a mark", little, false},
		{"UTF-16BE without a mark", big, false},
		{"a mark and nothing else", []byte("\xff\xfe"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "broker.conf")
			if err := os.WriteFile(path, tt.text, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadFile(path)
			_, asJSON := ReadJSON(path)
			if (err == nil) != tt.good || (asJSON == nil) != tt.good {
				t.Errorf("as properties: %v; as JSON: %v", err, asJSON)
			}
			if !tt.good && (!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "save it as UTF-8")) {
				t.Errorf("neither file nor remedy: %v", err)
			}
		})
	}
}

// Report D5: Docker makes a folder where the host has no file.
func TestFolderInPlaceOfAFile(t *testing.T) {
	empty, filled := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(filled, "broker.conf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		empty:  empty + " is an empty folder: Docker makes one where the file to be mounted is missing on the host",
		filled: filled + " is a folder, which holds broker.conf: name the file in it",
	} {
		_, err := ReadFile(dir)
		_, asJSON := ReadJSON(dir)
		for _, err := range []error{err, asJSON} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		}
	}
}
