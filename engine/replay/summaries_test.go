package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// countVector is one vector of vectors-count.json.
type countVector struct {
	ID        string            `json:"id"`
	Title     string            `json:"title"`
	PersonID  string            `json:"person_id"`
	Policy    map[string]any    `json:"policy"`
	AsOf      []string          `json:"as_of"`
	Reference *string           `json:"reference"`
	Facts     []json.RawMessage `json:"facts"`
	Expect    map[string]struct {
		Summary map[string]any `json:"summary"`
		Recalls []any          `json:"recalls"`
		Alarms  []any          `json:"alarms"`
	} `json:"expect"`
}

func countVectors(t *testing.T) []countVector {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "duty", "law", "vectors", "vectors-count.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Vectors []countVector `json:"vectors"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Vectors) < 49 {
		t.Fatalf("%d vectors, want 49 at least", len(all.Vectors))
	}
	return all.Vectors
}

// policyOf writes the policy of a vector as a policy file. The vectors count persons of whom
// nothing was ever registered, and expect INDICATED. They are older than the question that thirty
// silent dates raise (RD-42), so it is switched off here.
func (v *countVector) policyOf(t *testing.T) []duty.ActivePolicy {
	t.Helper()
	var text strings.Builder
	text.WriteString("version: vector\nparameters:\n  departure.silent_days: {value: 3650, source: vector}\n")
	for _, name := range slices.Sorted(maps.Keys(v.Policy)) {
		value, err := json.Marshal(v.Policy[name])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "  %s: {value: %s, source: vector}\n", name, value)
	}
	p, err := policy.Load("vector.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}
}

// TestCountVectors runs the vectors of counting, guideline look-up, §15 and
// §143 through replay (contract-case 7): at every as-of the summary must be
// exactly as specified, and absent where none is. With its acknowledgements a vector also says which
// recalls are open (TX-20).
func TestCountVectors(t *testing.T) {
	for _, v := range countVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			got, recalls, alarms := v.run(t)
			for at, want := range v.Expect {
				if want.Recalls != nil && !covers(want.Recalls, recalls[at]) {
					t.Errorf("%s at %s: recalls are\n%s\nwant\n%s", v.Title, at, asJSON(t, recalls[at]), asJSON(t, want.Recalls))
				}
				if want.Alarms != nil && len(want.Alarms) != alarms[at] {
					t.Errorf("%s at %s: %d alarms, want %v", v.Title, at, alarms[at], want.Alarms)
				}
				have := got[at]
				if want.Summary == nil || have == nil {
					if (want.Summary == nil) != (have == nil) {
						t.Errorf("%s at %s: summary %v, want %v", v.Title, at, have, want.Summary)
					}
					continue
				}
				for field, w := range want.Summary {
					if h := have[field]; !covers(w, h) {
						t.Errorf("%s at %s: %s is\n%s\nwant\n%s", v.Title, at, field, asJSON(t, h), asJSON(t, w))
					}
				}
			}
		})
	}
}

// lines are the facts, one a line.
func (v *countVector) lines(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	for _, f := range v.Facts {
		if err := json.Compact(&b, f); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// run runs a vector and returns the summary of its person, all recalls and the
// number of overdue ones, by as-of.
func (v *countVector) run(t *testing.T) (summaries map[string]map[string]any, recalls map[string][]any,
	alarms map[string]int) {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	out, _ := replayText(t, v.lines(t), func(o *Options) {
		o.Policies, o.Summaries, o.Recalls = v.policyOf(t), at("s"), at("r")
		for _, s := range v.AsOf {
			o.AsOf = append(o.AsOf, instant(t, s))
		}
		if v.Reference != nil {
			o.Reference = duty.Some(instant(t, *v.Reference))
		}
	})
	summaries, recalls, alarms = map[string]map[string]any{}, map[string][]any{}, map[string]int{}
	for _, s := range v.AsOf {
		recalls[s] = []any{}
	}
	for _, m := range objects(t, at("s")) {
		if m["person_id"] == v.PersonID {
			summaries[m["as_of"].(string)] = m
		}
	}
	for _, m := range objects(t, at("r")) {
		recalls[m["as_of"].(string)] = append(recalls[m["as_of"].(string)], m)
	}
	for line := range strings.Lines(out.quality) {
		var q struct{ Code, As_of string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if q.Code == "RECALL_OVERDUE" {
			alarms[q.As_of]++
		}
	}
	return summaries, recalls, alarms
}

// objects reads a file of JSON Lines.
func objects(t *testing.T, file string) []map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for line := range strings.Lines(string(text)) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// covers reports whether a value has all that is wanted of it: an object may
// have more members, as compliant_reports, which is newer than the vectors.
func covers(want, have any) bool {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return false
		}
		for name, x := range w {
			if !covers(x, h[name]) {
				return false
			}
		}
		return true
	case []any:
		h, ok := have.([]any)
		if !ok || len(h) != len(w) {
			return false
		}
		for i := range w {
			if !covers(w[i], h[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(want, have)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReferenceAfterAsOf: what nobody could know at the as-of is refused
// (contract-case 7.5).
func TestReferenceAfterAsOf(t *testing.T) {
	v := countVectors(t)[0]
	o := Options{
		Facts: []string{Stdio}, Stdin: strings.NewReader(v.lines(t)), Policies: v.policyOf(t),
		AsOf: []duty.Instant{instant(t, "2026-02-05T08:00:00Z")}, Reference: duty.Some(instant(t, "2026-02-05T08:00:01Z")),
		Summaries: filepath.Join(t.TempDir(), "s"),
	}
	_, err := Run(context.Background(), o)
	var input *InputError
	if !errors.As(err, &input) ||
		!strings.Contains(err.Error(), "--reference 2026-02-05T08:00:01.000Z is after --as-of 2026-02-05T08:00:00.000Z") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(o.Summaries); err == nil {
		t.Error("a refused run left an output behind")
	}
}
