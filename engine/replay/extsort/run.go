package extsort

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Bytes of buffer per run file.
const (
	writeBuffer = 256 << 10
	readBuffer  = 64 << 10
)

// runWriter writes one sorted run: per record the length of the key, the
// length of the value (both unsigned varints), the key, the value.
type runWriter struct {
	path string
	f    *os.File
	w    *bufio.Writer
	head []byte
}

func createRun(path string) (*runWriter, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot sort on disk: %w", err)
	}
	return &runWriter{path: path, f: f, w: bufio.NewWriterSize(f, writeBuffer)}, nil
}

func (w *runWriter) write(key, value []byte) error {
	w.head = binary.AppendUvarint(w.head[:0], uint64(len(key)))
	w.head = binary.AppendUvarint(w.head, uint64(len(value)))
	for _, b := range [][]byte{w.head, key, value} {
		if _, err := w.w.Write(b); err != nil {
			return fmt.Errorf("cannot sort on disk: %w", err)
		}
	}
	return nil
}

func (w *runWriter) close() error {
	if err := w.w.Flush(); err != nil {
		return w.fail(fmt.Errorf("cannot sort on disk: %w", err))
	}
	if err := w.f.Close(); err != nil {
		return fmt.Errorf("cannot sort on disk: %w", err)
	}
	return nil
}

// fail closes and removes the file and returns err.
func (w *runWriter) fail(err error) error {
	return errors.Join(err, w.f.Close(), os.Remove(w.path))
}

func removeRuns(paths []string) error {
	for _, p := range paths {
		if err := os.Remove(p); err != nil {
			return fmt.Errorf("cannot sort on disk: %w", err)
		}
	}
	return nil
}

// runReader reads one run. key and value are valid until the next call.
type runReader struct {
	f          *os.File
	r          *bufio.Reader
	buf        []byte
	key, value []byte
}

func openRun(path string) (*runReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot sort on disk: %w", err)
	}
	return &runReader{f: f, r: bufio.NewReaderSize(f, readBuffer)}, nil
}

// next reads one record and reports whether there was one.
func (r *runReader) next() (bool, error) {
	klen, err := binary.ReadUvarint(r.r)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, r.broken(err)
	}
	vlen, err := binary.ReadUvarint(r.r)
	if err != nil {
		return false, r.broken(err)
	}
	if klen+vlen > maxArena || klen > maxArena || vlen > maxArena {
		return false, r.broken(errors.New("wild length"))
	}
	n := int(klen + vlen)
	if cap(r.buf) < n {
		r.buf = make([]byte, n, 2*n)
	}
	r.buf = r.buf[:n]
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		return false, r.broken(err)
	}
	r.key, r.value = r.buf[:klen], r.buf[klen:]
	return true, nil
}

func (r *runReader) broken(err error) error {
	return fmt.Errorf("cannot read back what was sorted on disk (%s): %w", r.f.Name(), err)
}
