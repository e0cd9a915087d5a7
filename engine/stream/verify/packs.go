package verify

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// packs are the facts of a partition by key, each as short as the state of a task keeps it: a tenth of what it
// takes to judge by them. So a log is read once, and only the facts of one person are unpacked at a time.
type packs struct {
	part  int32
	of    map[string]*pack
	keys  []string // in the order in which they were read first
	forms *stored.Shapes
	// odd are records that are not packed, and of which it is found anew each time what they are: those that could
	// not be read, paper under its centre, and what is left to the centre reader.
	odd []oddRecord
	// next is where the logs are read on.
	next broker.Offsets
	// bytes is roughly how much memory they take.
	bytes int64
}

// oddRecord is a record that is not packed; taken is true once what it says was taken in by those that gather.
type oddRecord struct {
	broker.Record
	taken bool
}

// bytes is roughly how much memory it takes.
func (o *oddRecord) bytes() int64 { return bytesOfKey + int64(len(o.Key)+len(o.Value)) }

// pack are the facts under one key.
type pack struct {
	// bytes are the facts, each with its length before it.
	bytes []byte
	// rows is how many of them are card rows, own how many concern the person whose id the key is, parked how many name
	// only a card.
	rows, own, parked int
	// cards are the cards that they mention; more than mostCards need not be complete.
	cards []uint64
}

// mostCards bounds the cards of a pack.
const mostCards = 32

// bytesOfKey is roughly what a pack takes beside its facts.
const bytesOfKey = 200

func newPacks(part int32) *packs {
	return &packs{part: part, of: map[string]*pack{}, forms: stored.NewShapes()}
}

// restsAfter is after how many records reading rests.
const restsAfter = 200

// readOn reads what the logs of the partition hold by now beyond what was read, and gives it to g as well, unless g
// is nil. What could not be read is tried again, since a writer's schema may have come.
func (p *packs) readOn(ctx context.Context, v *verifier, g *gathered) error {
	parts := broker.FactsOf(p.part)
	ends, err := v.broker.Ends(ctx, parts, broker.LastStable)
	if err != nil {
		return err
	}
	if p.next == nil {
		if p.next, err = v.scan().Starts(ctx, parts); err != nil {
			return err
		}
	}
	odd := p.odd
	p.odd = nil
	for i := range odd {
		p.bytes -= odd[i].bytes()
		p.add(v, &odd[i].Record, g, odd[i].taken)
	}
	n := 0
	if err := v.scan().Each(ctx, p.next, ends, func(rec *broker.Record) error {
		p.add(v, rec, g, false)
		if n++; n%restsAfter == 0 {
			v.rests()
		}
		return nil
	}); err != nil {
		return err
	}
	for at, n := range ends {
		p.next[at] = max(n, p.next[at])
	}
	return nil
}

// add takes in a record of a log, of which taken is true if g has what it says.
func (p *packs) add(v *verifier, rec *broker.Record, g *gathered, taken bool) {
	f, a, ok := v.factOf(rec)
	f.Value = rec.Value
	if g != nil && !taken && f.Record != nil {
		g.take(&f, a)
		taken = true
	}
	if !ok || f.Bad != nil || !p.pack(string(rec.Key), &f, a.Parked) {
		odd := oddRecord{rec.Clone(), taken}
		p.odd = append(p.odd, odd)
		p.bytes += odd.bytes()
	}
}

// pack packs a fact; false if it cannot be.
func (p *packs) pack(key string, f *stored.Fact, parked bool) bool {
	var room [512]byte
	b, err := f.AppendTo(room[:0], key, p.forms)
	if err != nil {
		return false
	}
	k := p.of[key]
	if k == nil {
		k = &pack{}
		p.of[key], p.keys = k, append(p.keys, key)
		p.bytes += bytesOfKey
	}
	before := cap(k.bytes)
	k.bytes = append(binary.AppendUvarint(k.bytes, uint64(len(b))), b...)
	p.bytes += int64(cap(k.bytes) - before)
	if f.Topic == duty.TopicCardEvents {
		k.rows++
	}
	if parked {
		k.parked++
	} else {
		k.own++
	}
	if card := f.CardOf(); card != 0 && len(k.cards) <= mostCards && !slices.Contains(k.cards, card) {
		k.cards = append(k.cards, card)
	}
	return true
}

// each calls do for every packed fact, in its short form.
func (k *pack) each(do func(b []byte) error) error {
	for rest := k.bytes; len(rest) > 0; {
		n, size := binary.Uvarint(rest)
		end := size + int(n)
		if err := do(rest[size:end:end]); err != nil {
			return err
		}
		rest = rest[end:]
	}
	return nil
}

// everybody is for whoever wants the facts of all keys.
func everybody(string, *pack) (bool, error) { return true, nil }

// facts calls do for the facts of some keys of the partition, and for all that are not packed, with paper under its
// centre.
func (p *packs) facts(v *verifier, of func(key string, k *pack) (bool, error),
	do func(f *stored.Fact, a casefile.About) error) error {
	for _, key := range p.keys {
		k := p.of[key]
		if wanted, err := of(key, k); err != nil {
			return err
		} else if !wanted {
			continue
		}
		if err := k.each(func(b []byte) error {
			f, err := stored.ReadFact(b, key, p.part, v.codec, p.forms)
			if err != nil {
				return err
			}
			return p.tell(do, &f, casefile.AboutRecord(f.Record))
		}); err != nil {
			return err
		}
	}
	for i := range p.odd {
		rec := p.odd[i].Record
		f, a, ok := v.factOf(&rec)
		if !ok && !a.UnderCentre {
			continue
		}
		if err := p.tell(do, &f, a); err != nil {
			return err
		}
	}
	return nil
}

// tell calls do for a fact, and says of which fact an error is.
func (p *packs) tell(do func(f *stored.Fact, a casefile.About) error, f *stored.Fact, a casefile.About) error {
	if err := do(f, a); err != nil {
		return fmt.Errorf("%s partition %d offset %d: %w", f.Topic, p.part, f.Pos.Offset, err)
	}
	return nil
}

// into adds the facts of a person to a case file.
func (p *packs) into(v *verifier, id string, file *caseFile) error {
	k := p.of[id]
	if k == nil {
		return nil
	}
	file.facts.CardEvents = slices.Grow(file.facts.CardEvents, k.rows)
	return k.each(func(b []byte) error {
		if b[0] == stored.PackedRow {
			row, err := p.forms.AppendRow(&file.facts, b, id, p.part, stored.WholeRow)
			file.newest = max(file.newest, row.At)
			return err
		}
		f, err := stored.ReadFact(b, id, p.part, v.codec, p.forms)
		if err == nil && !casefile.AboutRecord(f.Record).Parked {
			file.add(&f)
		}
		return err
	})
}
