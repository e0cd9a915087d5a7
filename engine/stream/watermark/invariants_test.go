package watermark

import (
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// TestEveryInvariantFires breaks every invariant of a watermark on purpose. The task has read one
// partition to offset 5, its clock is at 1000, and the brokers have shown 900.
func TestEveryInvariantFires(t *testing.T) {
	in := broker.InputsOf(0)[0]
	for _, c := range []struct {
		name, breaks string
		do           func(w *Watermark)
	}{
		{"an end is not read", caughtUpIsRead, func(w *Watermark) {
			w.pending = &mark{ends: broker.Offsets{in: 6}, hop: hops}
			w.mustBeRead()
		}},
		{"a hop is missing", caughtUpIsRead, func(w *Watermark) {
			w.pending = &mark{hop: hopWalked}
			w.mustBeRead()
		}},
		{"ahead of the clock", caughtUpIsRead, func(w *Watermark) { w.mustNotBeAhead(1001) }},
		{"ahead of the brokers", clockConfirmed, func(w *Watermark) { w.mustBeConfirmed(900) }},
		{"no time of the brokers", clockConfirmed, func(w *Watermark) {
			w.brokers.since = time.Time{}
			w.mustBeConfirmed(0)
		}},
		{"read", "", func(w *Watermark) {
			w.pending = &mark{ends: broker.Offsets{in: 5}, hop: hops}
			w.mustBeRead()
		}},
		{"not ahead", "", func(w *Watermark) { w.mustNotBeAhead(1000); w.mustBeConfirmed(899) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := stored.NewProgress(0)
			at.Clock, at.Inputs = 1000, broker.Offsets{in: 5}
			now := time.UnixMilli(1)
			w := New(&at, Config{Tasks: 2, Clock: WallClock(func() time.Time { return now }),
				Wall: func() time.Time { return now }})
			w.brokers = brokerTime{at: duty.Instant(900), since: now}
			defer func() {
				broken := ""
				if f, ok := recover().(*invariant.Failure); ok {
					broken = f.Name
				}
				if broken != c.breaks {
					t.Errorf("breaks %q, not %q", broken, c.breaks)
				}
			}()
			c.do(w)
		})
	}
}
