package state

import (
	"encoding/binary"
	"fmt"
)

// FormatVersion is the version of everything below. A directory of another
// version is refused ([ErrFormat]) and rebuilt from the logs, but for one of
// oldestFormat: it has no months yet, and becomes one of this version when
// something is merged.
const (
	FormatVersion = 3
	oldestFormat  = 2
)

// Reads reports whether this program reads a state, a backup or a snapshot of a format.
func Reads(format uint64) bool { return format >= oldestFormat && format <= FormatVersion }

// Formats names the formats that this program reads, for errors.
func Formats() string { return fmt.Sprintf("%d to %d", oldestFormat, FormatVersion) }

// Keys. All numbers are big endian, so that key order is number order:
//
//	R task                             root: generation, number of pages
//	T task gen 'c'                     checkpoint: sequence, caller's bytes
//	T task gen 'd' seq parts part      delta of one commit, compressed
//	T task gen 'h' page                headers of the persons of a page
//	T task gen 'k' key                 meta
//	T task gen 'm'                     merged up to, summary of all pages
//	T task gen 'p' day page seq part   facts and said of a page and day, or month
//
// Days come before pages, so that new keys are at the end of the key space and Badger's
// compactions leave earlier days alone. A month has the key of its last day, and is so passed over
// by whoever wants later days only; monthPart in its part tells it from that day's own segments.
//
// Discarding a task raises its generation; keys of older ones are ignored and deleted in the
// background. So a restore of incremental backups stays right too, which may bring back keys that
// were deleted in between.
const (
	kindCheckpoint = 'c'
	kindDelta      = 'd'
	kindHeader     = 'h'
	kindMeta       = 'k'
	kindMerged     = 'm'
	kindPage       = 'p'
)

// prefixLen is the length of T task gen.
const prefixLen = 1 + 4 + 4

// rootKey returns the key of a task's root.
func rootKey(id int32) []byte {
	return binary.BigEndian.AppendUint32([]byte{'R'}, orderedDay(id))
}

// taskPrefix returns the prefix of the keys of a task and generation.
func taskPrefix(id int32, gen uint32) []byte {
	key := binary.BigEndian.AppendUint32(make([]byte, 0, prefixLen), orderedDay(id))
	key = append([]byte{'T'}, key...)
	return binary.BigEndian.AppendUint32(key, gen)
}

// keys builds the keys of one task and generation. Each call returns new memory, because Badger
// keeps keys until a transaction is written.
type keys struct{ prefix []byte }

func (k keys) kind(kind byte, more int) []byte {
	key := make([]byte, 0, len(k.prefix)+1+more)
	return append(append(key, k.prefix...), kind)
}

func (k keys) checkpoint() []byte { return k.kind(kindCheckpoint, 0) }
func (k keys) merged() []byte     { return k.kind(kindMerged, 0) }

func (k keys) delta(seq uint64, parts, part uint16) []byte {
	key := binary.BigEndian.AppendUint64(k.kind(kindDelta, 12), seq)
	key = binary.BigEndian.AppendUint16(key, parts)
	return binary.BigEndian.AppendUint16(key, part)
}

func (k keys) meta(key string) []byte {
	return append(k.kind(kindMeta, len(key)), key...)
}

func (k keys) header(page uint32) []byte {
	return binary.BigEndian.AppendUint32(k.kind(kindHeader, 4), page)
}

// day returns the prefix of all segments of a day and page.
func (k keys) day(day, page uint32) []byte {
	key := binary.BigEndian.AppendUint32(k.kind(kindPage, 18), day)
	return binary.BigEndian.AppendUint32(key, page)
}

func (k keys) segment(day, page uint32, seq uint64, part uint16) []byte {
	key := binary.BigEndian.AppendUint64(k.day(day, page), seq)
	return binary.BigEndian.AppendUint16(key, part)
}

// splitDelta parses the key of a delta.
func splitDelta(key []byte) (seq uint64, parts, part uint16) {
	tail := key[prefixLen+1:]
	return binary.BigEndian.Uint64(tail), binary.BigEndian.Uint16(tail[8:]), binary.BigEndian.Uint16(tail[10:])
}

// segmentKey is what the key of a segment says.
type segmentKey struct {
	day, page uint32 // the day is ordered; of a month the last one
	seq       uint64
	month     bool // it holds a month
}

// splitSegment parses the key of a segment.
func splitSegment(key []byte) segmentKey {
	tail := key[prefixLen+1:]
	return segmentKey{binary.BigEndian.Uint32(tail), binary.BigEndian.Uint32(tail[4:]),
		binary.BigEndian.Uint64(tail[8:]), binary.BigEndian.Uint16(tail[16:])&monthPart != 0}
}
