package task

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"tilsyn/engine/duty"
	"tilsyn/engine/sanction"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// summariesOf are the case summaries of a person that a read_committed reader sees, oldest first.
func (w *world) summariesOf(id string) []*duty.CaseSummary {
	var out []*duty.CaseSummary
	for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicCaseSummaries, Index: w.partitionOf(id)}) {
		if string(rec.Key) == id {
			out = append(out, w.decoded(duty.TopicCaseSummaries, rec.Value).(*duty.CaseSummary))
		}
	}
	return out
}

// checkSummary compares the newest case summary of a person with what the verdict and all that was
// told give (C-22), and requires that none was written twice in a row. It returns what about the
// convictions is worth knowing.
func (w *world) checkSummary(id string, res *duty.Result, last []duty.Said,
	h map[string][]duty.Violation) []duty.DataQuality {
	w.t.Helper()
	histories := map[unitKey][]sanction.Telling{}
	for _, revisions := range h {
		for i := range revisions {
			v := &revisions[i]
			k := unitKey{v.PersonID, v.Kind, v.UnitDate}
			histories[k] = append(histories[k], sanction.Telling{At: v.EvaluatedAt, Status: v.Status})
		}
	}
	c := sanction.Case{PersonID: id, At: res.At, Standing: res.Standing(),
		Units: sanction.UnitsOf(res, last, func(kind duty.Kind, date duty.Date) []sanction.Telling {
			return histories[unitKey{id, kind, date}]
		})}
	var want, got *duty.CaseSummary
	if s := sanction.Summarise(c); sanction.HasSummary(c, &s) {
		want = &s
	}
	all := w.summariesOf(id)
	for i, s := range all {
		if got = s; i > 0 && string(s.AppendCanonical(nil)) == string(all[i-1].AppendCanonical(nil)) {
			w.t.Errorf("the summary of %s was written twice: %s", id, s.AppendCanonical(nil))
		}
		if s.Detention.OK || s.Section143.OK {
			w.t.Errorf("the summary of %s answers a reference instant: %s", id, s.AppendCanonical(nil))
		}
	}
	if bad := sanction.Compare(got, want); bad != "" {
		w.t.Errorf("the summary of %s at %v: %s", id, w.now, bad)
	}
	if want != nil && len(all) > 0 && string(got.AppendCanonical(nil)) != string(want.AppendCanonical(nil)) {
		w.t.Errorf("the summary of %s is %s, what was told gives %s", id, got.AppendCanonical(nil), want.AppendCanonical(nil))
	}
	return sanction.Quality(c)
}

// TestSummariesOfConvicts: whatever is known of persons, in whatever order, and wherever the process
// dies, the summaries are what verdicts, convictions and all that was told give (world.check).
func TestSummariesOfConvicts(t *testing.T) {
	t.Parallel()
	deaths, entries, quality := 0, 0, map[duty.DataQualityCode]int{}
	seeds.ForEach(t, 24, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.policy.Steps = slices.Clone(w.policy.Steps)
		for i := range w.policy.Steps {
			w.policy.Steps[i].Params.SanctionLookupEnabled = seed%2 == 0
		}
		w.loseTail = seed%3 == 0
		w.limits.Records, w.limits.Decisions, w.limits.WalkStep = 5+int(seed)%40, 1+int(seed)%9, 1+int(seed)%5
		w.die = func(string) bool { return w.died < 12 && w.rng.IntN(80) == 0 }
		w.play(testkit.Convicts(w.rng, 5, 4), worldEnd, 2)
		w.check()
		deaths += w.died
		for i := range w.parts {
			for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicCaseSummaries, Index: i}) {
				entries += len(w.decoded(duty.TopicCaseSummaries, rec.Value).(*duty.CaseSummary).Sanction)
			}
			for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
				quality[w.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality).Code]++
			}
		}
	})
	byLink, judged := quality[duty.DataQualityCodeConvictionByLink], quality[duty.DataQualityCodeJudgedUnitWithdrawn]
	t.Logf("%d deaths, %d entries of the guideline, %d convictions by a link, %d judged units withdrawn", deaths, entries,
		byLink, judged)
	if deaths == 0 || entries == 0 || seeds.Full() && (byLink == 0 || judged == 0) {
		t.Error("too little happened for the test to say something")
	}
}

// summaries shows the newest case summary of every person; with [all] every one that was written, with
// [lasting] what does not depend on when things were told: no withdrawn units, and nobody of whom
// nothing counts.
func (s *scenario) summaries(d *datadriven.TestData) string {
	ids := map[string]bool{}
	for i := range s.parts {
		for _, rec := range s.broker.Committed(broker.Partition{Topic: duty.TopicCaseSummaries, Index: i}) {
			ids[string(rec.Key)] = true
		}
	}
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		all := s.summariesOf(id)
		if !d.HasArg("all") {
			all = all[len(all)-1:]
		}
		for _, x := range all {
			if d.HasArg("lasting") {
				for i := range x.Months {
					x.Months[i].Withdrawn = 0
				}
				if sanction.Compare(x, nil) == "" {
					continue
				}
			}
			lines = append(lines, summaryLine(x))
		}
	}
	if len(lines) == 0 {
		return "nothing"
	}
	return strings.Join(lines, "\n")
}

// summaryLine is a summary on one line.
func summaryLine(s *duty.CaseSummary) string {
	line := s.PersonID + " no group"
	if s.Group.OK {
		line = s.PersonID + " " + s.Group.V.String()
	}
	line += fmt.Sprintf(", time %d", s.Time)
	for _, m := range s.Months {
		if m == (duty.MonthCount{Month: m.Month, Kind: m.Kind}) {
			continue
		}
		line += fmt.Sprintf("; %s %s", m.Month, m.Kind)
		for _, n := range []struct {
			name  string
			count int32
		}{{"indicated", m.Indicated}, {"to review", m.NeedsReview}, {"withdrawn", m.Withdrawn},
			{"undetermined", m.Undetermined}, {"excluded", m.Excluded}} {
			if n.count > 0 {
				line += fmt.Sprintf(" %d %s", n.count, n.name)
			}
		}
	}
	for _, e := range s.Sanction {
		line += fmt.Sprintf("; %s %s %d in column %d", e.Regime, e.Table, e.Count, e.Column)
	}
	return line
}
