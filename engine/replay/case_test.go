package replay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/seeds"
)

// files are the outputs of one run.
type files struct{ violations, outcomes, quality, observations string }

// replayText runs over lines.
func replayText(t *testing.T, lines string, change func(*Options)) (files, Summary) {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	o := Options{
		Facts: []string{Stdio}, Stdin: strings.NewReader(lines),
		Policies:   []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
		Violations: at("v"), Outcomes: at("o"), DataQuality: at("q"), Observations: at("b"),
		TempDir: t.TempDir(),
	}
	if change != nil {
		change(&o)
	}
	sum, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(o.TempDir); err != nil || len(left) > 0 {
		t.Fatalf("the temporary directory is not empty: %v %v", left, err)
	}
	text := func(name string) string {
		b, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return files{text("v"), text("o"), text("q"), text("b")}, sum
}

func simulated(t testing.TB, persons, days int) string {
	t.Helper()
	return simulatedBy(t, simulate.Config{Seed: 3, Start: duty.DateOf(2026, 1, 5), Days: days, Persons: persons})
}

// simulatedBy is simulated for anything that can be.
func simulatedBy(t testing.TB, cfg simulate.Config) string {
	t.Helper()
	var b bytes.Buffer
	lines := simulate.NewLines(&b)
	if _, err := simulate.Run(cfg, lines); err != nil {
		t.Fatal(err)
	}
	if err := lines.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSpill: sorting on disk, with any number of workers, gives what sorting in
// memory gives.
func TestSpill(t *testing.T) {
	seeds.Large(t, "everything is sorted on disk, by any number of workers")
	facts := simulated(t, 30, 20)
	asOf := []duty.Instant{instant(t, "2026-01-15T07:00:00Z"), instant(t, "2026-01-28T07:00:00Z")}
	want, sum := replayText(t, facts, func(o *Options) { o.AsOf = asOf })
	if sum.Spilled || sum.Revisions == 0 || sum.Units == 0 || sum.Persons < 30 {
		t.Fatalf("in memory: %+v", sum)
	}
	for _, workers := range []int{1, 2, 5} {
		got, sum := replayText(t, facts, func(o *Options) { o.AsOf, o.Memory, o.Workers = asOf, 64<<10, workers })
		if !sum.Spilled {
			t.Fatal("nothing was sorted on disk: the test would compare nothing")
		}
		if got != want {
			t.Fatalf("%d workers: other bytes when sorted on disk", workers)
		}
		if got, _ = replayText(t, facts, func(o *Options) { o.AsOf, o.Workers = asOf, workers }); got != want {
			t.Fatalf("%d workers: other bytes when sorted in memory", workers)
		}
	}
}

// story writes facts of persons at KH, who have STAY and NOTIFY from 5 January.
type story struct {
	strings.Builder
	n int
}

func (s *story) fact(topic, format string, args ...any) {
	s.n++
	body := fmt.Sprintf(format, args...)
	if !strings.Contains(body, "received_at") {
		body += `,"received_at":"2026-01-05T00:00:00Z"`
	}
	if !strings.Contains(body, `"id":`) {
		body += fmt.Sprintf(`,"id":"f%d"`, s.n)
	}
	fmt.Fprintf(s, "{\"topic\":%q,\"value\":{%s}}\n", topic, body)
}

func (s *story) resident(person string) {
	s.fact("group-changes", `"person_id":%q,"group":"EXPELLED_JUDGMENT","valid_from":"2026-01-05T00:00:00Z"`, person)
	for kind, basis := range map[string]string{"STAY": "RETURN_ACT_13_2", "NOTIFY": "RETURN_ACT_13_4"} {
		s.fact("obligation-changes", `"person_id":%q,"decision_id":"%s-%s","kind":%q,"action":"IMPOSE","legal_basis":%q,"centre_id":"KH","served_at":"2026-01-05T00:00:00Z","valid_from":"2026-01-05T00:00:00Z"`,
			person, person, kind, kind, basis)
	}
}

func (s *story) holds(person, card, from, to string) {
	end := ""
	if to != "" {
		end = fmt.Sprintf(`,"valid_to":%q`, to)
	}
	s.fact("card-assignments", `"person_id":%q,"card_id":%q,"card_type":"BIOMETRIC","valid_from":%q,"anti_passback":"ON","created":"AUTOMATIC"%s`, person, card, from, end)
}

// passes writes a row at the carousel of KH; person may be empty.
func (s *story) passes(person, card, direction, at string) {
	who := "null"
	if person != "" {
		who = fmt.Sprintf("%q", person)
	}
	s.fact("card-events", `"person_id":%s,"card_id":%q,"card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":%q,"occurred_at":%q,"received_at":%q`,
		who, card, direction, at, at)
}

// settled adds markers: every log of KH is complete for the dates of a month.
func (s *story) settled(month string, days int) {
	for d := 1; d <= days; d++ {
		for _, log := range []string{"ASSISTED_PASSAGE", "BARCODE_LOG", "NOTICE_LOG", "OUTAGE_FORMS"} {
			s.fact("settlements", `"centre_id":"KH","local_date":"%s-%02d","log_type":%q,"complete":true,"received_at":"%s-%02dT23:30:00Z"`, month, d, log, month, d)
		}
	}
}

// stay returns the outcome of STAY on a date.
func stay(f files, person, date string) string {
	line := regexp.MustCompile(`.*"kind":"STAY","outcome":"([A-Z_]+)","person_id":"` + person +
		`".*"unit_date":"` + date + `".*`)
	if m := line.FindStringSubmatch(f.outcomes); m != nil {
		return m[1]
	}
	return ""
}

var asOfFebruary = func(t *testing.T) func(*Options) {
	return func(o *Options) { o.AsOf = []duty.Instant{instant(t, "2026-02-10T07:00:00Z")} }
}

// TestRowsWithoutPerson: a row that names no person belongs to whoever held its card. A row whose
// card nobody held at the time is reported and not dropped (IDN-06, IDN-08).
func TestRowsWithoutPerson(t *testing.T) {
	for _, c := range []struct {
		name     string
		assigned func(*story)
		stay     string
		unknown  int
	}{
		{"held", func(s *story) { s.holds("A", "c1", "2026-01-10T00:00:00Z", "") }, "INDICATED", 0},
		{"held by another", func(s *story) { s.holds("B", "c1", "2026-01-05T00:00:00Z", "") }, "COMPLIANT", 0},
		{"held before", func(s *story) { s.holds("A", "c1", "2026-01-10T00:00:00Z", "2026-01-20T00:00:00Z") }, "COMPLIANT", 2},
		{"never held", func(*story) {}, "COMPLIANT", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &story{}
			s.resident("A")
			s.holds("A", "own", "2026-01-05T00:00:00Z", "2026-01-10T00:00:00Z")
			s.passes("A", "own", "IN", "2026-01-06T10:00:00Z")
			c.assigned(s)
			s.passes("", "c1", "OUT", "2026-02-03T19:00:00Z")
			s.passes("", "c1", "IN", "2026-02-04T13:00:00Z")
			s.settled("2026-02", 9)
			got, _ := replayText(t, s.String(), asOfFebruary(t))
			if o := stay(got, "A", "2026-02-03"); o != c.stay {
				t.Errorf("STAY of A is %s, want %s", o, c.stay)
			}
			if n := strings.Count(got.quality, `"code":"UNKNOWN_PERSON"`); n != c.unknown {
				t.Errorf("%d rows of nobody, want %d:\n%s", n, c.unknown, got.quality)
			}
			if c.unknown > 0 && !strings.Contains(got.quality, `"subject":"c1"`) {
				t.Error("the card is not the subject")
			}
		})
	}
}

// TestCardOfTwo: a row that contradicts the assignment of its card is evidence
// for neither person, and both case files have it (contract §2).
func TestCardOfTwo(t *testing.T) {
	s := &story{}
	for _, p := range []string{"A", "B"} {
		s.resident(p)
		s.holds(p, "card-"+p, "2026-01-05T00:00:00Z", "")
		s.passes(p, "card-"+p, "IN", "2026-01-06T10:00:00Z")
	}
	s.passes("B", "card-A", "OUT", "2026-02-03T19:00:00Z")
	s.settled("2026-02", 9)
	got, _ := replayText(t, s.String(), asOfFebruary(t))
	for _, p := range []string{"A", "B"} {
		if o := stay(got, p, "2026-02-03"); o != "UNDETERMINED" && o != "COMPLIANT" {
			t.Errorf("STAY of %s is %s", p, o)
		}
		if o := stay(got, p, "2026-02-04"); o != "UNDETERMINED" {
			t.Errorf("STAY of %s on the next night is %s", p, o)
		}
		if !regexp.MustCompile(`"code":"CARD_CONFLICT".*"subject":"` + p + `"`).MatchString(got.quality) {
			t.Errorf("CARD_CONFLICT does not name %s", p)
		}
	}
}

// TestLinks: a person has the facts of all persons who were ever linked with it,
// also over a third one, and is judged under its own key.
func TestLinks(t *testing.T) {
	s := &story{}
	s.resident("M")
	s.holds("M", "cm", "2026-01-05T00:00:00Z", "")
	s.passes("M", "cm", "OUT", "2026-02-03T19:00:00Z")
	s.passes("Z", "cz", "IN", "2026-02-03T20:00:00Z") // Z is Y is M
	s.fact("identity-links", `"person_id":"M","alias_person_id":"Y","action":"MERGE","at":"2026-01-10T00:00:00Z"`)
	without, _ := replayText(t, s.String()+settledText(), asOfFebruary(t))
	s.fact("identity-links", `"person_id":"Y","alias_person_id":"Z","action":"MERGE","at":"2026-01-11T00:00:00Z"`)
	with, sum := replayText(t, s.String()+settledText(), asOfFebruary(t))
	if a, b := stay(without, "M", "2026-02-03"), stay(with, "M", "2026-02-03"); a == "COMPLIANT" || b != "COMPLIANT" {
		t.Errorf("STAY of M is %s without the link to Z and %s with it", a, b)
	}
	if sum.Persons != 3 || strings.Contains(with.outcomes, `"person_id":"Z"`) {
		t.Errorf("%d persons were judged, want 3, and only M has units", sum.Persons)
	}
}

func settledText() string {
	s := &story{n: 1000}
	s.settled("2026-02", 9)
	return s.String()
}

// TestUnusableKey: a fact without a usable key holds everybody, and is named.
func TestUnusableKey(t *testing.T) {
	for _, person := range []string{"", strings.Repeat("x", 10_000), "A ", "\u00a0A"} {
		s := &story{}
		s.resident("A")
		s.holds("A", "c", "2026-01-05T00:00:00Z", "")
		s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
		s.passes("A", "c", "IN", "2026-02-04T13:00:00Z")
		s.settled("2026-02", 9)
		free, _ := replayText(t, s.String(), asOfFebruary(t))
		s.fact("notices", `"id":"bad","person_id":%q,"centre_id":"KH","local_time":"2026-02-03T20:00","channel":"GUARD","given_by":"SELF","recipient":"OPERATOR","clarity":"CLEAR","received_at":"2026-02-03T20:00:00Z"`, person)
		held, _ := replayText(t, s.String(), asOfFebruary(t))
		if a, b := stay(free, "A", "2026-02-03"), stay(held, "A", "2026-02-03"); a != "INDICATED" || b != "PROVISIONAL" {
			t.Errorf("STAY of A is %s without and %s with the fact", a, b)
		}
		if !regexp.MustCompile(`"code":"FACT_INVALID".*"subject":"bad"`).MatchString(held.quality) {
			t.Errorf("the fact is not named:\n%s", held.quality)
		}
	}
}

// TestIgnored: automatic incidents change nothing, not even the default as-of,
// and acknowledgements change no outcome and no revision.
func TestIgnored(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
	want, _ := replayText(t, s.String(), nil)
	s.fact("incidents", `"incident_id":"auto:1","centre_id":"KH","device_ids":[],"from":"2026-02-03T19:00:00Z","kind":"DEVICE","forms_status":"PENDING","origin":"AUTOMATIC","received_at":"2026-03-03T19:00:00Z"`)
	if got, _ := replayText(t, s.String(), nil); got != want || want.outcomes == "" {
		t.Error("an automatic incident changed the result")
	}
	s.fact("acknowledgements", `"consumer":"police","unit_id":"u","revision":1,"person_id":"A","at":"2026-02-03T19:00:00Z","received_at":"2026-02-03T19:00:00Z"`)
	got, _ := replayText(t, s.String(), nil)
	if got.violations != want.violations || got.outcomes != want.outcomes || got.observations != want.observations {
		t.Error("an acknowledgement changed the result")
	}
	if !strings.Contains(got.quality, `"code":"ACKNOWLEDGEMENT_INVALID"`) {
		t.Errorf("an acknowledgement of what was never told is not named:\n%s", got.quality)
	}
}

// TestPolicyFromInput: an activation in the input is one more active policy.
func TestPolicyFromInput(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
	s.passes("A", "c", "IN", "2026-02-04T13:00:00Z")
	s.settled("2026-02", 9)
	text := "version: mild\nparameters:\n  stay.late_return_until: \"12:00\"\n"
	activation := func(digest string) {
		s.fact("policies", `"id":"mild","policy_version":"mild","digest":%q,"text":%q,"activated_at":"2026-02-09T00:00:00Z","by":"x","received_at":"2026-02-09T00:00:00Z"`, digest, text)
	}
	activation(fmt.Sprintf("%x", sha256.Sum256([]byte(text))))
	got, _ := replayText(t, s.String(), asOfFebruary(t))
	if !strings.Contains(got.outcomes, `"policy_version":"mild"`) ||
		!strings.Contains(got.outcomes, `"policy_version":"builtin-2"`) {
		t.Errorf("policies in the ledger:\n%.600s", got.outcomes)
	}
	s.fact("policies", `"id":"mild","policy_version":"mild","digest":"","text":"","activated_at":"2026-02-09T00:00:00Z","by":"x","received_at":"2026-02-09T01:00:00Z","version":2,"retracted":true`)
	back, _ := replayText(t, s.String(), asOfFebruary(t))
	if strings.Contains(back.outcomes, `"policy_version":"mild"`) || back.outcomes == "" {
		t.Errorf("a policy that was taken back judges:\n%.600s", back.outcomes)
	}
	activation("of another text")
	same, sum := replayText(t, s.String(), func(o *Options) {
		asOfFebruary(t)(o)
		o.SkipBad = filepath.Join(t.TempDir(), "bad")
	})
	if same.outcomes != back.outcomes || sum.Skipped != 1 {
		t.Errorf("an activation that cannot be used: %d lines were set aside, "+
			"want 1, and nothing else should change", sum.Skipped)
	}
}

// TestCancel: cancelling ends the run with its cause and leaves nothing behind,
// also while it waits for standard input.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	done := make(chan error, 1)
	go func() {
		_, err := Run(ctx, Options{
			Facts: []string{Stdio}, Stdin: r, TempDir: dir, Violations: filepath.Join(dir, "v"),
			Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
		})
		done <- err
	}()
	cancel()
	if err := <-done; err != context.Canceled {
		t.Fatalf("error %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Fatalf("left behind: %v %v", left, err)
	}
}
