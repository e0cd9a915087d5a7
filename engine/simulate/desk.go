package simulate

import (
	"math/rand/v2"

	"tilsyn/engine/duty"
)

// This file holds what guards and offices write: notices, permissions, holds.

// notice is a message of a night away. Zero values are the ordinary case: the
// resident, clearly, to the operator.
type notice struct {
	channel   duty.Channel
	by        duty.GivenBy
	recipient duty.Recipient
	clarity   duty.Clarity
	nights    int32               // how many it covers
	target    duty.Opt[duty.Date] // the night that it names
	// arrives is when it was typed in; zero means within the hour.
	arrives duty.Instant
}

// tell gives a notice at t.
func (w *world) tell(r *resident, dice *rand.Rand, t duty.Instant, n notice) {
	x := duty.Notice{
		ID: w.id("no"), Version: 1, PersonID: r.id, CentreID: r.centre, LocalTime: LocalTime(t),
		Channel: duty.ChannelGuard, GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator,
		Clarity: duty.ClarityClear, Nights: max(n.nights, 1), TargetDate: n.target,
	}
	if n.channel != 0 {
		x.Channel = n.channel
	}
	if n.by != 0 {
		x.GivenBy = n.by
	}
	if n.recipient != 0 {
		x.Recipient = n.recipient
	}
	if n.clarity != 0 {
		x.Clarity = n.clarity
	}
	x.ReceivedAt = n.arrives
	if x.ReceivedAt == 0 {
		x.ReceivedAt = t + duty.Instant(1+dice.IntN(50))*duty.Minute
	}
	put(w, duty.TopicNotices, r.id, x, x.ReceivedAt)
	if x.GivenBy == duty.GivenBySelf {
		r.truth.notices = append(r.truth.notices, told{
			at: t, doubtful: x.Clarity != duty.ClarityClear || x.Recipient != duty.RecipientOperator,
		})
	}
}

// permit publishes a permission and remembers it.
func (w *world) permit(r *resident, from, to, decided duty.Instant, effect duty.ReportEffect) {
	id := w.id("pm")
	put(w, duty.TopicPermissions, r.id, duty.Permission{
		ID: id, Version: 1, ReceivedAt: decided, PermissionID: id, PersonID: r.id, Status: duty.PermissionStatusGranted,
		ValidFrom: from, ValidTo: to, ReportEffect: effect, DecidedAt: decided, ServedAt: duty.Some(decided),
	}, decided)
	if decided <= w.cfg.Until {
		r.truth.permissions = append(r.truth.permissions, leave{from: from, to: to, effect: effect})
	}
}

// refuse publishes an application that is pending and then turned down.
func (w *world) refuse(r *resident, from, to, asked, decided duty.Instant) {
	id := w.id("pm")
	p := duty.Permission{
		ID: id, Version: 1, ReceivedAt: asked, PermissionID: id, PersonID: r.id, Status: duty.PermissionStatusPending,
		ValidFrom: from, ValidTo: to, ReportEffect: duty.ReportEffectExcused, DecidedAt: asked,
	}
	put(w, duty.TopicPermissions, r.id, p, asked)
	p.ID, p.Version, p.ReceivedAt, p.DecidedAt = w.id("pm"), 2, decided, decided
	p.Status, p.ServedAt = duty.PermissionStatusRefused, duty.Some(decided)
	put(w, duty.TopicPermissions, r.id, p, decided)
}

// hold publishes a hold, first without end and then with it.
func (w *world) hold(r *resident, kind duty.HoldKind, from, to, known duty.Instant) {
	id := w.id("ho")
	h := duty.Hold{ID: id, Version: 1, ReceivedAt: known, HoldID: id, PersonID: r.id, Kind: kind, ValidFrom: from}
	if known >= to {
		h.ValidTo = duty.Some(to)
	}
	put(w, duty.TopicHolds, r.id, h, known)
	if known < to {
		h.ID, h.Version, h.ReceivedAt, h.ValidTo = w.id("ho"), 2, to+2*duty.Hour, duty.Some(to)
		put(w, duty.TopicHolds, r.id, h, h.ReceivedAt)
	}
	if known <= w.cfg.Until {
		r.truth.holds = append(r.truth.holds, between{from, to})
	}
}

// papers gives the time at which the paper of an instant reaches the Return
// Agency: the bundle that leaves the centre on the next working morning
// (DAT-06).
func (w *world) papers(t duty.Instant, dice *rand.Rand) duty.Instant {
	return bundle(t) + duty.Instant(dice.IntN(30*60))*duty.Second
}

// bundle gives 08:15 of the first working morning after t.
func bundle(t duty.Instant) duty.Instant {
	for d := localDate(t); ; d++ {
		if b := at(d, 8*60+15, 0); workday(d) && b > t {
			return b
		}
	}
}
