package duty

import (
	"cmp"
	"slices"
)

// unitName identifies a unit of a person: at most one per duty and date (CNT-03).
type unitName struct {
	kind Kind
	date Date
}

// kindOrder is the order of the duties in outputs (contract §4).
func kindOrder(k Kind) int {
	switch k {
	case KindNotify:
		return 0
	case KindReport:
		return 1
	}
	return 2
}

// CompareUnits orders units of the ledger by date and, on one, by duty (contract §4).
func CompareUnits(a, b *LedgerUnit) int {
	return cmp.Or(cmp.Compare(a.UnitDate, b.UnitDate), cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)))
}

// unitsOf lists the units that some policy has a duty for, sorted.
func unitsOf(courts []*court, in Input, at Instant) []unitName {
	var out []unitName
	for _, c := range courts {
		d := c.withLate.all[0].duties
		out = appendUnits(out, KindNotify, d.notify, in, at)
		out = appendUnits(out, KindReport, d.report, in, at)
		out = appendUnits(out, KindStay, d.stay, in, at)
	}
	slices.SortFunc(out, func(a, b unitName) int {
		if a.date != b.date {
			return cmp.Compare(a.date, b.date)
		}
		return cmp.Compare(kindOrder(a.kind), kindOrder(b.kind))
	})
	return slices.Compact(out)
}

// appendUnits adds the dates that a duty touches and whose unit the clock can have reached. Each
// night of one absence is a unit of its own (STY-06), and only duties that bind have units: a
// person with REPORT alone has no others (INT-06).
func appendUnits(out []unitName, k Kind, parts []dutyPart, in Input, at Instant) []unitName {
	for i := range parts {
		s := parts[i].span
		first, last := nightOf(s.From), at.Date()
		if k == KindReport {
			first = s.From.Date()
		}
		if s.To < Forever {
			last = min(last, (s.To - 1).Date())
			if k == KindReport {
				last += 6 // a quota week that ends after the duty is NOT_APPLICABLE
			}
		}
		last = min(last, at.Date())
		first = max(first, in.FromDate.Or(first))
		last = min(last, in.ToDate.Or(last))
		out = slices.Grow(out, max(0, int(last-first)+1))
		for d := first; d <= last; d++ {
			out = append(out, unitName{k, d})
		}
	}
	return out
}
