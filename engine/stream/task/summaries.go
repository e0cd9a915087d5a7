package task

import (
	"fmt"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
	"tilsyn/engine/sanction"
	"tilsyn/engine/stream/broker"
)

// Case summaries (contract-case 7, decision 0025) follow from the verdict, what was told and the
// standing of a person. All three are at hand after a full evaluation, so a summary is made then and
// nothing is read for it; routines decide nothing that counts. It is written once with the commit of
// the cycle, if it is another one than was last written. The header keeps a hash of that one, which
// recovery takes from the topic where a commit is missing from the state.

// summing is what a cycle knows of a person's case summary.
type summing struct {
	// write is the summary that the commit writes, and hash its hash; nil if nothing changes.
	write *duty.CaseSummary
	hash  uint64
	// next is when the clock alone changes it; bound is true if it does so by facts of the person,
	// of which no routine knows.
	next  duty.Instant
	bound bool
	// before is what the units told in this cycle were before.
	before changes
	// kept is what the state knows of units told before, for dates from keptFrom on; nil until a
	// recovery asks for it.
	kept     *knowledge
	keptFrom duty.Date
}

// summarise makes a person's case summary from a verdict on what k knows, for the commit to write,
// and returns what about the convictions is worth knowing. Where the core fails, nothing changes.
func (t *Task) summarise(p *person, k *knowledge, res *duty.Result) (quality []duty.DataQuality) {
	p.sums.forget()
	if !p.counts(k, res) {
		return nil
	}
	ok := true
	defer t.guard(&ok)
	said := k.saidNow(p)
	c := sanction.Case{PersonID: p.id, At: res.At, Standing: res.Standing()}
	var history func(duty.Kind, duty.Date) []sanction.Telling
	if len(c.Standing.Convictions) > 0 {
		history = func(kind duty.Kind, date duty.Date) []sanction.Telling { return k.history(p, kind, date) }
	}
	c.Units = sanction.CountedUnitsOf(res, said, history)
	s := sanction.Summarise(c)
	if p.header.Summary == 0 && !sanction.HasSummary(c, &s) {
		return nil
	}
	if history != nil {
		quality = sanction.Quality(c)
	}
	p.sums.next, p.sums.bound = min(c.Standing.Next, c.Standing.NextParams), c.Standing.Next < duty.Forever
	if hash := hashOfSummary(&s); hash != p.header.Summary {
		p.sums.write, p.sums.hash = &s, hash
	}
	return quality
}

// forget drops what was made before in the same cycle.
func (s *summing) forget() { s.write, s.next, s.bound = nil, duty.Forever, false }

// counts reports whether a person may have a case summary: one was written, something was told, a
// conviction is known, or the ledger has an outcome that counts.
func (p *person) counts(k *knowledge, res *duty.Result) bool {
	if p.header.Summary != 0 || len(k.said)+len(p.told)+len(k.facts.Convictions) > 0 {
		return true
	}
	for i := range res.Units {
		if sanction.Counts(res.Units[i].Outcome) {
			return true
		}
	}
	return false
}

// hashOfSummary is a hash of the canonical form, never 0.
func hashOfSummary(s *duty.CaseSummary) uint64 { return max(1, xxhash.Sum64(s.AppendCanonical(nil))) }

// writeSummaries adds the summaries that have changed to the transaction: one of a person, however
// often the cycle has evaluated the person.
func (t *Task) writeSummaries() error {
	for _, p := range t.cycle.order {
		s := p.sums.write
		if s == nil {
			continue
		}
		t.must.summary(t, s)
		if err := t.out(duty.TopicCaseSummaries, []byte(p.id), s); err != nil {
			return err
		}
		p.header.Summary, p.changed, p.sums.write = p.sums.hash, true, nil
		t.stats.Summaries.Add(1)
	}
	return nil
}

// heardSummary takes in a summary from the task's own outputs. A record without a value is the
// removal of one, which then is written again.
func (t *Task) heardSummary(rec *broker.Record) error {
	p, err := t.person(string(rec.Key))
	if err != nil {
		return err
	}
	p.header.Summary, p.changed = 0, true
	p.header.EndRoutine() // the state may be of before the summary; a routine would leave it standing
	if len(rec.Value) == 0 {
		return nil
	}
	record, err := t.decodeTold(rec)
	if err != nil {
		return err
	}
	s, ok := record.(*duty.CaseSummary)
	if !ok {
		return fmt.Errorf("a record of %s is none: %T", rec.Topic, record)
	}
	p.header.Summary = hashOfSummary(s)
	return nil
}
