package rocketmq

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A frame is: length of the rest (int32), serialization (1 byte) and header
// length (3 bytes), header, body; all big-endian (RemotingCommand.java).
const (
	maxFrame  = 16 << 20 // RocketMQ's own limit (NettyDecoder.java)
	maxHeader = 64 << 10 // real ones stay below 1 KiB

	// The answer's serialization is the peer's choice, not the request's:
	// ROCKETMQ_SERIALIZE_TYPE=ROCKETMQ makes it binary.
	serializationJSON   = 0
	serializationBinary = 1
)

// encodeFrame fills in language and version where they are empty.
func encodeFrame(cmd Command) ([]byte, error) {
	if cmd.Language == "" {
		cmd.Language = language
	}
	if cmd.Version == 0 {
		cmd.Version = version
	}
	header, err := json.Marshal(cmd)
	if err != nil {
		return nil, err
	}
	length := 4 + len(header) + len(cmd.Body)
	if length > maxFrame || len(header) > maxHeader {
		return nil, fmt.Errorf("a request of %d bytes is too large", length)
	}
	frame := make([]byte, 0, 4+length)
	frame = binary.BigEndian.AppendUint32(frame, uint32(length))
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(header))) // serializationJSON in the high byte
	frame = append(frame, header...)
	return append(frame, cmd.Body...), nil
}

// readFrame reads exactly one frame, of at most limit bytes. An error before
// its first byte is errUnanswered.
func readFrame(r io.Reader, limit uint32) (Command, error) {
	var prefix [4]byte
	if n, err := io.ReadFull(r, prefix[:]); n == 0 {
		return Command{}, fmt.Errorf("%w: %w", errUnanswered, err)
	} else if err != nil {
		return Command{}, fmt.Errorf("answer breaks off: %w", err)
	}
	length := binary.BigEndian.Uint32(prefix[:])
	if length < 4 || length > maxFrame {
		return Command{}, fmt.Errorf("not a RocketMQ answer: frame of %d bytes", length)
	}
	if length > limit {
		return Command{}, fmt.Errorf("an answer of %d bytes is refused: at most %d are expected", length, limit)
	}
	// Memory grows with what arrives, not with what is announced.
	var frame bytes.Buffer
	if n, err := io.CopyN(&frame, r, int64(length)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return Command{}, fmt.Errorf("answer breaks off after %d of %d bytes: %w", n, length, err)
	}
	return decodeFrame(frame.Bytes())
}

// decodeFrame decodes a frame without its length.
func decodeFrame(frame []byte) (Command, error) {
	mark := binary.BigEndian.Uint32(frame)
	serialization, length := mark>>24, int(mark&0xFFFFFF)
	rest := frame[4:]
	if length > len(rest) || length > maxHeader {
		return Command{}, fmt.Errorf("not a RocketMQ answer: header of %d bytes in a frame of %d", length, len(frame))
	}
	cmd, err := decodeHeader(serialization, rest[:length])
	if err != nil {
		return Command{}, fmt.Errorf("not a RocketMQ answer: %w", err)
	}
	cmd.Body = rest[length:]
	return cmd, nil
}

func decodeHeader(serialization uint32, header []byte) (Command, error) {
	switch serialization {
	case serializationJSON:
		var cmd Command
		err := json.Unmarshal(header, &cmd)
		return cmd, err
	case serializationBinary:
		return decodeBinaryHeader(header)
	}
	return Command{}, fmt.Errorf("unknown serialization %d", serialization)
}

// decodeBinaryHeader reads what RocketMQSerializable.java writes. The language
// is a number there that nobody needs, so it stays empty.
func decodeBinaryHeader(header []byte) (Command, error) {
	in := reader{rest: header}
	cmd := Command{Code: int(int16(in.number(2)))}
	in.take(1) // language
	cmd.Version = int(in.number(2))
	cmd.Opaque = int32(in.number(4))
	cmd.Flag = int(int32(in.number(4)))
	cmd.Remark = string(in.take(in.number(4)))
	fields := reader{rest: in.take(in.number(4))}
	if len(fields.rest) > 0 {
		cmd.ExtFields = make(map[string]string)
	}
	for len(fields.rest) > 0 && !fields.short {
		key := fields.take(fields.number(2))
		cmd.ExtFields[string(key)] = string(fields.take(fields.number(4)))
	}
	if in.short || fields.short {
		return Command{}, errors.New("binary header breaks off")
	}
	return cmd, nil
}

// reader takes numbers and strings off a header; short tells that it ran out.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n uint32) []byte {
	if r.short || n > uint32(len(r.rest)) {
		r.short = true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) number(size uint32) uint32 {
	var value uint32
	for _, b := range r.take(size) {
		value = value<<8 | uint32(b)
	}
	return value
}
