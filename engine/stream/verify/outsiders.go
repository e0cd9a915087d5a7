package verify

import (
	"context"
	"fmt"
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/hashset"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
)

// outsiders are facts, by person, that concern a person but lie with others: with persons that a
// link ever joined, or with holders of the same card, or as other versions of a fact that the
// person has. They lie in any partition; only they are in memory for all partitions at once.
type outsiders map[string][]stored.Fact

// shared are facts of which several persons may have a version, by name, with all their versions.
// unnamed are the names of paper entries with a version that names nobody.
type shared struct {
	of      map[uint64][]concerning
	unnamed map[uint64]bool
	// before holds the names of facts in earlier partitions.
	before hashset.Filter
}

// findOutsiders reads all partitions once more: first it finds what concerns others and which
// facts have versions elsewhere, then it collects all versions of those.
func (v *verifier) findOutsiders(ctx context.Context) error {
	v.out = outsiders{}
	s := &shared{of: map[uint64][]concerning{}, unnamed: map[uint64]bool{}}
	for part := range v.parts {
		if err := v.findShared(ctx, part, s); err != nil {
			return err
		}
	}
	if len(s.of) == 0 {
		return nil
	}
	for part := range v.parts {
		err := v.eachFact(ctx, broker.FactsOf(part), func(f *stored.Fact, a casefile.About) error {
			if _, ok := s.of[f.Name()]; !ok {
				return nil
			}
			to, err := v.picture.Register.AudienceOf(f, a.Person)
			if a.Person != "" {
				to = append(to, a.Person)
			}
			s.of[f.Name()] = append(s.of[f.Name()], concerning{*f, to})
			return err
		})
		if err != nil {
			return err
		}
	}
	for name, list := range s.of {
		for i := range list {
			if e, ok := list[i].fact.Record.(*duty.ManualEntry); ok && s.unnamed[name] {
				v.paper = append(v.paper, stored.Known(&list[i].fact, e))
			}
		}
		v.out.share(list)
		v.watch.share(list)
	}
	return nil
}

// findShared gives others what a partition has that concerns them, and finds the facts that are
// not first versions or lie under several keys: one id in one version is one fact, whoever has it
// (contract §1). A fact seen with two cards counts as lying under two keys, since it concerns the
// holders of either. Copies under one key lie in one partition, so a name seen in two partitions
// has two keys.
func (v *verifier) findShared(ctx context.Context, part int32, s *shared) error {
	alone := v.picture.Register.Empty()
	keys := map[uint64]uint64{}
	err := v.eachFact(ctx, broker.FactsOf(part), func(f *stored.Fact, a casefile.About) error {
		v.watch.read(f)
		if err := v.readParked(f, a); err != nil {
			return err
		}
		name := f.Name()
		if head, ok := schemas.HeadOf(f.Record); ok && (head.Version > 1 || head.Retracted || a.UnderCentre) {
			s.of[name] = nil
		}
		if e, ok := f.Record.(*duty.ManualEntry); ok && !e.PersonID.OK {
			s.unnamed[name] = true
		}
		if name != 0 {
			key := xxhash.Sum64String(a.Key()) ^ bits.RotateLeft64(f.CardOf(), 1)
			if had, ok := keys[name]; ok && had != key {
				s.of[name] = nil
			}
			keys[name] = key
		}
		if a.UnderCentre {
			to, err := v.paperTo(a)
			v.out.give(f, to)
			return err
		}
		if alone {
			return nil
		}
		to, err := v.picture.Register.AudienceOf(f, a.Person)
		v.out.give(f, to)
		return err
	})
	for name := range keys {
		if s.before.Again(name) {
			s.of[name] = nil
		}
	}
	return err
}

// paperTo returns whom paper under its centre is given to: the person that it names, and all who
// are linked with them (task/paper.go).
func (v *verifier) paperTo(a casefile.About) ([]string, error) {
	if a.Person == "" {
		return nil, nil
	}
	to, err := v.picture.Register.Audience(a.Person, 0)
	return append(to, a.Person), err
}

// concerning is a version of a fact with all persons that it concerns.
type concerning struct {
	fact stored.Fact
	to   []string
}

// share gives everybody who has a version of a fact all versions that are as high or higher.
func (o outsiders) share(list []concerning) {
	from := map[string]int64{}
	for i := range list {
		head, _ := schemas.HeadOf(list[i].fact.Record)
		for _, id := range list[i].to {
			if low, ok := from[id]; !ok || head.Version < low {
				from[id] = head.Version
			}
		}
	}
	for i := range list {
		v := &list[i]
		head, _ := schemas.HeadOf(v.fact.Record)
		for id, low := range from {
			if head.Version >= low && !slices.Contains(v.to, id) {
				o.give(&v.fact, []string{id})
			}
		}
	}
}

// eachFact calls do for every fact in some partitions, and for paper under its centre.
func (v *verifier) eachFact(ctx context.Context, parts []broker.Partition,
	do func(f *stored.Fact, a casefile.About) error) error {
	return v.scan().All(ctx, parts, func(rec *broker.Record) error {
		f, a, ok := v.factOf(rec)
		if !ok && !a.UnderCentre {
			return nil
		}
		if err := do(&f, a); err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		return nil
	})
}

// give adds a fact to the outsiders of some persons.
func (o outsiders) give(f *stored.Fact, to []string) {
	for _, id := range to {
		g := *f
		if f.Bad != nil {
			hold := *f.Bad
			hold.Key = id
			g.Bad = &hold
		}
		o[id] = append(o[id], g)
	}
}
