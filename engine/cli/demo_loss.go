package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
)

// demoLoss is the story of the loss of data: noticed by the watch, records held, an
// exclusion declared, and what had been told recalled.
type demoLoss struct {
	simulate.Loss
	// found are the automatic incidents at the centre over the time of the loss, noticed
	// is when the first of them was opened.
	found   map[string]bool
	noticed duty.Instant
	first   *duty.Incident
	// others are automatic incidents of other things.
	others map[string]bool
	// held are the units that the same facts indicate where nobody watches the devices,
	// and do not where somebody does, with when they would be told; ascending by that.
	// shown is how many of them the show has spoken of.
	held  []demoHeld
	shown int
	// declared is the exclusion.
	declared *duty.Exclusion
	// closed is set once it was said that everybody has acknowledged.
	closed bool
	truth  map[simulate.Key]simulate.What
}

// demoHeld is a unit that the watch holds back.
type demoHeld struct {
	key simulate.Key
	at  duty.Instant
}

// newDemoLoss finds the loss of a play, and whom the watch protects in its days. nil:
// nothing is lost in it.
func newDemoLoss(ctx context.Context, p *demoPlay, dir string) (*demoLoss, error) {
	if len(p.truth.Losses) == 0 {
		return nil, nil
	}
	l := &demoLoss{
		Loss: p.truth.Losses[0], found: map[string]bool{}, others: map[string]bool{},
		truth: map[simulate.Key]simulate.What{},
	}
	for i := range p.truth.Units {
		u := &p.truth.Units[i]
		l.truth[simulate.Key{PersonID: u.PersonID, Kind: u.Kind, Date: u.Date}] = u.What
	}
	// Until the loss is declared; what an exclusion withdraws the watch need not prevent.
	until := p.cfg.Until
	for i := range p.facts {
		if x, ok := p.facts[i].Record.(*duty.Exclusion); ok && x.CentreID == l.CentreID {
			until = min(until, p.facts[i].ReceivedAt)
		}
	}
	var asOf []duty.Instant
	for t := simulate.Today(l.From).Clock(12, 0); t < until; t = (simulate.Today(t) + 1).Clock(12, 0) {
		asOf = append(asOf, t)
	}
	if len(asOf) == 0 {
		return l, nil
	}
	blind, err := indicatedIn(ctx, p, dir, asOf, true)
	if err != nil {
		return nil, err
	}
	seeing, err := indicatedIn(ctx, p, dir, asOf, false)
	if err != nil {
		return nil, err
	}
	for _, v := range blind {
		key := simulate.Key{PersonID: v.PersonID, Kind: v.Kind, Date: v.UnitDate}
		same := func(x *duty.Violation) bool { return x.UnitID == v.UnitID }
		if v.CentreID == l.CentreID && !slices.ContainsFunc(seeing, same) &&
			!slices.ContainsFunc(l.held, func(x demoHeld) bool { return x.key == key }) {
			l.held = append(l.held, demoHeld{key, v.EvaluatedAt})
		}
	}
	return l, nil
}

