package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
)

// offlineEngine is a demoEngine without a broker: it evaluates whom a fact, the
// clock or a centre concerns at every step. Facts know their time, so it is the
// engine's contract in a hundred lines.
type offlineEngine struct {
	people   map[string]*offlinePerson
	centres  duty.CentreFacts
	shared   *duty.Centres
	policies []duty.ActivePolicy
	now      duty.Instant
	out      chan demoWord
	broken   chan struct{}
	err      error
}

// offlinePerson is what is known and was told of a person, and when that person is next due.
type offlinePerson struct {
	facts duty.Facts
	said  []duty.Said
	next  duty.Instant
}

func newOfflineEngine() *offlineEngine {
	return &offlineEngine{people: map[string]*offlinePerson{}, out: make(chan demoWord, 1<<16),
		policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}, broken: make(chan struct{})}
}

func offlineAdd[T any](list *[]duty.Known[T], record *T, at duty.Instant) {
	*list = append(*list, duty.Known[T]{Fact: *record, At: at})
}

func (e *offlineEngine) feed(_ context.Context, facts []simulate.Fact) error {
	for _, f := range facts {
		if e.addCentre(f) {
			e.shared = nil
			for _, p := range e.people {
				p.next = duty.Beginning
			}
			continue
		}
		p := e.people[f.Key]
		if p == nil {
			p = &offlinePerson{}
			e.people[f.Key] = p
		}
		p.next = duty.Beginning
		if !addPerson(&p.facts, f) {
			return errors.New("no place for a fact of " + f.Topic)
		}
	}
	return nil
}

func (e *offlineEngine) addCentre(f simulate.Fact) bool {
	switch r := f.Record.(type) {
	case *duty.ManualEntry:
		if f.Key != r.CentreID { // with a number that can be read it is the person's (RD-47)
			return false
		}
		offlineAdd(&e.centres.ManualEntries, r, f.ReceivedAt)
	case *duty.Incident:
		offlineAdd(&e.centres.Incidents, r, f.ReceivedAt)
	case *duty.Exclusion:
		offlineAdd(&e.centres.Exclusions, r, f.ReceivedAt)
	case *duty.Settlement:
		offlineAdd(&e.centres.Settlements, r, f.ReceivedAt)
	case *duty.SupervisionResult:
		offlineAdd(&e.centres.SupervisionResults, r, f.ReceivedAt)
	default:
		return false
	}
	return true
}

func addPerson(p *duty.Facts, f simulate.Fact) bool {
	switch r := f.Record.(type) {
	case *duty.CardEvent:
		offlineAdd(&p.CardEvents, r, f.ReceivedAt)
	case *duty.ManualEntry:
		offlineAdd(&p.ManualEntries, r, f.ReceivedAt)
	case *duty.Notice:
		offlineAdd(&p.Notices, r, f.ReceivedAt)
	case *duty.ObligationChange:
		offlineAdd(&p.ObligationChanges, r, f.ReceivedAt)
	case *duty.GroupChange:
		offlineAdd(&p.GroupChanges, r, f.ReceivedAt)
	case *duty.Permission:
		offlineAdd(&p.Permissions, r, f.ReceivedAt)
	case *duty.Hold:
		offlineAdd(&p.Holds, r, f.ReceivedAt)
	case *duty.DepartureAssessment:
		offlineAdd(&p.DepartureAssessments, r, f.ReceivedAt)
	case *duty.CardAssignment:
		offlineAdd(&p.CardAssignments, r, f.ReceivedAt)
	case *duty.Acknowledgement: // the business of recalls
	default:
		return false
	}
	return true
}

