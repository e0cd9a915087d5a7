package sanction

import (
	"strings"

	"tilsyn/engine/duty"
)

// Quality lists what about the convictions people should look at: one that
// speaks of the person only by an identity link, and units that were INDICATED
// when a conviction answered for them and are not now (CNT-09, C-25, C-39).
func Quality(c Case) []duty.DataQuality {
	if c.Standing.Joined {
		return nil
	}
	t := newTally(c)
	var out []duty.DataQuality
	for i := range t.verdicts {
		v := &t.verdicts[i]
		if v.ByLink {
			out = append(out, duty.NewDataQuality(duty.DataQualityCodeConvictionByLink, c.PersonID, v.DecidedAt,
				duty.Detail{Name: "conviction_id", Value: v.ID}))
		}
		if units := t.withdrawnSince(v); len(units) > 0 {
			out = append(out, duty.NewDataQuality(duty.DataQualityCodeJudgedUnitWithdrawn, c.PersonID, v.DecidedAt,
				duty.Detail{Name: "conviction_id", Value: v.ID}, duty.Detail{Name: "unit_ids", Value: strings.Join(units, " ")}))
		}
	}
	return out
}

// withdrawnSince returns the ids of the units that a conviction answered for,
// that were INDICATED when it was decided, and that are not now.
func (t *tally) withdrawnSince(v *verdict) []string {
	var out []string
	for i := range t.units {
		u := &t.units[i]
		if u.Status != duty.StatusIndicated && t.judged(&u.Unit) == v && u.statusAt(v.DecidedAt) == duty.StatusIndicated {
			out = append(out, duty.UnitID(u.Kind, u.Date, t.PersonID))
		}
	}
	return out
}

// statusAt returns what had last been told of a unit by an instant.
func (u *Unit) statusAt(at duty.Instant) duty.Status {
	s := duty.StatusUnknown
	for _, r := range u.History {
		if r.At <= at {
			s = r.Status
		}
	}
	return s
}
