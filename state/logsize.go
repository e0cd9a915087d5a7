package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	badger "github.com/dgraph-io/badger/v4"
)

// A kill leaves the logs of write buffers, and Badger 4.9.6 reads each into a buffer of the size
// that it is opened with: a log of larger buffers does not fit, and Badger ends the process. So
// Badger is opened once with buffers that are large enough, and closed, which turns logs into
// tables.

// flushLargerLogs does so if a log may hold more than a write buffer.
func flushLargerLogs(dir string, opt Options) error {
	need, err := largestLog(dir, opt.MemTableBytes)
	if err != nil || need <= opt.MemTableBytes {
		return err
	}
	opt.MemTableBytes = need
	bg, err := badger.Open(opt.badgerOptions(dir))
	if err != nil {
		return openError(dir, err)
	}
	if err := bg.Close(); err != nil {
		return openError(dir, err)
	}
	return nil
}

// maxLog is the size beyond which a log was not written by this program.
const maxLog = 1 << 30

// largestLog returns a write-buffer size that holds the content of any log.
func largestLog(dir string, memTable int64) (need int64, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil {
		return 0, fmt.Errorf("listing the state directory: %w", err)
	}
	for _, file := range files {
		size, cut, err := logSize(file)
		switch {
		case err != nil:
			return 0, fmt.Errorf("reading a log of the state: %w", err)
		case size == 2*memTable || size > maxLog: // our own size, or damaged
		case cut:
			need = max(need, 2*size)
		default:
			need = max(need, size/2)
		}
	}
	return need, nil
}

// logSize returns the size of a log. Badger creates it with twice the size of the write buffer,
// and truncates it to its content when it reads it; a log that was not truncated ends with zeros.
func logSize(file string) (size int64, cut bool, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return 0, false, err
	}
	var tail [64]byte
	n, err := f.ReadAt(tail[:], max(0, info.Size()-int64(len(tail))))
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, false, err
	}
	return info.Size(), !bytes.Equal(tail[:n], make([]byte, n)), nil
}
