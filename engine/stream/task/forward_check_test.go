package task

import (
	"maps"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/watch"
)

// forwarded is what a reader of the owner's hand-over partition makes of it.
type forwarded struct {
	rows  map[watch.Row]bool
	pairs map[[2]string][]pairStep
	due   map[int]bool
	// again counts rows that came before, and calls of Pairs that changed nothing.
	again, idle int
}

// pairStep are the pairs of a person under a policy from a clock on.
type pairStep struct {
	since duty.Instant
	pairs []duty.Pair
}

func (f *forwarded) Row(r watch.Row) {
	if f.rows[r] {
		f.again++
	}
	r.ID = strings.Clone(r.ID)
	f.rows[r] = true
}

func (f *forwarded) Pairs(person, policy string, since duty.Instant, pairs []duty.Pair) {
	key := [2]string{person, policy}
	steps := slices.DeleteFunc(slices.Clone(f.pairs[key]), func(s pairStep) bool { return s.since >= since })
	if n := len(steps); len(steps) == len(f.pairs[key]) && n > 0 && slices.Equal(steps[n-1].pairs, pairs) {
		f.idle++
	}
	f.pairs[key] = append(steps, pairStep{since, pairs})
}

func (f *forwarded) Due(minutes int) { f.due[minutes] = true }

// at are the pairs of a person under a policy for a look at a clock.
func (f *forwarded) at(person, policy string, at duty.Instant) []duty.Pair {
	var out []duty.Pair
	for _, s := range f.pairs[[2]string{person, policy}] {
		if s.since <= at {
			out = s.pairs
		}
	}
	return out
}

// forwarded reads the owner's hand-over partition as far as it is committed.
func (w *world) forwarded() *forwarded {
	f := &forwarded{rows: map[watch.Row]bool{}, pairs: map[[2]string][]pairStep{}, due: map[int]bool{}}
	at := broker.Partition{Topic: duty.TopicHandOver, Index: watching.OwnerTask}
	for _, rec := range w.broker.Committed(at) {
		if len(rec.Value) > 0 && rec.Value[0] == watching.Record {
			w.must(watching.Decode(rec.Value, f))
		}
	}
	return f
}

// checkForwarded compares what the owner of the watch was given with what is in the logs, as known
// by a clock up to which everything was read.
func (w *world) checkForwarded(at duty.Instant) (pairs int) {
	w.t.Helper()
	got, want := w.forwarded(), map[watch.Row]bool{}
	for _, r := range w.rowsOfLogs() {
		want[r] = true
	}
	for r := range want {
		if r.Known <= at && !got.rows[r] {
			w.t.Errorf("a row was not forwarded: %+v", r)
		}
	}
	for r := range got.rows {
		if !want[r] {
			w.t.Errorf("a row was forwarded that is not in the log: %+v", r)
		}
	}
	persons, facts := w.knowledgeOf()
	for _, id := range slices.Sorted(maps.Keys(persons)) {
		if at < w.now && len(persons[id].Crowds) > 0 {
			continue // those of now
		}
		in := duty.Input{PersonID: id, Person: persons[id], Centres: facts, Policies: w.policies()}
		for _, active := range in.Policies {
			if active.From > at {
				continue
			}
			list := joined(duty.Pairs(in, active.Policy, at))
			pairs += len(list)
			if forwarded := got.at(id, active.Policy.Digest, at); !slices.Equal(forwarded, list) {
				w.t.Errorf("%s at %s: the pairs are\n%+v\nand\n%+v\nwere forwarded: %+v", id, at, list, forwarded,
					got.pairs[[2]string{id, active.Policy.Digest}])
			}
		}
	}
	for key, steps := range got.pairs { // of nobody else
		if persons[key[0]] == nil && len(got.at(key[0], key[1], at)) > 0 {
			w.t.Errorf("pairs were forwarded of %s, who has no facts: %+v", key[0], steps)
		}
	}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicObligationChanges, Index: i}) {
			record, err := rec.Decode(w.codec)
			if o, ok := record.(*duty.ObligationChange); ok && err == nil && o.Schedule.OK && rec.At <= at {
				if due, some := o.Schedule.V.DueMinute(); some && !got.due[due] {
					w.t.Errorf("the due time %d was not forwarded", due)
				}
			}
		}
	}
	return pairs
}
