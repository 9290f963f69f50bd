// Package content makes messages whose content whoever receives them can
// check, also in another process and long after: every body says which run,
// message and attempt it belongs to, how long it is and what its checksum is.
package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

const (
	// MaxRun is the greatest length of a run's name in bytes.
	MaxRun = 64
	// MinSize is the smallest body in bytes: the longest header fits into it.
	MinSize = 192
	// MaxSize is the largest body in bytes that a broker takes by default
	// (maxMessageSize in MessageStoreConfig.java).
	MaxSize = 4 << 20

	// headerFormat is the first line of a body, in letters so that mqadmin
	// shows it. The rest of the body is payload.
	headerFormat = "smoketest run=%s seq=%d attempt=%d size=%d"
	sumMark      = " sum="

	sumLength = 16 // letters

	alphabet      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	bitsPerLetter = 6
)

var (
	// ErrForeign tells that a body was not made by this package.
	ErrForeign = errors.New("not a smoketest message")
	// ErrChanged tells that a body is not what was sent.
	ErrChanged = errors.New("content changed")
)

// ID names one attempt to send one message.
type ID struct {
	Run     string // letters, digits, '.', '_' and '-'; at most MaxRun
	Seq     int    // number of the message in the run, from 0
	Attempt int    // number of the attempt to send it, from 0
}

// Key returns the message key, which mqadmin queryMsgByKey finds. It names the
// message even where the body is damaged.
func (id ID) Key() string {
	return fmt.Sprintf("%s/%d/%d", id.Run, id.Seq, id.Attempt)
}

// ParseKey reads what Key wrote.
func ParseKey(key string) (ID, error) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return ID{}, ErrForeign
	}
	seq, err := strconv.Atoi(parts[1])
	if err != nil || seq < 0 {
		return ID{}, ErrForeign
	}
	attempt, err := strconv.Atoi(parts[2])
	if err != nil || attempt < 0 {
		return ID{}, ErrForeign
	}
	return ID{Run: parts[0], Seq: seq, Attempt: attempt}, nil
}

// Encode makes a body of exactly size bytes, at least MinSize. Its payload
// differs from message to message and does not compress away.
func Encode(id ID, size int) []byte {
	body := make([]byte, 0, size)
	body = fmt.Appendf(body, headerFormat, id.Run, id.Seq, id.Attempt, size)
	header := len(body)
	body = append(body, sumMark...)
	sumAt := len(body)
	body = body[:sumAt+sumLength+1]
	body[len(body)-1] = '\n'
	payload := body[len(body):size]
	fill(payload, id)
	copy(body[sumAt:], checksum(body[:header], payload))
	return body[:size]
}

func fill(payload []byte, id ID) {
	random := rand.NewPCG(uint64(id.Seq), uint64(id.Attempt))
	var bits uint64
	for i := range payload {
		if i%(64/bitsPerLetter) == 0 {
			bits = random.Uint64()
		}
		payload[i] = alphabet[bits%uint64(len(alphabet))]
		bits >>= bitsPerLetter
	}
}

// Decode says which attempt a body belongs to. The error is ErrForeign, or
// wraps ErrChanged; with the latter the ID is what the body still claims.
func Decode(body []byte) (ID, error) {
	line, payload, _ := bytes.Cut(body, []byte("\n"))
	header, sum, found := bytes.Cut(line, []byte(sumMark))
	var id ID
	var size int
	_, err := fmt.Sscanf(string(header), headerFormat, &id.Run, &id.Seq, &id.Attempt, &size)
	if err != nil || !found || id.Seq < 0 || id.Attempt < 0 {
		return ID{}, ErrForeign
	}
	if size != len(body) {
		return id, fmt.Errorf("%w: %d bytes instead of %d", ErrChanged, len(body), size)
	}
	if checksum(header, payload) != string(sum) {
		return id, fmt.Errorf("%w: wrong checksum", ErrChanged)
	}
	return id, nil
}

func checksum(header, payload []byte) string {
	hash := sha256.New()
	hash.Write(header)
	hash.Write(payload)
	return hex.EncodeToString(hash.Sum(nil)[:sumLength/2])
}
