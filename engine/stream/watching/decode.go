package watching

import (
	"fmt"
	"math/bits"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/engine/uuid"
	"tilsyn/engine/watch"
)

// Receiver takes in what was forwarded. The same may come several times, from one task in the order
// in which it was forwarded.
type Receiver interface {
	// Row takes in a version of a card row. Its id holds until Row returns; the other texts may be kept,
	// and rows of one record share them.
	Row(r watch.Row)
	// Pairs takes in all pairs of a person under the policy with this digest for a clock from since on,
	// until a later since; none if pairs is empty. They take the place of all that came before of the
	// person under the policy with the same since or a later one. For a look at a clock the pairs with
	// the latest since that is not after it count.
	Pairs(person, policy string, since duty.Instant, pairs []duty.Pair)
	// Due takes in a local time of day, in minutes from 00:00 to 24:00, at which some unit falls due.
	Due(minutes int)
}

// minutesOfDay is the latest time of day, 24:00.
const minutesOfDay = 24 * 60

// pairBytes is the fewest bytes that a pair takes.
const pairBytes = 6

// Decode reads a record that a Sheet made, its first byte included, and calls the receiver for each
// thing in it, in the order in which they were added. After an error the receiver may have been
// given a part of the record.
func Decode(b []byte, to Receiver) error {
	d := decoder{r: wire.Reader{Rest: b}, to: to}
	if d.r.Byte() != Record {
		return wire.ErrCut
	}
	if v := d.r.Byte(); d.r.Err == nil && v != wireVersion {
		return fmt.Errorf("what was forwarded to the watch is of version %d: %w", v, stored.ErrNewer)
	}
	for len(d.r.Rest) > 0 && d.r.Err == nil {
		d.thing()
	}
	return d.r.End()
}

// decoder is the state of reading one record.
type decoder struct {
	r       wire.Reader
	to      Receiver
	sources []source
	before  lastRow
	// id is the buffer for the text of a row's id.
	id []byte
}

// fail ends reading: a value is impossible.
func (d *decoder) fail() { d.r.Rest, d.r.Err = nil, wire.ErrCut }

// thing reads one thing of the record.
func (d *decoder) thing() {
	switch d.r.Byte() {
	case kindSource:
		d.sources = append(d.sources, source{d.r.Text(), d.r.Text(), d.r.Int()})
	case kindRow:
		d.row()
	case kindPairs:
		d.pairs()
	case kindDue:
		minutes := d.r.Uint()
		if minutes > minutesOfDay {
			d.fail()
		}
		if d.r.Err == nil {
			d.to.Due(int(minutes))
		}
	default:
		d.fail()
	}
}

// row reads a row.
func (d *decoder) row() {
	flags, n := d.r.Byte(), d.r.Uint()
	if flags > rowFlags || n >= uint64(len(d.sources)) {
		d.fail()
		return
	}
	k := &d.sources[n]
	r := watch.Row{DeviceID: k.device, CentreID: k.centre, Epoch: k.epoch, Version: 1}
	if flags&rowUUID == 0 {
		r.ID = wire.View(d.r.Bytes(d.r.Uint()))
	} else if raw := d.r.Bytes(uuid.Bytes); d.r.Err == nil {
		d.id = uuid.Append(d.id[:0], raw)
		r.ID = wire.View(d.id)
	}
	var v [5]int64
	numbers := v[:3+bits.OnesCount8(flags&(rowNumbered|rowCorrected))]
	d.r.Ints(numbers)
	d.before.occurred += v[0]
	r.OccurredAt = duty.Instant(d.before.occurred)
	r.ReceivedAt = r.OccurredAt + duty.Instant(v[1])
	r.Known = r.ReceivedAt + duty.Instant(v[2])
	if flags&rowNumbered != 0 {
		d.before.seq += v[3]
		r.Seq = duty.Some(d.before.seq)
	}
	if flags&rowCorrected != 0 {
		r.Version = numbers[len(numbers)-1]
	}
	if d.r.Err == nil {
		d.to.Row(r)
	}
}

// pairs reads the pairs of a person.
func (d *decoder) pairs() {
	person, policy, since, centres := d.r.Text(), d.r.Text(), duty.Instant(d.r.Int()), d.r.Texts()
	n, before := d.r.Count(pairBytes), int64(0)
	var pairs []duty.Pair
	for range n {
		centre := d.r.Uint()
		if centre >= uint64(len(centres)) {
			d.fail()
			return
		}
		before += d.r.Int()
		from := duty.Instant(before)
		pairs = append(pairs, duty.Pair{CentreID: centres[centre], From: from, To: from + duty.Instant(d.r.Int()),
			Strict: d.r.Bool(), Due: duty.Span{From: duty.Instant(d.r.Int()), To: duty.Instant(d.r.Int())}})
	}
	if d.r.Err == nil {
		d.to.Pairs(person, policy, since, pairs)
	}
}
