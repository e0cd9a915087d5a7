package stream

import (
	"context"
	"time"

	"tilsyn/engine/stream/broker"
)

// Nothing behind an open transaction can be read, so caught_up stops and nobody is accused. That
// is right, but somebody must end the transaction. The next owner of a task ends that of the
// task's producer; nobody ends one of another program, or one that the broker lost track of.

// When transactions are checked and reported.
const (
	// hangingCheck is how often open transactions are looked for.
	hangingCheck = 15 * time.Second
	// hangingAfter is when a transaction has been open for too long: more than the usual transaction
	// timeout, after which the broker itself ends it.
	hangingAfter = 75 * time.Second
	// hangingAgain is how often it is logged again.
	hangingAgain = 5 * time.Minute
)

// hanging tracks partitions with an open transaction: by partition the last stable offset, since
// when it is unchanged, and when that was logged.
type hanging struct {
	stable, seen, told map[broker.Partition]int64 // offset; Unix milliseconds
}

// look takes in the ends of partitions and returns those on which one transaction has been open
// for too long, and which of them to log now.
func (h *hanging) look(stable, ends broker.Offsets, now time.Time) (open, tell []broker.Partition) {
	if h.stable == nil {
		h.stable, h.seen, h.told = map[broker.Partition]int64{}, map[broker.Partition]int64{}, map[broker.Partition]int64{}
	}
	ms := now.UnixMilli()
	for p, end := range ends {
		at := stable[p]
		if was, ok := h.stable[p]; at >= end || !ok || was != at {
			delete(h.told, p)
			h.stable[p], h.seen[p] = at, ms
			continue
		}
		if ms-h.seen[p] < hangingAfter.Milliseconds() {
			continue
		}
		open = append(open, p)
		if last, ok := h.told[p]; !ok || ms-last >= hangingAgain.Milliseconds() {
			h.told[p] = ms
			tell = append(tell, p)
		}
	}
	return open, tell
}

// watchHanging looks for transactions that stay open on the inputs of this instance until the
// context ends. Brokers that do not answer are dealt with by the tasks.
func (e *engine) watchHanging(ctx context.Context) error {
	tick := time.NewTicker(hangingCheck)
	defer tick.Stop()
	by := e.broker()
	var h hanging
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		parts := e.reader.Partitions()
		if a := e.now.Load(); a != nil {
			for _, task := range a.Partitions {
				parts = append(parts, broker.InputsOf(task)...)
			}
		}
		// Ask for the last stable offsets first: what is open in both answers was open in between.
		stable, err := by.Ends(ctx, parts, broker.LastStable)
		if err != nil {
			continue
		}
		ends, err := by.Ends(ctx, parts, broker.HighWatermark)
		if err != nil {
			continue
		}
		open, tell := h.look(stable, ends, time.Now())
		e.cfg.Stats.Hanging.Store(int64(len(open)))
		for _, p := range tell {
			e.cfg.Log.Error().Str("topic", p.Topic).Int32("partition", p.Index).Int64("offset", stable[p]).
				Msg("a transaction stays open: what lies behind it cannot be read, " +
					"and nobody is accused until it is ended; find its producer with `kafka-transactions.sh " +
					"find-hanging` and stop it or abort the transaction")
		}
	}
}
