package watermark

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// Position is the next offset to read of a partition that the task depends on.
func (w *Watermark) Position(p broker.Partition) int64 {
	n, ok := w.at.Inputs[p]
	switch {
	case !ok:
		return w.at.Centres[p]
	case slices.Contains(broker.IdentityTopics, p.Topic):
		return min(n, w.at.Centres[p]) // read by the task and by the centre reader
	}
	return n
}

// reading says how far the task has read, by the ends last asked for. Before the first answer
// it cannot tell which partitions have more to read.
func (w *Watermark) reading() Reading {
	if w.ends == nil {
		return Reading{Low: duty.Beginning, High: duty.Beginning}
	}
	r := Reading{Low: duty.Forever, High: duty.Beginning, Drained: true}
	for p, at := range w.read.of {
		r.High = max(r.High, *at)
		r.Low = min(r.Low, w.lowOf(p, *at))
	}
	for p, at := range w.centres {
		r.High = max(r.High, at)
		r.Low = min(r.Low, w.lowOf(p, at))
	}
	for p, end := range w.ends {
		if w.Position(p) < end {
			r.Drained = false
			if _, ok := w.Newest(p); !ok {
				r.Low = duty.Beginning
			}
		}
	}
	return r
}

// lowOf is at for a partition with more to read, Forever for others.
func (w *Watermark) lowOf(p broker.Partition, at duty.Instant) duty.Instant {
	if w.Position(p) < w.ends[p] {
		return at
	}
	return duty.Forever
}

// Newest is when the newest record of a partition was known that the task or, if the task reads
// none of it, the centre reader has read; false if there is none.
func (w *Watermark) Newest(p broker.Partition) (duty.Instant, bool) {
	if at, ok := w.read.get(p); ok {
		return at, true
	}
	at, ok := w.centres[p]
	return at, ok
}

// NewestRead is when the newest record that the task has read was known.
func (w *Watermark) NewestRead() duty.Instant {
	at := duty.Beginning
	for _, n := range w.read.of {
		at = max(at, *n)
	}
	return at
}

// Raise notes when a record of a partition that was read was known.
func (w *Watermark) Raise(p broker.Partition, at duty.Instant) { w.read.raise(p, at) }

// CentresRead notes when the newest record of every partition that the centre reader has read
// was known. The map must not change any more.
func (w *Watermark) CentresRead(newest map[broker.Partition]duty.Instant) { w.centres = newest }

// ReadAll reports whether every partition is read up to the end last asked for.
func (w *Watermark) ReadAll() bool {
	for p, end := range w.ends {
		if w.Position(p) < end {
			return false
		}
	}
	return true
}

// ReadMark reports whether everything is read up to the ends of the pending mark; false if none
// is pending.
func (w *Watermark) ReadMark() bool {
	if w.pending == nil {
		return false
	}
	for p, end := range w.pending.ends {
		if w.Position(p) < end && !broker.Unawaited(p.Topic) {
			return false
		}
	}
	return true
}

// Inputs returns the positions of the task's input partitions.
func (w *Watermark) Inputs() broker.Offsets {
	now := broker.Offsets{}
	for _, p := range broker.InputsOf(w.at.Task) {
		now[p] = w.at.Inputs[p]
	}
	return now
}

// Behind calls see with every partition that the task depends on, and how many of its records
// up to the end last asked for are not read.
func (w *Watermark) Behind(see func(p broker.Partition, records int64)) {
	for p, end := range w.ends {
		see(p, max(0, end-w.Position(p)))
	}
}
