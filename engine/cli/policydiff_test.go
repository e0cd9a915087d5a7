package cli

import (
	"bufio"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/topics"
)

// The two policies that the tests compare: one needs six hours of presence and waits for no log.
const strictPolicy = `version: strict
settle.required: {value: [], source: test}
stay.presence_rule: {value: "MIN_DURATION PT6H", source: test}
`

const gentlePolicy = `version: gentle
stay.open_interval_status: {value: NEEDS_REVIEW, source: test}
`

// diffLine is any line of `policy diff --format json`.
type diffLine struct {
	Line, Weight, Kind string
	PersonID           string `json:"person_id"`
	UnitDate           string `json:"unit_date"`
	Units              int64
	Milder, Harsher    int64
	Notes              []string
	Other              json.RawMessage
	InForce            json.RawMessage          `json:"in_force"`
	IfActivated        struct{ Outcome string } `json:"if_activated"`
}

// diffed runs the command and reads its lines.
func diffed(t *testing.T, p program, args ...string) (header diffLine, groups, units []diffLine) {
	t.Helper()
	r := p.run(t, append([]string{"policy", "diff", "--format", "json"}, args...)...)
	if r.status != 1 {
		t.Fatalf("status %d: %s", r.status, r.stderr)
	}
	lines := bufio.NewScanner(strings.NewReader(r.stdout))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l diffLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		switch l.Line {
		case "header":
			header = l
		case "group":
			groups = append(groups, l)
		case "unit":
			units = append(units, l)
		}
	}
	return header, groups, units
}

// outcomeOf is the outcome in a verdict.
func outcomeOf(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var v struct{ Outcome string }
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v.Outcome
}

