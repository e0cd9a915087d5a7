package replay

import (
	"encoding/binary"
	"errors"

	"tilsyn/engine/duty"
)

// payload is a record on its way through the sorters. Its form on disk is: the
// code, when it was known, which fact it is, what follows of the rest, the centre, where
// it was in the log, the card, and the record in Avro. It lives for one run only and has no version.
type payload struct {
	code byte // topic, or what else it is
	// at is when the record was known; missing only for unreadable ones.
	at   duty.Opt[duty.Instant]
	pos  duty.Opt[duty.Position]
	card string // empty where the record has none
	// fact is what factHash makes of a record of a person; 0 for all others.
	fact uint64
	// centre is the centre that a record of a person names, as centreCode has it.
	centre byte
	// topic, key and id are those of an unreadable record; fault is why one that
	// could be read makes no sense.
	topic, key, id string
	fault          duty.Fault
	body           []byte
}

const (
	hasAt = 1 << iota
	hasPos
	isInvalid
)

var errPayload = errors.New("a record that was sorted on disk cannot be read back")

// appendTo appends the form on disk.
func (p *payload) appendTo(b []byte) []byte {
	var flags byte
	if p.at.OK {
		flags |= hasAt
	}
	if p.pos.OK {
		flags |= hasPos
	}
	if !p.fault.None() {
		flags |= isInvalid
	}
	b = binary.BigEndian.AppendUint64(append(b, p.code), uint64(p.at.V)^beforeZero)
	b = append(binary.BigEndian.AppendUint64(b, p.fact), flags, p.centre)
	if p.pos.OK {
		b = binary.AppendVarint(b, int64(p.pos.V.Partition))
		b = binary.AppendVarint(b, p.pos.V.Offset)
	}
	b = appendText(b, p.card)
	if p.code == codeUnreadable {
		for _, s := range [...]string{p.topic, p.key, p.id} {
			b = appendText(b, s)
		}
		if !p.fault.None() {
			for _, s := range [...]string{p.fault.Field, p.fault.Value, p.fault.Rule} {
				b = appendText(b, s)
			}
		}
	}
	return append(b, p.body...)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// parsePayload reads what appendTo wrote. The body is a part of b.
func parsePayload(b []byte) (payload, error) {
	p, card, err := parseBare(b)
	if err != nil {
		return p, err
	}
	p.card = string(card)
	if p.code != codeUnreadable {
		return p, nil
	}
	texts := []*string{&p.topic, &p.key, &p.id}
	if b[flagsAt]&isInvalid != 0 {
		texts = append(texts, &p.fault.Field, &p.fault.Value, &p.fault.Rule)
	}
	for _, s := range texts {
		text, rest, ok := cutText(p.body)
		if !ok {
			return p, errPayload
		}
		*s, p.body = string(text), rest
	}
	return p, nil
}

// parseBare reads all but the texts, without taking memory; card and body are parts of
// b. Of an unreadable record the body begins with its texts.
func parseBare(b []byte) (p payload, card []byte, err error) {
	if len(b) < headSize {
		return p, nil, errPayload
	}
	p.code, p.fact, p.centre = b[0], binary.BigEndian.Uint64(b[factAt:]), b[centreAt]
	flags, ok := b[flagsAt], true
	p.body = b[headSize:]
	if flags&hasAt != 0 {
		p.at = duty.Some(duty.Instant(binary.BigEndian.Uint64(b[knownAt:]) ^ beforeZero))
	}
	if flags&hasPos != 0 {
		var partition, offset int64
		if partition, p.body, ok = cutLong(p.body); ok {
			offset, p.body, ok = cutLong(p.body)
		}
		p.pos = duty.Some(duty.Position{Partition: int32(partition), Offset: offset})
	}
	if ok {
		card, p.body, ok = cutText(p.body)
	}
	if !ok {
		return p, nil, errPayload
	}
	return p, card, nil
}

func cutLong(b []byte) (v int64, rest []byte, ok bool) {
	v, n := binary.Varint(b)
	return v, b[max(n, 0):], n > 0
}

func cutText(b []byte) (text, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, false
	}
	return b[size : size+int(n)], b[size+int(n):], true
}

// What precedes what a payload has or not: code, when it was known, fact, flags, centre. So in the order of the
// sorter the facts of a topic lie side by side, those that were known first before the others: whoever sorts them
// by their own times or numbers has little to do.
const (
	knownAt  = 1
	factAt   = 9
	flagsAt  = 17
	centreAt = 18
	headSize = 19
)

// beforeZero makes the bytes of an instant order as instants do, those before 1970 included.
const beforeZero = 1 << 63

// unreadable returns the core's form of an unreadable record.
func (p *payload) unreadable() duty.Unreadable {
	return duty.Unreadable{Topic: p.topic, Key: p.key, ID: p.id, At: p.at, Pos: p.pos, Fault: p.fault}
}
