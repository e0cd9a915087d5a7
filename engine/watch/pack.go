package watch

import (
	"encoding/binary"
	"slices"

	"tilsyn/engine/duty"
)

// A block holds the records of one source from one day (UTC, by the earlier of their own time and the
// time they were known), coded as differences to the record before: a heartbeat takes some five bytes
// besides six of its name, a row some eight besides its id.
type block struct {
	day int32
	n   int32
	// stamp is the log's counter when the block last changed.
	stamp int
	data  []byte
	// tags name heartbeats, by six bytes of a hash of their id, in the order of data.
	tags []byte
	// last is the record that came last in order; the next one is coded against it.
	last record
	// step is how much later it was by its own time than the one before.
	step duty.Instant
	// oldest and newest are the first and the last time at which one of its records was known.
	oldest, newest duty.Instant
	// loose are records that came out of order. They are coded when the block is next read, or when there
	// are as many of them as of the others: coding the block again for each would cost the square of their
	// number.
	loose []record
}

// tagSize is how many bytes of the hash of a heartbeat's id are kept.
const tagSize = 6

// record is a row or a heartbeat as the log keeps it: version 1, not retracted, and the only one of
// its id.
type record struct {
	own, received, known duty.Instant
	epoch, seq           int64
	numbered             bool // names a number, also a negative one
	// centre is the place of its centre among the names of the log; 0 is none.
	centre int
	// id is that of a row; tag the hash of a heartbeat's.
	id  string
	tag uint64
}

func (r *record) at() duty.Instant { return min(r.own, r.known) }

// dayOf is the day of a block.
func dayOf(t duty.Instant) int32 {
	d := t / duty.Day
	if t%duty.Day < 0 {
		d--
	}
	return int32(d)
}

// Bits of the first byte of a record.
const (
	hasNumber   = 1 << iota // a difference of numbers follows
	sameLags                // received and known are as far from its own time as before; else by how much more
	otherEpoch              // a difference of epochs follows
	otherCentre             // the centre follows
	sameNumber              // the number is that of the record before
	nextNumber              // the number is one more
)

// put appends a record after the last one.
func (b *block) put(r *record, rows bool) {
	p := &b.last
	head := byte(0)
	if r.numbered {
		head |= hasNumber
		switch r.seq - p.seq {
		case 0:
			head |= sameNumber
		case 1:
			head |= nextNumber
		}
	}
	if r.received-r.own == p.received-p.own && r.known-r.own == p.known-p.own {
		head |= sameLags
	}
	if r.epoch != p.epoch {
		head |= otherEpoch
	}
	if r.centre != p.centre {
		head |= otherCentre
	}
	out := append(b.data, head)
	step := r.own - p.own
	out = binary.AppendVarint(out, int64(step-b.step))
	b.step = step
	if head&sameLags == 0 {
		out = binary.AppendVarint(out, int64(r.received-r.own-p.received+p.own))
		out = binary.AppendVarint(out, int64(r.known-r.received-p.known+p.received))
	}
	if head&hasNumber != 0 && head&(sameNumber|nextNumber) == 0 {
		out = binary.AppendVarint(out, r.seq-p.seq)
	}
	if head&otherEpoch != 0 {
		out = binary.AppendVarint(out, r.epoch-p.epoch)
	}
	if head&otherCentre != 0 {
		out = binary.AppendUvarint(out, uint64(r.centre))
	}
	if rows {
		out = binary.AppendUvarint(out, uint64(len(r.id)))
		out = append(out, r.id...)
	} else {
		var tag [8]byte
		binary.LittleEndian.PutUint64(tag[:], r.tag)
		b.tags = append(b.tags, tag[:tagSize]...)
	}
	b.data = out
	seq := p.seq
	b.last = *r
	b.last.id = ""
	if !r.numbered {
		b.last.seq = seq
	}
	b.n++
	b.oldest, b.newest = min(b.oldest, r.known), max(b.newest, r.known)
}

// first is what the first record of a block is coded against.
func first(day int32) record {
	at := duty.Instant(day) * duty.Day
	return record{own: at, received: at, known: at}
}

// fewLoose is how many loose records wait however few others there are.
const fewLoose = 1024

// loosen adds a record at any place.
func (b *block) loosen(r *record, rows bool) {
	b.loose = append(b.loose, *r)
	b.oldest, b.newest = min(b.oldest, r.known), max(b.newest, r.known)
	if len(b.loose) > int(b.n)+fewLoose {
		b.order(rows)
	}
}

// order codes the loose records.
func (b *block) order(rows bool) {
	if len(b.loose) > 0 {
		loose := b.loose
		b.loose = nil
		slices.SortFunc(loose, compareRecords)
		b.set(merge(b.records(nil, rows), loose, compareRecords), rows)
	}
}

// merge makes one sorted list of two.
func merge[T any](a, b []T, compare func(a, b T) int) []T {
	if len(a) == 0 {
		return b
	}
	out := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// records appends the records of the block, in order.
func (b *block) records(out []record, rows bool) []record {
	b.order(rows)
	out = slices.Grow(out, int(b.n))
	p := first(b.day)
	data, text, tags := b.data, "", b.tags
	if rows {
		text = string(data)
	}
	at, step := 0, duty.Instant(0)
	varint := func() int64 {
		v, n := binary.Varint(data[at:])
		at += n
		return v
	}
	uvarint := func() int {
		v, n := binary.Uvarint(data[at:])
		at += n
		return int(v)
	}
	for range b.n {
		head := data[at]
		at++
		r := record{epoch: p.epoch, centre: p.centre, numbered: head&hasNumber != 0}
		step += duty.Instant(varint())
		r.own = p.own + step
		r.received, r.known = r.own+p.received-p.own, r.own+p.known-p.own
		if head&sameLags == 0 {
			r.received += duty.Instant(varint())
			r.known = r.received + p.known - p.received + duty.Instant(varint())
		}
		r.seq = p.seq
		switch {
		case !r.numbered || head&sameNumber != 0:
		case head&nextNumber != 0:
			r.seq++
		default:
			r.seq += varint()
		}
		if head&otherEpoch != 0 {
			r.epoch += varint()
		}
		if head&otherCentre != 0 {
			r.centre = uvarint()
		}
		if rows {
			n := uvarint()
			r.id = text[at : at+n]
			at += n
		} else {
			r.tag = tagAt(tags)
			tags = tags[tagSize:]
		}
		p = r
		if !r.numbered {
			r.seq = 0
		}
		out = append(out, r)
	}
	return out
}

// set makes a list of records the block's.
func (b *block) set(list []record, rows bool) {
	slices.SortFunc(list, compareRecords)
	b.n, b.data, b.tags, b.last, b.step, b.newest = 0, nil, nil, first(b.day), 0, duty.Beginning
	b.oldest = duty.Forever
	for i := range list {
		b.put(&list[i], rows)
	}
	b.data, b.tags = slices.Clip(b.data), slices.Clip(b.tags)
}

// has reports whether a heartbeat of the block may have a tag.
func (b *block) has(tag uint64) bool {
	b.order(false)
	for at := 0; at < len(b.tags); at += tagSize {
		if tagAt(b.tags[at:]) == tag {
			return true
		}
	}
	return false
}

// tagAt reads a tag.
func tagAt(t []byte) uint64 {
	_ = t[tagSize-1]
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 | uint64(t[4])<<32 | uint64(t[5])<<40
}
