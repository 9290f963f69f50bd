package fastjson

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Bodies as RocketMQ 5.5.0 wrote them.
const (
	clusterInfoBody = `{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"127.0.0.1:10911",1:"127.0.0.1:20911"},` +
		`"brokerName":"broker-a","cluster":"c","enableActingMaster":false}},"clusterAddrTable":{"c":["broker-a"]}}`
	topicStatsBody = `{"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":"t"}:` +
		`{"lastUpdateTimestamp":0,"maxOffset":0,"minOffset":0}},"topicPutTps":0.0}`
)

func TestToJSON(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"JSON": {
			`{"a": [1, -2.5e+3, true, null, "x\"}\\"], "b": {}}`,
			`{"a":[1,-2.5e+3,true,null,"x\"}\\"],"b":{}}`,
		},
		"number as key":    {`{0:"a",-1 : {2:[{3:4}]}}`, `{"0":"a","-1":{"2":[{"3":4}]}}`},
		"name as key":      {`{a:true}`, `{"a":true}`},
		"object as key":    {`{{"t":"x\"\\","q":0}:{}}`, `{"{\"t\":\"x\\\"\\\\\",\"q\":0}":{}}`},
		"number in object": {`{{0:1}:2,{1:2}:3}`, `{"{\"0\":1}":2,"{\"1\":2}":3}`},
		"array as key":     {`{[1,"a"]:2}`, `{"[1,\"a\"]":2}`},
		"white space":      {" [ ] \r\n\t", `[]`},
		"not ASCII":        {`{"ключ":"值"}`, `{"ключ":"值"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := toJSON([]byte(test.in))
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, error %v, want %s", got, err, test.want)
			}
			if !json.Valid(got) {
				t.Error("not valid JSON")
			}
		})
	}
}

func TestUnmarshalErrors(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"empty":               {"", "no value at byte 0"},
		"open object":         {`{"a":1`, "no comma between two elements at byte 6"},
		"open array":          {`[1,`, "no value at byte 3"},
		"open string":         {`["a`, "a string has no end at byte 1"},
		"escape at the end":   {`["a\`, "a string has no end at byte 1"},
		"no colon":            {`{"a"}`, "no colon after a key at byte 4"},
		"no value":            {`{"a":}`, "no value at byte 5"},
		"no key":              {`{:1}`, "no value at byte 1"},
		"no comma":            {`[1 2]`, "no comma between two elements at byte 3"},
		"trailing comma":      {`{0:1,}`, "invalid character '}'"},
		"two values":          {`{} {}`, "more than one value at byte 3"},
		"NUL after the value": {"{}\x00", "more than one value at byte 2"},
		"control in a string": {"{{\"a\":\"\x01\"}:1}", "in string literal"},
		"wrong bracket":       {`[1}`, "no comma between two elements at byte 2"},
		"not a number":        {`{"a":nan}`, "invalid character"},
		"comment":             {`{"a": /* b */ 1}`, "no value at byte 6"},
		"single quotes":       {`{'a':1}`, "no value at byte 1"},
		"key in a key":        {`{{{0:1}:1}:1}`, "a key within a key at byte 2"},
		"key in an array key": {`{[{[1]:1}]:1}`, "a key within a key at byte 3"},
		"too deep":            {nested(maxDepth + 2), "nested too deeply at byte 65"},
	} {
		var into any
		err := Unmarshal([]byte(test.in), &into)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q gave error %v, want %q", name, test.in, err, test.want)
		}
	}
}

func TestUnmarshalDepth(t *testing.T) {
	var into any
	if err := Unmarshal([]byte(nested(maxDepth+1)), &into); err != nil {
		t.Error(err)
	}
}

// nested is so many arrays within each other.
func nested(arrays int) string { return strings.Repeat("[", arrays) + strings.Repeat("]", arrays) }

func TestUnmarshal(t *testing.T) {
	var info struct {
		Brokers map[string]struct {
			Addrs map[int64]string `json:"brokerAddrs"`
		} `json:"brokerAddrTable"`
		Clusters map[string][]string `json:"clusterAddrTable"`
	}
	if err := Unmarshal([]byte(clusterInfoBody), &info); err != nil {
		t.Fatal(err)
	}
	want := map[int64]string{0: "127.0.0.1:10911", 1: "127.0.0.1:20911"}
	if !maps.Equal(info.Brokers["broker-a"].Addrs, want) {
		t.Errorf("got %+v, want %v", info, want)
	}
	if len(info.Brokers) != 1 || len(info.Clusters) != 1 || !slices.Equal(info.Clusters["c"], []string{"broker-a"}) {
		t.Errorf("got %+v", info)
	}
	var stats struct {
		OffsetTable map[string]struct{ MaxOffset int64 }
	}
	if err := Unmarshal([]byte(topicStatsBody), &stats); err != nil {
		t.Fatal(err)
	}
	if _, ok := stats.OffsetTable[`{"brokerName":"broker-a","queueId":0,"topic":"t"}`]; !ok {
		t.Errorf("got %+v", stats)
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		clusterInfoBody,
		topicStatsBody,
		`{"a":[1,2.5e3,"\u00e4\\\"",{}],"b":null}`,
		`{{0:1}:{[1]:2}}`,
		" [true ] ",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := toJSON(body)
		if len(got) > 3*len(body) {
			t.Errorf("%d bytes from %d", len(got), len(body))
		}
		if !json.Valid(body) {
			return
		}
		if err != nil {
			if !strings.Contains(err.Error(), "nested too deeply") {
				t.Errorf("valid JSON is refused: %v", err)
			}
			return
		}
		if want := decodeAny(t, body); !reflect.DeepEqual(decodeAny(t, got), want) {
			t.Errorf("%q turned into %q", body, got)
		}
	})
}

func decodeAny(t *testing.T, text []byte) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Errorf("cannot decode %q: %v", text, err)
	}
	return value
}
