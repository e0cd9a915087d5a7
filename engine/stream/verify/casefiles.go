package verify

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
)

// caseFile is what the logs hold of one person: the facts, and the time of the newest.
type caseFile struct {
	facts  duty.Facts
	newest duty.Instant
}

// caseFiles are case files by person.
type caseFiles map[string]*caseFile

func newCaseFile() *caseFile { return &caseFile{newest: duty.Beginning} }

// of returns the case file of a person, creating it if needed.
func (c caseFiles) of(id string) *caseFile {
	if c[id] == nil {
		c[id] = newCaseFile()
	}
	return c[id]
}

// add files a fact in the case file.
func (c *caseFile) add(f *stored.Fact) {
	f.FileUnder(&c.facts)
	c.newest = max(c.newest, f.Known)
}

// cabinet has the facts of the persons of a partition, those that lie with others included. A file is put
// together when somebody asks for it.
type cabinet struct {
	v     *verifier
	packs *packs
	// odd are the facts of persons that are not packed.
	odd map[string][]stored.Fact
	// ids are the persons, in order.
	ids []string
}

// persons reads the facts of a partition. more are persons of the partition whom the caller knows, with or
// without facts.
func (v *verifier) persons(ctx context.Context, part int32, more ...iter.Seq[string]) (*cabinet, error) {
	p, err := v.packsOf(ctx, part, nil)
	if err != nil {
		return nil, err
	}
	c := &cabinet{v: v, packs: p, odd: map[string][]stored.Fact{}}
	ids := map[string]bool{}
	for key, k := range p.of { //house:order-free sorted below
		ids[key] = k.own > 0
	}
	for i := range p.odd {
		rec := p.odd[i].Record
		if f, a, ok := v.factOf(&rec); ok && !a.Parked {
			key := string(rec.Key)
			ids[key], c.odd[key] = true, append(c.odd[key], f)
		}
	}
	for _, known := range more {
		for id := range known {
			ids[id] = true
		}
	}
	for id := range v.out { //house:order-free sorted below
		if v.partitionOf(id) == part {
			ids[id] = true
		}
	}
	maps.DeleteFunc(ids, func(_ string, person bool) bool { return !person })
	c.ids = slices.Sorted(maps.Keys(ids))
	return c, nil
}

// file returns all facts of a person of the partition.
func (c *cabinet) file(id string) (*caseFile, error) {
	file := newCaseFile()
	if err := c.packs.into(c.v, id, file); err != nil {
		return nil, err
	}
	for _, list := range [][]stored.Fact{c.odd[id], c.v.out[id]} {
		for i := range list {
			file.add(&list[i])
		}
	}
	return file, task.AddHolders(c.v.picture.Register, id, duty.Forever, &file.facts, file.add)
}

// packsOf returns the facts of a partition, packed. What is read is given to g as well, unless that is nil; where
// packs are kept, it is given to what is gathered at any rate, since it is not read again.
func (v *verifier) packsOf(ctx context.Context, part int32, g *gathered) (*packs, error) {
	if v.keep == nil {
		p := newPacks(part)
		return p, p.readOn(ctx, v, g)
	}
	p := v.keep.packs[part]
	if p == nil {
		p = newPacks(part)
		v.keep.packs[part] = p
	}
	return p, p.readOn(ctx, v, v.gathered)
}

// factOf returns the fact in a record; false if the record is left to the centre reader, which
// knows it from the dead letters.
func (v *verifier) factOf(rec *broker.Record) (stored.Fact, casefile.About, bool) {
	f := stored.Fact{Topic: rec.Topic, Known: rec.At, Pos: duty.Position{Partition: rec.Index, Offset: rec.Offset}}
	deadletter.Doubt(rec, v.trust)
	record, err := rec.Decode(v.codec)
	var a casefile.About
	if err == nil {
		a = casefile.AboutRecord(record)
		err = casefile.CheckKey(string(rec.Key), rec.Index, a, v.partitionOf)
	}
	switch {
	case err == nil:
		f.Record = record
		return f, a, true
	case errors.Is(err, casefile.ErrUnderCentre):
		f.Record, a.UnderCentre = record, true
		return f, a, false
	case !duty.UsableKey(string(rec.Key)) || v.partitionOf(string(rec.Key)) != rec.Index ||
		errors.Is(err, casefile.ErrKeyOther):
		return f, a, false
	}
	f.Bad = deadletter.HoldOf(v.codec, rec, a.ID)
	f.Known = f.Bad.At.V
	return f, casefile.About{Person: f.Bad.Key}, true
}
