package control

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// controls has one line for each control of the reliability requirements. What cannot be measured is
// missing: the absence of a finding is no proof that a control was done.
func (b *Book) controls(r *duty.ControlReport, findings []duty.DataQuality) []duty.ControlLine {
	count := func(codes ...duty.DataQualityCode) int32 {
		n := 0
		for _, c := range codes {
			n += b.codes[c.String()]
		}
		return int32(n)
	}
	open := func(codes ...duty.DataQualityCode) int32 {
		n := int32(0)
		for i := range findings {
			q := &findings[i]
			for _, c := range codes {
				if q.Code == c && b.of(q.Subject) && within(b.period.Span, q.From) {
					n++
				}
			}
		}
		return n
	}
	lines := []duty.ControlLine{
		b.heartbeats(r), b.sequence(r),
		line(duty.ControlNameReconciliation, int(r.Reconciliations.Due), int(r.Reconciliations.Done),
			duty.Some(count(duty.DataQualityCodeReconciliationMissing)+r.Reconciliations.Mismatched.V), duty.None[int32](),
			duty.Some(open(duty.DataQualityCodeReconciliationMissing))),
		b.plausibility(count, open), b.silence(r), b.settled(r),
		tested(onlyTested[0], r.Actions), tested(onlyTested[1], r.Actions), tested(onlyTested[2], r.Actions),
		{Control: duty.ControlNameClock, Findings: duty.Some(count(duty.DataQualityCodeClockOffset))},
		{Control: duty.ControlNameIdentity, Findings: duty.Some(r.Identity.WeeksAboveLimit)},
		b.fourEyes(), b.everyDuty(r),
	}
	followUps(lines, r.Actions)
	return lines
}

// onlyTested are the controls of which nothing but what people tell shows whether they were done.
var onlyTested = []duty.ControlName{duty.ControlNameBackup, duty.ControlNameRestoreTest, duty.ControlNameRecallDrill}

// line is a line of which due and done were measured.
func line(name duty.ControlName, due, done int, findings, followed, open duty.Opt[int32]) duty.ControlLine {
	return duty.ControlLine{Control: name, Due: duty.Some(int32(due)), Done: duty.Some(int32(done)), Findings: findings,
		FollowedUp: followed, Open: open}
}

// heartbeats: of the devices that ought to, how many are supervised; what was silent (REL-01).
func (b *Book) heartbeats(r *duty.ControlReport) duty.ControlLine {
	return b.supervised(r, duty.ControlNameHeartbeat, duty.ControlSourceKindDevice)
}

// silence is the same of the feeds: while one is silent nobody is accused (REL-06).
func (b *Book) silence(r *duty.ControlReport) duty.ControlLine {
	return b.supervised(r, duty.ControlNameSilence, duty.ControlSourceKindFeed)
}

func (b *Book) supervised(r *duty.ControlReport, name duty.ControlName, kind duty.ControlSourceKind) duty.ControlLine {
	due, done, silences := 0, 0, int32(0)
	for i := range r.Sources {
		s := &r.Sources[i]
		if s.Kind != kind {
			continue
		}
		due++
		if s.SupervisedMs > 0 {
			done++
		}
		silences += s.Silences
	}
	l := line(name, due, done, duty.Some(silences), duty.None[int32](), duty.None[int32]())
	if b.watch == nil || kind != duty.ControlSourceKindDevice {
		return l
	}
	l.FollowedUp, l.Open = b.followed("auto:silence:")
	return l
}

// followed counts the losses of the watch whose ids begin in one of some ways: those that were dissolved,
// replaced or confirmed, and those that are open.
func (b *Book) followed(prefixes ...string) (followed, open duty.Opt[int32]) {
	followed, open = duty.Some[int32](0), duty.Some[int32](0)
	for i := range b.losses {
		l := &b.losses[i]
		if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(l.ID, p) }) {
			continue
		}
		if l.State == duty.ControlLossStateSuspected {
			open.V++
		} else {
			followed.V++
		}
	}
	return followed, open
}

// sequence: what the numbers of rows showed (REL-02); whether rows are numbered is not known here.
func (b *Book) sequence(r *duty.ControlReport) duty.ControlLine {
	l := duty.ControlLine{Control: duty.ControlNameSequence}
	if b.watch == nil {
		return l
	}
	findings := int32(0)
	for i := range r.Sources {
		findings += r.Sources[i].Gaps.V + r.Sources[i].Resets.V
	}
	l.Findings = duty.Some(findings)
	l.FollowedUp, l.Open = b.followed("auto:gap:", "auto:reset:", "auto:epoch:")
	return l
}

func (b *Book) plausibility(count, open func(...duty.DataQualityCode) int32) duty.ControlLine {
	codes := []duty.DataQualityCode{duty.DataQualityCodeTrafficLow, duty.DataQualityCodeNetDrift,
		duty.DataQualityCodeSameDirectionShare}
	return duty.ControlLine{Control: duty.ControlNamePlausibility, Findings: duty.Some(count(codes...)),
		Open: duty.Some(open(codes...))}
}

func (b *Book) settled(r *duty.ControlReport) duty.ControlLine {
	due, done, missing := 0, 0, int32(0)
	for i := range r.Settlements {
		s := &r.Settlements[i]
		due, done, missing = due+int(s.Due), done+int(s.OnTime+s.Late), missing+s.Missing
	}
	return line(duty.ControlNameSettlement, due, done, duty.Some(missing), duty.None[int32](),
		duty.Some(int32(due-done)))
}

// fourEyes: exclusions known in the period, and those that a second person approved (EXC-06).
func (b *Book) fourEyes() duty.ControlLine {
	due, done := 0, 0
	for i := range b.world.Centres.Facts().Exclusions {
		k := &b.world.Centres.Facts().Exclusions[i]
		if !b.of(k.Fact.CentreID) || !within(b.period.Span, k.At) || k.At > b.at {
			continue
		}
		due++
		if k.Fact.ApprovedBy != "" && !duty.SameName(k.Fact.ApprovedBy, k.Fact.DeclaredBy) {
			done++
		}
	}
	return line(duty.ControlNameFourEyes, due, done, duty.Some(int32(due-done)), duty.None[int32](), duty.None[int32]())
}

// everyDuty: kinds of duty that bind somebody, and those of which anything was judged at all.
func (b *Book) everyDuty(r *duty.ControlReport) duty.ControlLine {
	done := 0
	for _, d := range r.Handled.DutiesControlled {
		if d.Controlled {
			done++
		}
	}
	due := len(r.Handled.DutiesControlled)
	open := duty.Some(int32(due - done))
	return line(duty.ControlNameEveryDuty, due, done, open, duty.None[int32](), open)
}
