package task

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cockroachdb/datadriven"

	"tilsyn/engine/duty"
	"tilsyn/engine/sanction"
	"tilsyn/engine/stream/broker"
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

// summaries shows the newest case summary of every person, or with [all] how many different ones were
// written one after the other as well.
func (s *scenario) summaries(d *datadriven.TestData) string {
	var lines []string
	for _, id := range sortedKeys(s.persons) {
		all := s.summariesOf(id)
		if len(all) == 0 {
			continue
		}
		first := len(all) - 1
		if d.HasArg("all") {
			first = 0
		}
		for _, x := range all[first:] {
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

// sortedKeys are the keys of a map in order.
func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
