package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
)

// vector is one detection vector (domain §10) with its facts.
type vector struct {
	ID       string            `json:"id"`
	PersonID string            `json:"person_id"`
	AsOf     []string          `json:"as_of"`
	Policy   string            `json:"policy"`
	Facts    []json.RawMessage `json:"facts"`
	Stages   []struct {
		Expect []string `json:"expect"`
	} `json:"stages"`
}

func loadVectors(t *testing.T) []vector {
	t.Helper()
	dir := filepath.Join("..", "duty", "law", "vectors")
	var expected []vector
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "vectors.json"))), &expected); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "vectors-facts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	var out []vector
	for i := 0; in.Scan(); i++ {
		var v vector
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.ID != expected[i].ID || len(v.AsOf) != len(expected[i].Stages) {
			t.Fatalf("%s: facts and expectation do not belong together", v.ID)
		}
		v.Stages = expected[i].Stages
		out = append(out, v)
	}
	if in.Err() != nil || len(out) != 264 {
		t.Fatalf("%d vectors, want 264 (%v)", len(out), in.Err())
	}
	return out
}

// row is what an outcome line and a violation line have in common.
type row struct {
	AsOf             string   `json:"as_of"`
	PersonID         string   `json:"person_id"`
	Kind             string   `json:"kind"`
	UnitDate         string   `json:"unit_date"`
	Outcome          string   `json:"outcome"`
	Status           string   `json:"status"`
	WithdrawnOutcome string   `json:"withdrawn_outcome"`
	Instant          string   `json:"instant"`
	Caveats          []string `json:"caveats"`
	Code             string   `json:"code"`
}

func rows(t *testing.T, text string) []row {
	t.Helper()
	var out []row
	for line := range strings.Lines(text) {
		var r row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// TestVectors runs all 264 detection vectors through `tilsyn replay`: at every
// stage the ledger and the last revision of every unit named must be exactly as
// the specification has it. No process is started for each, which would cost more
// than the replay; but each builds the command line, so that it is every fifth unless at full size.
// The vectors of the core are all judged at either size.
func TestVectors(t *testing.T) {
	for i, v := range loadVectors(t) {
		if i%5 != 2 && !seeds.Full() {
			continue
		}
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var in strings.Builder
			for _, f := range v.Facts {
				in.Write(f)
				in.WriteByte('\n')
			}
			outcomes, data := filepath.Join(dir, "o"), filepath.Join(dir, "q")
			args := []string{"replay", "--outcomes", outcomes, "--data-quality", data}
			if v.Policy != "" {
				args = append(args, "--policy", write(t, filepath.Join(dir, "policy.yaml"), v.Policy))
			}
			for _, at := range v.AsOf {
				args = append(args, "--as-of", at)
			}
			var out, errs strings.Builder
			if status := Main(append(args, "-"), strings.NewReader(in.String()), &out, &errs); status != 0 {
				t.Fatalf("exit status %d\n%s", status, errs.String())
			}
			ledger, said, quality := rows(t, read(t, outcomes)), rows(t, out.String()), rows(t, read(t, data))
			for i, stage := range v.Stages {
				for _, e := range stage.Expect {
					if code, ok := strings.CutPrefix(e, "ALERT "); ok {
						if !slices.ContainsFunc(quality, func(q row) bool { return q.AsOf == v.AsOf[i] && q.Code == code }) {
							t.Errorf("at %s: no data quality %s", v.AsOf[i], code)
						}
						continue
					}
					expect(t, v.PersonID, v.AsOf[i], e, ledger, said)
				}
			}
		})
	}
}

var withdrawnOutcome = regexp.MustCompile(`^WITHDRAWN\((\w+)\)$`)

// expect compares one expectation such as
// `NOTIFY 2026-02-03 NEEDS_REVIEW @2026-02-03T23:00+01:00 {LATE_NOTICE}`.
func expect(t *testing.T, person, asOf, text string, ledger, said []row) {
	t.Helper()
	words := strings.Fields(text)
	kind, date, outcome := words[0], words[1], words[2]
	instant, caveats := "", []string{}
	for _, w := range words[3:] {
		switch w[0] {
		case '@':
			at, err := time.Parse("2006-01-02T15:04Z07:00", w[1:])
			if err != nil {
				t.Fatal(err)
			}
			instant = at.UTC().Format("2006-01-02T15:04:05.000Z")
		case '{':
			caveats = strings.Split(strings.Trim(w, "{}"), ",")
			slices.Sort(caveats)
		}
	}
	got, last := row{Outcome: "NOT_APPLICABLE"}, row{}
	for _, u := range ledger {
		if u.PersonID == person && u.AsOf == asOf && u.Kind == kind && u.UnitDate == date {
			got = u
		}
	}
	for _, s := range said {
		if s.PersonID == person && s.AsOf <= asOf && s.Kind == kind && s.UnitDate == date {
			last = s
		}
	}
	fail := func(what string) {
		t.Errorf("at %s: want %s: %s; ledger %+v; last revision %+v", asOf, text, what, got, last)
	}
	withdrawn := withdrawnOutcome.FindStringSubmatch(outcome)
	if withdrawn != nil {
		outcome = withdrawn[1]
	}
	record := outcome == "INDICATED" || outcome == "NEEDS_REVIEW"
	switch {
	case got.Outcome != outcome:
		fail("the outcome differs")
	case instant != "" && got.Instant != instant:
		fail("the instant differs")
	case record && !slices.Equal(got.Caveats, caveats):
		fail("the caveats differ")
	case record && (last.Status != outcome || last.Instant != instant || !slices.Equal(last.Caveats, caveats)):
		fail("the last revision differs")
	case withdrawn != nil && (last.Status != "WITHDRAWN" || last.WithdrawnOutcome != outcome):
		fail("it was not withdrawn so")
	case !record && withdrawn == nil && last.Status != "" && last.Status != "WITHDRAWN":
		fail("a record stands")
	}
}
