package integration

import (
	"errors"
	"testing"
	"time"

	"tilsyn/topics"
)

// The transaction of the tests below ends after shortTxn by itself; the broker
// looks for such ones every half second.
const (
	shortTxn      = 2 * time.Second
	endsTimedOut  = "transaction.abort.timed.out.transaction.cleanup.interval.ms=500"
	longerThanTxn = shortTxn + 4*time.Second
)

// TestGivingUpLaterThanTheTransactionEnds: a writer that may wait for the broker
// for longer than its transaction lives (--give-up-after beyond the transaction's
// timeout) learns in the end what has become of it: taken back and fenced where the
// broker ended it, committed where the end had arrived and only its answer was lost.
// It goes on after Init.
func TestGivingUpLaterThanTheTransactionEnds(t *testing.T) {
	rig := newLateRig(t, endsTimedOut)
	for _, c := range []struct {
		name      string
		committed bool
		silence   func(r *lateRig)
	}{
		{"before its end was sent", false, func(r *lateRig) { r.proxy.Silence() }},
		{"after its end arrived", true, func(r *lateRig) {
			r.proxy.Lose(keyEndTxn, 1)
			go func() {
				for r.proxy.Done().Lost == 0 && r.t.Context().Err() == nil {
					time.Sleep(time.Millisecond)
				}
				r.proxy.Silence()
			}()
		}},
		{"with its end on the way", false, func(r *lateRig) {
			r.proxy.Hang(keyEndTxn, 1)
			go func() {
				for r.proxy.Kept() == 0 && r.t.Context().Err() == nil {
					time.Sleep(time.Millisecond)
				}
				r.proxy.Silence()
			}()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rig.fresh(t)
			r.w = r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: r.client.TransactionalID("short", 1),
				Timeout: shortTxn})
			if err := r.w.Init(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.begin()
			r.produce(topics.Violations, "first")
			c.silence(r)
			back := time.AfterFunc(longerThanTxn, r.proxy.Restore)
			defer back.Stop()
			err := r.w.Commit(t.Context())
			for errors.Is(err, topics.ErrOutcomeUnknown) {
				err = r.w.Commit(t.Context())
			}
			want := []string{"first"}
			if !c.committed {
				want = nil
			}
			if c.committed != (err == nil) || !c.committed && !errors.Is(err, topics.ErrFenced) {
				t.Errorf("Commit: %v", err)
			}
			if r.proxy.Kept() > 0 {
				r.arrives()
			}
			r.want(topics.Violations, want...)
			if err := r.w.Init(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.begin()
			r.produce(topics.Violations, "second")
			r.commit()
			r.want(topics.Violations, append(want, "second")...)
		})
	}
}
