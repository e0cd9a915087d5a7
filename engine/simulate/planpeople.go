package simulate

import (
	"slices"

	"tilsyn/engine/duty"
)

// This file holds the plans in which the devices are well and people are not
// where the data show them.

// second is a second number and card of a resident, from an instant on.
type second struct {
	person, alias, card string // the resident; alias and card are the second ones
	from                duty.Instant
}

// chosen draws some residents who are there and whose days are their own.
func (m *maker) chosen(n int, fits func(*resident) bool) []*resident {
	var out []*resident
	for _, i := range m.dice.Perm(len(m.w.residents)) {
		r := m.w.residents[i]
		taken := slices.ContainsFunc(m.w.seconds, func(s second) bool { return s.person == r.id })
		if len(out) < n && r.arrive < m.day-1 && fits(r) && len(r.stories) == 0 && !taken {
			out = append(out, r)
		}
	}
	return out
}

// overTheFence: out by the gate, back over the fence, asleep in the room, and
// out over the fence again. The rows show a night away.
func (m *maker) overTheFence() {
	f := m.fault("", at(m.day, 18*60, 0), at(m.day+1, 13*60, 0))
	for _, r := range m.chosen(1+len(m.w.residents)/50, fingerprint) {
		m.w.keepFree(r, m.day, 2)
		r.stories[m.day] = story{leaves: 18 * 60, evening: func(b *day) {
			b.out(18 * 60)
			t := b.time(20*60 + 30)
			b.w.slip(b.r, t, true)
			f.add(&Harm{What: Unregistered, PersonID: b.r.id, At: t, Kind: "PASSAGE", Direction: "IN"})
		}}
		r.stories[m.day+1] = story{morning: func(b *day) {
			t := b.time(8*60 + 40)
			b.w.slip(b.r, t, false)
			f.add(&Harm{What: Unregistered, PersonID: b.r.id, At: t, Kind: "PASSAGE", Direction: "OUT"})
			b.in(13 * 60)
		}}
	}
}

// identitySplit: from an afternoon on some residents have a second number and
// card, joined by a link; two days later the two are parted by mistake, and
// joined again after some days.
func (m *maker) identitySplit() {
	w := m.w
	from := at(m.day, 15*60, 0)
	parted := at(nextWorkday(m.day+2), 11*60, 0)
	joined := at(nextWorkday(localDate(parted)+duty.Date(1+m.dice.IntN(3))), 13*60, 0)
	f := m.fault("", parted, joined)
	for _, r := range m.chosen(1+len(w.residents)/8, stays) {
		s := second{person: r.id, alias: r.id + "-B", card: r.card + "-B", from: from}
		w.seconds = append(w.seconds, s)
		put(w, duty.TopicCardAssignments, r.id, duty.CardAssignment{
			ID: r.assigned, Version: 2, ReceivedAt: from, CardID: r.card, PersonID: r.id, CardType: r.cardType,
			ValidFrom: at(r.arrive, 8*60, r.n%3600), ValidTo: duty.Some(from), AntiPassback: w.antiPassback(),
			Created: duty.CardCreationAutomatic,
		}, from)
		put(w, duty.TopicCardAssignments, s.alias, duty.CardAssignment{
			ID: w.id("ca"), Version: 1, ReceivedAt: from, CardID: s.card, PersonID: s.alias, CardType: r.cardType,
			ValidFrom: from, AntiPassback: w.antiPassback(), Created: duty.CardCreationManual,
		}, from)
		w.link(s, duty.LinkActionMerge, from-2*duty.Hour)
		w.link(s, duty.LinkActionSplit, parted)
		w.link(s, duty.LinkActionMerge, joined)
		f.add(&Harm{What: Parted, Topic: duty.TopicIdentityLinks, PersonID: r.id, At: parted})
	}
}

func (w *world) link(s second, action duty.LinkAction, t duty.Instant) {
	put(w, duty.TopicIdentityLinks, s.person, duty.IdentityLink{
		ID: w.id("il"), Version: 1, ReceivedAt: t, PersonID: s.person, AliasPersonID: s.alias, Action: action, At: t,
	}, t)
}
