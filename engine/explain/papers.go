package explain

import (
	"slices"

	"tilsyn/engine/duty"
)

// papers are entries of the paper beside the systems.
func (s *seeker) papers() {
	if s.kind == duty.KindReport {
		s.paperReports()
		return
	}
	in, present := duty.Some(duty.DirectionIn), duty.Some(duty.CheckResultPresent)
	for _, v := range []struct {
		kind  *factKind
		entry duty.ManualEntry
	}{
		{guardForm, duty.ManualEntry{Form: duty.FormOutagePassage, Direction: in}},
		{byHand, duty.ManualEntry{Form: duty.FormAssistedPassage, Direction: in, APB: duty.Some(false)}},
		{barcodeLine, duty.ManualEntry{Form: duty.FormBarcodeLog, Direction: in}},
		{temporaryLine, duty.ManualEntry{Form: duty.FormTemporaryRegistration, Direction: in}},
		{roomCheck, duty.ManualEntry{Form: duty.FormPresenceCheck, Result: present}},
		{observed, duty.ManualEntry{Form: duty.FormObservation, Result: present}},
	} {
		for _, t := range s.instants() {
			s.entry(v.kind, v.entry, t)
		}
	}
	s.assisted()
	s.barcodeLog()
}

// entry adds an entry of the person at the centre.
func (s *seeker) entry(k *factKind, v duty.ManualEntry, t duty.Instant) {
	v.ID, v.Version, v.ReceivedAt, v.PersonID = s.id(), 1, s.at, duty.Some(s.person)
	if v.CentreID == "" {
		v.CentreID = s.centre
	}
	v.LocalTime = t.Local()
	s.add(k, &v, duty.Some(t))
}

// paperReports are reports on the Agency's form of an outage and to the police.
func (s *seeker) paperReports() {
	for _, t := range s.instants() {
		s.entry(agencyForm, duty.ManualEntry{Form: duty.FormOutageReport}, t)
		s.entry(policeReport, duty.ManualEntry{Form: duty.FormPoliceReport}, t)
	}
}

// assisted are entries of the assisted-passage log that take a row which the unit rests on for one that
// only unlocked the card (PAS-07, PAS-08).
func (s *seeker) assisted() {
	for _, r := range s.relied() {
		if r.Topic == duty.TopicCardEvents && r.Direction != duty.DirectionUnknown {
			s.entry(unlocked, duty.ManualEntry{CentreID: r.CentreID, Form: duty.FormAssistedPassage,
				Direction: duty.Some(r.Direction), APB: duty.Some(true)}, r.At)
		}
	}
}

// barcodeLog are markers that prove the barcode log of a row whole, in which it then may be missing (RD-31).
func (s *seeker) barcodeLog() {
	for _, r := range s.relied() {
		if r.Topic == duty.TopicCardEvents && r.CardType == duty.CardTypeBarcode &&
			r.At.Date() >= duty.BarcodeLogFrom &&
			s.place(r.CentreID) != nil {
			s.add(barcodeMarker, &duty.Settlement{ID: s.id(), Version: 1, ReceivedAt: s.at, CentreID: r.CentreID,
				LocalDate: r.At.Date(), LogType: duty.LogTypeBarcodeLog, Complete: true}, duty.None[duty.Instant]())
		}
	}
}

// relied are the registrations that the unit rests on.
func (s *seeker) relied() []duty.Registration {
	return slices.DeleteFunc(slices.Clone(s.acc.Registrations), func(r duty.Registration) bool {
		return r.Role != duty.EvidenceRoleTrigger && r.Role != duty.EvidenceRoleBoundBefore &&
			r.Role != duty.EvidenceRoleBoundAfter
	})
}

// decisions are permissions, custody, an assessment of departure, and decisions that are taken back.
func (s *seeker) decisions() {
	none := duty.None[duty.Instant]()
	id := s.id()
	s.add(leave, &duty.Permission{ID: id, Version: 1, ReceivedAt: s.at, PermissionID: id, PersonID: s.person,
		Status: duty.PermissionStatusGranted, ValidFrom: s.period.From, ValidTo: s.period.To,
		ReportEffect: duty.ReportEffectExcused, DecidedAt: s.at, ServedAt: duty.Some(s.at)}, none)
	s.hold(custody, duty.HoldKindCustody)
	s.hold(hospital, duty.HoldKindHospital)
	s.add(gone, &duty.DepartureAssessment{ID: s.id(), Version: 1, ReceivedAt: s.at, PersonID: s.person,
		FromDate: s.date - 1, Outcome: duty.DepartureOutcomeDeparted, DecidedAt: s.at}, none)
	s.annulments()
}

func (s *seeker) hold(k *factKind, kind duty.HoldKind) {
	id := s.id()
	s.add(k, &duty.Hold{ID: id, Version: 1, ReceivedAt: s.at, HoldID: id, PersonID: s.person, Kind: kind,
		ValidFrom: s.period.From, ValidTo: duty.Some(s.period.To)}, duty.None[duty.Instant]())
}

// annulments take each decision that binds back from its beginning.
func (s *seeker) annulments() {
	done := map[string]bool{}
	for i := range s.acc.Duties {
		d := &s.acc.Duties[i]
		newest := newestOf(s.in.Person.ObligationChanges, s.at, func(v *duty.ObligationChange) (bool, int64) {
			return v.DecisionID == d.DecisionID, v.Version
		})
		if newest == nil || done[d.DecisionID] {
			continue
		}
		done[d.DecisionID] = true
		n := *newest
		n.ID, n.Version, n.ReceivedAt = s.id(), newest.Version+1, s.at
		n.Action, n.ValidFrom, n.ValidTo = duty.ActionAnnul, d.Span.From, duty.None[duty.Instant]()
		s.add(annulled, &n, duty.None[duty.Instant]())
	}
}

// corrections take each registration that the unit rests on back.
func (s *seeker) corrections() {
	for _, r := range s.relied() {
		if r.Topic == duty.TopicManualEntries {
			v := newestOf(s.in.Person.ManualEntries, s.at, func(v *duty.ManualEntry) (bool, int64) {
				return v.ID == r.ID, v.Version
			})
			if v != nil {
				n := *v
				n.Version, n.Retracted, n.ReceivedAt = v.Version+1, true, s.at
				s.add(takenBack, &n, duty.Some(r.At))
			}
			continue
		}
		v := newestOf(s.in.Person.CardEvents, s.at, func(v *duty.CardEvent) (bool, int64) {
			return v.ID == r.ID, v.Version
		})
		if v != nil {
			n := *v
			n.Version, n.Retracted, n.ReceivedAt = v.Version+1, true, s.at
			s.add(takenBack, &n, duty.Some(r.At))
		}
	}
}

// newestOf returns the highest version known at a clock of what fits.
func newestOf[T any](list []duty.Known[T], at duty.Instant, fits func(*T) (bool, int64)) *T {
	var best *T
	high := int64(0)
	for i := range list {
		if ok, version := fits(&list[i].Fact); ok && list[i].At <= at && (best == nil || version > high) {
			best, high = &list[i].Fact, version
		}
	}
	return best
}
