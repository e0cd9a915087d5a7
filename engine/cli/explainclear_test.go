package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/seeds"
)

// outcomesOf replays files of facts and returns the outcome of every unit of the ledger, by its id.
func outcomesOf(t *testing.T, o replay.Options) map[string]row {
	t.Helper()
	dir := t.TempDir()
	o.Outcomes = filepath.Join(dir, "outcomes")
	if _, err := replay.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	out := map[string]row{}
	for line := range strings.Lines(read(t, o.Outcomes)) {
		var r struct {
			row
			UnitID string `json:"unit_id"`
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		out[r.UnitID] = r.row
	}
	return out
}

// harmOf orders outcomes as explain does.
func harmOf(outcome string) int {
	return map[string]int{"INDICATED": 3, "NEEDS_REVIEW": 2, "PROVISIONAL": 1}[outcome]
}

// clearingCase are facts with the clock and policy to judge them by.
type clearingCase struct {
	name  string
	facts string
	opts  replay.Options
}

// clearingCases are vectors of the law and simulated persons with faults.
func clearingCases(t *testing.T) []clearingCase {
	t.Helper()
	var out []clearingCase
	stride := 24
	if seeds.Full() {
		stride = 4
	}
	for i, v := range loadVectors(t) {
		if i%stride != 0 {
			continue
		}
		o := vectorOptions(t, &v, len(v.AsOf))
		out = append(out, clearingCase{v.ID, o.Facts[0], o})
	}
	for seed := range uint64(seeds.Size(t, 4)) {
		name := fmt.Sprintf("simulated %d", seed)
		out = append(out, clearingCase{name, simulatedWithFaults(t, seed), clearingOptions()})
	}
	return out
}

// clearingOptions are what simulatedWithFaults is replayed with.
func clearingOptions(facts ...string) replay.Options {
	return replay.Options{Facts: facts, Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
		AsOf: []duty.Instant{duty.DateOf(2026, 1, 14).Clock(8, 0)}}
}

// simulatedWithFaults writes the facts of some persons whose devices number their rows, with lost and late
// ones, so that the watch has something to say.
func simulatedWithFaults(t *testing.T, seed uint64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "facts.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := simulate.NewLines(f)
	cfg := simulate.Config{Seed: seed, Start: duty.DateOf(2026, 1, 5), Days: 9, Persons: 10, Numbered: true,
		Faults: simulate.Faults{Delay: 0.1, DelayMax: 30 * duty.Hour, Lose: []simulate.Lose{{Centre: "KH",
			From: duty.DateOf(2026, 1, 8).Clock(12, 0), To: duty.DateOf(2026, 1, 9).Clock(12, 0), Percent: 40}}}}
	if _, err := simulate.Run(cfg, lines); err != nil {
		t.Fatal(err)
	}
	if err := lines.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestExplainClears: on vectors and random persons, explain gives the outcome that replay gives, and every
// fact of which it says that it would clear or lower a unit does, when it is put into the file and all is
// replayed.
func TestExplainClears(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "every fact that would clear is tried")
	r := rand.New(rand.NewPCG(1, 2))
	units, facts := 0, 0
	for _, c := range clearingCases(t) {
		o := c.opts
		o.Facts = []string{c.facts}
		told := 0
		outcomes := outcomesOf(t, o)
		for _, id := range slices.Sorted(maps.Keys(outcomes)) {
			unit := outcomes[id]
			if harmOf(unit.Outcome) == 0 && r.IntN(40) > 0 || told > 1 {
				continue
			}
			x, err := replay.Inspect(t.Context(), o, replay.Wanted{UnitID: id})
			if err != nil {
				t.Fatalf("%s %s: %v", c.name, id, err)
			}
			e, err := explained(x, false)
			if err != nil {
				t.Fatalf("%s %s: %v", c.name, id, err)
			}
			if e.Verdict.Outcome != unit.Outcome || e.Unit.UnitID != id {
				t.Fatalf("%s %s: explained as %s, replayed as %s", c.name, id, e.Verdict.Outcome, unit.Outcome)
			}
			units++
			if harmOf(unit.Outcome) == 0 {
				continue
			}
			told++
			facts += replayClearing(t, r, &c, e)
		}
	}
	if units < 20 || facts < 20 {
		t.Errorf("%d units and %d facts: the test looked at nothing", units, facts)
	}
	t.Logf("%d units, %d facts replayed", units, facts)
}

// replayClearing replays some of the facts that clear, each by itself, and returns how many.
func replayClearing(t *testing.T, r *rand.Rand, c *clearingCase, e *explain.Explanation) int {
	t.Helper()
	n := 0
	extra := filepath.Join(t.TempDir(), "extra.jsonl")
	for _, f := range e.Clearing.Facts {
		if !seeds.Full() && r.IntN(3) > 0 {
			continue
		}
		raw := f.Facts[r.IntN(len(f.Facts))]
		if err := os.WriteFile(extra, []byte(string(raw)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		o := c.opts
		o.Facts = []string{c.facts, extra}
		then := "NOT_APPLICABLE"
		if u, ok := outcomesOf(t, o)[e.Unit.UnitID]; ok {
			then = u.Outcome
		}
		if then != f.Outcome || harmOf(then) >= harmOf(e.Verdict.Outcome) {
			t.Errorf("%s, %s %s %s: with %s it should be %s and is %s\n%s", c.name, e.Unit.Kind, e.Unit.Date,
				e.Verdict.Outcome, f.What, f.Outcome, then, raw)
		}
		n++
	}
	return n
}
