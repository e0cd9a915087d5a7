package control

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// What follows a change mark (REL-09): for so long each online device is reconciled hour by hour, each
// hour within an hour of its end.
const (
	heightened    = 24 * duty.Hour
	reconcileHour = duty.Hour
	reconcileDue  = duty.Hour
)

// change is an instant at which something was changed, with the systems.
type change struct {
	at      duty.Instant
	systems []string
}

// changes lists the change marks known at a clock, ascending; several at one instant are one.
func changes(w duty.World, at duty.Instant) []change {
	var out []change
	sorted := duty.SortVersions[duty.ChangeMark](w.Centres.Facts().ChangeMarks)
	for _, k := range duty.InForce[duty.ChangeMark](sorted, func(k *duty.Known[duty.ChangeMark]) bool {
		return k.At <= at
	}) {
		if k.Fact.At.Plausible() && k.Fact.At <= at {
			out = append(out, change{k.Fact.At, []string{duty.ClipKey(k.Fact.System)}})
		}
	}
	slices.SortFunc(out, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.at, b.at), slices.Compare(a.systems, b.systems))
	})
	merged := out[:0]
	for _, c := range out {
		if n := len(merged); n > 0 && merged[n-1].at == c.at {
			merged[n-1].systems = slices.Compact(append(merged[n-1].systems, c.systems...))
			continue
		}
		merged = append(merged, c)
	}
	return merged
}

// unreconciled names, for each change and centre, the devices of which hours after it were not
// reconciled, with how many. A change of one system may touch every device.
func unreconciled(w duty.World, at duty.Instant) []duty.DataQuality {
	p, covered := w.PolicyAt(at), counted(w, at, reconcileHour)
	var out []duty.DataQuality
	for _, c := range changes(w, at) {
		for i := range p.Centres {
			var detail []duty.Detail
			for _, s := range c.systems {
				detail = append(detail, duty.Detail{Name: "system", Value: s})
			}
			n := len(detail)
			for j := range p.Devices {
				d := &p.Devices[j]
				if d.CentreID != p.Centres[i].ID || d.Type == duty.DeviceTypeOfflineLock {
					continue
				}
				if _, missing := hoursAfter(d, c.at, at, covered[d.ID]); missing > 0 {
					detail = append(detail, duty.Detail{Name: "device_id", Value: d.ID}, number("hours", missing))
				}
			}
			if len(detail) > n {
				out = append(out, finding(duty.DataQualityCodeReconciliationMissing, p.Centres[i].ID,
					duty.Span{From: c.at, To: c.at + heightened}, detail...))
			}
		}
	}
	return out
}

// counted lists the spans of at most some length that were reconciled by a clock, by device and sorted by
// start.
func counted(w duty.World, at, most duty.Instant) map[string][]duty.Span {
	out := map[string][]duty.Span{}
	sorted := duty.SortVersions[duty.Reconciliation](w.Centres.Facts().Reconciliations)
	for _, k := range duty.InForce[duty.Reconciliation](sorted, func(k *duty.Known[duty.Reconciliation]) bool {
		return k.At <= at
	}) {
		if s := (duty.Span{From: k.Fact.From, To: k.Fact.To}); s.To <= k.At && s.To-s.From <= most {
			out[k.Fact.DeviceID] = append(out[k.Fact.DeviceID], s)
		}
	}
	for _, list := range out { //house:order-free each device is for itself
		slices.SortFunc(list, func(a, b duty.Span) int { return cmp.Compare(a.From, b.From) })
	}
	return out
}

// hoursAfter counts the clock hours after a change that are due for a device, and those of them that no
// reconciliation covers.
func hoursAfter(d *duty.Device, changed, at duty.Instant, covered []duty.Span) (due, missing int) {
	for h := changed - changed%duty.Hour; h < changed+heightened; h += duty.Hour {
		hour := duty.Span{From: h, To: h + duty.Hour}
		if hour.To+reconcileDue > at || hour.From < d.From || d.To < hour.To {
			continue
		}
		due++
		if !covers(covered, hour) {
			missing++
		}
	}
	return due, missing
}

// covers reports whether spans, sorted by start, cover a span together.
func covers(list []duty.Span, s duty.Span) bool {
	at := s.From
	for _, x := range list {
		if x.From <= at && x.To > at {
			at = x.To
		}
	}
	return at >= s.To
}
