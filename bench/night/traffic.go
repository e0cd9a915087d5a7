package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// traffic is card events of those who are at home after the night: all of them pass the gate in turn, out in one round
// and in again in the next, for as long as it is asked. Whoever was told of stays away, so that nothing but a clearing
// fact withdraws what was told. The time of the facts runs faster than the machine's, so that nobody passes more often
// than people do.
type traffic struct {
	job   *job
	names []string
	// home are the persons in the order in which they pass, made is how many passages there have been.
	home []int
	made int
	w    writer
	// known is the time of the newest passage that was acknowledged while it flows; what is said meanwhile bears it.
	known atomic.Int64
}

const (
	// begins is when the first passes, roundSpan how long a round takes, by the time of the facts.
	begins    = 6*duty.Hour + 17*duty.Minute
	roundSpan = 2 * duty.Minute
	// ends is when all must be over: the next night is not a part of it.
	ends = 22 * duty.Hour
)

// rounds are the two slots of the day in which traffic passes; their times are those of the passages.
var rounds = []slot{{Direction: duty.DirectionOut}, {Direction: duty.DirectionIn}}

// newTraffic returns that of a job of one night. Its events are named as those of the following ones.
func newTraffic(of *job) *traffic {
	t := &traffic{job: &job{Persons: of.Persons, Seed: of.Seed, Slots: rounds}, names: make([]string, of.Persons)}
	every := stride(of.Persons)
	for k := range of.Persons {
		p := k * every % of.Persons
		t.names[p] = person(p)
		if !of.missed(p, 0) {
			t.home = append(t.home, p)
		}
	}
	return t
}

// at is when the next one passes.
func (t *traffic) at() duty.Instant {
	n, all := duty.Instant(t.made), duty.Instant(len(t.home))
	return (firstDay + 1).Start() + begins + n/all*roundSpan + n%all*roundSpan/all
}

// add gives the next passage to a producer.
func (t *traffic) add(ctx context.Context, p *topics.Producer) error {
	if t.at() >= (firstDay+1).Start()+ends {
		return errors.New("the load lasts into the next night: give more -persons, or less -backlog and -withdrawals")
	}
	return p.Add(ctx, t.one())
}

// one is the next passage; it is valid until the next call.
func (t *traffic) one() topics.Out {
	at, round := t.at(), t.made/len(t.home)
	x := passage{person: t.home[t.made%len(t.home)], night: 1 + round/len(rounds), slot: round % len(rounds), at: at}
	t.made++
	return t.w.record(t.job, x, t.names)
}

// beat is how often traffic is sent.
const beat = 10 * time.Millisecond

// owed is how many of so many a second there should have been after a time.
func owed(after time.Duration, perSecond float64) int {
	return int(after.Seconds() * perSecond)
}

// flow is traffic as it comes, so many events a second.
type flow struct {
	perSecond float64
	// sent are those that were acknowledged, took is how long that was; read after done.
	sent int
	took time.Duration
	err  error
	stop chan struct{}
	done chan struct{}
}

// start sends traffic until end is called. Whatever it is behind comes with the next
// beat, so that a broker that hesitates lowers the load for a moment only.
func (t *traffic) start(ctx context.Context, p *topics.Producer, perSecond float64) *flow {
	t.known.Store(int64(t.at()))
	f := &flow{perSecond: perSecond, stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(f.done)
		began := time.Now()
		beats := time.NewTicker(beat)
		defer beats.Stop()
		for f.err == nil {
			select {
			case <-f.stop:
				f.took = time.Since(began)
				return
			case <-beats.C:
			}
			more := owed(time.Since(began), perSecond) - f.sent
			for range more {
				if f.err = t.add(ctx, p); f.err != nil {
					return
				}
			}
			newest := t.at()
			if f.err = p.Flush(ctx); f.err == nil {
				f.sent += more
				t.known.Store(int64(newest))
			}
		}
	}()
	return f
}

// end stops it and waits for what is under way.
func (f *flow) end() error {
	close(f.stop)
	<-f.done
	return f.err
}
