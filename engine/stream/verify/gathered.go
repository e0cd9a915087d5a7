package verify

import (
	"context"
	"maps"

	"tilsyn/engine/casefile"
	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/hashset"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/watch"
	"tilsyn/schemas"
)

// gathered is what is known of the facts of all partitions together, which grows with every fact that is read.
type gathered struct {
	// seen are the names of facts. Several persons may have a version of one that came in several versions, under its
	// centre, or twice for all that is known: versions has all versions of such facts by name, missing are the names of
	// those that were not looked for yet.
	seen     hashset.Filter
	versions map[uint64][]stored.Fact
	missing  map[uint64]bool
	// unnamed are the names of paper entries with a version that names nobody.
	unnamed map[uint64]bool
	// used knows on which dates rows arrived; dues are the local times of day at which slots of reporting schedules fall
	// due, in minutes.
	used *control.Tally
	dues map[int]bool
	// facts is how many facts were read, rows how many of them the log has.
	facts, rows int64
	// log holds what the watch reads, lives is the watch under each policy; nil where nobody looks at the watch.
	log   *watch.Log
	lives map[*duty.Policy]*watch.Live
	// pairs are the inconsistent pairs of persons.
	pairs map[string]*pairsOf
	// centres is how far the log has the facts of centres, ofCentres how many of them there are before.
	centres   broker.Offsets
	ofCentres map[broker.Partition]int
}

func newGathered(watches bool) *gathered {
	g := &gathered{versions: map[uint64][]stored.Fact{}, missing: map[uint64]bool{},
		unnamed: map[uint64]bool{}, used: control.NewTally(), dues: map[int]bool{}}
	if watches {
		g.log, g.lives = watch.NewLog(), map[*duty.Policy]*watch.Live{}
		g.centres, g.ofCentres, g.pairs = broker.Offsets{}, map[broker.Partition]int{}, map[string]*pairsOf{}
	}
	return g
}

// take takes in a fact that was read in the partition that it belongs to. One id in one version is one fact, whoever
// has it (contract §1), so what comes twice may be somebody else's too. A fact seen with two cards concerns the
// holders of either.
func (g *gathered) take(f *stored.Fact, a casefile.About) {
	g.facts++
	g.watch(f)
	name := f.Name()
	if name == 0 {
		return
	}
	if e, ok := f.Record.(*duty.ManualEntry); ok && !e.PersonID.OK {
		g.unnamed[name] = true
	}
	head, _ := schemas.HeadOf(f.Record)
	again := g.seen.Again(name)
	if list, ok := g.versions[name]; ok {
		g.versions[name] = append(list, outliving(f))
		return
	}
	if again || head.Version > 1 || head.Retracted || a.UnderCentre {
		g.missing[name] = true
	}
}

// outliving is a fact that outlives what it was read from.
func outliving(f *stored.Fact) stored.Fact {
	g := *f
	g.Value, g.Stored = nil, nil
	return g
}

// watch takes in what the watch reads.
func (g *gathered) watch(f *stored.Fact) {
	if g.log == nil {
		return
	}
	switch r := f.Record.(type) {
	case *duty.CardEvent:
		if duty.RowMakesSense(r) {
			g.rows++
			g.log.AddRow(watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *r, At: f.Known}))
			g.used.Arrived(r.CentreID, r.OccurredAt, f.Known)
		}
	case *duty.ObligationChange:
		if r.Schedule.OK {
			if at, ok := r.Schedule.V.DueMinute(); ok {
				g.dues[at] = true
			}
		}
	}
}

// takeCentres takes in the facts of centres that the watch reads, of which f has all.
func (g *gathered) takeCentres(f *watching.CentreFacts) {
	takeNew(g, duty.TopicHeartbeats, f.Beats, g.log.AddBeat)
	takeNew(g, duty.TopicReconciliations, f.Counts, g.log.AddCount)
	takeNew(g, duty.TopicIncidents, f.Incidents, g.log.AddIncident)
}

// takeNew takes in the facts of a topic that are new. Those of a partition come in the order of its log.
func takeNew[T any](g *gathered, topic string, list []duty.Known[T], add func(*duty.Known[T])) {
	for i := range list {
		at := broker.Partition{Topic: topic, Index: list[i].Pos.V.Partition}
		if list[i].Pos.V.Offset >= g.centres[at] {
			g.centres[at] = list[i].Pos.V.Offset + 1
			g.ofCentres[at]++
			add(&list[i])
		}
	}
}

// hasCentres reports whether the log has all facts of centres as far as it goes. One that could not be read when it
// was passed may be readable now.
func (g *gathered) hasCentres(f *watching.CentreFacts) bool {
	before := map[broker.Partition]int{}
	countBefore(g, before, duty.TopicHeartbeats, f.Beats)
	countBefore(g, before, duty.TopicReconciliations, f.Counts)
	countBefore(g, before, duty.TopicIncidents, f.Incidents)
	return maps.Equal(before, g.ofCentres)
}

// countBefore counts the facts of a topic that lie before what is new.
func countBefore[T any](g *gathered, counts map[broker.Partition]int, topic string, list []duty.Known[T]) {
	for i := range list {
		at := broker.Partition{Topic: topic, Index: list[i].Pos.V.Partition}
		if list[i].Pos.V.Offset < g.centres[at] {
			counts[at]++
		}
	}
}

// under is the watch under a policy.
func (g *gathered) under(p *duty.Policy) *watch.Live {
	if g.lives[p] == nil {
		g.lives[p] = g.log.Under(p)
	}
	return g.lives[p]
}

// bytes is roughly how much memory it takes.
func (g *gathered) bytes() int64 {
	n := LookNeeds(g.facts, g.rows) - bytesOfFact*g.facts
	for _, list := range g.versions { //house:order-free a sum
		n += bytesOfVersion * int64(1+len(list))
	}
	return n + bytesOfPairs*int64(len(g.pairs))
}

// collect finds the versions of the facts that were not looked for yet.
func (v *verifier) collect(ctx context.Context) error {
	g := v.gathered
	missing := g.missing
	if len(missing) == 0 {
		return nil
	}
	g.missing = map[uint64]bool{}
	found := map[uint64][]stored.Fact{}
	for part := range v.parts {
		p, err := v.packsOf(ctx, part, nil)
		if err != nil {
			return err
		}
		if err := p.facts(v, everybody, func(f *stored.Fact, _ casefile.About) error {
			if name := f.Name(); missing[name] {
				found[name] = append(found[name], outliving(f))
			}
			return nil
		}); err != nil {
			return err
		}
	}
	for name := range missing { //house:order-free each name is for itself
		g.versions[name] = found[name]
	}
	return nil
}
