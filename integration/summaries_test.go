package integration

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tilsyn/topics"
)

// summariesOf are the newest case summaries in lines of JSON, by person.
func summariesOf(t *testing.T, text [][]byte) map[string]violation {
	t.Helper()
	out := map[string]violation{}
	for _, line := range text {
		s := decode[violation](t, line)
		out[s.text("person_id")] = s
	}
	return out
}

// summaries are the case summaries that the engine wrote, as tail prints them.
func (r *rig) summaries(t *testing.T) map[string]violation {
	t.Helper()
	return summariesOf(t, lines(t, r.tilsyn(t, nil, "tail", topics.CaseSummaries, "--from-beginning", "--exit-at-end")))
}

// lastingRows are the months of a summary without what was withdrawn, which depends on what was told
// when, and without rows that say nothing else (contract-case C-22).
func lastingRows(s violation) []violation {
	rows := []violation{}
	months, _ := s["months"].([]any)
	for _, m := range months {
		row := maps.Clone(m.(map[string]any))
		delete(row, "withdrawn")
		for _, field := range []string{"indicated", "needs_review", "undetermined", "excluded"} {
			if fmt.Sprint(row[field]) != "0" {
				rows = append(rows, row)
				break
			}
		}
	}
	return rows
}

// summaryDifferences says where the summaries of a live engine differ from those of replay. A live
// engine may have one more, of somebody of whom nothing counts any more: it never removes one.
func summaryDifferences(live, replayed map[string]violation) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(replayed)) {
		got, want := live[id], replayed[id]
		if got == nil {
			out = append(out, "summary of "+id+": replay has one, run has none")
			continue
		}
		for _, field := range slices.Sorted(maps.Keys(want)) {
			g, w := got[field], want[field]
			if field == "as_of" {
				continue
			}
			if field == "months" {
				g, w = lastingRows(got), lastingRows(want)
			}
			if !reflect.DeepEqual(g, w) {
				out = append(out, fmt.Sprintf("summary of %s: %s is %v in run and %v in replay", id, field, g, w))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(live)) {
		if rows := lastingRows(live[id]); replayed[id] == nil && len(rows) > 0 {
			out = append(out, fmt.Sprintf("summary of %s: run counts %v, replay nothing", id, rows))
		}
	}
	return out
}

func TestSummaryDifferencesAreSeen(t *testing.T) {
	of := func(change ...string) map[string]violation {
		text := `{"person_id":"p","group":"TOLERATED","time":1,"months":[{"month":"2026-02","kind":"STAY",` +
			`"indicated":1,"needs_review":0,"withdrawn":0,"undetermined":0,"excluded":0}]}`
		for i := 0; i < len(change); i += 2 {
			text = strings.Replace(text, change[i], change[i+1], 1)
		}
		return summariesOf(t, [][]byte{[]byte(text)})
	}
	none := map[string]violation{}
	for _, c := range []struct {
		what         string
		live, replay map[string]violation
		n            int
	}{
		{"equal", of(), of(), 0},
		{"withdrawn", of(`"withdrawn":0`, `"withdrawn":2`), of(), 0},
		{"another count", of(`"indicated":1`, `"indicated":2`), of(), 1},
		{"another time", of(`"time":1`, `"time":2`), of(), 1},
		{"missing", none, of(), 1},
		{"too much", of(), none, 1},
		{"nothing counts any more", of(`"indicated":1`, `"indicated":0`, `"withdrawn":0`, `"withdrawn":1`), none, 0},
	} {
		if got := summaryDifferences(c.live, c.replay); len(got) != c.n {
			t.Errorf("%s: %d differences, want %d: %v", c.what, len(got), c.n, got)
		}
	}
}
