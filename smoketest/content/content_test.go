package content

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

func TestBodyAndKeyNameTheirAttempt(t *testing.T) {
	longest := ID{Run: strings.Repeat("r", MaxRun), Seq: math.MaxInt, Attempt: math.MaxInt}
	tests := []struct {
		id   ID
		size int
	}{
		{ID{Run: "r"}, MinSize},
		{ID{Run: "20260102-030405-00ff", Seq: 9999, Attempt: 3}, 1024},
		{ID{Run: "a.b_c-d", Seq: 1}, 100_000},
		{longest, MinSize},
		{longest, MaxSize},
	}
	for _, test := range tests {
		body := Encode(test.id, test.size)
		if len(body) != test.size {
			t.Errorf("%v: %d bytes, not %d", test.id, len(body), test.size)
		}
		if got, err := Decode(body); err != nil || got != test.id {
			t.Errorf("Decode of %v: %v, %v", test.id, got, err)
		}
		if got, err := ParseKey(test.id.Key()); err != nil || got != test.id {
			t.Errorf("ParseKey(%q): %v, %v", test.id.Key(), got, err)
		}
	}
}

func TestPayloadsDiffer(t *testing.T) {
	id := ID{Run: "r"}
	first := Encode(id, 1024)
	id.Seq = 1
	second := Encode(id, 1024)
	if bytes.Equal(first[512:], second[512:]) {
		t.Error("two messages have the same payload")
	}
}

// Every byte counts: in the header, in the checksum and in the payload.
func TestNoChangedByteGoesUnnoticed(t *testing.T) {
	whole := Encode(ID{Run: "run", Seq: 12, Attempt: 3}, 256)
	for i := range whole {
		for _, flip := range []byte{0x01, 0x20, 0x80} {
			body := bytes.Clone(whole)
			body[i] ^= flip
			if id, err := Decode(body); err == nil {
				t.Errorf("byte %d ^ %#x: taken for whole, %v", i, flip, id)
			}
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	whole := Encode(ID{Run: "run", Seq: 12}, 256)
	tests := []struct {
		name string
		body []byte
		want error
	}{
		{"cut short", whole[:255], ErrChanged},
		{"cut to its header", whole[:60], ErrChanged},
		{"cut inside its header", whole[:30], ErrForeign},
		{"too long", append(bytes.Clone(whole), 'x'), ErrChanged},
		{"empty", nil, ErrForeign},
		{"somebody else's", []byte("hello"), ErrForeign},
		{"binary", []byte{0, 1, 2, '\n', 0xFF}, ErrForeign},
		{"negative number", bytes.Replace(whole, []byte("seq=12"), []byte("seq=-1"), 1), ErrForeign},
	}
	for _, test := range tests {
		if id, err := Decode(test.body); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, %v; want %v", test.name, id, err, test.want)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	for _, key := range []string{"", "order-17", "a/b", "r/1/2/3", "r/x/0", "r/1/x", "r/-1/0", "r/1/-1"} {
		if id, err := ParseKey(key); !errors.Is(err, ErrForeign) {
			t.Errorf("%q: %v, %v", key, id, err)
		}
	}
}
