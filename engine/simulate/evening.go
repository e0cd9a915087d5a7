package simulate

import "tilsyn/engine/duty"

// evening is what a resident does after the day: when they leave (0: they do
// not) and what happens then.
type evening struct {
	leaves hm // 0: they stay
	run    func(*day)
}

// telling is how a resident who is out at night tells the operator.
type telling uint8

const (
	tellNobody telling = iota
	tellInTime
	tellLate
	tellByFriend
	tellUnclear
	tellAgency
)

// evening draws tonight's plan: that of a story, or one of the ordinary ones.
// The numbers are per thousand evenings.
func (b *day) evening(s story) evening {
	if s.evening != nil {
		return evening{leaves: s.leaves, run: s.evening}
	}
	if b.r.reserved[b.d] {
		return evening{}
	}
	x := b.dice.IntN(1000)
	busy := b.w.busy(b.r.centre, b.d)
	switch {
	case x < 30:
		return b.lateHome(tellInTime)
	case x < 35:
		return b.lateHome(tellNobody)
	case x < 39:
		return b.lateHome(tellLate)
	case x < 41:
		return b.lateHome(tellByFriend)
	case x < 42:
		return b.lateHome(tellUnclear)
	case x < 43:
		return b.lateHome(tellAgency)
	case x < 45:
		return b.lastMinute()
	case x < 54:
		return b.nightWalk(tellInTime)
	case x < 57:
		return b.nightWalk(tellNobody)
	case x < 60:
		return b.twice()
	case x < 67:
		return b.nightsAway(everyDay)
	case x < 70:
		return b.nightsAway(silent)
	case x < 71:
		return b.nightsAway(firstOnly)
	case x < 73:
		return b.earlyBird()
	case x < 220 || busy && x < 650:
		return b.earlyHome(busy)
	case b.r.restless && x < 290:
		return b.lateHome(tellNobody)
	}
	return evening{}
}

// earlyHome is an outing that ends before 23:00.
func (b *day) earlyHome(busy bool) evening {
	leave := b.between(16*60+30, 19*60)
	back := b.between(20*60, 22*60+40)
	if busy {
		back = b.between(20*60+5, 22*60+20)
	}
	return evening{leave, func(b *day) { b.out(leave); b.in(back) }}
}

// lateHome is out at 23:00 and back the same night: NOTIFY asks for a notice,
// STAY is met (STY-04).
func (b *day) lateHome(t telling) evening {
	leave := b.between(17*60, 21*60+30)
	back := b.nightMinute()
	return evening{leave, func(b *day) {
		b.tell(leave, t)
		b.out(leave)
		if t == tellLate {
			late := b.between(23*60+6, min(23*60+55, back-2))
			b.call(late, notice{channel: duty.ChannelPhone, target: duty.Some(b.d)})
		}
		b.in(max(back, 23*60+10))
	}}
}

// lastMinute comes back just after 23:00, which is for people to judge
// (NTC-18).
func (b *day) lastMinute() evening {
	leave, back := b.between(18*60, 21*60), b.between(23*60+1, 23*60+4)
	return evening{leave, func(b *day) { b.out(leave); b.in(back) }}
}

// nightWalk leaves after 23:00 and comes back (NTC-08).
func (b *day) nightWalk(t telling) evening {
	leave, back := b.between(23*60+8, 25*60+50), b.between(27*60+5, 29*60+40)
	return evening{leave, func(b *day) {
		if t == tellInTime {
			b.call(leave-1, notice{target: duty.Some(b.d)})
		}
		b.out(leave)
		b.in(back)
	}}
}

// twice goes out twice in one night with one notice before the first time
// (NTC-13).
func (b *day) twice() evening {
	leave, back := b.between(20*60, 22*60), b.between(23*60+15, 24*60)
	return evening{leave, func(b *day) {
		b.tell(leave, tellInTime)
		b.out(leave)
		b.in(back)
		b.out(b.between(24*60+10, 25*60+50))
		b.in(b.between(27*60+5, 29*60+30))
	}}
}

// earlyBird stays out all night and comes back before 08:00, which is for
// people to judge (STY-05).
func (b *day) earlyBird() evening {
	leave := b.between(18*60, 21*60)
	return evening{leave, func(b *day) {
		b.tell(leave, tellInTime)
		b.out(leave)
		b.r.away = absence{on: true, back: b.d + 1, minute: b.between(6*60+10, 7*60+45)}
	}}
}

// nightsAway stays out one to four nights.
func (b *day) nightsAway(c calling) evening {
	leave := b.between(12*60, 20*60+30)
	nights := []duty.Date{1, 1, 1, 1, 1, 2, 2, 3, 4}[b.dice.IntN(9)]
	return evening{leave, func(b *day) { b.goAway(leave, nights, c) }}
}

// goAway leaves for some nights; the return is by day, after 08:00.
func (b *day) goAway(leave hm, nights duty.Date, c calling) {
	switch c {
	case everyDay, firstOnly:
		b.tell(leave, tellInTime)
	case threeDays:
		b.call(leave-1, notice{nights: 3})
	}
	b.out(leave)
	b.r.away = absence{on: true, back: b.d + nights, minute: b.between(8*60+10, 18*60), calls: c}
}

// tell gives tonight's notice in the way of t, around an exit at leave before
// 23:00. A late one is given by the caller.
func (b *day) tell(leave hm, t telling) {
	switch t {
	case tellInTime:
		if b.dice.IntN(2) == 0 {
			b.call(leave-1, notice{})
		} else {
			b.call(b.between(leave+8, 22*60+45), notice{channel: duty.ChannelPhone})
		}
	case tellByFriend:
		b.call(b.between(leave+8, 22*60+45), notice{channel: duty.ChannelPhone, by: duty.GivenByOther})
	case tellUnclear:
		b.call(leave-1, notice{clarity: duty.ClarityUnclear})
	case tellAgency:
		b.call(b.between(leave+8, 22*60+45), notice{channel: duty.ChannelPhone, recipient: duty.RecipientReturnAgency})
	}
}

// call gives a notice at m, if the resident has the duty to give one.
func (b *day) call(m hm, n notice) {
	if b.r.notifies() {
		b.w.tell(b.r, b.dice, b.time(m), n)
	}
}

// nightMinute draws a minute of the night well away from 23:00, 06:00 and the
// hour that a clock change skips or repeats.
func (b *day) nightMinute() hm {
	if b.dice.IntN(3) == 0 {
		return b.between(27*60+5, 29*60+40)
	}
	return b.between(23*60+10, 25*60+55)
}