// TestPolicyDiff: what one policy makes harsher the other way round is milder; sums, groups and units agree;
// what an activation would publish is never harsher (TX-22), and is what replay gives with the policy activated.
func TestPolicyDiff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	facts := simulated(t, 30, 14)
	write(t, filepath.Join(dir, "strict.yaml"), strictPolicy)
	write(t, filepath.Join(dir, "gentle.yaml"), gentlePolicy)
	at := "--as-of=2026-01-21T08:00:00+01:00"
	from, to := "--from=2026-01-05", "--to=2026-01-18"
	there, groups, harsher := diffed(t, p, "--policy", "strict.yaml", "--in-force", "gentle.yaml", from, to, at, facts)
	back, _, milder := diffed(t, p, "--policy", "gentle.yaml", "--in-force", "strict.yaml", from, to, at, facts)
	if there.Harsher == 0 || there.Milder != 0 || there.Harsher != back.Milder || back.Harsher != 0 {
		t.Fatalf("one way %d milder, %d harsher; the other %d, %d", there.Milder, there.Harsher, back.Milder, back.Harsher)
	}
	if !strings.Contains(strings.Join(there.Notes, " "), "never published") {
		t.Errorf("nothing says that what is harsher is never published: %v", there.Notes)
	}
	sums := map[string]int64{}
	for _, g := range groups {
		sums[g.Weight] += g.Units
	}
	if sums["HARSHER"] != there.Harsher || int64(len(harsher)) != sums["HARSHER"]+sums["SAME_WEIGHT"] {
		t.Errorf("%d units, groups %v, header %d", len(harsher), sums, there.Harsher)
	}
	for _, u := range harsher {
		if now := outcomeOf(t, u.InForce); u.IfActivated.Outcome != now {
			t.Errorf("%s %s is %s, activated it would be %s", u.Kind, u.UnitDate, now, u.IfActivated.Outcome)
		}
		if u.UnitDate < "2026-01-05" || u.UnitDate > "2026-01-18" {
			t.Errorf("a unit of %s", u.UnitDate)
		}
	}
	// The gentle policy, activated at the as-of, gives the same as replay.
	p.ok(t, "replay", facts, at, "--violations", "v.jsonl", "--outcomes", "ledger.jsonl",
		"--policy", "strict.yaml", "--policy", "gentle.yaml@2026-01-21T08:00:00+01:00")
	ledger := map[[3]string]string{}
	for line := range strings.Lines(read(t, filepath.Join(dir, "ledger.jsonl"))) {
		var l struct {
			Kind, Outcome string
			PersonID      string `json:"person_id"`
			UnitDate      string `json:"unit_date"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		ledger[[3]string{l.PersonID, l.UnitDate, l.Kind}] = l.Outcome
	}
	for _, u := range milder {
		if got := ledger[[3]string{u.PersonID, u.UnitDate, u.Kind}]; got != u.IfActivated.Outcome {
			t.Errorf("%s %s: activated it would be %s, replay says %s", u.Kind, u.UnitDate, u.IfActivated.Outcome, got)
		}
		if u.Weight == "MILDER" && outcomeOf(t, u.Other) != u.IfActivated.Outcome {
			t.Errorf("%s %s becomes milder, and activating does not make it so", u.Kind, u.UnitDate)
		}
	}
	if !slices.IsSortedFunc(milder, func(a, b diffLine) int {
		return strings.Compare(a.Weight[:1]+a.PersonID+a.UnitDate+a.Kind, b.Weight[:1]+b.PersonID+b.UnitDate+b.Kind)
	}) {
		t.Error("the units are not sorted by weight, person, date and duty")
	}
}

// TestPolicyDiffText: sums by rule, with words; the same bytes whatever the order of lines; status 0 where
// nothing changes.
func TestPolicyDiffText(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	facts := residentFacts("P-1")
	write(t, filepath.Join(dir, "facts.jsonl"), facts)
	lines := slices.Collect(strings.Lines(facts))
	slices.Reverse(lines)
	write(t, filepath.Join(dir, "again.jsonl"), strings.Join(lines, ""))
	write(t, filepath.Join(dir, "strict.yaml"), strictPolicy)
	args := []string{"policy", "diff", "--policy", "strict.yaml", "--from", "2026-02-03", "--to", "2026-02-03",
		"--as-of", "2026-02-05T08:00:00+01:00"}
	r := p.run(t, append(args, "facts.jsonl")...)
	if again := p.run(t, append(args, "again.jsonl", "facts.jsonl")...); again != r {
		t.Errorf("in another order it is another:\n%s\n%s", again.stdout, r.stdout)
	}
	for _, want := range []string{"stay.presence_rule: ANY_IN_WINDOW always -> MIN_DURATION PT6H always\n",
		"2 units: 0 the same, 0 milder, 2 harsher", "never published", "TX-22",
		"1 STAY: PROVISIONAL -> INDICATED, no longer LIF-02", "  NOTIFY 2026-02-03 P-1: PROVISIONAL at"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q is missing in\n%s", want, r.stdout)
		}
	}
	none := p.ok(t, "policy", "diff", "--policy", "strict.yaml", "--from", "2026-01-10", "--to", "2026-01-10",
		"facts.jsonl")
	if !strings.Contains(none.stdout, "2 the same, 0 milder, 0 harsher") {
		t.Error(none.stdout)
	}
}

// TestPolicyDiffFromTopics: from the topics it is as from the files, activated policies included.
func TestPolicyDiffFromTopics(t *testing.T) {
	t.Parallel()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	dir := t.TempDir()
	p := program{dir: dir, env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "3", "--timestamps", "create")
	write(t, filepath.Join(dir, "strict.yaml"), strictPolicy)
	text, err := json.Marshal(gentlePolicy)
	if err != nil {
		t.Fatal(err)
	}
	activation := `{"topic":"policies","value":{"id":"a","received_at":"2026-01-06T00:00:00Z","policy_version":"gentle",` +
		`"digest":"` + policyDigest(t, gentlePolicy) + `","text":` + string(text) +
		`,"activated_at":"2026-01-06T00:00:00Z","by":"me"}}` + "\n"
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1")+activation)
	p.ok(t, "load", "facts.jsonl")
	args := []string{"policy", "diff", "--policy", "strict.yaml", "--from", "2026-02-01", "--to", "2026-02-10",
		"--as-of", "2026-02-20T08:00:00+01:00"}
	files := p.run(t, append(args, "facts.jsonl")...)
	log := p.run(t, args...)
	if files.status != 1 || !strings.Contains(files.stdout, "in force: gentle") ||
		!strings.Contains(files.stdout, "stay.open_interval_status: NEEDS_REVIEW always -> INDICATED always") {
		t.Fatalf("status %d\n%s%s", files.status, files.stdout, files.stderr)
	}
	const behind = "Some task of the engine had not reached this clock when the topics were read.\n"
	got := strings.Replace(log.stdout, behind, "", 1)
	if log.status != 1 || got != files.stdout {
		t.Errorf("status %d, from the topics:\n%s%sfrom files:\n%s", log.status, log.stdout, log.stderr, files.stdout)
	}
}

// policyDigest is the digest of a policy's text.
func policyDigest(t *testing.T, text string) string {
	t.Helper()
	p, err := parseActivated(text)
	if err != nil {
		t.Fatal(err)
	}
	return p.Digest
}
