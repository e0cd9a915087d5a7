package sanction

import (
	"fmt"
	"slices"

	"tilsyn/engine/duty"
)

// Compare returns in what a summary that a live engine wrote differs from the one that the facts
// give, without personal data; empty where they agree (C-22). Either may be missing (nil).
//
// How often something was withdrawn depends on when things were said, so that it is not compared,
// nor are rows that say nothing else. Nor is whether there is a summary at all where it counts
// nothing, since a live engine never removes one.
func Compare(live, want *duty.CaseSummary) string {
	switch {
	case want == nil && live == nil:
		return ""
	case want == nil:
		if len(lasting(live)) > 0 || len(live.Sanction) > 0 || live.PriorConvictions > 0 {
			return "a case summary counts something, the facts give none"
		}
		return ""
	case live == nil:
		return "no case summary, the facts give one"
	}
	a, b := *live, *want
	a.Months, b.Months = lasting(live), lasting(want)
	switch {
	case a.PersonID != b.PersonID:
		return "person_id differs"
	case a.Group != b.Group:
		return fmt.Sprintf("group is %s, the facts give %s", nameOf(a.Group), nameOf(b.Group))
	case a.PriorConvictions != b.PriorConvictions || a.Time != b.Time:
		return fmt.Sprintf("time is %d after %d convictions, the facts give %d after %d", a.Time, a.PriorConvictions,
			b.Time, b.PriorConvictions)
	case !slices.Equal(a.Months, b.Months):
		return "months " + rowThatDiffers(a.Months, b.Months)
	case string(a.AppendCanonical(nil)) != string(b.AppendCanonical(nil)):
		return "sanction, detention or section_143 differs"
	}
	return ""
}

// lasting returns the rows of a summary as they are compared.
func lasting(s *duty.CaseSummary) []duty.MonthCount {
	out := []duty.MonthCount{}
	for _, c := range s.Months {
		if c.Withdrawn = 0; c != (duty.MonthCount{Month: c.Month, Kind: c.Kind}) {
			out = append(out, c)
		}
	}
	return out
}

// nameOf returns the name of a group that may be missing.
func nameOf(g duty.Opt[duty.Group]) string {
	if !g.OK {
		return "none"
	}
	return g.V.String()
}

// rowThatDiffers says what differs in the first row that does.
func rowThatDiffers(a, b []duty.MonthCount) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(b) || i < len(a) && compareMonths(a[i], b[i]) < 0:
			return fmt.Sprintf("have %s %s, the facts do not", a[i].Month, a[i].Kind)
		case i >= len(a) || compareMonths(a[i], b[i]) > 0:
			return fmt.Sprintf("lack %s %s", b[i].Month, b[i].Kind)
		case a[i] != b[i]:
			return fmt.Sprintf("count %s %s as %s, the facts give %s", a[i].Month, a[i].Kind, countsOf(a[i]), countsOf(b[i]))
		}
	}
	return ""
}

// countsOf lists what of a row is compared.
func countsOf(c duty.MonthCount) string {
	return fmt.Sprintf("%d indicated, %d to review, %d undetermined, %d excluded", c.Indicated, c.NeedsReview,
		c.Undetermined, c.Excluded)
}
