package recall

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// A report to the police that was filed of a unit does not fall with the unit:
// somebody has to take it back. So the recall names it, those that stand first
// (contract §2 handlings, contract-case 8, TX-37).

// MostFiled bounds how many filed reports a recall names; the number of units of
// which one stands is exact.
const MostFiled = 256

// filed lists, by unit, the reports that Handlings known at a clock say were filed.
// A REPORT_RECALLED takes back what was filed no later than itself. A time of its own
// that lies behind when it was known cannot be; it is then when that was known.
func (p *Person) filed(at duty.Instant) map[string][]duty.RecallFiled {
	if len(p.Handlings) == 0 {
		return nil
	}
	out := map[string][]duty.RecallFiled{}
	recalled := map[string][]duty.Instant{}
	sorted := duty.SortVersions[duty.Handling](p.Handlings)
	for _, k := range duty.InForce[duty.Handling](sorted, func(k *duty.Known[duty.Handling]) bool { return k.At <= at }) {
		h, when := &k.Fact, min(k.Fact.At, k.At)
		switch h.Kind {
		case duty.HandlingKindReportFiled:
			f := duty.RecallFiled{UnitID: h.UnitID, HandlingID: duty.ClipKey(h.HandlingID), FiledAt: when}
			if h.DocumentRef.OK {
				f.DocumentRef = duty.Some(duty.ClipKey(h.DocumentRef.V))
			}
			out[h.UnitID] = append(out[h.UnitID], f)
		case duty.HandlingKindReportRecalled:
			recalled[h.UnitID] = append(recalled[h.UnitID], when)
		}
	}
	for unit, list := range out { //house:order-free each unit is for itself
		times := recalled[unit]
		slices.Sort(times)
		for i := range list {
			if j, _ := slices.BinarySearch(times, list[i].FiledAt); j < len(times) {
				list[i].RecalledAt = duty.Some(times[j])
			}
		}
	}
	return out
}

// file adds the filed reports of one unit.
func (x *Part) file(list []duty.RecallFiled) {
	if len(list) == 0 {
		return
	}
	if slices.ContainsFunc(list, func(f duty.RecallFiled) bool { return !f.RecalledAt.OK }) {
		x.FiledUnits++
	}
	x.Filed = firstFiled(slices.Concat(x.Filed, list))
}

// firstFiled sorts filed reports, those that stand first, and keeps as many as a
// recall names.
func firstFiled(list []duty.RecallFiled) []duty.RecallFiled {
	stands := func(f *duty.RecallFiled) int {
		if f.RecalledAt.OK {
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b duty.RecallFiled) int {
		return cmp.Or(cmp.Compare(stands(&a), stands(&b)), cmp.Compare(a.FiledAt, b.FiledAt),
			cmp.Compare(a.UnitID, b.UnitID), cmp.Compare(a.HandlingID, b.HandlingID))
	})
	return list[:min(len(list), MostFiled)]
}
