package watermark

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
)

// What a watermark must never do, asserted where it would happen, in tests and in programs built
// for it (package invariant).
const (
	// caught_up moves only to a mark whose ends are read, and behind which the other tasks have
	// nothing left to hand over.
	caughtUpIsRead = "caught_up is read"
	// A mark is at a time that the brokers have reached (decision 0008).
	clockConfirmed = "the brokers confirm the clock"
)

// mustBeConfirmed is asked about a new mark.
func (w *Watermark) mustBeConfirmed(at duty.Instant) {
	if !invariant.Enabled() || !w.confirms() {
		return
	}
	shown := w.brokers.now(w.cfg.Wall())
	invariant.Hold(w.brokers.known() && at < shown, clockConfirmed,
		"task %d: a mark is at %d, and the brokers have shown %d", w.at.Task, at, shown)
}

// mustBeRead is asked before caught_up moves to the pending mark.
func (w *Watermark) mustBeRead() {
	if !invariant.Enabled() {
		return
	}
	for p, end := range w.pending.ends {
		invariant.Hold(w.Position(p) >= end || broker.Unawaited(p.Topic), caughtUpIsRead,
			"task %d is caught up and has read %s to %d of %d", w.at.Task, p.Name(), w.Position(p), end)
	}
	invariant.Hold(w.Alone() || w.pending.hop == hops, caughtUpIsRead,
		"task %d is caught up, and the other tasks are at hop %d", w.at.Task, w.pending.hop)
}

// mustNotBeAhead is asked before caught_up moves under a virtual clock.
func (w *Watermark) mustNotBeAhead(to duty.Instant) {
	if invariant.Enabled() {
		invariant.Hold(to <= w.at.Clock, caughtUpIsRead,
			"task %d is caught up at %d, ahead of its clock %d", w.at.Task, to, w.at.Clock)
	}
}
