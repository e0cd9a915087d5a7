package duty

import "slices"

// Paper: which entries are passages, reports or doubts (SYS-19 to SYS-23), and what is lost if the
// name does not fit the number (RD-35, RD-36, RD-38).

// The temporary manual registration ran on these dates, both included (SYS-22).
var (
	temporaryFrom = DateOf(2020, 12, 1)
	temporaryTo   = DateOf(2024, 3, 22)
)

// temporaryMinutes is how far apart an entry of the temporary registration and the electronic row
// of the same passage may lie (EVD-10, RD-35).
const temporaryMinutes = 10

// misnamed reports whether the name on paper does not fit the number: the entry then clears and
// never accuses (IDN-09, RD-36). Null means not checked and counts as fitting.
func (v *ManualEntry) misnamed() bool { return v.NameMatches.OK && !v.NameMatches.V }

// byHand reports whether an assisted-passage entry is a real passage that staff
// registered: APB = no; not stated counts as yes (RD-38).
func (v *ManualEntry) byHand() bool {
	return v.Form == FormAssistedPassage && v.APB.OK && !v.APB.V
}

// unlocks reports whether an entry says that a row only unlocked a card (PAS-07). An entry under
// another name removes no row (RD-36).
func (v *ManualEntry) unlocks() bool {
	return v.Form == FormAssistedPassage && !v.byHand() && !v.misnamed()
}

// temporary reports whether an entry of the temporary registration is more than
// an attachment: in its era and with a direction (RD-35).
func (v *ManualEntry) temporary() bool {
	if v.Form != FormTemporaryRegistration || !v.Direction.OK {
		return false
	}
	l, _ := parseLocal(v.LocalTime)
	d := l.early.Date()
	return temporaryFrom <= d && d <= temporaryTo
}

// passage reports whether an entry is a passage where no electronic row stands
// for it, and how many minutes off that row may be (PAS-11, DAT-05, RD-10, RD-35,
// RD-38). An OUT under another name is nothing (RD-36).
func (v *ManualEntry) passage(assistMatch int) (minutes int, ok bool) {
	switch {
	case v.misnamed() && v.Direction.V == DirectionOut:
		return 0, false
	case v.Form == FormOutagePassage, v.Form == FormBarcodeLog, v.byHand():
		return assistMatch, true
	}
	return temporaryMinutes, v.temporary()
}

// silences reports whether an entry is not a fact that ends a silence: "not found", an entry under
// another name, or an observation other than "present" (RD-42).
func (v *ManualEntry) silences() bool {
	return v.misnamed() || v.Result.OK && v.Result.V == CheckResultNotFound ||
		v.Form == FormObservation && v.Result != Some(CheckResultPresent)
}

// movesPerson reports whether an entry affects where the person is.
func (v *ManualEntry) movesPerson() bool {
	switch v.Form {
	case FormOutageReport:
		return true
	case FormPresenceCheck:
		return v.Result == Some(CheckResultPresent) // one that found nobody shows nothing (STY-08)
	}
	_, ok := v.passage(0)
	return ok
}

// misnamedIn reports whether an entry under another name lies in a half-open window or slot, or in
// an interval of inference, which includes both ends (RD-36, RD-49).
func (e *evaluation) misnamedIn(window, interval Span) bool {
	list := e.papers.misnamed
	return slices.ContainsFunc(list.around(window.From, window.To), func(p timedPaper) bool {
		return p.when.has(window.contains)
	}) || slices.ContainsFunc(list.around(interval.From, interval.To), func(p timedPaper) bool {
		return p.when.has(func(t Instant) bool { return interval.From <= t && t <= interval.To })
	})
}

// halfReadIn reports whether the later reading of a time on paper that is read one way only lies in a
// window or slot, with its grace, or in an interval of inference: read so, it could clear (TIM-06).
func (e *evaluation) halfReadIn(window, interval Span) bool {
	grace := Instant(e.par.ReportGraceMinutes+1) * Minute
	return slices.ContainsFunc(e.papers.halfRead, func(p timedPaper) bool {
		t := p.when.late
		return window.From-grace <= t && t <= window.To+grace || interval.From <= t && t <= interval.To
	})
}

// observedPresent reports whether a guard noted the person as present at one of
// the centres within an interval that an absence is inferred from (RD-41).
func (e *evaluation) observedPresent(centres []string, interval Span) bool {
	return slices.ContainsFunc(e.papers.observed.around(interval.From, interval.To), func(p timedPaper) bool {
		return assigned(centres, p.entry.CentreID) &&
			p.when.has(func(t Instant) bool { return interval.From <= t && t <= interval.To })
	})
}

// paperDoubts sets the caveats for paper that may be this person's, over the window or slot of a
// unit and the interval from which its record is inferred (RD-36, RD-41, RD-47, RD-49). REPORT has
// no interval.
func (e *evaluation) paperDoubts(c *candidate, kind Kind, f *finding) {
	interval := nowhere
	if kind != KindReport {
		interval = e.inferredFrom(c)
	}
	if e.misnamedIn(f.period, interval) {
		c.caveat("NAME_MISMATCH", "RD-36")
	}
	if e.halfReadIn(f.period, interval) {
		c.caveat("TIME_AMBIGUOUS", "TIM-06")
	}
	if e.unassignedNear(f.centres, f.period, interval) {
		c.caveat("UNASSIGNED_PAPER", "RD-47")
	}
	if kind != KindReport && c.exit == nil && e.observedPresent(f.centres, interval) {
		c.caveat("OBSERVED_PRESENT", "RD-41")
	}
}

// nowhere is an interval that contains nothing.
var nowhere = Span{Forever, Beginning}

// inferredFrom returns the interval that a record is inferred from, both ends
// included: from the observation before to the one after, or to the clock; of a
// registered exit from the observation before it, or the exit, to the exit
// (RD-49).
func (e *evaluation) inferredFrom(c *candidate) Span {
	if c.exit != nil {
		s := Span{c.exit.at, c.exit.at}
		if prev := e.observationBefore(c.exit); prev != nil {
			s.From = prev.at
		}
		return s
	}
	s := Span{c.at, e.lens.at}
	if c.before != nil {
		s.From = c.before.at
	}
	if c.after != nil {
		s.To = c.after.at
	}
	return s
}

// observationBefore returns the observation before a registered exit, or nil.
func (e *evaluation) observationBefore(exit *observation) *observation {
	list := e.moves.list
	i := e.moves.since(exit.at)
	var prev *observation
	if i > 0 {
		prev = &list[i-1]
	}
	for ; i < len(list); i++ {
		o := &list[i]
		if o == exit || o.at >= exit.at && o.refs[0].id == exit.refs[0].id {
			break
		}
		prev = o
	}
	return prev
}
