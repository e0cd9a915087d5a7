package simulate

import (
	"math/rand/v2"

	"tilsyn/engine/duty"
)

// part is a rare story, how many residents per 200 have it, and who can.
type part struct {
	per200 int
	fits   func(*resident) bool // who can have it
	// early asks for a day in the first half, for stories that take long.
	early bool
	set   func(*world, *resident, duty.Date) // lets it happen on a day
}

// parts lists the rare stories; each has at least one resident when somebody
// fits.
var parts = []part{
	{4, (*resident).notifies, false, (*world).hospital},
	{5, stays, false, (*world).visit},
	{2, stays, false, (*world).overstay},
	{1, stays, false, (*world).turnedDown},
	{3, stays, false, (*world).custody},
	{2, fingerprint, false, (*world).overTheFence},
	{2, fingerprint, false, func(w *world, r *resident, d duty.Date) { w.backOverTheFence(r, d, false) }},
	{2, fingerprint, false, func(w *world, r *resident, d duty.Date) { w.backOverTheFence(r, d, true) }},
	{2, fingerprint, false, (*world).foundAsleep},
	{1, (*resident).notifies, false, (*world).notFound},
	{2, barcode, false, (*world).forgottenScan},
	{2, (*resident).notifies, false, (*world).lostPage},
	{2, daily, false, (*world).policeDesk},
	{2, (*resident).notifies, false, (*world).severalDays},
	{1, stays, true, func(w *world, r *resident, d duty.Date) { w.vanish(r, d, true) }},
	{1, stays, true, func(w *world, r *resident, d duty.Date) { w.vanish(r, d, false) }},
	{2, stays, false, (*world).transfer},
	{1, expelled, false, (*world).regroup},
	{1, (*resident).notifies, false, (*world).annulled},
	{2, fingerprint, false, (*world).seenByGuard},
	{1, (*resident).notifies, false, (*world).mistakenGuard},
	{1, (*resident).notifies, false, (*world).notSeen},
	{2, fingerprint, false, (*world).wrongName},
	{1, (*resident).notifies, false, (*world).strangersForm},
	{2, fingerprint, false, (*world).unreadableNumber},
	{1, elsewhere, true, (*world).stopsReporting},
}

func stays(r *resident) bool       { return !r.private }
func fingerprint(r *resident) bool { return stays(r) && r.cardType == duty.CardTypeBiometric }
func barcode(r *resident) bool     { return stays(r) && r.cardType == duty.CardTypeBarcode }
func expelled(r *resident) bool {
	return stays(r) && r.group == duty.GroupExpelledJudgment
}
func elsewhere(r *resident) bool { return r.private && r.reports() }
func daily(r *resident) bool     { return stays(r) && r.reports() && !r.reportRule.OK }

// cast gives the rare stories to residents who are there from the first day,
// one each, on days that leave time for what the offices do afterwards.
func (w *world) cast() {
	dice := rand.New(rand.NewPCG(w.cfg.Seed, 5))
	order := dice.Perm(len(w.residents))
	taken := make([]bool, len(w.residents))
	first, last := 4, w.cfg.Days-9
	for _, p := range parts {
		n := max(1, p.per200*w.cfg.Persons/200)
		for _, i := range order {
			if n == 0 {
				break
			}
			r := w.residents[i]
			if taken[i] || r.arrive != w.cfg.Start || !p.fits(r) {
				continue
			}
			to := last
			if p.early {
				to = min(last, first+2)
			}
			d := w.cfg.Start + duty.Date(first+dice.IntN(max(to-first+1, 1)))
			d = w.quiet(r.centre, d)
			taken[i], n = true, n-1
			p.set(w, r, d)
		}
	}
}

// quiet gives a day for a story without an event of the centre on it or on the next:
// d, or two days later, or before, where the offices would not be done with it by the last day.
func (w *world) quiet(centre string, d duty.Date) duty.Date {
	disturbed := func(d duty.Date) bool { return w.busy(centre, d) || w.busy(centre, d+1) }
	if !disturbed(d) {
		return d
	}
	if nextWorkday(d+2+officeDays) < w.cfg.Start+duty.Date(w.cfg.Days) {
		return d + 2
	}
	for d--; disturbed(d); d-- {
	}
	return d
}

// officeDays is how many days after a story the offices may still be at it, weekends
// apart.
const officeDays = 5

// keepFree keeps the evenings around a story free: nobody is away when it begins,
// and n days after it pass without another.
func (w *world) keepFree(r *resident, d duty.Date, n int) {
	for x := d - 5; x <= d+duty.Date(n); x++ {
		r.reserved[x] = true
	}
}
