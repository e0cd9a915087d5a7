package simulate

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"tilsyn/engine/duty"
)

// Faults are what goes wrong between a device and the topics. The zero value
// is a perfect way. Everything is drawn from Config.Seed.
type Faults struct {
	// Plans are kinds of faults, each drawn from the seed.
	Plans []Plan
	// Lose are times in which passages are lost.
	Lose []Lose
	// Duplicate is the share of facts, 0 to 1, that arrive a second time.
	Duplicate float64
	// Delay is the share of card rows, 0 to 1, that become known later, by up
	// to DelayMax milliseconds (default 6 hours) and always before the end.
	Delay    float64
	DelayMax duty.Instant
	// Reorder lets facts leave in another order than that of received_at, by
	// up to so many places, 0 to MaxReorder.
	Reorder int
}

// Lose is a loss of passages at one centre, and whether people find it out.
type Lose struct {
	Centre string
	// From and To bound it, To exclusive.
	From, To duty.Instant
	// Percent of the passages are lost.
	Percent int
	// Known is when an incident about it is reported, with its forms pending
	// for ever. Zero: nobody ever finds out.
	Known duty.Instant
	// Excluded is when an exclusion of its dates is declared. Zero: never.
	Excluded duty.Instant
}

// MaxReorder bounds the memory that reordering takes.
const MaxReorder = 10_000

func (f Faults) check() error {
	switch {
	case f.Duplicate < 0 || f.Duplicate > 1 || f.Delay < 0 || f.Delay > 1:
		return fmt.Errorf("--duplicate %v and --delay %v: a share lies between 0 and 1", f.Duplicate, f.Delay)
	case f.Reorder < 0 || f.Reorder > MaxReorder:
		return fmt.Errorf("--reorder %d: choose 0 to %d", f.Reorder, MaxReorder)
	case f.DelayMax < 0:
		return fmt.Errorf("--delay-max %s: choose 0s or more", time.Duration(f.DelayMax)*time.Millisecond)
	}
	for _, l := range f.Lose {
		if l.Centre != kh && l.Centre != sj {
			return fmt.Errorf("--lose %s,…: the simulation has no such centre: choose %s or %s", l.Centre, kh, sj)
		}
		if l.From >= l.To || l.Percent < 0 || l.Percent > 100 {
			return fmt.Errorf("--lose %s,…: TO must lie after FROM, and PERCENT between 0 and 100", l.Centre)
		}
	}
	return nil
}

// planFaults turns lost passages into events of the world.
func (w *world) planFaults() {
	for i, l := range w.cfg.Faults.Lose {
		w.losses = append(w.losses, loss{centre: l.Centre, from: l.From, to: l.To, percent: l.Percent})
		if l.Excluded != 0 {
			w.exclusions = append(w.exclusions, exclusion{
				id: fmt.Sprintf("EX-%s-LOSS-%d", l.Centre, i+1), centre: l.Centre,
				from: localDate(l.From), to: localDate(l.To - 1), declared: l.Excluded,
			})
		}
		if l.Known != 0 {
			w.outages = append(w.outages, outage{
				id: fmt.Sprintf("IN-%s-LOSS-%d", l.Centre, i+1), centre: l.Centre, kind: duty.IncidentKindSuspectedLoss,
				from: l.From, to: l.To, known: l.Known,
			})
		}
	}
}

// stop is a time in which the records of a topic wait.
type stop struct {
	topic    string
	from, to duty.Instant // to is exclusive
	fault    *Fault
}

// waits puts a fact back that its feed does not let through now.
func (w *world) waits(f *Fact) bool {
	for _, s := range w.stops {
		if f.Topic != s.topic || f.ReceivedAt < s.from || f.ReceivedAt >= s.to {
			continue
		}
		s.fault.late(f.Topic, f.Key, f.Record)
		if f.ReceivedAt = s.to; f.ReceivedAt <= w.cfg.Until {
			heap.Push(&w.queue, *f)
		}
		return true
	}
	return false
}

// delayed gives the time at which a card row becomes known.
func (w *world) delayed(received duty.Instant) duty.Instant {
	f := w.cfg.Faults
	if f.Delay == 0 || w.luck.Float64() >= f.Delay {
		return received
	}
	most := f.DelayMax
	if most == 0 {
		most = 6 * duty.Hour
	}
	// Everything arrives before the end, so that the end can be judged.
	most = min(most, (w.cfg.Until-received)/2)
	if most <= 0 {
		return received
	}
	return received + duty.Instant(w.luck.Int64N(int64(most)))
}

// way stands between the world and the sink and does duplicates and reorder.
type way struct {
	to     Sink
	faults Faults
	dice   *rand.Rand
	held   []Fact // facts that wait, so that others overtake them
}

func (x *way) Put(f Fact) error {
	n := 1
	if x.faults.Duplicate > 0 && x.dice.Float64() < x.faults.Duplicate {
		n = 2
	}
	for range n {
		if x.faults.Reorder == 0 {
			if err := x.to.Put(f); err != nil {
				return err
			}
			continue
		}
		x.held = append(x.held, f)
		if len(x.held) > x.faults.Reorder {
			if err := x.release(); err != nil {
				return err
			}
		}
	}
	return nil
}

// release lets a random one of the facts that are held go.
func (x *way) release() error {
	i := x.dice.IntN(len(x.held))
	f := x.held[i]
	last := len(x.held) - 1
	x.held[i] = x.held[last]
	x.held = x.held[:last]
	return x.to.Put(f)
}

// flush lets all go.
func (x *way) flush() error {
	for len(x.held) > 0 {
		if err := x.release(); err != nil {
			return err
		}
	}
	return nil
}
