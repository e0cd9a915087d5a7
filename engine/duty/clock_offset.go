package duty

import "cmp"

// receivedAhead is how much later than the log a source may claim to have received a record
// (contract §1).
const receivedAhead = 5 * Minute

// clockOffsets reports records that their source claims to have received later than the log did:
// the clock of the source is wrong. The subject is the device of a row, otherwise the person.
func (c *court) clockOffsets() []DataQuality {
	s := c.src
	var out []DataQuality
	out = ahead(out, c.at, s.cardEvents, func(v *CardEvent) (Instant, string, Instant) {
		return v.ReceivedAt, v.DeviceID, v.OccurredAt
	})
	out = ahead(out, c.at, s.entries, func(v *ManualEntry) (Instant, string, Instant) {
		return v.ReceivedAt, cmp.Or(v.PersonID.V, v.CentreID), localStart(v.LocalTime)
	})
	out = ahead(out, c.at, s.notices, func(v *Notice) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, localStart(v.LocalTime)
	})
	out = ahead(out, c.at, s.obligations, func(v *ObligationChange) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, v.ValidFrom
	})
	out = ahead(out, c.at, s.groups, func(v *GroupChange) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, v.ValidFrom
	})
	out = ahead(out, c.at, s.permissions, func(v *Permission) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, v.ValidFrom
	})
	out = ahead(out, c.at, s.holds, func(v *Hold) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, v.ValidFrom
	})
	out = ahead(out, c.at, s.assessments, func(v *DepartureAssessment) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, v.FromDate.Start()
	})
	out = ahead(out, c.at, s.links, func(v *IdentityLink) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, v.At
	})
	return ahead(out, c.at, s.assignments, func(v *CardAssignment) (Instant, string, Instant) {
		return v.ReceivedAt, v.PersonID, v.ValidFrom
	})
}

// centreClockOffsets is clockOffsets for facts of centres. The subject is the centre, which is
// also a detail, so that nobody takes it for a person.
func (c *Centres) centreClockOffsets(now Instant) []DataQuality {
	var out []DataQuality
	for _, v := range c.all.incidents {
		out = ahead(out, now, v, func(v *Incident) (Instant, string, Instant) { return v.ReceivedAt, v.CentreID, v.From })
	}
	for _, v := range c.all.exclusions {
		out = ahead(out, now, v, func(v *Exclusion) (Instant, string, Instant) {
			return v.ReceivedAt, v.CentreID, v.FromDate.Start()
		})
	}
	for _, v := range c.all.settlements {
		out = ahead(out, now, v, func(v *Settlement) (Instant, string, Instant) {
			return v.ReceivedAt, v.CentreID, v.LocalDate.Start()
		})
	}
	for _, v := range c.all.supervision {
		out = ahead(out, now, v, func(v *SupervisionResult) (Instant, string, Instant) {
			return v.ReceivedAt, v.CentreID, v.FromDate.Start()
		})
	}
	for _, v := range c.all.actions {
		out = ahead(out, now, v, func(v *ControlActionTaken) (Instant, string, Instant) {
			return v.ReceivedAt, v.CentreID, v.At
		})
	}
	for i := range out {
		out[i].Detail = append(out[i].Detail, Detail{"centre_id", out[i].Subject})
	}
	return out
}

// ahead adds the records of a list known at now. of returns when the source claims to have
// received one, the subject, and the start of the line.
func ahead[T any](out []DataQuality, now Instant, list []*Known[T],
	of func(*T) (received Instant, subject string, from Instant)) []DataQuality {
	for _, k := range list {
		if received, subject, from := of(&k.Fact); k.At <= now && received > k.At+receivedAhead {
			out = append(out, newQuality(DataQualityCodeClockOffset, subject, from.Clamp(), None[Instant](),
				Detail{"received_at", received.String()}, Detail{"logged_at", k.At.String()}))
		}
	}
	return out
}

// localStart returns the earlier reading of a paper time.
func localStart(text string) Instant {
	l, _ := parseLocal(text)
	return l.early
}
