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

// runReader reads one run. What it gives is a part of a block, which is never written again.
type runReader struct {
	f *os.File
	// block[at:] was read and not given yet; end is set once there is no more to read.
	block      []byte
	at         int
	end        bool
	key, value []byte
}

func openRun(path string) (*runReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot sort on disk: %w", err)
	}
	return &runReader{f: f}, nil
}

// next reads one record and reports whether there was one.
func (r *runReader) next() (bool, error) {
	for {
		rest := r.block[r.at:]
		head, klen, vlen, err := lengths(rest)
		if err != nil {
			return false, r.broken(err)
		}
		size := head + klen + vlen
		switch {
		case head > 0 && size <= len(rest):
			r.key, r.value = rest[head:head+klen:head+klen], rest[head+klen:size:size]
			r.at += size
			return true, nil
		case r.end && len(rest) == 0:
			return false, nil
		case r.end:
			return false, r.broken(io.ErrUnexpectedEOF)
		}
		if err := r.fill(max(size, readBuffer)); err != nil {
			return false, r.broken(err)
		}
	}
}

// fill reads on into a new block of size bytes, which begins with what was not given yet.
func (r *runReader) fill(size int) error {
	block := make([]byte, size)
	kept := copy(block, r.block[r.at:])
	n, err := io.ReadFull(r.f, block[kept:])
	r.block, r.at = block[:kept+n], 0
	if r.end = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); r.end {
		return nil
	}
	return err
}

// lengths reads how long the key and the value of a record are, and how many bytes say so: 0 if they
// are not all there yet.
func lengths(b []byte) (head, key, value int, err error) {
	k, n := binary.Uvarint(b)
	if n == 0 {
		return 0, 0, 0, nil
	}
	v, m := binary.Uvarint(b[max(n, 0):])
	if n < 0 || m < 0 || k > maxArena || v > maxArena || k+v > maxArena {
		return 0, 0, 0, errors.New("wild length")
	}
	if m == 0 {
		return 0, 0, 0, nil
	}
	return n + m, int(k), int(v), nil
}

func (r *runReader) broken(err error) error {
	return fmt.Errorf("cannot read back what was sorted on disk (%s): %w", r.f.Name(), err)
}
