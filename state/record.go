package state

import (
	"encoding/binary"
	"fmt"
)

// record is one operation of a packed delta or of a segment. Its slices refer to the packed bytes.
type record struct {
	person []byte
	data   []byte // fact, said or header
	next   int64  // opHeader
	day    uint32 // ordered; opFact and opSaid
	op     byte
	kind   uint8 // opSaid
}

var errShort = fmt.Errorf("%w: a packed record is cut short", ErrCorrupt)

// readRecord reads the first record of buf and returns what follows it.
func readRecord(buf []byte) (r record, rest []byte, err error) {
	if len(buf) == 0 {
		return r, nil, errShort
	}
	r.op = buf[0]
	if r.person, buf, err = readBytes(buf[1:]); err != nil {
		return r, nil, err
	}
	switch r.op {
	case opFact, opSaid:
		n := 4 + int(r.op-opFact)
		if len(buf) < n {
			return r, nil, errShort
		}
		r.day = binary.BigEndian.Uint32(buf)
		if r.op == opSaid {
			r.kind = buf[4]
		}
		buf = buf[n:]
	case opHeader:
		if len(buf) < 8 {
			return r, nil, errShort
		}
		r.next, buf = int64(binary.BigEndian.Uint64(buf)), buf[8:]
	default:
		return r, nil, fmt.Errorf("%w: a packed record is of unknown kind %d", ErrCorrupt, r.op)
	}
	r.data, rest, err = readBytes(buf)
	return r, rest, err
}

// readBytes reads a length and as many bytes.
func readBytes(buf []byte) (b, rest []byte, err error) {
	n, size := binary.Uvarint(buf)
	if size <= 0 || n > uint64(len(buf)-size) {
		return nil, nil, errShort
	}
	end := size + int(n)
	return buf[size:end:end], buf[end:], nil
}

func appendBytes(buf, b []byte) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(b))), b...)
}
