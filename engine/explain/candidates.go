package explain

import (
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// candidate is one fact that may clear or lower a unit.
type candidate struct {
	record any
	// at is its own time; missing for facts without one.
	at   duty.Opt[duty.Instant]
	kind *factKind
}

// seeker makes candidates for one unit.
type seeker struct {
	person string
	kind   duty.Kind
	date   duty.Date
	at     duty.Instant
	period duty.Span
	centre string
	in     *duty.Input
	acc    *duty.Account
	// policy is the one that decides.
	policy *duty.Policy
	// card is one of the person, with its kind; empty where none is known.
	card     string
	cardType duty.CardType
	out      []candidate
	n        int
}

// idPrefix begins the ids of facts that nobody sent.
const idPrefix = "what-if:"

func (s *seeker) id() string {
	s.n++
	return idPrefix + strconv.Itoa(s.n)
}

func (s *seeker) add(k *factKind, record any, at duty.Opt[duty.Instant]) {
	if at.OK && at.V > s.at {
		return // nobody can know it yet
	}
	s.out = append(s.out, candidate{record, at, k})
}

// seek makes the candidates. Each is one fact, known at the clock.
func seek(c *Case, a *duty.Account) []candidate {
	m := c.last()
	s := &seeker{person: c.PersonID, kind: c.Kind, date: c.Date, at: m.At, in: &m.Input, acc: a,
		period: duty.Span{From: a.Unit.PeriodFrom, To: a.Unit.PeriodTo}}
	for _, p := range m.Input.Policies {
		if p.Policy.Digest == a.Unit.PolicyDigest {
			s.policy = p.Policy
		}
	}
	for _, id := range a.Centres {
		if s.centre == "" && s.place(id) != nil {
			s.centre = id
		}
	}
	s.findCard()
	if s.centre != "" {
		if s.kind == duty.KindReport {
			s.reports()
		} else {
			s.passages()
		}
		s.papers()
		s.incidents()
	}
	if s.kind == duty.KindNotify && s.centre != "" {
		s.notices()
	}
	s.decisions()
	s.corrections()
	return s.out
}

// place returns a place of the register, nil where it has none of that id.
func (s *seeker) place(id string) *duty.Centre {
	for i := range s.policy.Centres {
		if s.policy.Centres[i].ID == id {
			return &s.policy.Centres[i]
		}
	}
	return nil
}

// device returns a device of the centre at a time that fits.
func (s *seeker) device(t duty.Instant, fits func(*duty.Device) bool) *duty.Device {
	for i := range s.policy.Devices {
		d := &s.policy.Devices[i]
		if d.CentreID == s.centre && d.From <= t && t < d.To && fits(d) {
			return d
		}
	}
	return nil
}

// findCard takes the newest card that rows of the person name.
func (s *seeker) findCard() {
	best := duty.Beginning
	for i := range s.in.Person.CardEvents {
		k := &s.in.Person.CardEvents[i]
		e := &k.Fact
		if e.PersonID == duty.Some(s.person) && k.At <= s.at && e.OccurredAt > best &&
			e.CardType != duty.CardTypeKeyFob && e.DeviceType != duty.DeviceTypeOfflineLock && e.OccurredAt <= s.period.To {
			best, s.card, s.cardType = e.OccurredAt, e.CardID, e.CardType
		}
	}
	for i := range s.in.Person.CardAssignments {
		a := &s.in.Person.CardAssignments[i].Fact
		if s.card == "" && a.PersonID == s.person && a.CardType != duty.CardTypeKeyFob {
			s.card, s.cardType = a.CardID, a.CardType
		}
	}
}

// instants are the times at which a registration is asked for: before the period, every hour of it, its
// edges, and around the instant of the unit.
func (s *seeker) instants() []duty.Instant {
	p := s.period
	out := []duty.Instant{p.From - 5*duty.Minute, p.From, p.From + 3*duty.Minute, p.To - duty.Minute}
	step := max(duty.Hour, (p.To-p.From)/12)
	for t := p.From + step; t < p.To; t += step {
		out = append(out, t)
	}
	if i := s.acc.Unit.Instant; i.OK && s.kind == duty.KindNotify {
		out = append(out, i.V-duty.Minute, i.V+duty.Minute)
	}
	for _, r := range s.acc.Registrations {
		if r.Role == duty.EvidenceRoleBoundBefore {
			out = append(out, r.At+duty.Minute)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// passages are passages of one row: one in, or one out, which shows that somebody was inside before it.
func (s *seeker) passages() {
	if s.card == "" {
		return
	}
	for _, t := range s.instants() {
		d := s.device(t, func(d *duty.Device) bool { return d.Type == duty.DeviceTypeCarousel && d.PairedWith == "" })
		if d == nil {
			continue
		}
		for _, dir := range []duty.Direction{duty.DirectionIn, duty.DirectionOut} {
			k := rowIn
			if dir == duty.DirectionOut {
				k = rowOut
			}
			s.add(k, s.row(t, d, duty.CardEventKindPassage, duty.Some(dir)), duty.Some(t))
		}
	}
}

func (s *seeker) row(t duty.Instant, d *duty.Device, kind duty.CardEventKind,
	dir duty.Opt[duty.Direction]) *duty.CardEvent {
	return &duty.CardEvent{ID: s.id(), Version: 1, ReceivedAt: s.at, PersonID: duty.Some(s.person), CardID: s.card,
		CardType: s.cardType, CentreID: s.centre, DeviceID: d.ID, DeviceType: d.Type, Kind: kind, Direction: dir,
		Scan: duty.ScanComplete, OccurredAt: t}
}

// reports are rows of the reporting stand.
func (s *seeker) reports() {
	if s.card == "" {
		return
	}
	for _, t := range s.instants() {
		d := s.device(t, func(d *duty.Device) bool { return d.Type == duty.DeviceTypeReportingStand })
		if d != nil {
			s.add(standRow, s.row(t, d, duty.CardEventKindReport, duty.None[duty.Direction]()), duty.Some(t))
		}
	}
}

// incidents are an outage over the unit, with and without its papers, and an exclusion of its date.
func (s *seeker) incidents() {
	for _, f := range []duty.FormsStatus{duty.FormsStatusPending, duty.FormsStatusComplete} {
		k := outagePending
		if f == duty.FormsStatusComplete {
			k = outageComplete
		}
		id := s.id()
		s.add(k, &duty.Incident{ID: id, Version: 1, ReceivedAt: s.at, IncidentID: id, CentreID: s.centre,
			DeviceIDs: []string{}, From: s.period.From, To: duty.Some(s.period.To), Kind: duty.IncidentKindServer,
			FormsStatus: f, State: duty.IncidentStateActive, Origin: duty.OriginHuman}, duty.None[duty.Instant]())
	}
	id := s.id()
	s.add(excluded, &duty.Exclusion{ID: id, Version: 1, ReceivedAt: s.at, ExclusionID: id, CentreID: s.centre,
		FromDate: s.date, ToDate: s.date, Status: duty.ExclusionStatusDeclared, Reason: "what if",
		DeclaredBy: "one official", ApprovedBy: "another official", DeclaredAt: s.at}, duty.None[duty.Instant]())
}

// notices are messages of the resident before and at the instants by which one was needed.
func (s *seeker) notices() {
	times := []duty.Instant{s.period.From - 3*duty.Hour, s.period.From - duty.Minute, s.period.From}
	for _, t := range s.acc.Triggers {
		times = append(times, t.At-duty.Minute, t.At, t.At+5*duty.Minute)
	}
	slices.Sort(times)
	for _, t := range slices.Compact(times) {
		s.notice(noticeClear, t, duty.ClarityClear, duty.RecipientOperator)
		s.notice(noticeUnclear, t, duty.ClarityUnclear, duty.RecipientOperator)
		s.notice(noticeElsewhere, t, duty.ClarityClear, duty.RecipientReturnAgency)
	}
}

func (s *seeker) notice(k *factKind, t duty.Instant, clarity duty.Clarity, to duty.Recipient) {
	s.add(k, &duty.Notice{ID: s.id(), Version: 1, ReceivedAt: s.at, PersonID: s.person, CentreID: s.centre,
		LocalTime: t.Local(), Channel: duty.ChannelGuard, GivenBy: duty.GivenBySelf, Recipient: to, Clarity: clarity,
		Nights: 1}, duty.Some(t))
}