// indicatedIn judges the facts of a play and returns what is INDICATED at some time, with the
// watch or as if nobody watched.
func indicatedIn(ctx context.Context, p *demoPlay, dir string, asOf []duty.Instant,
	blind bool) ([]*duty.Violation, error) {
	temp, err := os.MkdirTemp("", "tilsyn-demo-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	file := filepath.Join(temp, demoViolations)
	if _, err := replay.Run(ctx, replay.Options{
		Facts: []string{filepath.Join(dir, simulate.FactsFile)}, AsOf: asOf, Yes: true, Unwatched: blind,
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: p.policy}}, Violations: file, TempDir: temp,
	}); err != nil {
		return nil, err
	}
	var out []*duty.Violation
	err = replay.EachViolation(file, func(v *duty.Violation) error {
		if v.Status == duty.StatusIndicated {
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// finds takes an automatic incident in. It returns whether it is to be shown: the first
// one of the loss, and every one of something else.
func (l *demoLoss) finds(x *duty.Incident) bool {
	if l == nil || x.State != duty.IncidentStateActive {
		return false
	}
	if x.CentreID != l.CentreID || x.From >= l.To || x.To.OK && x.To.V <= l.From {
		if l.others[x.IncidentID] {
			return false
		}
		l.others[x.IncidentID] = true
		return true
	}
	l.found[x.IncidentID] = true
	if l.first != nil {
		return false
	}
	l.first, l.noticed = x, x.ReceivedAt
	return true
}

// declare takes an exclusion in.
func (l *demoLoss) declare(x *duty.Exclusion) {
	if l != nil && x.CentreID == l.CentreID && l.declared == nil {
		l.declared = x
	}
}

// heldCount counts records that were held back, and those of residents who had met their
// duty.
type heldCount struct {
	units, met      int
	persons, spared map[string]bool
	// told are those that the engine told all the same: none.
	told int
}

// count counts what is held.
func (l *demoLoss) count(held []demoHeld, t *demoTally) heldCount {
	c := heldCount{persons: map[string]bool{}, spared: map[string]bool{}}
	for _, h := range held {
		c.units++
		c.persons[h.key.PersonID] = true
		if l.truth[h.key] != simulate.Breach {
			c.met++
			c.spared[h.key.PersonID] = true
		}
		if s := t.units[h.key]; s != nil && s.everIndicated {
			c.told++
		}
	}
	return c
}

// demoPatient is how long after the time at which somebody would have been told the
// demo says that a record is held: on a busy machine the engine is behind the show.
const demoPatient = 20 * duty.Hour

// loss says what became known of the loss since the last step.
func (s *demoScreen) loss(l *demoLoss, now duty.Instant, t *demoTally, c *demoConsumers) {
	if l == nil {
		return
	}
	from := l.shown
	for l.shown < len(l.held) && l.held[l.shown].at <= now-demoPatient {
		l.shown++
	}
	if held := l.count(l.held[from:l.shown], t); held.units > 0 {
		s.event(now, l.CentreID, fmt.Sprintf("%s of %s held: the rows that arrived indicate a breach, "+
			"but others are known to be missing", counted(int64(held.units), "record"),
			counted(int64(len(held.persons)), "resident")))
	}
	if l.declared == nil || l.closed {
		return
	}
	r, ok := c.recall(causeOfExclusion(l.declared), now)
	if ok && r.ClosedAt.OK {
		l.closed = true
		s.event(now, l.CentreID, fmt.Sprintf("the recall of %s is closed: all %d consumers have acknowledged it",
			counted(int64(r.Units), "record"), len(r.Consumers)))
	}
}

// causeOfExclusion is the cause_id of what an exclusion takes back (C-42).
func causeOfExclusion(x *duty.Exclusion) string {
	return duty.RecallCauseExclusion.String() + ":" + x.ExclusionID
}

// found prints what the watch has found; the first time with what follows from it.
func (s *demoScreen) found(x *duty.Incident) {
	what := "the watch opens an incident"
	kind, _, _ := strings.Cut(strings.TrimPrefix(x.IncidentID, "auto:"), ":")
	device := strings.Join(x.DeviceIDs, ", ")
	if text := map[string]string{
		"gap":     "rows that %s has numbered never arrived",
		"silence": "%s no longer says that it is well",
		"reset":   "%s numbers its rows from the beginning",
		"epoch":   "%s numbers its rows anew",
		"clock":   "the clock of %s is wrong",
		"count":   "%s counts other rows than arrived",
	}[kind]; text != "" {
		what = fmt.Sprintf(text, device) + "; " + what
	} else if kind == "burst" {
		what = "passages of several residents do not fit together; " + what
	}
	if !s.explained {
		s.explained = true
		what += ". While it stands nobody is accused by what may be missing"
	}
	s.event(x.ReceivedAt, x.CentreID, what)
}

// lossSummary says what became of the loss, with whom the watch has protected.
func (s *demoScreen) lossSummary(l *demoLoss, t *demoTally, c *demoConsumers) {
	if l == nil {
		return
	}
	held := l.count(l.held, t)
	s.line("")
	s.heading(fmt.Sprintf("The loss at %s, %s to %s", l.CentreID, timeWords(l.From), timeWords(l.To)))
	s.fate("lost", counted(int64(l.Passages), "passage")+" of residents never arrived")
	if l.first == nil {
		s.fate("noticed", "not by the watch")
	} else {
		s.fate("noticed", fmt.Sprintf("%s by the watch alone, which opened %s", timeWords(l.noticed),
			counted(int64(len(l.found)), "incident")))
	}
	s.fate("held", fmt.Sprintf("%s that the rows which arrived would indicate: %d of real breaches, which nobody can "+
		"tell apart, and %d of residents who had met their duty", counted(int64(held.units), "record"),
		held.units-held.met, held.met))
	spared := counted(int64(len(held.spared)), "resident") + " who had met their duty and would have been told of"
	if held.told == 0 {
		spared += ": nobody was"
	} else {
		spared += fmt.Sprintf("; %d of the records were told all the same", held.told)
	}
	s.fate("protected", spared)
	if l.declared == nil {
		s.fate("declared", "not yet")
		return
	}
	s.fate("declared", timeWords(l.declared.ReceivedAt)+" by one officer, approved by another")
	r, ok := c.recall(causeOfExclusion(l.declared), duty.Forever-1)
	switch {
	case !ok:
		s.fate("recalled", "nothing: no record over these dates had been told")
	case r.ClosedAt.OK:
		s.fate("recalled", fmt.Sprintf("%s told before, withdrawn %s; the last of %d consumers acknowledged %s",
			counted(int64(r.Units), "record"), timeWords(r.OpenedAt), len(r.Consumers), timeWords(r.ClosedAt.V)))
	default:
		s.fate("recalled", fmt.Sprintf("%s told before, withdrawn %s; not acknowledged by all consumers yet",
			counted(int64(r.Units), "record"), timeWords(r.OpenedAt)))
	}
}

// fate prints one line of the loss, with its text beside its name.
func (s *demoScreen) fate(name, text string) {
	for i, l := range wrap(strings.Join(strings.Fields(text), " "), min(s.width, demoWidth)-13) {
		if i > 0 {
			name = ""
		}
		s.line(fmt.Sprintf("  %-9s  %s", name, l))
	}
}
