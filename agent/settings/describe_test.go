package settings

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	text := strings.Join(Describe(), "\n")
	left := maps.Clone(meanings)
	each(reflect.ValueOf(Settings{}), func(variable string, field reflect.StructField, _ reflect.Value) {
		if !strings.Contains(text, variable+" ") || len(meanings[field.Name]) < 10 {
			t.Errorf("%s is not described", variable)
		}
		delete(left, field.Name)
	})
	for name := range left {
		t.Errorf("%s is described and is no setting", name)
	}
	for _, s := range []string{"RMQ_CONF_<key>", "(default 30s)", "(default :8088)"} {
		if !strings.Contains(text, s) {
			t.Errorf("no %q in\n%s", s, text)
		}
	}
}
