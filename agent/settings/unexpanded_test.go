package settings

import (
	"strings"
	"testing"
)

// What Kubernetes does not expand stays in a value, and must not become an address or a name.
func TestUnexpanded(t *testing.T) {
	for entry, refused := range map[string]bool{
		"POD_IP=$(POD_IP)":                                true,
		"POD_NAME=$(NAME)":                                true,
		"RMQ_CLUSTER_NAME=$(C)":                           true,
		"RMQ_CONF_storePathRootDir=/data/$(POD_NAME)":     true,
		"NAMESRV_ADDR=$(NS):9876":                         true,
		"RMQ_TOOLS_JAVA_OPT=-Dx=$(hostname -f)":           false, // a shell's; no reference
		"OTHER=$(POD_IP)":                                 false, // nobody reads it
		"RMQ_CONF_regionId=$region":                       false,
		"JAVA_OPT_EXT=-XX:OnOutOfMemoryError=$(shutdown)": false, // Java says what it thinks of it
	} {
		name, _, _ := strings.Cut(entry, "=")
		problems := unexpanded(Environ{entry})
		if (len(problems) == 1) != refused || refused && !strings.HasPrefix(problems[0].Error(), name+": $(") {
			t.Errorf("%s: %v", entry, problems)
		}
	}
}
