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
	} `json:"expect"`
}

func countVectors(t *testing.T) []countVector {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "sanction", "testdata", "vectors-count.json"))
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

// policyOf writes the policy that a vector wants as a policy file. Consumers of
// recalls bear on no count. The vectors count persons whom nothing ever
// registered, and say that their units are INDICATED: they are older than the
// question that thirty silent dates raise (RD-42), and leave it aside here.
func (v *countVector) policyOf(t *testing.T) []duty.ActivePolicy {
	t.Helper()
	var text strings.Builder
	text.WriteString("version: vector\nparameters:\n  departure.silent_days: {value: 3650, source: vector}\n")
	for _, name := range slices.Sorted(maps.Keys(v.Policy)) {
		if name == "recall.consumers" {
			continue
		}
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
// exactly as specified, and absent where none is.
func TestCountVectors(t *testing.T) {
	for _, v := range countVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			got := v.summaries(t)
			for at, want := range v.Expect {
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

// summaries runs a vector and returns the summary of its person by as-of.
func (v *countVector) summaries(t *testing.T) map[string]map[string]any {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s")
	replayText(t, v.lines(t), func(o *Options) {
		o.Policies, o.Summaries = v.policyOf(t), file
		for _, s := range v.AsOf {
			o.AsOf = append(o.AsOf, instant(t, s))
		}
		if v.Reference != nil {
			o.Reference = duty.Some(instant(t, *v.Reference))
		}
	})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]any{}
	for line := range strings.Lines(string(text)) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if m["person_id"] == v.PersonID {
			out[m["as_of"].(string)] = m
		}
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
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "--reference 2026-02-05T08:00:01.000Z is after --as-of 2026-02-05T08:00:00.000Z") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(o.Summaries); err == nil {
		t.Error("a refused run left an output behind")
	}
}
