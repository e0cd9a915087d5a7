package duty

import (
	"errors"
	"fmt"
	"slices"
)

// ErrUnfit is wrapped by every error of Check: the record must not be published.
var ErrUnfit = errors.New("record refused by output validation")

// pwcNote is how every record refers to the mandatory attachment (EVD-06).
const pwcNote = "PwC note 2024-03-11 (000)"

// Check is the output validation between the core and any output: a record
// without the mandatory note (TX-11), one that leaves out an incident of its
// period (TX-12), or one that is not sound by itself is refused. The error wraps
// ErrUnfit and carries no personal data.
func Check(v *Violation, c *Centres, now Instant) error {
	if err := checkContent(v, c, now); err != nil {
		return err
	}
	if v.Digest != v.ComputeDigest() {
		return v.refused("digest does not match")
	}
	return nil
}

// refused is the error about a record.
func (v *Violation) refused(why string) error {
	return fmt.Errorf("%w: %s of %s: %s", ErrUnfit, v.Kind, v.UnitDate, why)
}

// checkContent is Check for a record whose digest was only just computed.
func checkContent(v *Violation, c *Centres, now Instant) error {
	refuse := v.refused
	switch {
	case v.Revision < 1:
		return refuse("revision must be 1 or more")
	case (v.Revision == 1) != !v.PreviousDigest.OK:
		return refuse("previous_digest must be null on revision 1 and only there")
	case v.Revision == 1 && v.Status == StatusWithdrawn:
		return refuse("the first revision cannot withdraw")
	case (v.Status == StatusWithdrawn) != v.WithdrawnOutcome.OK:
		return refuse("withdrawn_outcome belongs to WITHDRAWN")
	case v.Cause.OK != v.CauseID.OK || v.Cause.OK && (v.Revision == 1 || v.Status == StatusIndicated):
		return refuse("cause and cause_id belong to what takes something back")
	case v.Status == StatusUnknown || v.Kind == KindUnknown:
		return refuse("status and kind must be known")
	case len(v.Attachments) != attachmentItems:
		return refuse("all 20 items of EVD-14 must be listed")
	case !slices.Contains(v.Attachments[0].Refs, pwcNote):
		return refuse("the PwC note of 11 March 2024 must be attached (EVD-06)")
	}
	if v.Status == StatusWithdrawn {
		return nil
	}
	if len(v.Incidents) == maxIncidents {
		return nil // the rest is counted (item 7)
	}
	for _, i := range c.incidentsAt(v.CentreID, lens{at: now}) {
		if i.span().overlaps(Span{v.PeriodFrom, v.PeriodTo}) &&
			!slices.ContainsFunc(v.Incidents, func(r IncidentRef) bool { return r.IncidentID == i.IncidentID }) {
			return refuse("an incident in the period is missing from incidents (EVD-14)")
		}
	}
	return nil
}
