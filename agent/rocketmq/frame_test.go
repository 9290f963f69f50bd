package rocketmq

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// binaryAnswer is a frame as RocketMQSerializable.java writes it.
const binaryAnswer = "\x00\x00\x00\x34" + "\x01\x00\x00\x2e" +
	// Code, language, version, opaque, flag.
	"\x00\x10" + "\x00" + "\x02\x01" + "\x00\x00\x00\x07" + "\x00\x00\x00\x01" +
	"\x00\x00\x00\x02no" +
	"\x00\x00\x00\x17" + "\x00\x01k\x00\x00\x00\x05value" + "\x00\x02k2\x00\x00\x00\x03\xc3\xa4\x31" +
	"bo"

func TestReadFrame(t *testing.T) {
	tests := map[string]struct {
		frame string
		want  Command
	}{
		"JSON": {
			"\x00\x00\x00\x69\x00\x00\x00\x63" +
				`{"code":3,"extFields":{"a":"b"},"flag":1,"language":"JAVA","opaque":5,"remark":"why","version":513}` +
				"{}",
			Command{
				Code:      3,
				Language:  "JAVA",
				Version:   513,
				Opaque:    5,
				Flag:      1,
				Remark:    "why",
				ExtFields: map[string]string{"a": "b"},
				Body:      []byte("{}"),
			},
		},
		"binary": {
			binaryAnswer,
			Command{
				Code:      16,
				Version:   513,
				Opaque:    7,
				Flag:      1,
				Remark:    "no",
				ExtFields: map[string]string{"k": "value", "k2": "ä1"},
				Body:      []byte("bo"),
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readFrame(strings.NewReader(test.frame), maxFrame)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, error %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestEncodeFrameLimits(t *testing.T) {
	for name, cmd := range map[string]Command{
		"body":   {Body: make([]byte, maxFrame)},
		"header": {Remark: strings.Repeat("x", maxHeader)},
	} {
		if _, err := encodeFrame(cmd); err == nil {
			t.Errorf("a request with a huge %s was not refused", name)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	frame, err := encodeFrame(Command{
		Code:      28,
		Opaque:    1,
		ExtFields: map[string]string{"a": "b"},
		Body:      []byte("body"),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Add([]byte(binaryAnswer))
	f.Add([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bytes.NewReader(data)
		cmd, err := readFrame(in, maxFrame)
		if err != nil {
			return
		}
		if used := len(data) - in.Len(); len(cmd.Body) > used-8 {
			t.Errorf("a body of %d bytes from a frame of %d", len(cmd.Body), used)
		}
	})
}
