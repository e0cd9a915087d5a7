package topics

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// rowReader reads the records of one batch in order. A batch that unpacks to more than a piece is
// read piece by piece: next asks for a piece by setting wants, and load unpacks it.
type rowReader struct {
	b *batchInfo
	// own is true for a topic that only this program writes: what cannot be read is then an error.
	own bool
	// data is the current piece and at where the next record begins in it (beyond its end if a large
	// record was skipped); begin is where data begins in the batch. ended says that nothing follows
	// it.
	data  []byte
	at    int64
	begin int64
	ended bool
	// piece identifies this reading; nil if data is the whole batch. full is true if data has room for
	// the largest record.
	piece *bigOwner
	full  bool
	wants bool
	left  int32
	// before is the offset delta of the previous record.
	before int64
	// fault says why nothing more can be read.
	fault error
}

// rows returns a reader of the unpacked records of a batch.
func (b *batchInfo) rows(data []byte, own bool) rowReader {
	return rowReader{b: b, own: own, data: data, ended: true, left: b.count, before: -1}
}

// open begins to read a batch and unpacks it into buf[:0], unless it is to be read piece by piece.
// In a topic that others write (own is false), what cannot be read comes as a [Record] with a
// Fault and not as an error.
func (b *batchInfo) open(buf []byte, own bool) (x rowReader, unpacked []byte, err error) {
	codec := b.codec()
	if codec == None {
		return b.rows(b.records, own), buf, nil
	}
	limit := pieceBytes
	if own {
		limit = maxOwnBatch
	}
	data, err := decompress(buf, codec, b.records, limit)
	x = b.rows(data, own)
	switch {
	case err == nil:
	case own:
		return x, data, fmt.Errorf("at offset %d: %w", b.base, err)
	case errors.Is(err, errTooLarge):
		x.data, x.ended, x.piece = nil, false, new(bigOwner)
	default:
		x.data, x.fault = nil, err
	}
	return x, data, nil
}

// load unpacks the piece that begins with the next record into buf[:0] and returns it. Records of
// the previous piece must not be needed any more.
func (x *rowReader) load(buf []byte) []byte {
	buf = append(buf[:0], x.rest()...)
	x.begin += x.at
	data, ended, err := oneBig.read(x.piece, x.b.codec(), x.b.records, x.begin, buf)
	x.data, x.at, x.ended, x.fault, x.full, x.wants = data, 0, ended, err, true, false
	return data
}

// spent reports whether the next record needs another piece.
func (x *rowReader) spent() bool {
	if x.piece == nil || x.left == 0 || x.fault != nil || x.at == 0 {
		return false
	}
	_, _, state := x.peek()
	return state == recordCut
}

// forget drops a spent piece.
func (x *rowReader) forget() {
	x.data = bytes.Clone(x.rest())
	x.begin, x.at, x.full = x.begin+x.at, 0, false
}

// rest returns the part of the piece that holds records still to come.
func (x *rowReader) rest() []byte {
	if x.at < int64(len(x.data)) {
		return x.data[x.at:]
	}
	return nil
}

// leave releases what reading piece by piece holds.
func (x *rowReader) leave() {
	if x.piece != nil {
		oneBig.leave(x.piece)
	}
}

// recordState says how much of a record is in memory.
type recordState uint8

const (
	recordWhole recordState = iota
	recordCut               // more comes with the next piece
	recordBad
)

// peek returns the length of the next record, and how many bytes encode it. The format limits it
// to an int32.
func (x *rowReader) peek() (size int64, head int, state recordState) {
	rest := x.rest()
	size, head = binary.Varint(rest)
	switch {
	case head < 0, head > 0 && (size < 0 || size > math.MaxInt32), head == 0 && x.ended:
		return 0, 0, recordBad
	case head == 0:
		return 0, 0, recordCut
	case size <= int64(len(rest)-head):
		return size, head, recordWhole
	case x.ended:
		return 0, 0, recordBad
	}
	return size, head, recordCut
}

var errRecord = errors.New("a record of it is malformed")

// next reads the next record at or after offset from into r, reusing its slice of headers. It
// returns false at the end of the batch, and when it sets wants.
func (x *rowReader) next(from int64, r *Record) (bool, error) {
	for x.left > 0 && x.fault == nil {
		size, head, state := x.peek()
		large := size > MaxRecordBytes && !x.own
		if whole := x.full && x.at == 0; state == recordCut && !(large && whole) {
			// A piece has room for every record that is not too large.
			if whole {
				x.fault = errRecord
				break
			}
			x.wants = true
			return false, nil
		}
		if state == recordBad {
			x.fault = errRecord
			break
		}
		body := x.data[x.at+int64(head):]
		body = body[:min(size, int64(len(body)))]
		x.at += int64(head) + size
		x.left--
		if !x.record(r, body, large) || x.left == 0 && x.ended && x.at != int64(len(x.data)) {
			x.fault = errRecord
			break
		}
		if r.Offset >= from {
			if large {
				r.Fault = fmt.Errorf("the record takes %d bytes, more than the %d that are read", size, MaxRecordBytes)
			}
			return true, nil
		}
	}
	if x.fault == nil {
		return false, nil
	}
	return x.broken(from, r)
}

// record reads what follows the length of a record; of a too large one only what comes before the
// value. It returns false if the bytes are no record.
func (x *rowReader) record(r *Record, body []byte, large bool) bool {
	b, d := x.b, varReader{b: body}
	d.take(1) // attributes: none are defined
	ts := d.varint()
	delta := d.varint()
	r.Key, r.Value, r.Headers, r.Fault = nil, nil, r.Headers[:0], nil
	if large {
		if n := d.varint(); !d.bad && n >= 0 && n <= maxFaultKey {
			r.Key = d.take(n)
		}
	} else {
		r.Key = d.bytes()
		r.Value = d.bytes()
		r.Headers = d.headers(r.Headers)
	}
	// The records still to come need offsets of their own, up to the last.
	if d.bad || delta <= x.before || delta > b.last-b.base-int64(x.left) {
		return false
	}
	x.before = delta
	r.Offset = b.base + delta
	r.Timestamp, r.AppendTime = b.firstTS+ts, false
	if b.attrs&(attrAppendTime|attrStamped) != 0 {
		r.Timestamp, r.AppendTime = b.maxTS, true
	}
	r.LeaderEpoch, r.BatchCRC = b.leaderEpoch, b.crc
	return true
}

// broken ends a batch that cannot be read completely with one record for the rest. It lies at the
// batch's last offset, so that it is the same wherever reading begins. Nothing says whose it was,
// and it counts as old as the batch can be.
func (x *rowReader) broken(from int64, r *Record) (bool, error) {
	b, fault := x.b, x.fault
	x.left, x.fault = 0, nil
	if x.own {
		return false, fmt.Errorf("%w at offset %d: %w", ErrCorrupt, b.base, fault)
	}
	*r = Record{Headers: r.Headers[:0], Offset: b.last, Timestamp: min(b.firstTS, b.maxTS),
		LeaderEpoch: b.leaderEpoch, BatchCRC: b.crc}
	if b.attrs&(attrAppendTime|attrStamped) != 0 {
		r.Timestamp, r.AppendTime = b.maxTS, true
	}
	r.Fault = fmt.Errorf("the batch of %d records up to this offset, or the rest of it, cannot be read: %w",
		b.count, withoutClass{fault})
	return b.last >= from, nil
}

// withoutClass keeps only the text of an error, so that no caller stops because of its class.
type withoutClass struct{ cause error }

// Error implements error.
func (e withoutClass) Error() string { return e.cause.Error() }
