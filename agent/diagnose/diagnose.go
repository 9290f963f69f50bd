package diagnose

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	threadsTime = 30 * time.Second
	heapTime    = 5 * time.Minute
	recordTime  = 30 * time.Second // beyond the recording's own length

	// recordRoom is what a recording can take. The JVM lets go of its oldest part beyond recordMax, but not before the
	// part that it is writing is full, at 12 MB (jdk.jfr.internal.Repository, maxchunksize).
	recordRoom = 64 << 20
	recordMax  = "48m"
)

// Threads returns a thread dump with the locks that threads hold.
func (j JVM) Threads(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, threadsTime)
	defer cancel()
	return j.ask(ctx, "Thread.print -l")
}

// Heap writes a dump of the objects that are alive into a new file of the folder and returns its path. The JVM does
// nothing else meanwhile. What is not a whole dump does not stay.
func (j JVM) Heap(ctx context.Context, to Folder) (path string, err error) {
	ctx, cancel := context.WithTimeout(ctx, heapTime)
	defer cancel()
	need, err := j.heapNeed(ctx)
	if err == nil {
		err = to.ready(j, "a heap dump", need)
	}
	if err != nil {
		return "", err
	}
	path = to.name(j, ".hprof")
	answer, err := j.ask(ctx, `GC.heap_dump "`+path+`"`)
	// HotSpot's result is 0 whatever happened, and this is all that tells (HeapDumper::dump).
	if err == nil && !strings.Contains(answer, "Heap dump file created") {
		err = fmt.Errorf("%s has not written its heap dump: %s", j, strings.TrimSpace(answer))
	}
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w; it may write %s later: remove it then", err, path)
	}
	if err != nil {
		return "", errors.Join(err, removed(path))
	}
	return path, nil
}

// heapNeed is how many bytes a heap dump can take.
func (j JVM) heapNeed(ctx context.Context) (uint64, error) {
	info, err := j.ask(ctx, "GC.heap_info")
	if err != nil {
		return 0, err
	}
	if need := heapSize(info); need > 0 {
		return need, nil
	}
	s, err := j.status()
	return s.resident, err
}

// name is a new file's, whose parts sort by time.
func (f Folder) name(j JVM, ext string) string {
	file := fmt.Sprintf("%s-%d-%s%s", j.Role, j.PID, time.Now().UTC().Format("20060102T150405Z"), ext)
	return filepath.Join(f.Path, file)
}

// removed takes away what a dump has left, and the parts that a JVM writes side by side (DumpMerger).
func removed(path string) error {
	parts, _ := filepath.Glob(path + ".p*")
	var problems []error
	for _, file := range append(parts, path) {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			problems = append(problems, fmt.Errorf("what there is of it stays: %w", err))
		}
	}
	return errors.Join(problems...)
}

// Record makes a flight recording of that length, waits for its end and returns the path of its file. One that is
// interrupted ends then, and holds what there was.
func (j JVM) Record(ctx context.Context, to Folder, length time.Duration) (path string, err error) {
	waiting, cancel := context.WithTimeout(ctx, length+recordTime)
	defer cancel()
	if err := to.ready(j, "a flight recording", recordRoom); err != nil {
		return "", err
	}
	if err := to.room(j.tmpDir(), recordRoom); err != nil {
		return "", fmt.Errorf("cannot make a flight recording of %s, which lies in %s meanwhile: %w", j, j.tmpDir(), err)
	}
	path = to.name(j, ".jfr")
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("cannot write %s: it is there already", path)
	}
	err = j.record(waiting, path, length)
	if err != nil && ctx.Err() != nil {
		err = j.stopRecording(path)
	}
	if err == nil {
		err = complete(path)
	}
	if err != nil {
		return "", errors.Join(err, removed(path))
	}
	return path, nil
}

// record starts a recording that is named as its file, and waits until the JVM has forgotten it, which it does when the
// file is written.
func (j JVM) record(ctx context.Context, path string, length time.Duration) error {
	began := time.Now()
	answer, err := j.ask(ctx, fmt.Sprintf(`JFR.start name=%s filename="%s" duration=%dms settings=profile maxsize=%s`,
		recording(path), path, length.Milliseconds(), recordMax))
	if err != nil {
		return err
	}
	// The JVM makes the file when it starts. A recording shows the environment and the system properties.
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("%s does not record: %s", j, strings.TrimSpace(answer))
	}
	for until := length; ; until = time.Second {
		if err := j.sleep(ctx, until-time.Since(began)); err != nil {
			return err
		}
		began = time.Now()
		answer, err := j.ask(ctx, "JFR.check name="+recording(path))
		if err != nil || !strings.Contains(answer, "name="+recording(path)) {
			return err
		}
	}
}

func recording(path string) string { return strings.TrimSuffix(filepath.Base(path), ".jfr") }

// sleep waits, and fails when the JVM leaves meanwhile.
func (j JVM) sleep(ctx context.Context, length time.Duration) error {
	end := time.After(length)
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s still records: %w", j, j.patience(ctx))
		case <-end:
			return nil
		case <-beat.C:
			if !j.lives() {
				return fmt.Errorf("%s left before the recording ended", j)
			}
		}
	}
}

// stopRecording ends a recording before its time; the JVM has written the file when it answers.
func (j JVM) stopRecording(path string) error {
	ctx, cancel := context.WithTimeout(context.Background(), attachTime)
	defer cancel()
	_, err := j.ask(ctx, "JFR.stop name="+recording(path))
	return err
}

// complete says whether a recording is whole: it consists of chunks that tell their size (jdk.jfr.internal.consumer.
// ChunkHeader), the last one too when it is finished.
func complete(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read the recording: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("cannot read the recording: %w", err)
	}
	const header = 16 // the magic number, the version, the size
	at := int64(0)
	for at < info.Size() {
		var chunk [header]byte
		_, err := file.ReadAt(chunk[:], at)
		size := int64(binary.BigEndian.Uint64(chunk[8:]))
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("cannot read the recording: %w", err)
		}
		if err != nil || !bytes.HasPrefix(chunk[:], []byte("FLR\x00")) || size < header || size > info.Size()-at {
			break
		}
		at += size
	}
	if at == 0 || at < info.Size() {
		return fmt.Errorf("the recording is not whole: %d of %d bytes can be read; was the disk full?", at, info.Size())
	}
	return nil
}
