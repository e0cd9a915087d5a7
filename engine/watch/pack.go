package watch

import (
	"encoding/binary"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/uuid"
)

// A leaf holds some records of one source from one day, coded as differences to the record before: a
// heartbeat takes some five bytes besides six of its name, a row some eight besides its id.
type leaf struct {
	day  int32
	n    int32
	data []byte
	// tags name heartbeats, by six bytes of a hash of their id, in the order of data.
	tags []byte
	// last is the record that came last in order, without its name; the next one is coded against it.
	last record
	// step is how much later it was by its own time than the one before.
	step duty.Instant
	// low is no later than any of its records. oldest and newest are the first and the last time at which
	// one of them was known.
	low, oldest, newest duty.Instant
	// loose has the records that came out of order, coded in the order in which they came; nil if there are none.
	// They are put among the others before the leaf is next read, or when there are many of them: coding the
	// leaf again for each would cost the square of their number.
	loose *leaf
}

// newLeaf returns a leaf of a day without records, with room for some bytes of them.
func newLeaf(day int32, room int) *leaf {
	return &leaf{day: day, data: make([]byte, 0, room), last: first(day),
		low: duty.Forever, oldest: duty.Forever, newest: duty.Beginning}
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
	// id is that of a row; where packed is set, a UUID in binary form. tag is the hash of a heartbeat's.
	id     string
	packed bool
	tag    uint64
}

// text returns the id of a row.
func (r *record) text() string {
	if r.packed {
		return uuid.Unpack([]byte(r.id))
	}
	return r.id
}

// name hashes the id of a row for a seed: the same for both forms of it.
func (r *record) name(seed uint64) uint64 {
	var raw [uuid.Bytes]byte
	if !r.packed && uuid.Pack(&raw, r.id) {
		return hashID(seed, string(raw[:]))
	}
	return hashID(seed, r.id)
}

func (r *record) at() duty.Instant { return min(r.own, r.known) }

// dayOf is the day of a leaf.
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
	packedID                // the id is a UUID in binary form
)

// put appends a record after the last one.
func (b *leaf) put(r *record, rows bool) {
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
	var raw [uuid.Bytes]byte
	switch {
	case r.packed:
		head |= packedID
	case rows && uuid.Pack(&raw, r.id):
		head |= packedID
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
	switch {
	case r.packed:
		out = append(out, r.id...)
	case head&packedID != 0:
		out = append(out, raw[:]...)
	case rows:
		out = binary.AppendUvarint(out, uint64(len(r.id)))
		out = append(out, r.id...)
	default:
		var tag [8]byte
		binary.LittleEndian.PutUint64(tag[:], r.tag)
		b.tags = append(b.tags, tag[:tagSize]...)
	}
	b.data = out
	p.own, p.received, p.known, p.epoch, p.centre = r.own, r.received, r.known, r.epoch, r.centre
	if p.numbered = r.numbered; r.numbered {
		p.seq = r.seq
	}
	b.n++
	b.note(r)
}

// note takes in the times of a record.
func (b *leaf) note(r *record) {
	b.low, b.oldest, b.newest = min(b.low, r.at()), min(b.oldest, r.known), max(b.newest, r.known)
}

// first is what the first record of a leaf is coded against.
func first(day int32) record {
	at := duty.Instant(day) * duty.Day
	return record{own: at, received: at, known: at}
}

// coder codes leaves: those of rows have ids, those of heartbeats tags. It keeps the buffers for that.
type coder struct {
	rows                bool
	list, loose, merged []record
}

// read returns the records of a leaf, as raw does, in a buffer that holds until the next call.
func (c *coder) read(b *leaf) []record {
	c.list = b.raw(c.list[:0], c.rows)
	return c.list
}

// order puts the loose records of a leaf among the others. It returns all of its records in a buffer that holds
// until the next call.
func (c *coder) order(b *leaf) []record {
	c.loose = b.loose.raw(c.loose[:0], c.rows)
	slices.SortFunc(c.loose, compareRecords)
	c.merged = merge(c.merged[:0], c.read(b), c.loose, compareRecords)
	b.set(c.merged, c.rows)
	return c.merged
}

// merge appends two sorted lists to out as one.
func merge[T any](out, a, b []T, compare func(a, b T) int) []T {
	out = slices.Grow(out, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// records appends the coded records of the leaf, with the ids of rows as text.
func (b *leaf) records(out []record, rows bool) []record {
	begin := len(out)
	out = b.raw(out, rows)
	var ids []byte // one after the other
	for i := begin; i < len(out); i++ {
		if r := &out[i]; r.packed {
			if ids == nil {
				ids = make([]byte, 0, (len(out)-i)*uuid.Text)
			}
			ids = uuid.Append(ids, []byte(r.id))
		}
	}
	if ids == nil {
		return out
	}
	text := string(ids)
	for i := begin; i < len(out); i++ {
		if r := &out[i]; r.packed {
			r.id, r.packed, text = text[:uuid.Text], false, text[uuid.Text:]
		}
	}
	return out
}

// raw appends the coded records of the leaf; ids that are UUIDs stay packed.
func (b *leaf) raw(out []record, rows bool) []record {
	out = slices.Grow(out, int(b.n))
	p := first(b.day)
	data, tags := b.data, b.tags
	var text string // of which the ids are parts
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
		switch {
		case head&packedID != 0:
			r.id, r.packed = text[at:at+uuid.Bytes], true
			at += uuid.Bytes
		case rows:
			n := uvarint()
			r.id = text[at : at+n]
			at += n
		default:
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

// set makes a sorted list of records the leaf's.
func (b *leaf) set(list []record, rows bool) {
	size := 0
	for i := range list {
		size += usualBytes + len(list[i].id)
	}
	*b = *newLeaf(b.day, size)
	for i := range list {
		b.put(&list[i], rows)
	}
	b.clip()
}

// usualBytes is how many bytes a record takes besides its id, or less.
const usualBytes = 10

// clip frees the memory that is kept for further records, if it is much.
func (b *leaf) clip() {
	if cap(b.data)-len(b.data) > len(b.data)/8 {
		b.data = slices.Clip(slices.Clone(b.data))
	}
	b.tags = slices.Clip(b.tags)
}

// has reports whether a heartbeat of the leaf may have a tag.
func (b *leaf) has(tag uint64) bool {
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
