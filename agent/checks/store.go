package checks

import (
	"context"
	"fmt"
	"strconv"

	"rocketmq-agent/agent/probes"
)

// Where the broker refuses messages unless told otherwise, and the bounds it puts on being told otherwise
// (diskSpaceWarningLevelRatio; DefaultMessageStore.getDiskSpaceWarningLevelRatio).
const (
	defaultWriteLimit = 0.90
	lowestWriteLimit  = 0.35
	highestWriteLimit = 0.90
)

// checkStore fails when the disk is so full that the broker answers sends with SERVICE_NOT_AVAILABLE. Nothing less is a
// reason: from diskMaxUsedSpaceRatio on it merely deletes old files earlier, which is how full brokers live.
func (b *Broker) checkStore(ctx context.Context) probes.Result {
	if _, ok := b.await(ctx); !ok {
		return probes.Fail("the broker has not answered yet")
	}
	s, ok := b.Snapshot()
	if !ok {
		return probes.Fail("the broker has told nothing for more than %v", snapshotLife)
	}
	for _, disk := range []struct{ key, name string }{
		{"commitLogDiskRatio", "commit log"}, // the emptiest disk, when the commit log has several
		{"consumeQueueDiskRatio", "consume queues"},
	} {
		used, err := strconv.ParseFloat(s.Runtime[disk.key], 64)
		if err == nil && used > s.writeLimit { // absent in some releases, -1 while the folder does not exist
			return probes.Fail("the disk of the %s is %s full, and above %s the broker refuses messages",
				disk.name, percent(used), percent(s.writeLimit))
		}
	}
	return probes.Pass("")
}

// writeLimit reads the limit from a live configuration. Releases before 5.0 have no such key, and one given as a system
// property does not show.
func writeLimit(conf map[string]string) float64 {
	n, err := strconv.Atoi(conf["diskSpaceWarningLevelRatio"])
	if err != nil {
		return defaultWriteLimit
	}
	return min(max(float64(n)/100, lowestWriteLimit), highestWriteLimit)
}

func percent(ratio float64) string {
	return fmt.Sprintf("%.0f %%", ratio*100)
}
