package duty

import (
	"cmp"
	"slices"
)

// newQuality returns a data-quality record with its derived id (contract §3).
func newQuality(code DataQualityCode, subject string, from Instant, to Opt[Instant], detail ...Detail) DataQuality {
	if detail == nil {
		detail = []Detail{}
	}
	return DataQuality{ID: UUID5("tilsyn:dq:" + code.String() + ":" + subject + ":" + from.String()),
		Code: code, Subject: subject, From: from, To: to, Detail: detail, State: FindingStateOpen}
}

// NewDataQuality returns an open data-quality record without an end, with an id derived as in
// contract §3.
func NewDataQuality(code DataQualityCode, subject string, from Instant, detail ...Detail) DataQuality {
	return newQuality(code, subject, from, None[Instant](), detail...)
}

// quality lists what is doubtful about the person's data.
func (c *court) quality(Instant) []DataQuality {
	e := c.withLate.all[0]
	person := c.in.PersonID
	var out []DataQuality
	put := func(code DataQualityCode, from Instant, to Opt[Instant], detail ...Detail) {
		out = append(out, newQuality(code, person, from, to, detail...))
	}
	for _, r := range e.duties.refusals {
		put(r.code, r.part.validFrom, None[Instant](), Detail{"decision_id", r.part.decision},
			Detail{"kind", r.part.version.Kind.String()})
	}
	for _, v := range e.rows.offline {
		put(DataQualityCodeOfflineEventRejected, v.OccurredAt, None[Instant](), Detail{"device_id", v.DeviceID})
	}
	e.crowdedQuality(put)
	for _, v := range e.rows.conflicts {
		if _, said := covering(e.rows.crowded, v.OccurredAt); said && e.src.facts.crowd(v.CardID) != nil {
			continue // the line of the card says it
		}
		put(DataQualityCodeCardConflict, v.OccurredAt, None[Instant](), Detail{"card_id", v.CardID})
	}
	for _, list := range [][]row{e.rows.passages, e.rows.reports, e.rows.off} {
		for _, r := range list {
			if r.unknownDevice {
				put(DataQualityCodeUnknownDevice, r.event.OccurredAt, None[Instant](), Detail{"device_id", r.event.DeviceID})
			}
			// A clock that is ahead is the watch's to name, where there is one: one line a run.
			if c.watch == nil && r.event.OccurredAt > r.receipt+ClockNoticed || r.event.OccurredAt < ClockReset {
				put(DataQualityCodeClockOffset, r.event.OccurredAt, None[Instant](), Detail{"device_id", r.event.DeviceID})
			}
		}
	}
	for _, a := range e.moves.unmatched {
		put(DataQualityCodeAssistUnmatched, a.at, None[Instant](), Detail{"entry_id", a.key.Fact.ID})
	}
	for _, k := range e.entries {
		if k.Fact.misnamed() {
			l, _ := parseLocal(k.Fact.LocalTime)
			put(DataQualityCodeNameMismatch, l.early, None[Instant](), Detail{"entry_id", k.Fact.ID})
		}
	}
	for i := range e.moves.list {
		if o := &e.moves.list[i]; o.barcode && e.missingInLog(o) {
			put(DataQualityCodeLogMismatch, o.at, None[Instant](), Detail{"row_id", o.refs[0].id})
		}
	}
	for _, p := range c.inconsistent(e) {
		put(DataQualityCodeApbInconsistent, p.From, Some(p.To))
	}
	for _, l := range e.id.cycles {
		put(DataQualityCodeIdentityCycle, l.At, None[Instant](), Detail{"link_id", l.ID})
	}
	out = append(out, c.unknownPerson()...)
	out = append(out, c.invalidFacts()...)
	out = append(out, c.lostFacts()...)
	out = append(out, c.twoCardTimes(e)...)
	out = append(out, c.unusualSchedules(e)...)
	out = append(out, c.conflicting()...)
	out = append(out, c.clockOffsets()...)
	out = append(out, c.misplacedDuties(e)...)
	out = append(out, c.tiedGroups(e)...)
	return sortQuality(out)
}

// sortQuality sorts by code, subject, start and detail, and removes repetitions.
func sortQuality(out []DataQuality) []DataQuality {
	slices.SortStableFunc(out, func(a, b DataQuality) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.From, b.From),
			compareDetails(a.Detail, b.Detail))
	})
	return slices.CompactFunc(out, func(a, b DataQuality) bool { return a.ID == b.ID })
}

// invalidFacts reports the facts that make no sense (contract §1).
func (c *court) invalidFacts() []DataQuality {
	var out []DataQuality
	for _, f := range c.src.invalidKnown {
		if f.known <= c.at && !c.src.blocks[f.block].over(c.at) {
			out = append(out, newQuality(DataQualityCodeFactInvalid, ClipKey(f.id), f.at.Clamp(), None[Instant](),
				f.fault.Details(f.topic)...))
		}
	}
	return out
}

