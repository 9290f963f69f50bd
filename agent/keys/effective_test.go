package keys

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/javaprops"
)

// fuzzedKeys are keys of every type, and those whose setters are none of the usual ones.
var fuzzedKeys = []Key{
	{Name: "a", Type: "int"},
	{Name: "a", Type: "long"},
	{Name: "a", Type: "float"},
	{Name: "a", Type: "double"},
	{Name: "a", Type: "boolean"},
	{Name: "a", Type: "string"},
	{Name: "brokerRole", Type: "ASYNC_MASTER|SYNC_MASTER|SLAVE"},
	{Name: "metricsExporterType", Type: "DISABLE|OTLP_GRPC|PROM|LOG"},
	{
		Name: "defaultMessageRequestMode",
		Type: "string",
		Rule: Rule{Kind: Words, Words: []string{"PULL", "POP"}},
	},
}

// FuzzEffective: what RocketMQ makes of a value is written as Java writes it, so RocketMQ makes the same of it again: a
// value that was read back from a broker and goes into a file changes nothing.
func FuzzEffective(f *testing.F) {
	for _, raw := range []string{
		"", " ", "5", "+5", "-0", "007", "٣", " 5", "5\x00", "2147483648", "9223372036854775807",
		"1e400", "-1e-400", "NaN", "-Infinity", "0x1.8p1f", "4.9e-324", "1.4e-45", "0.001", "1e7", "123456789.5",
		"true", "TRUE", "tRue ", "yes", " SLAVE ", "slave", "2", "-7", "PULL", "pop", "\xff", "中文 ",
	} {
		for kind := range fuzzedKeys {
			f.Add(kind, raw, true)
			f.Add(kind, raw, false)
		}
	}
	f.Fuzz(func(t *testing.T, kind int, raw string, trims bool) {
		k := fuzzedKeys[uint(kind)%uint(len(fuzzedKeys))]
		value, ok := k.Effective(raw, trims)
		if !ok {
			if k.Type == "boolean" || k.Type == "string" && k.Rule.Words == nil {
				t.Fatalf("%s %q is not taken, though anything is", k.Type, raw)
			}
			return
		}
		if again, ok := k.Effective(value, trims); !ok || again != value {
			t.Errorf("%s %q is %q, and that is %q, %t", k.Type, raw, value, again, ok)
		}
		switch k.Type {
		case "int", "long":
			if strings.Trim(value, "-0123456789") != "" || value == "-0" || len(value) > len("-9223372036854775808") {
				t.Errorf("%s %q is %q, which is not how Java writes it", k.Type, raw, value)
			}
		case "boolean":
			if value != "true" && value != "false" || value == "true" && !strings.EqualFold(raw, "true") {
				t.Errorf("%q is %q", raw, value)
			}
		case "string":
			if trims && javaprops.Trim(value) != value || !trims && value != raw {
				t.Errorf("%q is %q", raw, value)
			}
		}
	})
}

// TestEffectiveFloats: no release has a key of the type float, so no Java of the tests reads one; this is what
// Float.toString and Double.toString say.
func TestEffectiveFloats(t *testing.T) {
	tests := []struct{ kind, raw, want string }{
		{"float", "0.1", "0.1"},
		{"float", "16777217", "1.6777216E7"},
		{"float", "1e38", "1.0E38"},
		{"float", "3.5e38", "Infinity"},
		{"float", "1.4e-45", "1.4E-45"},
		{"float", "1e-46", "0.0"},
		{"float", "0.001", "0.001"},
		{"float", "0.000999", "9.99E-4"},
		{"float", "9999999", "9999999.0"},
		{"float", "10000000", "1.0E7"},
		{"float", "3.14159265358979", "3.1415927"},
		{"float", "NaN", "NaN"},
		{"float", "-1e400", "-Infinity"},
		{"double", "0.1", "0.1"},
		{"double", "75", "75.0"},
		{"double", "-0", "-0.0"},
		{"double", "1e21", "1.0E21"},
		{"double", "1e400", "Infinity"},
		{"double", "4.9e-324", "4.9E-324"},
		{"double", "0.001", "0.001"},
		{"double", "0.00099", "9.9E-4"},
		{"double", "9999999.5", "9999999.5"},
		{"double", "1e7", "1.0E7"},
		{"double", "1.7976931348623157e308", "1.7976931348623157E308"},
	}
	for _, tt := range tests {
		if got, ok := (Key{Type: tt.kind}).Effective(tt.raw, true); !ok || got != tt.want {
			t.Errorf("%s %s is %s, %t, want %s", tt.kind, tt.raw, got, ok, tt.want)
		}
	}
}