func (e *offlineEngine) advance(to duty.Instant) {
	e.now = to
	if e.shared == nil {
		e.shared = duty.NewCentres(e.centres)
	}
	names := make([]string, 0, len(e.people))
	for name, p := range e.people {
		if p.next <= to {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		p := e.people[name]
		in := duty.Input{PersonID: name, Person: &p.facts, Centres: e.shared, Policies: e.policies}
		res := duty.Evaluate(in, to)
		p.next = res.Next
		revisions, err := duty.Revise(in, res, p.said)
		if err != nil {
			e.err = err
			close(e.broken)
			return
		}
		for i := range revisions {
			v := &revisions[i]
			p.said = slices.DeleteFunc(p.said, func(s duty.Said) bool { return s.Kind == v.Kind && s.Date == v.UnitDate })
			p.said = append(p.said, duty.SaidOf(v))
			e.out <- demoWord{violation: v}
		}
	}
}

func (e *offlineEngine) idle() bool                   { return true }
func (e *offlineEngine) said() <-chan demoWord        { return e.out }
func (e *offlineEngine) finish(context.Context) error { close(e.out); return e.err }
func (e *offlineEngine) failed() <-chan struct{}      { return e.broken }
func (e *offlineEngine) close() error                 { return e.err }

func demoConfig() simulate.Config {
	start := duty.DateOf(2026, 11, 1)
	return simulate.Config{Seed: 1, Start: start, Days: 21, Persons: 40, Until: (start + 21).Clock(14, 0)}
}

// played runs the show over the offline engine and returns what it printed.
func played(t *testing.T, cfg simulate.Config, screen *demoScreen) (*demoShow, string) {
	t.Helper()
	out := &bytes.Buffer{}
	screen.w = out
	dir := t.TempDir()
	play, err := newDemoPlay(cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	show := &demoShow{play: play, engine: newOfflineEngine(), screen: screen, tally: newDemoTally()}
	screen.opening(cfg, time.Second, &demoDir{path: dir, shown: "./tilsyn-demo"})
	if err := show.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := show.keep(dir); err != nil {
		t.Fatal(err)
	}
	screen.clear()
	screen.summary(show, true)
	screen.next(&demoDir{path: dir, shown: "./tilsyn-demo"}, cfg.Until, true)
	data, err := os.ReadFile(filepath.Join(dir, demoViolations))
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(data, []byte("\n")); got != show.tally.revisions {
		t.Errorf("%d lines of violations for %d revisions", got, show.tally.revisions)
	}
	return show, out.String()
}

// The demo ends with what it promises: nobody indicated wrongly, everything
// found, withdrawals of several causes, each beside what it withdraws.
func TestDemoEndsRight(t *testing.T) {
	t.Parallel()
	show, out := played(t, demoConfig(), &demoScreen{width: 100})
	score := show.play.truth.Compare(show.tally.statuses(), duty.KindUnknown)
	if score.Precision() != 1 || score.Recall() != 1 || score.Expected < 15 {
		t.Errorf("precision %.3f, recall %.3f of %d", score.Precision(), score.Recall(), score.Expected)
	}
	for _, cause := range []demoCause{causeExclusion, causePermission, causeDeparture, causeReport, causeNotice} {
		if show.tally.causes[cause] == 0 {
			t.Errorf("no withdrawal because %s", cause)
		}
		if !strings.Contains(out, string(cause)) {
			t.Errorf("the output does not say %q", cause)
		}
	}
	for _, want := range []string{"hard frost", "recalled", "withdraws INDICATED of", "EVENT", "precision",
		"100.0 %", "replay --as-of"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output does not say %q", want)
		}
	}
	for _, never := range []string{"was absent", "violated", "guilty", "\x1b", "\r"} {
		if strings.Contains(out, never) {
			t.Errorf("the output in a pipe says %q", never)
		}
	}
	withdrawn := 0
	for _, n := range show.tally.causes {
		withdrawn += n
	}
	if got := strings.Count(out, "  withdraws "); got != withdrawn {
		t.Errorf("%d withdrawals are printed beside what they withdraw, of %d", got, withdrawn)
	}
}

// On a terminal there are colours, statements and a bar, and no line is longer
// than the terminal is wide, which is 80 columns for most.
func TestDemoOnATerminal(t *testing.T) {
	t.Parallel()
	cfg := demoConfig()
	cfg.Persons, cfg.Days, cfg.Until = 30, 14, (cfg.Start+14).Clock(14, 0)
	_, out := played(t, cfg, &demoScreen{width: 80, rich: true, colour: true})
	for _, want := range []string{"\x1b[2K", "░", "This indicates that", "withdraws INDICATED of"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output does not hold %q", want)
		}
	}
	if strings.Contains(out, "was absent") {
		t.Error("the output says that somebody was absent")
	}
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]|\r")
	for _, line := range strings.Split(out, "\n") {
		for _, part := range strings.Split(line, "\r") {
			if part = escapes.ReplaceAllString(part, ""); utf8.RuneCountInString(part) > 80 {
				t.Errorf("wider than the terminal: %q", part)
			}
		}
	}
}

func TestDemoWords(t *testing.T) {
	if got := timeWords(duty.DateOf(2026, 11, 1).Clock(9, 12)); got != "Sun  1 Nov 09:12" {
		t.Errorf("time is %q", got)
	}
	if got := shortStatement("A. B e.g. C. This indicates that D. " +
		"E. For human assessment only."); got != "A. B e.g. C. This indicates that D." {
		t.Errorf("statement is %q", got)
	}
	for path, want := range map[string]string{"./tilsyn-demo": "./tilsyn-demo", "a b": "'a b'", "it's": `'it'\''s'`} {
		if got := shellPath(path); got != want {
			t.Errorf("%q is quoted as %s, want %s", path, got, want)
		}
	}
}
