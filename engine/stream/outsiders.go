package stream

import (
	"context"
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// outsiders are facts of others that concern persons: of those that a link ever
// named together, of cards that were given to somebody, and versions of facts that
// name others than another version does. They lie in any
// partition; only they are in memory for all partitions at once.
type outsiders map[string][]fact

// findOutsiders reads all partitions once more: first who is joined with whom, in
// the register of the centre reader, then what concerns others, and which facts
// have another version than the first; then all versions of those.
func (v *verifier) findOutsiders(ctx context.Context) error {
	v.out = outsiders{}
	var parts []Partition
	for i := range v.parts {
		parts = append(parts, factsOf(i)...)
	}
	corrected := map[uint64][]concerning{}
	unnamed := map[uint64]bool{}
	alone := v.snap.joins.empty()
	err := v.eachFact(ctx, parts, func(f *fact, a about) error {
		if head, ok := schemas.HeadOf(f.record); ok && (head.Version > 1 || head.Retracted || a.underCentre) {
			corrected[f.name()] = nil
		}
		if e, ok := f.record.(*duty.ManualEntry); ok && !e.PersonID.OK {
			unnamed[f.name()] = true
		}
		if a.underCentre {
			to, err := v.paperTo(a)
			v.out.give(f, to)
			return err
		}
		if alone {
			return nil
		}
		to, err := v.snap.joins.audience(a.person, f.cardOf())
		v.out.give(f, to)
		return err
	})
	if err != nil || len(corrected) == 0 {
		return err
	}
	err = v.eachFact(ctx, parts, func(f *fact, a about) error {
		if _, ok := corrected[f.name()]; !ok {
			return nil
		}
		to, err := v.snap.joins.audience(a.person, f.cardOf())
		if a.person != "" {
			to = append(to, a.person)
		}
		corrected[f.name()] = append(corrected[f.name()], concerning{*f, a.key(), to})
		return err
	})
	for name, list := range corrected {
		for i := range list {
			if e, ok := list[i].fact.record.(*duty.ManualEntry); ok && unnamed[name] {
				v.paper = append(v.paper, known(&list[i].fact, e))
			}
			for _, to := range earlier(list, &list[i]) {
				v.out.give(&list[i].fact, slices.DeleteFunc(slices.Clone(to), func(id string) bool { return slices.Contains(list[i].to, id) }))
			}
		}
	}
	return err
}

// paperTo are whom paper under its centre is given to: the person that it names, and
// all who are linked (paper.go).
func (v *verifier) paperTo(a about) ([]string, error) {
	if a.person == "" {
		return nil, nil
	}
	to, err := v.snap.joins.audience(a.person, 0)
	return append(to, a.person), err
}

// concerning is a version of a fact under a key, with all whom it concerns.
type concerning struct {
	fact fact
	key  string
	to   []string
}

// earlier are whom the other versions of a fact concern that are no later than
// one, where that concerns them: it does where its own earlier ones do not all lie
// under its key, with its card (moved.go).
func earlier(list []concerning, one *concerning) (to [][]string) {
	head, _ := schemas.HeadOf(one.fact.record)
	if head.Version <= 1 && !head.Retracted && one.key != underCentreKey {
		return nil
	}
	seen := map[int64]bool{}
	for i := range list {
		o := &list[i]
		h, _ := schemas.HeadOf(o.fact.record)
		if h.Version <= head.Version {
			to = append(to, o.to)
		}
		if h.Version >= 1 && h.Version < head.Version && o.key == one.key && o.fact.cardOf() == one.fact.cardOf() {
			seen[h.Version] = true
		}
	}
	if one.key != underCentreKey && head.Version > 1 && head.Version <= mostVersions && one.fact.topic != topicCardAssignments && int64(len(seen)) == head.Version-1 {
		return nil
	}
	return to
}

// eachFact calls do with every fact in some partitions.
func (v *verifier) eachFact(ctx context.Context, parts []Partition, do func(f *fact, a about) error) error {
	return v.scan().all(ctx, parts, func(rec *Record) error {
		f, a, ok := v.factOf(rec)
		if !ok && !a.underCentre {
			return nil
		}
		if err := do(&f, a); err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		return nil
	})
}

// give adds a fact to what concerns persons.
func (o outsiders) give(f *fact, to []string) {
	for _, id := range to {
		g := *f
		if f.bad != nil {
			hold := *f.bad
			hold.Key = id
			g.bad = &hold
		}
		o[id] = append(o[id], g)
	}
}

// caseFiles are what is known of persons.
type caseFiles map[string]*caseFile

func (c caseFiles) of(id string) *caseFile {
	if c[id] == nil {
		c[id] = &caseFile{newest: duty.Beginning}
	}
	return c[id]
}

// add files a fact.
func (c *caseFile) add(f *fact) {
	f.fileUnder(&c.facts)
	c.newest = max(c.newest, f.known)
}
