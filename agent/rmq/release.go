package rmq

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
)

// Release is a release of RocketMQ. The zero value is older than all.
type Release struct {
	text                string // "5.5.0", "5.3.0-SNAPSHOT"
	Major, Minor, Patch int
}

var releaseForm = regexp.MustCompile(`^(\d+)\.(\d+)\.(\d+)(-[\w.]+)?$`)

// ParseRelease reads a release: three numbers, and what may follow a dash.
func ParseRelease(s string) (Release, error) {
	m := releaseForm.FindStringSubmatch(s)
	if m == nil {
		return Release{}, fmt.Errorf("%q is no release of RocketMQ, as 5.3.1", s)
	}
	r := Release{text: s}
	for i, part := range []*int{&r.Major, &r.Minor, &r.Patch} {
		*part, _ = strconv.Atoi(m[i+1]) // digits
	}
	return r, nil
}

// MustRelease is ParseRelease for what is written in the code.
func MustRelease(s string) Release {
	r, err := ParseRelease(s)
	if err != nil {
		panic(err)
	}
	return r
}

// String is the release as RocketMQ's jars name it.
func (r Release) String() string { return r.text }

// Compare orders releases by their three numbers.
func (r Release) Compare(other Release) int {
	return cmp.Or(
		cmp.Compare(r.Major, other.Major),
		cmp.Compare(r.Minor, other.Minor),
		cmp.Compare(r.Patch, other.Patch),
	)
}

// before says whether the release is older than the line, as 5.2.
func (r Release) before(major, minor int) bool {
	return cmp.Or(cmp.Compare(r.Major, major), cmp.Compare(r.Minor, minor)) < 0
}

// Supported says whether the agent knows how to start it: from 4.9 on.
func (r Release) Supported() bool { return !r.before(4, 9) }

// TrimsValues says whether blanks around a text do not belong to it (MixAll.properties2Object).
func (r Release) TrimsValues() bool { return !r.before(5, 2) }

// ReadsFastjson2 says whether JSON is read by fastjson2, which is strict, and not by fastjson 1, which forgives much.
func (r Release) ReadsFastjson2() bool { return !r.before(5, 4) }

// ReadsHAPort says whether haListenPort counts; 4.9 always takes listenPort + 1.
func (r Release) ReadsHAPort() bool { return !r.before(5, 0) }

// KeepsPopState says whether a broker keeps static topics, ordered consumers and request modes in files of their own.
func (r Release) KeepsPopState() bool { return !r.before(5, 0) }

// CountsInSync says whether inSyncReplicas decides what a SYNC_MASTER waits for (CommitLog.handleHA).
func (r Release) CountsInSync() bool { return !r.before(5, 0) }

// PoolsWithSyncFlush says whether a transient store pool works with SYNC_FLUSH too.
func (r Release) PoolsWithSyncFlush() bool { return !r.before(5, 0) }

// IgnoresHAMaster says whether a SLAVE with haMasterAddress never connects to its master (seen on 5.3.3 to 5.5.0).
func (r Release) IgnoresHAMaster() bool { return !r.before(5, 0) }

// LosesCompressedRegister says whether name servers cannot decode a compressed registration.
func (r Release) LosesCompressedRegister() bool { return !r.before(5, 5) }

// ChecksRocksDBDoubleWrite says whether rocksdbCQDoubleWriteEnable alone ends the start.
func (r Release) ChecksRocksDBDoubleWrite() bool { return !r.before(5, 5) }

// EnforcesACL says whether aclEnable protects anything: up to 5.3.2.
func (r Release) EnforcesACL() bool {
	return r.before(5, 3) || r.Minor == 3 && r.Major == 5 && r.Patch < 3
}

// NamesLogback says whether rmq.logback.configurationFile is read; 4.9 reads conf/logback_broker.xml, whatever one
// says.
func (r Release) NamesLogback() bool { return !r.before(5, 0) }

// UnmapsByCleaner says whether files are unmapped by java.nio's own cleaner (MappedFile.clean): up to 4.9.
func (r Release) UnmapsByCleaner() bool { return r.before(5, 0) }

// UnmapsBySunNio says whether files are unmapped by sun.nio.ch (UtilAll.cleanBuffer): up to 5.1.
func (r Release) UnmapsBySunNio() bool { return r.before(5, 2) }

// LocksPoolBySunNio says whether a transient store pool uses sun.nio.ch (TransientStorePool.init): up to 5.3.
func (r Release) LocksPoolBySunNio() bool { return r.before(5, 4) }
