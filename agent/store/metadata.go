package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/sharedfile"
)

// tables are the members that hold what a file of metadata is about, and what to call that.
var tables = map[string]struct{ member, what string }{
	"topics.json":             {"topicConfigTable", "the topics"},
	"topicQueueMapping.json":  {"topicQueueMappingInfoMap", "the mapping of static topics"},
	"subscriptionGroup.json":  {"subscriptionGroupTable", "the consumer groups"},
	"consumerOffset.json":     {"offsetTable", "how far every consumer group has read"},
	"lmqConsumerOffset.json":  {"offsetTable", "how far every consumer group has read"},
	"delayOffset.json":        {"offsetTable", "how far delayed messages are delivered"},
	"consumerFilter.json":     {"filterDataByTopic", "the filters of consumers"},
	"consumerOrderInfo.json":  {"table", "the state of ordered consumers"},
	"messageRequestMode.json": {"messageRequestModeMap", "which groups pop"},
	"timermetrics":            {"timingCount", "the counts of timed messages"},
}

// CheckMetadata decodes the files that RocketMQ decodes at its start. Where neither a file nor its .bak can be used it
// leaves with 253, or starts without what they held, and writes what it has not read over other files as it goes.
func CheckMetadata(l Layout) (warnings []string, err error) {
	var problems []error
	for _, name := range l.Metadata {
		path := l.config(name)
		main, bak := decodable(path), decodable(path+".bak")
		switch {
		case main == nil, errors.Is(main, fs.ErrNotExist) && (bak == nil || errors.Is(bak, fs.ErrNotExist)):
		case errors.Is(main, errEmpty) && errors.Is(bak, fs.ErrNotExist):
			warnings = append(warnings, fmt.Sprintf("%s is empty and there is no %[1]s.bak, as after a crash during the first write: "+
				"RocketMQ starts without %[2]s", path, tables[name].what))
		case bak == nil:
			warnings = append(warnings, fmt.Sprintf("%s cannot be used (%s): RocketMQ takes %s.bak, "+
				"which may be some seconds older", path, reason(main), path))
		default:
			problems = append(problems, &Error{Dir: l.Root, Reason: fmt.Sprintf(
				"%s cannot be read: %s (%s) and %s.bak (%s) are both damaged, or not there; "+
					"restore one of them from a backup, or to start without what they held move both out of %s",
				tables[name].what, path, reason(main), path, reason(bak), l.config(""))})
		}
	}
	return warnings, errors.Join(problems...)
}

// reason is an error without the path that the sentence names already.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "is not there"
	}
	if unfit, ok := errors.AsType[*sharedfile.Unfit](err); ok {
		return unfit.Reason
	}
	return err.Error()
}

// decodable says what keeps RocketMQ from reading a file of metadata. Of a large one only the ends are looked at.
func decodable(path string) error {
	_, err := tableKeys(path)
	if unfit, ok := errors.AsType[*sharedfile.Unfit](err); ok && unfit.Large {
		return ends(path)
	}
	return err
}

// table lists the keys of the table in a file of metadata, or in its .bak as RocketMQ does; nil: there is neither.
func (l Layout) table(name string) ([]string, error) {
	keys, err := tableKeys(l.config(name))
	if err == nil {
		return keys, nil
	}
	backup, bakErr := tableKeys(l.config(name) + ".bak")
	if bakErr == nil {
		return backup, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = bakErr
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return nil, err
}

// largeMetadata is the size from which on a file is not decoded, for that takes several times its size in memory.
const largeMetadata = 32 << 20

// tableKeys lists the keys of the table in one file: topics, groups. It takes what either of RocketMQ's two JSON
// libraries takes. An error says why the file cannot be read.
func tableKeys(path string) ([]string, error) {
	text, err := sharedfile.Read(path, largeMetadata)
	if errors.Is(err, fs.ErrNotExist) && !missing(path) {
		return nil, errors.New("a link on the way to it leads to nowhere: is its volume mounted?")
	}
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		return nil, errEmpty
	}
	if len(bytes.Trim(text, blank)) == 0 {
		return nil, fmt.Errorf("it holds nothing in %d bytes", len(text))
	}
	member := tables[strings.TrimSuffix(filepath.Base(path), ".bak")].member
	raw, err := memberOf(text, member)
	if err != nil || raw == nil {
		return []string{}, err
	}
	var table map[string]json.RawMessage
	if err := json.Unmarshal(raw, &table); err != nil {
		return nil, fmt.Errorf("its %s is no JSON object", member)
	}
	return slices.AppendSeq([]string{}, maps.Keys(table)), nil
}

// errEmpty is what RocketMQ itself takes for no file at all.
var errEmpty = errors.New("it is empty")

// blank is what a file consists of whose text never reached the disk.
const blank = "\x00 \t\r\n"

// memberOf decodes a JSON object and returns one of its members as JSON; nil: it does not have it.
func memberOf(text []byte, name string) (json.RawMessage, error) {
	var file map[string]json.RawMessage
	err := fastjson.Unmarshal(text, &file)
	if err == nil {
		return file[name], nil
	}
	members, syntax := fastjson.ReadObject(text) // as somebody may have edited it: comments, single quotes
	if syntax != nil {
		return nil, fmt.Errorf("it is no JSON object: %w", errors.Unwrap(err))
	}
	for _, m := range members {
		if m.Key == name {
			return json.RawMessage(m.Text()), nil
		}
	}
	return nil, nil
}

// ends looks at the first and the last byte of a file that is too large to decode.
func ends(path string) error {
	f, err := sharedfile.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	const part = 4 << 10
	for offset, want := range map[int64]byte{0: '{', info.Size() - part: '}'} {
		text, err := io.ReadAll(io.NewSectionReader(f, offset, part))
		if err != nil {
			return err
		}
		text = bytes.Trim(text, " \t\r\n")
		if !bytes.HasPrefix(text, []byte{want}) && !bytes.HasSuffix(text, []byte{want}) {
			return fmt.Errorf("it is no JSON object: there is no %q at one of its ends", want)
		}
	}
	return nil
}
