package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// ReadText reads a file that somebody wrote for RocketMQ. A folder in its place, and an encoding that Java does not
// read, are errors that say where they come from.
func ReadText(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, syscall.EISDIR) {
		return nil, isFolder(path)
	}
	if err == nil {
		err = CheckEncoding(text)
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	return text, err
}

// isFolder is about a folder where a file was expected: one that Docker made has nothing in it, that of a ConfigMap has
// a file a key, beside its own hidden ones.
func isFolder(path string) error {
	var files []string
	entries, _ := os.ReadDir(path) // one that cannot be read says as little as an empty one
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, e.Name())
		}
	}
	if len(files) > 0 {
		return fmt.Errorf("%s is a folder, which holds %s: name the file in it, or mount the file itself (subPath)",
			path, strings.Join(files, ", "))
	}
	return fmt.Errorf("%s is an empty folder: Docker makes one where the file to be mounted is missing on the host; "+
		"remove it there, put the file in its place and start a new container", path)
}

// CheckEncoding refuses UTF-16, with its mark or without, as PowerShell writes it: Java reads bytes, and would find no
// key in it that RocketMQ knows.
func CheckEncoding(text []byte) error {
	marked := bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
	if !marked && !isWide(text) {
		return nil
	}
	return errors.New("it is in UTF-16, as > and Out-File of PowerShell write, and Java reads no key of it: " +
		"save it as UTF-8, without a byte order mark")
}

// isWide says whether a text has characters of two or four bytes: the upper ones of all that is ASCII are zero, and so
// lie at even places only, or at odd ones only, as long as they are two.
func isWide(text []byte) bool {
	var zeros [2]int
	for i, c := range text {
		if c == 0 {
			zeros[i%2]++
		}
	}
	all := zeros[0] + zeros[1]
	return all*3 > len(text) || all*8 > len(text) && (zeros[0] == 0 || zeros[1] == 0)
}
