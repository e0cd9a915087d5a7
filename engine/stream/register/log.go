package register

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/wire"
	"tilsyn/schemas"
)

// RecordLog keeps the card assignments in the order read. Only rare questions need them (a card of
// several persons, a row without a person), so they lie in a file if there is a directory, and
// memory holds only the chunk being filled. A failed write, as on a full disk, loses nothing: the
// chunks stay in memory until one succeeds.
//
// A record is found by its place, the offset in the file. It consists of the CRC-32C of the rest,
// the length, the place of the previous record of the same card, the partition, offset and time,
// and the assignment in this program's own schema, so that no schema registry is needed to read
// it.
type RecordLog struct {
	// File is nil if everything stays in memory.
	File *os.File
	// chunks are consecutive from the place First on; earlier ones are only in the file, which has
	// everything up to Written.
	chunks  [][]byte
	First   int64
	Written int64
	// trouble is the error of the last write.
	trouble error
	scratch []byte
	// aead encrypts the content of records; nil where nothing is encrypted.
	aead   cipher.AEAD
	sealed []byte // scratch
}

// Sealed makes the log encrypt what records hold; with nil it does not. It is called before the first
// record. Records lie at any places and are written over after a crash, so each is encrypted by itself.
func (l *RecordLog) Sealed(aead cipher.AEAD) *RecordLog {
	l.aead = aead
	return l
}

// logChunk is how many bytes are written at once. No record crosses into the next chunk; a larger
// record gets a multiple of it.
const logChunk = 256 << 10

// LogStart is the place of the first record. Place 0 means no record.
const LogStart = logChunk

// ErrRecordLog says that the file does not hold what was written to it.
var ErrRecordLog = errors.New("the register of cards is damaged; it is read again from the topics")

// NewRecordLog returns an empty log that writes to the file as it grows; nil keeps it all in
// memory.
func NewRecordLog(file *os.File) *RecordLog {
	return &RecordLog{File: file, First: LogStart, Written: LogStart}
}

// End returns the place behind the last record.
func (l *RecordLog) End() int64 {
	n := len(l.chunks)
	if n == 0 {
		return l.First
	}
	return l.First + int64(n-1)*logChunk + int64(len(l.chunks[n-1]))
}

// add appends an assignment and returns its place. before is the place of the previous one of the
// card, 0 for none.
func (l *RecordLog) add(before int64, a *duty.CardAssignment, known duty.Instant, pos duty.Position) int64 {
	b := l.scratch[:0]
	b = binary.AppendUvarint(b, uint64(before))
	b = binary.AppendVarint(b, int64(pos.Partition))
	b = binary.AppendVarint(b, pos.Offset)
	b = binary.AppendVarint(b, int64(known))
	b = schemas.AppendCardAssignment(b, a)
	l.scratch = b
	if l.aead != nil {
		b = l.aead.Seal(l.sealed[:0], nil, b, nil) //nolint:gosec // it draws a nonce itself, and puts it in front
		l.sealed = b
	}
	size := 4 + uvarintLen(uint64(len(b))) + len(b)
	chunk := l.room(size)
	at := l.End()
	from := len(*chunk)
	*chunk = append(*chunk, 0, 0, 0, 0)
	*chunk = binary.AppendUvarint(*chunk, uint64(len(b)))
	*chunk = append(*chunk, b...)
	binary.LittleEndian.PutUint32((*chunk)[from:], crc32.Checksum((*chunk)[from+4:], datadir.Castagnoli))
	return at
}

// uvarintLen returns the encoded length of an unsigned varint.
func uvarintLen(n uint64) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

// room returns the last chunk if size bytes fit, otherwise a new one.
func (l *RecordLog) room(size int) *[]byte {
	n := len(l.chunks)
	if n > 0 && len(l.chunks[n-1])+size <= logChunk {
		return &l.chunks[n-1]
	}
	if n > 0 {
		// The chunk is full. If it spans several chunk sizes, empty entries keep places and indexes
		// aligned.
		for range cap(l.chunks[n-1])/logChunk - 1 {
			l.chunks = append(l.chunks, nil)
		}
		_ = l.flush() // what fails is kept, and shown by the next checkpoint
	}
	l.chunks = append(l.chunks, make([]byte, 0, (size+logChunk-1)/logChunk*logChunk))
	return &l.chunks[len(l.chunks)-1]
}

