package extsort

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// bucket holds records that follow those of the bucket before it.
type bucket struct {
	// open are blocks in memory. Of a sorter that has a file there is at most one, to which is added.
	open [][]byte
	// written are the blocks in the file.
	written []extent
	// records and bytes are what was added, repeated ones included.
	records, bytes int

	// mu guards what follows while several read.
	mu sync.Mutex
	// sorted keeps what all fits in memory.
	sorted *loaded
	// divided holds the records instead, once they were too many.
	divided *Sorter
}

// empty reports whether nothing lies in the bucket.
func (b *bucket) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.records == 0 && b.divided == nil
}

// extent is a block in the file. A block holds whole records.
type extent struct {
	at   int64
	size int
}

// blocks is the file of a sorter, and of those that its buckets were divided into.
type blocks struct {
	mu  sync.Mutex
	f   *os.File
	end int64 // bytes written
}

func createBlocks(dir, name string) (*blocks, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot sort on disk: %w", err)
	}
	return &blocks{f: f}, nil
}

func (b *blocks) write(block []byte) (extent, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := extent{b.end, len(block)}
	if _, err := b.f.WriteAt(block, at.at); err != nil {
		return at, fmt.Errorf("cannot sort on disk: %w", err)
	}
	b.end += int64(at.size)
	return at, nil
}

// read fills block, which is of the extent's size.
func (b *blocks) read(block []byte, at extent) error {
	_, err := b.f.ReadAt(block, at.at)
	return b.broken(err)
}

// broken says that what was read back is not what was written; b may be nil.
func (b *blocks) broken(err error) error {
	if err == nil || b == nil {
		return err
	}
	return fmt.Errorf("cannot read back what was sorted on disk (%s): %w", b.f.Name(), err)
}

// appendRecord appends a record: the lengths of the key and of the value (both unsigned varints), the
// key, the value.
func appendRecord(b []byte, r record) []byte {
	b = binary.AppendUvarint(b, uint64(len(r.key)))
	b = binary.AppendUvarint(b, uint64(len(r.value)))
	return append(append(b, r.key...), r.value...)
}

// sizeOf is at most how many bytes a record takes.
func sizeOf(r record) int { return len(r.key) + len(r.value) + 2*binary.MaxVarintLen32 }

// lengths reads how long the key and the value of the first record are, and how many bytes say so.
func lengths(b []byte) (head, key, value int, err error) {
	k, n := binary.Uvarint(b)
	v, m := binary.Uvarint(b[max(n, 0):])
	head = n + m
	if n <= 0 || m <= 0 || k > maxRecord || v > maxRecord || int(k+v) > len(b)-head {
		return 0, 0, 0, errors.New("wild length")
	}
	return head, int(k), int(v), nil
}

// eachOf gives the records of a block.
func eachOf(block []byte, f func(record) error) error {
	for len(block) > 0 {
		head, key, value, err := lengths(block)
		if err != nil {
			return err
		}
		at, end := head+key, head+key+value
		if err := f(record{block[head:at:at], block[at:end:end]}); err != nil {
			return err
		}
		block = block[end:]
	}
	return nil
}
