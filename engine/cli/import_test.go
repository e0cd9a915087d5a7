package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/schemas"
)

// exampleMappings is where the mappings and the made-up exports lie.
const exampleMappings = "../importing/examples"

// examplesIn copies the examples into a directory and returns those of the exports that fit a pattern.
func examplesIn(t *testing.T, dir, pattern string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(exampleMappings, "*"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	var out []string
	for _, from := range all {
		name := filepath.Base(from)
		write(t, filepath.Join(dir, name), read(t, from))
		if ok, err := filepath.Match(pattern, name); ok && err == nil {
			out = append(out, name)
		}
	}
	return out
}

// nightOf is the outcomes of a person on a date, by duty.
func nightOf(t *testing.T, p program, person, date string, facts ...string) map[string]string {
	t.Helper()
	p.ok(t, append([]string{"replay", "--outcomes", "ledger.jsonl", "--violations", "v.jsonl",
		"--data-quality", "quality.jsonl", "--as-of", "2026-02-05T08:00:00+01:00"}, facts...)...)
	out := map[string]string{}
	for line := range strings.Lines(read(t, filepath.Join(p.dir, "ledger.jsonl"))) {
		var l struct {
			Kind, Outcome string
			PersonID      string `json:"person_id"`
			UnitDate      string `json:"unit_date"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.PersonID == person && l.UnitDate == date {
			out[l.Kind] = l.Outcome
		}
	}
	return out
}

// TestImportExamples: the made-up exports of five systems become a judged night; the workbook has nothing
// that the event log does not have, and a second import nothing that the first does not.
func TestImportExamples(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	texts := examplesIn(t, dir, "*.csv")
	if len(texts) != 4 {
		t.Fatalf("%d exports as text", len(texts))
	}
	r := p.ok(t, append([]string{"import", "--mapping", ".", "--to", "night.jsonl"}, texts...)...)
	if !strings.Contains(r.stderr, "25 facts") || strings.Contains(r.stderr, "WARNING") {
		t.Error(r.stderr)
	}
	got := nightOf(t, p, "P-2001", "2026-02-03", "night.jsonl")
	if got["STAY"] != "INDICATED" || got["NOTIFY"] != "INDICATED" {
		t.Errorf("the night is %v", got)
	}
	if q := read(t, filepath.Join(dir, "quality.jsonl")); strings.Contains(q, "FACT_INVALID") ||
		strings.Contains(q, "CONFLICTING_FACT") {
		t.Errorf("the examples make facts that are doubtful:\n%s", q)
	}
	r = p.ok(t, "import", "--mapping", ".", "--after", "night.jsonl", "bi-2026-02-05.xlsx", texts[0])
	if r.stdout != "" || !strings.Contains(r.stderr, "0 facts, 6 known already and left out, 3 twice") {
		t.Errorf("an overlapping import writes %q, %s", r.stdout, r.stderr)
	}
	dry := p.ok(t, append([]string{"import", "--mapping", ".", "--dry-run", "--first", "1", "--to", "none.jsonl"},
		texts...)...)
	if n := strings.Count(dry.stdout, " becomes {"); n != 4 || !strings.Contains(dry.stdout, "nothing was written") {
		t.Errorf("the dry run shows %d facts:\n%s", n, dry.stdout)
	}
	if _, err := os.Stat(filepath.Join(dir, "none.jsonl")); err == nil {
		t.Error("the dry run writes")
	}
}

// TestImportRejected: a row that is lost in an import accuses nobody. A permission with a status that the
// mapping does not know, and any lost registration of a person, keep that person's night back; a later
// import with a mended mapping ends that, beside the facts of the first one.
func TestImportRejected(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	texts := examplesIn(t, dir, "*.csv")
	sick := func(name, old, is string) {
		text := read(t, filepath.Join(dir, name))
		if !strings.Contains(text, old) {
			t.Fatalf("%s has no %q", name, old)
		}
		write(t, filepath.Join(dir, name), strings.Replace(text, old, is, 1))
	}
	p.ok(t, append([]string{"import", "--mapping", ".", "--to", "right.jsonl"}, texts...)...)
	sick("p360-sager.csv", ";Im\xf8dekommet;", ";Delvis;")
	r := p.run(t, append([]string{"import", "--mapping", ".", "--to", "first.jsonl", "--rejected", "bad.jsonl"},
		texts...)...)
	if r.status != 1 || !strings.Contains(r.stderr, "WARNING: rejected and missing: 1 row.") ||
		!strings.Contains(r.stderr, "complete: 8.") {
		t.Fatalf("status %d, %s", r.status, r.stderr)
	}
	var bad struct {
		File    string
		Line    int
		Topic   string
		Reasons []string
		Holds   string
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "bad.jsonl"))), &bad); err != nil {
		t.Fatal(err)
	}
	if bad.File != "p360-sager.csv" || bad.Line != 7 || bad.Topic != "permissions" || bad.Holds != "PERSON" ||
		!strings.Contains(bad.Reasons[0], `"Delvis"`) {
		t.Errorf("rejected is %+v", bad)
	}
	// The markers come with another import, so that they do not decide.
	markers := ""
	for line := range strings.Lines(read(t, filepath.Join(dir, "right.jsonl"))) {
		if strings.Contains(line, `"settlements"`) {
			markers += line
		}
	}
	write(t, filepath.Join(dir, "markers.jsonl"), markers)
	got := nightOf(t, p, "P-2001", "2026-02-03", "first.jsonl", "markers.jsonl")
	if got["STAY"] != "PROVISIONAL" || got["NOTIFY"] != "PROVISIONAL" {
		t.Errorf("with a permission lost the night is %v", got)
	}
	got = nightOf(t, p, "P-2001", "2026-02-03", "first.jsonl", "right.jsonl")
	if got["STAY"] != "INDICATED" || got["NOTIFY"] != "INDICATED" {
		t.Errorf("after it was imported right the night is %v", got)
	}
	// A registration of which nothing says which of two hours is meant.
	sick("ams-2026-02.csv", "04-02-2026;14:01:55;Nej", "25-10-2026;02:30:00;")
	r = p.run(t, "import", "--mapping", ".", "--dry-run", "ams-2026-02.csv")
	if r.status != 1 || !strings.Contains(r.stdout, "ams-2026-02.csv:8: rejected: card-events.occurred_at") {
		t.Errorf("status %d\n%s", r.status, r.stdout)
	}
}

// TestImportDoubts: what an import makes of rejected rows can be read, makes no sense to the core, and is
// named by it, whatever the topic.
func TestImportDoubts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	var facts strings.Builder
	want := 0
	for _, s := range schemas.Inputs() {
		topic := s.Topic()
		if topic == "policies" {
			continue
		}
		mapping := fmt.Sprintf(`import: 1
name: m
table: {separator: ","}
facts:
  - topic: %s
    fields:
      id: {column: Id}
      received_at: {column: At, as: time, formats: [iso]}
      person_id: {column: P}
      centre_id: {column: C}
      card_id: {column: K}
      nothing: {column: P, codes: {none: none}}
`, topic)
		write(t, filepath.Join(dir, "m.yaml"), mapping)
		write(t, filepath.Join(dir, "x.csv"), "Id,At,P,C,K\nx-"+topic+",2026-02-03T12:00:00Z,P-1,KH,K-1\n")
		r := p.run(t, "import", "--mapping", "m.yaml", "x.csv")
		if r.status != 1 {
			t.Fatalf("%s: status %d, %s", topic, r.status, r.stderr)
		}
		want += strings.Count(r.stdout, "\n")
		facts.WriteString(r.stdout)
	}
	write(t, filepath.Join(dir, "facts.jsonl"), facts.String())
	p.ok(t, "replay", "facts.jsonl", "--data-quality", "quality.jsonl")
	text := read(t, filepath.Join(dir, "quality.jsonl"))
	if got := strings.Count(text, `"code":"FACT_INVALID"`); got != want || want < 10 {
		t.Errorf("%d of %d doubts are named:\n%s", got, want, text)
	}
}