// flush writes to the file what it lacks, and drops chunks that are fully written.
func (l *RecordLog) flush() error {
	if l.File == nil {
		return nil
	}
	l.trouble = nil
	for i, c := range l.chunks {
		at := l.First + int64(i)*logChunk
		from := max(0, min(l.Written-at, int64(len(c))))
		if from == int64(len(c)) {
			continue
		}
		if _, err := l.File.WriteAt(c[from:], at+from); err != nil {
			l.trouble = fmt.Errorf("write the register: %w", err)
			return l.trouble
		}
		l.Written = at + int64(len(c))
	}
	if n := len(l.chunks); n > 1 {
		last := l.chunks[n-1]
		l.First += int64(n-1) * logChunk
		l.chunks = append(l.chunks[:0], last)
	}
	return nil
}

// loggedRecord is one record of the log: the place of the previous one of its card, and the
// assignment.
type loggedRecord struct {
	before int64
	fact   duty.Known[duty.CardAssignment]
}

// read returns the record at a place; ErrRecordLog if it is damaged.
func (l *RecordLog) read(at int64) (loggedRecord, error) {
	b, err := l.bytesAt(at)
	if err != nil {
		return loggedRecord{}, fmt.Errorf("%w (place %d: %w)", ErrRecordLog, at, err)
	}
	if l.aead != nil {
		if b, err = l.aead.Open(nil, nil, b, nil); err != nil {
			return loggedRecord{}, fmt.Errorf("%w (place %d: it does not decrypt)", ErrRecordLog, at)
		}
	}
	r := wire.Reader{Rest: b}
	before := int64(r.Uint())
	pos := duty.Position{Partition: int32(r.Int()), Offset: r.Int()}
	k := duty.Known[duty.CardAssignment]{At: duty.Instant(r.Int()), Pos: duty.Some(pos)}
	if r.Err == nil {
		r.Rest, r.Err = schemas.DecodeCardAssignment(r.Rest, &k.Fact)
	}
	if err := r.End(); err != nil || before >= at {
		return loggedRecord{}, fmt.Errorf("%w (place %d)", ErrRecordLog, at)
	}
	return loggedRecord{before: before, fact: k}, nil
}

// usualRecord is how many bytes are read at first: nearly always enough.
const usualRecord = 256

// bytesAt returns the content of the record at a place after verifying its checksum.
func (l *RecordLog) bytesAt(at int64) ([]byte, error) {
	if i := (at - l.First) / logChunk; at >= l.First {
		if i >= int64(len(l.chunks)) || (at-l.First)%logChunk >= int64(len(l.chunks[i])) {
			return nil, wire.ErrCut
		}
		_, content, err := splitRecord(l.chunks[i][(at-l.First)%logChunk:])
		return content, err
	}
	if l.File == nil || at < LogStart {
		return nil, wire.ErrCut
	}
	b := make([]byte, usualRecord)
	for {
		n, err := l.File.ReadAt(b, at)
		size, content, bad := splitRecord(b[:n])
		switch {
		case bad == nil:
			return content, nil
		case err != nil || size <= len(b) || int64(size) > l.Written-at:
			return nil, errors.Join(bad, err)
		}
		b = slices.Grow(b[:0], size)[:size]
	}
}

// splitRecord takes the frame off a record. If b holds only a part of it, the error comes with the
// size that is needed.
func splitRecord(b []byte) (size int, content []byte, err error) {
	if len(b) < 5 {
		return 0, nil, wire.ErrCut
	}
	n, head := binary.Uvarint(b[4:])
	if head <= 0 || n > maxLogged {
		return 0, nil, wire.ErrCut
	}
	size = 4 + head + int(n)
	if len(b) < size {
		return size, nil, wire.ErrCut
	}
	if crc32.Checksum(b[4:size], datadir.Castagnoli) != binary.LittleEndian.Uint32(b) {
		return size, nil, errors.New("its checksum does not match")
	}
	return size, b[4+head : size], nil
}

// maxLogged bounds the length that a damaged record can claim.
const maxLogged = 1 << 30
