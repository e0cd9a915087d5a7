package producer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/outfile"
)

const (
	segmentSuffix = ".log"
	// keptSegments is how many segments stay after they were sent, so that facts that are put again are known.
	keptSegments = 2
)

// segment is one file of entries.
type segment struct {
	number int64
	size   int64
}

// segments are the files of entries, the last one being appended to.
type segments struct {
	dir  string
	list []segment
	open *os.File
}

func (l *segments) path(number int64) string {
	return filepath.Join(l.dir, fmt.Sprintf("%016d%s", number, segmentSuffix))
}

// find lists the files that there are.
func (l *segments) find() error {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		number, err := strconv.ParseInt(text, 10, 64)
		if !ok || err != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		l.list = append(l.list, segment{number, info.Size()})
	}
	slices.SortFunc(l.list, func(a, b segment) int { return int(a.number - b.number) })
	return nil
}

// bytes is what all of them take.
func (l *segments) bytes() (sum int64) {
	for _, s := range l.list {
		sum += s.size
	}
	return sum
}

// last is the one that is appended to.
func (l *segments) last() *segment { return &l.list[len(l.list)-1] }

// begin starts a new file.
func (l *segments) begin(number int64) error {
	f, err := os.OpenFile(l.path(number), os.O_CREATE|os.O_EXCL|os.O_RDWR, outfile.Private)
	if err != nil {
		return err
	}
	if err := outfile.SyncDir(l.dir); err != nil {
		return errors.Join(err, f.Close())
	}
	if l.open != nil {
		_ = l.open.Close() // all in it was flushed
	}
	l.open = f
	l.list = append(l.list, segment{number: number})
	return nil
}

// resume goes on with the last file.
func (l *segments) resume() (err error) {
	l.open, err = os.OpenFile(l.path(l.last().number), os.O_RDWR, outfile.Private)
	return err
}

// cut takes away what the last file has beyond size.
func (l *segments) cut(size int64) error {
	if err := l.open.Truncate(size); err != nil {
		return err
	}
	l.last().size = size
	return l.open.Sync()
}

// append writes bytes and flushes them to disk. After an error nothing of them is kept; clean is false
// where that is not certain.
func (l *segments) append(b []byte) (clean bool, err error) {
	s := l.last()
	if _, err := l.open.WriteAt(b, s.size); err != nil {
		return l.cut(s.size) == nil, err
	}
	if err := l.open.Sync(); err != nil {
		return false, err // what a failed flush has written nobody knows
	}
	s.size += int64(len(b))
	return true, nil
}

// drop removes the oldest files before the one that is not sent yet, but for some that are kept.
func (l *segments) drop(before int64, keep int) error {
	for len(l.list) > keep+1 && l.list[keep].number < before {
		if err := os.Remove(l.path(l.list[0].number)); err != nil {
			return err
		}
		l.list = l.list[1:]
	}
	return nil
}

// read returns the bytes of a file up to its durable end.
func (l *segments) read(s segment, from int64) ([]byte, error) {
	f, err := os.Open(l.path(s.number))
	if err != nil {
		return nil, err
	}
	b := make([]byte, max(0, s.size-from))
	_, err = f.ReadAt(b, from)
	return b, errors.Join(err, f.Close())
}
