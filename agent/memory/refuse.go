package memory

import (
	"fmt"
	"strings"
)

// userChose says whether an option of the user fixes a size that the plan would have decided.
func (p *Plan) userChose() bool {
	for _, j := range p.JVMs {
		if j.user.heap > 0 || j.user.initial > 0 || j.user.direct > 0 {
			return true
		}
	}
	return false
}

// refusal is for the operator: which limit, what is needed, what to set.
func (p *Plan) refusal() string {
	return fmt.Sprintf("%s: too little, for the smallest that works is %s; %s",
		p.limitText(), p.arithmetic(), p.remedy())
}

// overdrawn is the same as a warning: the user has decided, and the kernel will decide later.
func (p *Plan) overdrawn() string {
	return fmt.Sprintf("%s, and your own %s ask for more: %s; the kernel may kill the container when it is used; %s",
		p.limitText(), p.choices(), p.arithmetic(), p.raise())
}

func (p *Plan) limitText() string {
	if !p.Limit.Capped {
		return fmt.Sprintf("the machine has %d MiB of memory (%s)", toMiB(p.Limit.Bytes), p.Limit.Source)
	}
	return fmt.Sprintf("the memory limit is %d MiB (%s)", toMiB(p.Limit.Bytes), p.Limit.Source)
}

func (p *Plan) arithmetic() string {
	var parts []string
	for _, j := range p.JVMs {
		parts = append(parts, j.String())
	}
	return fmt.Sprintf("%d MiB = %s + agent %d + page cache %d",
		toMiB(p.smallestLimit()), strings.Join(parts, " + "), toMiB(p.Agent), toMiB(leastCache))
}

// remedy is what the operator can do. Where the configuration asks for most of what is missing, a smaller heap is no
// way out.
func (p *Plan) remedy() string {
	for _, j := range p.JVMs {
		if j.asked > 0 {
			return fmt.Sprintf("%s; %d MiB of the direct memory are for %s", p.raise(), toMiB(j.asked), j.asks)
		}
	}
	return p.raise() + ", or choose a heap yourself in JAVA_OPT_EXT (-Xms64m -Xmx64m) to start all the same"
}

// raise names the smallest limit, rounded up to 64 MiB.
func (p *Plan) raise() string {
	const step = 64 * mib
	enough := (p.smallestLimit() + step - 1) / step * step / mib
	if !p.Limit.Capped {
		return fmt.Sprintf("a machine with %d MiB would do", enough)
	}
	return fmt.Sprintf("set the limit to %dm or more (docker run -m %[1]dm, resources.limits.memory: %[1]dMi)", enough)
}

// choices lists the user's options that fix a size.
func (p *Plan) choices() string {
	var list []string
	for _, j := range p.JVMs {
		for _, from := range []string{j.user.heapFrom, j.user.initialFrom, j.user.directFrom} {
			if from != "" && !strings.Contains(strings.Join(list, ", "), from) {
				list = append(list, from)
			}
		}
	}
	return strings.Join(list, ", ")
}
