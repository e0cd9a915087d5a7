package telling

import (
	"fmt"

	"tilsyn/engine/duty"
)

// Difference is one place where what was told differs from what the facts give (contract §3, "When
// a live engine equals replay at T").
type Difference struct {
	UnitID   string
	PersonID string
	Kind     duty.Kind
	Date     duty.Date
	// Of names what differs where it is no unit, without personal data.
	Of string
	// What describes the difference without personal data.
	What string
}

// CompareUnit compares the verdict on a unit with what was last told of it. A nil u means
// NOT_APPLICABLE, a nil s that nothing was told. It returns the difference; empty if there is
// none.
func CompareUnit(u *duty.Unit, s *duty.Said) string {
	outcome := duty.OutcomeNotApplicable
	if u != nil {
		outcome = u.Outcome
	}
	switch {
	case u != nil && !u.Record() && (u.Pending || u.Early || u.Outcome == duty.OutcomeProvisional):
		// Nothing may be told of such a unit; a withdrawal is allowed, since it names what was known then.
		if s != nil && s.Status != duty.StatusWithdrawn {
			return fmt.Sprintf("told %s, the facts do not tell yet", s.Status)
		}
		return ""
	case u != nil && u.Record():
		return compareRecord(u, s)
	case s == nil:
		return ""
	case s.Status != duty.StatusWithdrawn:
		return fmt.Sprintf("told %s, the facts give %s", s.Status, outcome)
	case !s.WithdrawnOutcome.OK || s.WithdrawnOutcome.V.String() != outcome.String():
		return fmt.Sprintf("withdrawn as %s, the facts give %s", s.WithdrawnOutcome.V, outcome)
	}
	return ""
}

// compareRecord compares a unit that is to be told with what was told, in comparison form; the ids
// already match.
func compareRecord(u *duty.Unit, s *duty.Said) string {
	if s == nil {
		return fmt.Sprintf("not told, the facts give %s", u.Outcome)
	}
	if s.Status.String() != u.Outcome.String() {
		return fmt.Sprintf("told %s, the facts give %s", s.Status, u.Outcome)
	}
	switch material := u.Differs(&s.Material); {
	case s.WithdrawnOutcome.OK:
		return "withdrawn_outcome differs"
	case s.Instant != u.Instant.V:
		return "instant differs"
	case material != "":
		return material + " differs"
	case s.PolicyDigest != u.PolicyDigest:
		return "policy_digest differs"
	}
	return ""
}

// CheckHistory returns what is wrong with the revisions of one unit in the order written; empty if
// nothing is. They must be numbered 1…n, not begin with WITHDRAWN, differ from their neighbours in
// a material field, and carry correct, chained digests (contract §3).
func CheckHistory(revisions []duty.Violation) string {
	var before *duty.Violation
	for i := range revisions {
		if bad := CheckNext(before, &revisions[i]); bad != "" {
			return bad
		}
		before = &revisions[i]
	}
	return ""
}

// CheckNext returns what is wrong with a revision after the one before it; nil if it is the first.
func CheckNext(before, v *duty.Violation) string {
	switch {
	case before == nil && v.Revision != 1:
		return fmt.Sprintf("the first revision has number %d", v.Revision)
	case before == nil && v.Status == duty.StatusWithdrawn:
		return "the first revision is WITHDRAWN"
	case before == nil && v.PreviousDigest.OK:
		return "the first revision names a previous digest"
	case v.Digest != v.ComputeDigest():
		return fmt.Sprintf("revision %d has another digest than its content", v.Revision)
	case before == nil:
		return ""
	case v.Revision != before.Revision+1:
		return fmt.Sprintf("revision %d follows revision %d", v.Revision, before.Revision)
	case !v.PreviousDigest.OK || v.PreviousDigest.V != before.Digest:
		return fmt.Sprintf("revision %d does not name the digest of the one before", v.Revision)
	case sameMaterial(before, v):
		return fmt.Sprintf("revision %d differs in no material field from the one before", v.Revision)
	}
	return ""
}

// sameMaterial reports whether two revisions agree in all material fields (contract §3).
func sameMaterial(a, b *duty.Violation) bool {
	before, after := a.Material(), b.Material()
	return a.Status == b.Status && a.WithdrawnOutcome == b.WithdrawnOutcome && a.Instant == b.Instant &&
		before.Differs(&after) == ""
}

// ComparePerson compares the verdict on one person with everything last told: first the units of
// the verdict, in order, then told units without a verdict.
func ComparePerson(res *duty.Result, last []duty.Said) []Difference {
	var out []Difference
	add := func(kind duty.Kind, date duty.Date, what string) {
		if what != "" {
			out = append(out, Difference{PersonID: res.PersonID, Kind: kind, Date: date, What: what})
		}
	}
	judged := map[[2]int32]bool{}
	for i := range res.Units {
		u := &res.Units[i]
		judged[[2]int32{int32(u.Kind), int32(u.Date)}] = true
		var s *duty.Said
		if j := Told(last, u.Kind, u.Date); j >= 0 {
			s = &last[j]
		}
		add(u.Kind, u.Date, CompareUnit(u, s))
	}
	for i := range last {
		if s := &last[i]; !judged[[2]int32{int32(s.Kind), int32(s.Date)}] {
			add(s.Kind, s.Date, CompareUnit(nil, s))
		}
	}
	return out
}
