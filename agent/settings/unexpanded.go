package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// reference is how a manifest refers to another variable. One that Kubernetes does not know stays as it is.
var reference = regexp.MustCompile(`\$\([A-Za-z_][\w.-]*\)`)

// readBesides are the variables without the prefix that make the broker who it is.
var readBesides = []string{"POD_NAME", "POD_IP", "HOST_IP", "NAMESRV_ADDR", "NODE_ROLE", "BROKER_NAME", "BROKER_ID"}

// unexpanded finds references that Kubernetes has left in place: a broker with such an address is reached by nobody.
func unexpanded(env Environ) (problems []error) {
	for _, entry := range env {
		variable, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(variable, prefix+"_") && !slices.Contains(readBesides, variable) {
			continue
		}
		if found := reference.FindString(value); found != "" {
			problems = append(problems, fmt.Errorf("%s: %s was not expanded: Kubernetes replaces it only by a variable that "+
				"stands above this one in the same container's env, and not by its own or a shell's", variable, found))
		}
	}
	return problems
}
