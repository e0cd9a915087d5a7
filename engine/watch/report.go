package watch

import (
	"cmp"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// Cause is what an automatic incident follows from.
type Cause uint8

// Causes, named as in the ids of incidents (6.7).
const (
	CauseSilence Cause = iota + 1
	CauseGap
	CauseReset
	CauseEpoch
	CauseBurst
	CauseClock
	CauseCount
)

var causes = [...]string{"", "silence", "gap", "reset", "epoch", "burst", "clock", "count"}

// String returns the name in the id of an incident.
func (c Cause) String() string { return causes[c] }

// State says what has become of an automatic incident (W-34).
type State uint8

const (
	// Active stands.
	Active State = iota
	// Dissolved was shown to be nothing: as if it had never been (INC-07).
	Dissolved
	// Replaced gave way to what people said (6.4).
	Replaced
)

var states = [...]string{"ACTIVE", "DISSOLVED", "REPLACED"}

// String returns the name in outputs.
func (s State) String() string { return states[s] }

// Automatic is an automatic incident, forms PENDING.
type Automatic struct {
	// ID begins with auto: and stands while what it is anchored at stands (W-33).
	ID       string
	Cause    Cause
	CentreID string
	// DeviceIDs is the device concerned; empty for a feed and a burst.
	DeviceIDs []string
	From      duty.Instant
	// To is missing while a silence lasts (W-02).
	To    duty.Opt[duty.Instant]
	Kind  duty.IncidentKind
	State State
	// ReplacedBy is the human incident that took its place.
	ReplacedBy string
	// Proven is when the heartbeat was known that dissolved it; 0 where it is not dissolved.
	Proven duty.Instant
}

// Report is what the watch sees at one view.
type Report struct {
	// Incidents are sorted by centre, then start, then id.
	Incidents []Automatic
	// Coverage are the supervised feeds, sorted.
	Coverage []Coverage
	// DataQuality is sorted by code, subject and start.
	DataQuality []duty.DataQuality
}

// Look looks at one view. pairs are the inconsistent pairs that the facts of the
// view show, of all persons.
func (w *Watch) Look(v View, pairs []Pair) Report {
	s := w.sight(v)
	var r Report
	beats := s.beats()
	devices := s.devices(beats)
	counted := make([]*numbers, len(devices))
	for i, d := range devices {
		n := s.number(d)
		counted[i] = n
		s.deviceSilences(&r, d, n)
		s.resets(&r, d, n)
		s.gaps(&r, d, n)
		s.conflicts(&r, d, n)
		s.clocks(&r, d)
	}
	for src, list := range beats { //house:order-free the report is sorted
		switch {
		case !s.knows(src):
			r.quality(duty.DataQualityCodeUnknownSource, src.id, firstOf(list), duty.None[duty.Instant](),
				duty.UnknownSource(src.id)...)
		case src.id == CardEventsFeed:
			var signs []sign
			for _, k := range list {
				signs = append(signs, beatSign(k))
			}
			slices.SortFunc(signs, compareSigns)
			var all []silence
			for _, listed := range s.policy.ListedFeed(src.id, src.centre) {
				all = append(all, s.silences(signs, listed.From, listed.To)...)
			}
			s.feedSilences(&r, src, all, func(span duty.Span, centre string) (duty.Instant, bool) {
				return s.allProven(devices, counted, span, centre)
			})
		}
	}
	s.reconcile(&r, devices)
	s.bursts(&r, pairs)
	r.Coverage = cover(beats, s.knows)
	r.sort()
	return r
}

func firstOf(list []*duty.Known[duty.Heartbeat]) duty.Instant {
	first := duty.Forever
	for _, k := range list {
		first = min(first, k.Fact.At, k.At)
	}
	return first
}

// incident is an automatic incident under work.
type incident struct {
	cause          Cause
	centre, device string
	// name is what follows cause and centre in the id.
	name      string
	span      duty.Span
	lasting   bool
	kind      duty.IncidentKind
	dissolved bool
	// proven is when the heartbeat that dissolved it was known.
	proven   duty.Instant
	replaced string
}

func (i *incident) end() duty.Opt[duty.Instant] {
	if i.lasting {
		return duty.None[duty.Instant]()
	}
	return duty.Some(i.span.To)
}

func (i *incident) state() State {
	switch {
	case i.dissolved:
		return Dissolved
	case i.replaced != "":
		return Replaced
	}
	return Active
}

// addEverywhere adds an incident at each centre where its device stood.
func (s *sight) addEverywhere(r *Report, d *device, i *incident) {
	for _, c := range s.centresOf(d.id, i.span, d.rows) {
		at := *i
		at.centre = c
		s.add(r, &at)
	}
}

// add asks what people say of an incident and puts it into the report.
func (s *sight) add(r *Report, i *incident) {
	if i.span.To <= i.span.From {
		i.span.To = i.span.From + 1
	}
	if !i.dissolved {
		i.replaced = s.replacedBy(i)
	}
	a := Automatic{
		ID: "auto:" + i.cause.String() + ":" + i.centre + ":" + i.name, Cause: i.cause, CentreID: i.centre,
		DeviceIDs: []string{}, From: i.span.From, To: i.end(), Kind: i.kind,
		State: i.state(), ReplacedBy: i.replaced, Proven: i.proven,
	}
	if i.device != "" {
		a.DeviceIDs = append(a.DeviceIDs, i.device)
	}
	r.Incidents = append(r.Incidents, a)
}

func (r *Report) quality(code duty.DataQualityCode, subject string, from duty.Instant, to duty.Opt[duty.Instant],
	detail ...duty.Detail) {
	q := duty.NewDataQuality(code, subject, from, detail...)
	q.To = to
	r.DataQuality = append(r.DataQuality, q)
}

// reset names numbers that fell or an epoch that changed.
func (r *Report) reset(device string, before, after *sign) {
	r.quality(duty.DataQualityCodeSeqReset, device, before.at, duty.Some(after.at),
		duty.Detail{Name: "before", Value: numberText(before)}, duty.Detail{Name: "after", Value: numberText(after)})
}

// numberText is the epoch and the number that a sign names, if any.
func numberText(g *sign) string {
	if !g.numbered {
		return strconv.FormatInt(g.epoch, 10) + ":"
	}
	return strconv.FormatInt(g.epoch, 10) + ":" + strconv.FormatInt(g.seq, 10)
}

func compareAutomatic(a, b Automatic) int {
	return cmp.Or(cmp.Compare(a.CentreID, b.CentreID), cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.To.V, b.To.V))
}

func (r *Report) sort() {
	slices.SortFunc(r.Incidents, compareAutomatic)
	slices.SortStableFunc(r.DataQuality, func(a, b duty.DataQuality) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.From, b.From))
	})
	r.DataQuality = slices.CompactFunc(r.DataQuality, func(a, b duty.DataQuality) bool { return a.ID == b.ID })
}