// twoCardTimes reports when the person held two cards at once (IDN-08).
func (c *court) twoCardTimes(e *evaluation) []DataQuality {
	var out []DataQuality
	for i, a := range e.assignments {
		for _, b := range e.assignments[i+1:] {
			s, o := Span{a.Fact.ValidFrom, a.Fact.ValidTo.Or(Forever)}, Span{b.Fact.ValidFrom, b.Fact.ValidTo.Or(Forever)}
			if a.Fact.CardID == b.Fact.CardID || a.Fact.CardType == CardTypeKeyFob ||
				b.Fact.CardType == CardTypeKeyFob || !s.overlaps(o) {
				continue
			}
			to := None[Instant]()
			if end := min(s.To, o.To); end < Forever {
				to = Some(end)
			}
			out = append(out, newQuality(DataQualityCodeTwoCards, c.in.PersonID, max(s.From, o.From), to))
		}
	}
	return out
}

// unusualSchedules warns about schedules that differ from the starting point of
// the group (OBL-03, TX-09); it changes nobody's schedule: the decision governs
// (AMB-33).
func (c *court) unusualSchedules(e *evaluation) []DataQuality {
	var out []DataQuality
	for i := range e.duties.report {
		p := &e.duties.report[i]
		usual := p.schedule.Type == ScheduleTypeDaily
		if p.version.ValidFrom < dailyFrom.Start() && p.group != GroupTolerated {
			usual = usual || p.schedule.Type == ScheduleTypeQuota && p.schedule.QuotaPerWeek == 3 ||
				p.schedule.Type == ScheduleTypeWeekdays && len(p.schedule.Weekdays) == 3
		}
		if !usual {
			out = append(out, newQuality(DataQualityCodeScheduleUnusual, c.in.PersonID, p.version.ValidFrom, None[Instant](),
				Detail{"decision_id", p.version.DecisionID}, Detail{"type", p.schedule.Type.String()}))
		}
	}
	return out
}

// CentreQuality lists doubts about the facts of centres at a clock: unreadable records
// (UNREADABLE), facts that make no sense or name a centre unknown to the register (FACT_INVALID),
// and, where there is no watch to name them, heartbeats of unknown sources.
func CentreQuality(c *Centres, p *Policy, now Instant) []DataQuality {
	var out []DataQuality
	for i := range c.blocks {
		if b := &c.blocks[i]; b.invalid && !b.lost && b.open(now) {
			out = append(out, newQuality(DataQualityCodeFactInvalid, ClipKey(b.id), b.known.Clamp(),
				None[Instant](), b.fault.Details(b.topic)...))
		}
	}
	out = strangers(out, TopicIncidents, c.all.incidents, p, now,
		func(v *Incident) (string, string, Instant) { return v.ID, v.CentreID, v.From })
	out = strangers(out, TopicExclusions, c.all.exclusions, p, now,
		func(v *Exclusion) (string, string, Instant) { return v.ID, v.CentreID, v.FromDate.Start() })
	out = strangers(out, TopicSettlements, c.all.settlements, p, now,
		func(v *Settlement) (string, string, Instant) { return v.ID, v.CentreID, v.LocalDate.Start() })
	out = strangers(out, TopicSupervisionResults, c.all.supervision, p, now,
		func(v *SupervisionResult) (string, string, Instant) { return v.ID, v.CentreID, v.FromDate.Start() })
	out = strangers(out, TopicControlActions, c.all.actions, p, now,
		func(v *ControlActionTaken) (string, string, Instant) {
			if v.CentreID == AllCentres {
				return v.ID, "", v.At
			}
			return v.ID, v.CentreID, v.At
		})
	out = append(out, c.lostQuality(p, now)...)
	out = append(out, c.beatQuality(p, now)...)
	out = append(out, c.countQuality(now)...)
	out = append(out, c.nobodysPaper(p, now)...)
	out = append(out, c.centreClockOffsets(now)...)
	return sortQuality(out)
}

// strangers reports the facts that count at now and name a centre unknown to the register. They
// hold nobody: no unit belongs to that centre (contract §1). A fact for which of returns no centre
// is one of all.
func strangers[T any, P factPtr[T]](out []DataQuality, topic string, facts []versions[T], p *Policy, now Instant,
	of func(*T) (id, centre string, from Instant)) []DataQuality {
	for _, v := range facts {
		k := at[T, P](v, func(k *Known[T]) bool { return k.At <= now })
		if k == nil {
			continue
		}
		if id, centre, from := of(&k.Fact); centre != "" && p.centre(centre) == nil {
			out = append(out, newQuality(DataQualityCodeFactInvalid, id, from.Clamp(), None[Instant](),
				unplaced(p, centre, ruleFacts).Details(topic)...))
		}
	}
	return out
}
