package watch

import (
	"cmp"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// The second evaluator, continued: clocks and counts (6.5).

func (x *dumb) clock(device string) {
	list := slices.Clone(x.signs[device])
	slices.SortFunc(list, func(a, b dumbSign) int {
		return cmp.Or(cmp.Compare(a.receipt, b.receipt), cmp.Compare(a.own, b.own), cmp.Compare(a.id, b.id))
	})
	for i, g := range list {
		if g.own-g.receipt <= 5*duty.Minute || i > 0 && list[i-1].own-list[i-1].receipt > 5*duty.Minute {
			continue
		}
		to := g.own
		for j := i; j < len(list) && list[j].own-list[j].receipt > 5*duty.Minute; j++ {
			to = max(to, list[j].own)
		}
		for _, c := range x.centres(device, g.receipt, to) {
			x.say("clock", c, device, device+":"+g.receipt.String(), g.receipt, to, false, duty.IncidentKindClock, false)
		}
	}
}

// slow looks for clocks that run behind.
func (x *dumb) slow() {
	for device, all := range x.beats {
		if strings.HasPrefix(device, "feed:") {
			continue
		}
		list := slices.Clone(all)
		slices.SortFunc(list, func(a, b dumbSign) int {
			return cmp.Or(cmp.Compare(a.receipt, b.receipt), cmp.Compare(a.own, b.own), cmp.Compare(a.id, b.id))
		})
		bad := func(i int) bool {
			for _, g := range list {
				d := g.receipt - g.own
				near := g.receipt-list[i].receipt <= 30*duty.Minute && list[i].receipt-g.receipt <= 30*duty.Minute
				if near && (d <= 5*duty.Minute || d > duty.Hour) {
					return false
				}
			}
			return true
		}
		for i := range list {
			if !bad(i) || i > 0 && bad(i-1) {
				continue
			}
			from, to := list[i].own, list[i].receipt
			for j := i; j < len(list) && bad(j); j++ {
				from, to = min(from, list[j].own), list[j].receipt
			}
			_, _, centre, _, _ := x.register(device)
			x.say("clock", centre, device, device+":"+from.String(), from, to, false, duty.IncidentKindClock, false)
		}
	}
}

func (x *dumb) count() {
	for i, k := range x.f.Reconciliations {
		beaten := !x.knownFact(k.At)
		for j, other := range x.f.Reconciliations {
			if other.Fact.ID == k.Fact.ID && x.knownFact(other.At) &&
				(other.Fact.Version > k.Fact.Version || other.Fact.Version == k.Fact.Version && j < i) {
				beaten = true
			}
		}
		c := k.Fact
		if beaten || c.Retracted || c.To > k.At || c.To <= c.From {
			continue
		}
		n := int64(0)
		for _, r := range x.rows[c.DeviceID] {
			if r.OccurredAt >= c.From && r.OccurredAt < c.To {
				n++
			}
		}
		if n == c.Rows {
			continue
		}
		for _, centre := range x.centres(c.DeviceID, c.From, c.To) {
			x.say("count", centre, c.DeviceID, c.DeviceID+":"+c.From.String(), c.From, c.To,
				false, duty.IncidentKindSuspectedLoss, false)
		}
	}
}
