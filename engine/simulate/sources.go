package simulate

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// This file holds what devices and feeds say of themselves: the numbers of rows
// (REL-02), heartbeats (REL-01) and counts of rows (REL-03).

// source is a device or a feed.
type source struct {
	id string
	// centre is where a device stands; empty for a feed.
	centre string
	// epoch and last are how far a device has numbered.
	epoch, last int64
	// spells are the faults that it is under now.
	spells []*spell
	// days are the rows that a device says it has registered, by the day in which
	// their own time lies, until they are counted.
	days map[duty.Date][]string
}

// spell is what a fault does to a source for a time. The zero value does nothing.
type spell struct {
	fault *Fault
	// deaf: it registers nothing, and so counts nothing.
	deaf bool
	// mute: its heartbeats do not go out.
	mute bool
	// lost percent of its rows do not arrive.
	lost int
	// forgets: what it counted is gone as well, so that no count tells of it.
	forgets bool
	// clock is how far its clock is ahead.
	clock duty.Instant
	// late is by how much at most its rows come late.
	late duty.Instant
}

// turn is something that happens to sources at an instant.
type turn struct {
	at duty.Instant
	do func()
}

// equip makes the devices of the register and the feeds.
func (w *world) equip() {
	for _, d := range policy.Builtin().Devices {
		if d.Type != duty.DeviceTypeOfflineLock && d.From <= at(w.cfg.Start, 0, 0) {
			w.sources = append(w.sources, &source{id: d.ID, centre: d.CentreID, days: map[duty.Date][]string{}})
		}
	}
	for _, id := range duty.Feeds() {
		w.sources = append(w.sources, &source{id: id})
	}
	w.tick = at(w.cfg.Start, dawn, 0)
	w.pulse = rand.New(rand.NewPCG(w.cfg.Seed, 10))
}

// source returns the source of an id, nil where there is none at the time.
func (w *world) source(id string) *source {
	if i := slices.IndexFunc(w.sources, func(s *source) bool { return s.id == id }); i >= 0 {
		return w.sources[i]
	}
	return nil
}

// online are the ids of the devices of a centre.
func (w *world) online(centre string) []string {
	var out []string
	for _, s := range w.sources {
		if s.centre == centre {
			out = append(out, s.id)
		}
	}
	return out
}

// over puts those sources that there are under a spell for a time, from inclusive.
func (w *world) over(from, to duty.Instant, s *spell, ids ...string) {
	w.turns = append(w.turns,
		turn{from, func() {
			for _, id := range ids {
				if x := w.source(id); x != nil {
					x.spells = append(x.spells, s)
				}
			}
		}},
		turn{to, func() {
			for _, id := range ids {
				if x := w.source(id); x != nil {
					x.spells = slices.DeleteFunc(x.spells, func(o *spell) bool { return o == s })
				}
			}
		}})
}

// advance lets everything happen to the sources that happens before t.
func (w *world) advance(t duty.Instant) {
	for {
		beat := w.cfg.Heartbeats > 0 && w.tick < t
		switch {
		case len(w.turns) > 0 && w.turns[0].at <= t && (!beat || w.turns[0].at <= w.tick):
			w.turns[0].do()
			w.turns = w.turns[1:]
		case beat:
			for _, s := range w.sources {
				w.beat(s)
			}
			w.tick += w.cfg.Heartbeats
		default:
			return
		}
	}
}

// beat sends the heartbeat of a source.
func (w *world) beat(s *source) {
	latency := duty.Instant(200 + w.pulse.IntN(2800))
	h := duty.Heartbeat{ID: w.id("hb"), Version: 1, ReceivedAt: w.tick + latency, SourceID: s.id, At: w.tick}
	key := s.id
	if s.centre != "" {
		h.CentreID, key = duty.Some(s.centre), s.centre
		if w.cfg.Numbered {
			h.SourceEpoch, h.LastSeq = s.epoch, duty.Some(s.last)
		}
	}
	for _, x := range s.spells {
		if x.mute {
			return
		}
		h.At += x.clock
	}
	put(w, duty.TopicHeartbeats, key, h, h.ReceivedAt)
}

// register lets a device register a row: it is numbered and sent, or whatever
// the faults of the moment make of it.
func (w *world) register(x sent) {
	e, s := x.CardEvent, w.source(x.DeviceID)
	for _, sp := range s.spells {
		if sp.deaf {
			sp.fault.row(&e, Unregistered)
			return
		}
	}
	s.last++
	if w.cfg.Numbered {
		e.SourceSeq, e.SourceEpoch = duty.Some(s.last), s.epoch
	}
	real := e
	for _, sp := range s.spells {
		if e.OccurredAt += sp.clock; sp.clock != 0 {
			sp.fault.row(&real, Misdated)
		}
	}
	if w.cfg.Reconciled && !slices.ContainsFunc(s.spells, func(sp *spell) bool { return sp.forgets }) {
		d := countedOn(e.OccurredAt)
		s.days[d] = append(s.days[d], e.ID)
	}
	if x.lost {
		return
	}
	for _, sp := range s.spells {
		if sp.lost > 0 && w.misfortune.IntN(100) < sp.lost {
			sp.fault.row(&real, Lost)
			return
		}
	}
	e.ReceivedAt = w.delayed(e.ReceivedAt)
	for _, sp := range s.spells {
		if sp.late > 0 {
			e.ReceivedAt += duty.Instant(w.misfortune.Int64N(int64(sp.late)))
			sp.fault.row(&real, Late)
		}
	}
	w.send(&e)
}

// countedOn is the day to which a row counts: from 06:00 to 06:00 by the clock on the wall, which is 23
// or 25 hours where the clocks change.
func countedOn(t duty.Instant) duty.Date {
	d := localDate(t)
	if t < at(d, dawn, 0) {
		d--
	}
	return d
}

// send puts a row on its way, under the number that its person has by then.
func (w *world) send(e *duty.CardEvent) {
	for _, s := range w.seconds {
		if e.PersonID.V == s.person && e.OccurredAt >= s.from {
			e.PersonID, e.CardID = duty.Some(s.alias), s.card
		}
	}
	put(w, duty.TopicCardEvents, e.PersonID.V, *e, e.ReceivedAt)
}

// count publishes how many rows the devices say that they registered on a day,
// from 06:00 to 06:00.
func (w *world) count(d duty.Date) {
	for _, s := range w.sources {
		if s.centre == "" {
			continue
		}
		ids := s.days[d]
		delete(s.days, d)
		slices.Sort(ids)
		sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
		known := at(d+1, dawn+15, 0)
		put(w, duty.TopicReconciliations, s.centre, duty.Reconciliation{
			ID: "rc-" + s.id + "-" + DateString(d), Version: 1, ReceivedAt: known, DeviceID: s.id,
			From: at(d, dawn, 0), To: at(d+1, dawn, 0), Rows: int64(len(ids)), Digest: duty.Some(hex.EncodeToString(sum[:])),
		}, known)
	}
}
