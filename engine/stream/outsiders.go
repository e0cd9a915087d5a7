package stream

import (
	"context"
	"fmt"

	"tilsyn/engine/duty"
)

// outsiders are facts of others that concern persons: of those that a link ever
// named together, and of cards that were given to somebody. They lie in any
// partition; only they are in memory for all partitions at once.
type outsiders map[string][]fact

// findOutsiders reads all partitions once more where anybody has a link or a
// card: first who is joined with whom, in the register of the centre reader,
// then what concerns others.
func (v *verifier) findOutsiders(ctx context.Context) error {
	v.out = outsiders{}
	if v.snap.joins.empty() {
		return nil
	}
	var parts []Partition
	for i := range v.parts {
		parts = append(parts, factsOf(i)...)
	}
	return v.scan().all(ctx, parts, func(rec *Record) error {
		f, a, ok := v.factOf(rec)
		if !ok {
			return nil
		}
		to, err := v.snap.joins.audience(a.person, f.cardOf())
		if err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		for _, id := range to {
			g := f
			if f.bad != nil {
				hold := *f.bad
				hold.Key = id
				g.bad = &hold
			}
			v.out[id] = append(v.out[id], g)
		}
		return nil
	})
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
