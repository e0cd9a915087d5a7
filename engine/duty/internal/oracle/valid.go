package oracle

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tilsyn/engine/duty"
)

// Facts that can be read but make no sense (contract §1): an id that is empty, over 256 bytes, or has
// control characters or blanks at an end, a time outside 2000–2100, an end before its start, an
// unknown centre, a local_time that is none.

var (
	year2000 = at(10957, 0)
	year2101 = at(47847, 0)
)

// checker checks facts against the register of a policy.
type checker struct{ pol *duty.Policy }

func names(ids ...string) bool {
	for _, s := range ids {
		if s == "" || len(s) > 256 || !utf8.ValidString(s) || strings.TrimFunc(s, blank) != s ||
			strings.ContainsFunc(s, unicode.IsControl) {
			return false
		}
	}
	return true
}

// blank shows nothing: spaces of all kinds, and characters of format.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Z, unicode.Cf) }

func times(ts ...duty.Instant) bool {
	for _, t := range ts {
		if t < year2000 || t >= year2101 {
			return false
		}
	}
	return true
}

func dates(ds ...duty.Date) bool {
	for _, d := range ds {
		if d < 10957 || d >= 47847 {
			return false
		}
	}
	return true
}

func optTime(o duty.Opt[duty.Instant]) bool { return !o.OK || times(o.V) }

func span(from duty.Instant, to duty.Opt[duty.Instant]) bool {
	return times(from) && optTime(to) && (!to.OK || to.V >= from)
}

func (c checker) centre(id string) bool {
	for i := range c.pol.Centres {
		if c.pol.Centres[i].ID == id {
			return true
		}
	}
	return false
}

func (c checker) card(f *duty.CardEvent) bool {
	return names(f.ID, f.CardID, f.DeviceID) && (!f.PersonID.OK || names(f.PersonID.V)) && times(f.OccurredAt) &&
		c.centre(f.CentreID)
}

func (c checker) entry(f *duty.ManualEntry) bool {
	ts, ok := paperTime(f.LocalTime)
	switch f.Form {
	case duty.FormOutagePassage, duty.FormBarcodeLog, duty.FormAssistedPassage:
		ok = ok && f.Direction.OK // a passage without one makes no sense
	case duty.FormPresenceCheck:
		ok = ok && f.Result.OK
	}
	return ok && times(ts...) && names(f.ID) && (!f.PersonID.OK || names(f.PersonID.V)) &&
		(f.Form == duty.FormPoliceReport || c.centre(f.CentreID)) // a report fulfils at any police
}

func (c checker) notice(f *duty.Notice) bool {
	ts, ok := paperTime(f.LocalTime)
	return ok && times(ts...) && names(f.ID, f.PersonID) && c.centre(f.CentreID) &&
		(!f.TargetDate.OK || dates(f.TargetDate.V))
}

func (c checker) decision(f *duty.ObligationChange) bool {
	// A place that the register does not know: RD-46.
	return names(f.ID, f.DecisionID, f.PersonID) && span(f.ValidFrom, f.ValidTo) && optTime(f.ServedAt)
}

func (c checker) group(f *duty.GroupChange) bool {
	return names(f.ID, f.PersonID) && times(f.ValidFrom)
}

func (c checker) permission(f *duty.Permission) bool {
	return names(f.ID, f.PermissionID, f.PersonID) && times(f.ValidFrom, f.ValidTo, f.DecidedAt) &&
		optTime(f.ServedAt) && f.ValidTo >= f.ValidFrom
}

func (c checker) hold(f *duty.Hold) bool {
	return names(f.ID, f.HoldID, f.PersonID) && span(f.ValidFrom, f.ValidTo)
}

func (c checker) departure(f *duty.DepartureAssessment) bool {
	return names(f.ID, f.PersonID) && dates(f.FromDate) && times(f.DecidedAt)
}

func (c checker) link(f *duty.IdentityLink) bool {
	return names(f.ID, f.PersonID, f.AliasPersonID) && times(f.At)
}

func (c checker) assignment(f *duty.CardAssignment) bool {
	return names(f.ID, f.CardID, f.PersonID) && span(f.ValidFrom, f.ValidTo)
}

func (c checker) incident(f *duty.Incident) bool {
	return names(f.ID, f.IncidentID) && span(f.From, f.To) && c.centre(f.CentreID)
}

func (c checker) exclusion(f *duty.Exclusion) bool {
	return names(f.ID, f.ExclusionID) && dates(f.FromDate, f.ToDate) && f.ToDate >= f.FromDate && c.centre(f.CentreID) &&
		twoPeople(f.DeclaredBy, f.ApprovedBy)
}

// twoPeople is EXC-06: somebody declared it and somebody else approved it.
func twoPeople(a, b string) bool {
	a, b = strings.ToLower(strings.Join(strings.Fields(a), " ")), strings.ToLower(strings.Join(strings.Fields(b), " "))
	return a != "" && b != "" && a != b
}

func (c checker) settlement(f *duty.Settlement) bool {
	return names(f.ID) && dates(f.LocalDate) && optTime(f.Through) && c.centre(f.CentreID)
}

// heartbeat is one that makes sense and is of a device of the register or one of the
// five feeds, by a clock that does not stand at its beginning.
func (c checker) heartbeat(f *duty.Heartbeat) bool {
	if !names(f.ID, f.SourceID) || !times(f.At) || f.At < at(11323, 0) || f.CentreID.OK && !c.centre(f.CentreID.V) {
		return false
	}
	switch f.SourceID {
	case "feed:card-events", "feed:manual-entries", "feed:notices", "feed:obligation-changes", "feed:permissions":
		return true
	}
	return c.deviceOf(f) != nil
}

func (c checker) deviceOf(f *duty.Heartbeat) *duty.Device {
	for i := range c.pol.Devices {
		if d := &c.pol.Devices[i]; d.ID == f.SourceID && d.From <= f.At && f.At < d.To {
			return d
		}
	}
	return nil
}
