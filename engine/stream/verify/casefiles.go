package verify

import (
	"context"
	"iter"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
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

// of returns the case file of a person, creating it if needed.
func (c caseFiles) of(id string) *caseFile {
	if c[id] == nil {
		c[id] = &caseFile{newest: duty.Beginning}
	}
	return c[id]
}

// add files a fact in the case file.
func (c *caseFile) add(f *stored.Fact) {
	f.FileUnder(&c.facts)
	c.newest = max(c.newest, f.Known)
}

// persons reads the facts of a partition by person, those that lie with others included, and lists
// the persons in order. more are persons of the partition whom the caller knows, with or without
// facts.
func (v *verifier) persons(ctx context.Context, part int32, more ...iter.Seq[string]) (caseFiles, []string, error) {
	files, err := v.files(ctx, part)
	if err != nil {
		return nil, nil, err
	}
	for _, ids := range more {
		for id := range ids {
			files.of(id)
		}
	}
	if err := v.addOutsiders(files, part); err != nil {
		return nil, nil, err
	}
	return files, slices.Sorted(maps.Keys(files)), nil
}

// files reads the facts of a partition by person.
func (v *verifier) files(ctx context.Context, part int32) (caseFiles, error) {
	files := caseFiles{}
	err := v.scan().All(ctx, broker.FactsOf(part), func(rec *broker.Record) error {
		if f, a, ok := v.factOf(rec); ok && !a.Parked {
			files.of(string(rec.Key)).add(&f)
		}
		return nil
	})
	return files, err
}

// addOutsiders adds the outsiders of the persons of a partition to their facts.
func (v *verifier) addOutsiders(files caseFiles, part int32) error {
	for id, more := range v.out {
		if v.partitionOf(id) != part {
			continue
		}
		file := files.of(id)
		for i := range more {
			file.add(&more[i])
		}
	}
	for id, file := range files {
		err := task.AddHolders(v.picture.Register, id, duty.Forever, &file.facts, file.add)
		if err != nil {
			return err
		}
	}
	return nil
}
