package duty

// A fact that can be read but makes no sense never accuses: it is left out,
// named in a data-quality record FACT_INVALID, and holds the units that it
// might speak of (contract §1).

// Facts lie between these dates (contract §1).
var (
	earliest = DateOf(2000, 1, 1).Start()
	latest   = DateOf(2101, 1, 1).Start()
)

// sense collects the checks of one fact.
type sense bool

func (s *sense) require(ok bool) { *s = *s && sense(ok) }

func (s *sense) ids(ids ...string) {
	for _, id := range ids {
		s.require(UsableKey(id))
	}
}

func (s *sense) times(ts ...Instant) {
	for _, t := range ts {
		s.require(earliest <= t && t < latest)
	}
}

func (s *sense) until(from Instant, to Opt[Instant]) {
	s.times(from)
	if to.OK {
		s.times(to.V)
		s.require(from <= to.V)
	}
}

func (s *sense) days(from, to Date) {
	s.times(from.Start(), to.Start())
	s.require(from <= to)
}

func (s *sense) minutes(hms ...Opt[string]) {
	for _, hm := range hms {
		if hm.OK {
			_, ok := parseHM(hm.V)
			s.require(ok)
		}
	}
}

func (s *sense) local(text string) {
	l, ok := parseLocal(text)
	s.require(ok)
	s.times(l.early, l.late)
}

func (s *sense) centre(p *Policy, id string) { s.require(p.centre(id) != nil) }

// centre returns a centre of the register, or nil.
func (p *Policy) centre(id string) *Centre {
	for i := range p.Centres {
		if p.Centres[i].ID == id {
			return &p.Centres[i]
		}
	}
	return nil
}

func (v *CardEvent) sensible(p *Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.CardID, v.DeviceID)
	if v.PersonID.OK {
		s.ids(v.PersonID.V)
	}
	s.times(v.ReceivedAt, v.OccurredAt)
	s.centre(p, v.CentreID)
	s.require(v.Kind != CardEventKindPassage || v.Direction.OK)
	return bool(s)
}

func (v *ManualEntry) sensible(p *Policy) bool {
	s := sense(true)
	v.senseOf(&s)
	if v.Form != FormPoliceReport {
		s.centre(p, v.CentreID)
	}
	return bool(s)
}

// senseOf checks what needs no register.
func (v *ManualEntry) senseOf(s *sense) {
	s.ids(v.ID)
	if v.PersonID.OK {
		s.ids(v.PersonID.V)
	}
	s.times(v.ReceivedAt)
	s.local(v.LocalTime)
	switch v.Form {
	case FormOutagePassage, FormBarcodeLog, FormAssistedPassage:
		s.require(v.Direction.OK)
	case FormPresenceCheck:
		s.require(v.Result.OK)
	}
}

func (v *Notice) sensible(p *Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID)
	s.times(v.ReceivedAt)
	s.local(v.LocalTime)
	s.centre(p, v.CentreID)
	s.minutes(v.RangeFrom, v.RangeTo)
	if v.TargetDate.OK {
		s.times(v.TargetDate.V.Start())
	}
	return bool(s)
}

// sensible does not look at the place: a duty at a place that does not fit is
// judged as if the place were known, and held by itself (RD-46).
func (v *ObligationChange) sensible(*Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID, v.DecisionID)
	s.times(v.ReceivedAt)
	s.until(v.ValidFrom, v.ValidTo)
	if v.ServedAt.OK {
		s.times(v.ServedAt.V)
	}
	s.ids(v.CentreID)
	if v.Schedule.OK {
		sc := &v.Schedule.V
		s.minutes(sc.WindowFrom, sc.WindowTo)
		for _, d := range sc.Dates {
			s.times(d.Start())
		}
		if bool(s) && sc.WindowFrom.OK && sc.WindowTo.OK {
			s.require(sc.WindowFrom.V <= sc.WindowTo.V)
		}
		s.require(sc.Type != ScheduleTypeQuota || sc.QuotaPerWeek >= 0 && sc.QuotaPerWeek <= 7)
	}
	return bool(s)
}

func (v *GroupChange) sensible(*Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID)
	s.times(v.ReceivedAt, v.ValidFrom)
	return bool(s)
}

func (v *Permission) sensible(*Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID, v.PermissionID)
	s.times(v.ReceivedAt, v.DecidedAt)
	s.until(v.ValidFrom, Some(v.ValidTo))
	if v.ServedAt.OK {
		s.times(v.ServedAt.V)
	}
	return bool(s)
}

func (v *Hold) sensible(*Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID, v.HoldID)
	s.times(v.ReceivedAt)
	s.until(v.ValidFrom, v.ValidTo)
	return bool(s)
}

func (v *DepartureAssessment) sensible(*Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID)
	s.times(v.ReceivedAt, v.DecidedAt, v.FromDate.Start())
	return bool(s)
}

func (v *IdentityLink) sensible(*Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID, v.AliasPersonID)
	s.times(v.ReceivedAt, v.At)
	return bool(s)
}

func (v *CardAssignment) sensible(*Policy) bool {
	s := sense(true)
	s.ids(v.ID, v.PersonID, v.CardID)
	s.times(v.ReceivedAt)
	s.until(v.ValidFrom, v.ValidTo)
	return bool(s)
}

func (v *Incident) sensible() bool {
	s := sense(true)
	s.ids(v.ID, v.IncidentID, v.CentreID)
	s.times(v.ReceivedAt)
	s.until(v.From, v.To)
	return bool(s)
}

func (v *Exclusion) sensible() bool {
	s := sense(true)
	s.ids(v.ID, v.ExclusionID, v.CentreID)
	s.times(v.ReceivedAt, v.DeclaredAt)
	s.days(v.FromDate, v.ToDate)
	return bool(s)
}

func (v *SupervisionResult) sensible() bool {
	s := sense(true)
	s.ids(v.ID, v.CentreID)
	s.days(v.FromDate, v.ToDate)
	return bool(s)
}

func (v *Settlement) sensible() bool {
	s := sense(true)
	s.ids(v.ID, v.CentreID)
	s.times(v.ReceivedAt, v.LocalDate.Start())
	if v.Through.OK {
		s.times(v.Through.V)
	}
	return bool(s)
}
