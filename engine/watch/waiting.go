package watch

import (
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// waiting holds the rows that are known after the clock of a log, packed in the order in which they
// came: an evening of a million rows waits for the night to be over.
type waiting struct {
	// devices has the packed rows of each device; other those of another version than the first.
	devices map[string][]*leaf
	other   []Row
	n       int
}

// waitingRows is how many rows a leaf of those that wait holds: few enough that a look which takes some
// out of it is quick.
const waitingRows = 1024

func newWaiting() waiting { return waiting{devices: map[string][]*leaf{}} }

// add adds a row, whose centre has a place among the names of the log.
func (w *waiting) add(r *Row, centre int) {
	w.n++
	if r.Version != 1 {
		w.other = append(w.other, *r)
		return
	}
	w.pack(r.DeviceID, &record{
		own: r.OccurredAt, received: r.ReceivedAt, known: r.Known, epoch: r.Epoch, seq: r.Seq.V, numbered: r.Seq.OK,
		centre: centre, id: r.ID,
	})
}

// pack appends a record to those of its device.
func (w *waiting) pack(device string, r *record) {
	list := w.devices[device]
	if n := len(list); n == 0 || list[n-1].n >= waitingRows {
		room := 0
		if n > 0 {
			list[n-1].clip()
			room = len(list[n-1].data)
		}
		list = append(list, newLeaf(dayOf(r.at()), room))
		w.devices[device] = list
	}
	list[len(list)-1].put(r, true)
}

// take files the rows in a log that were known at a clock.
func (w *waiting) take(at duty.Instant, l *Log) {
	w.other = slices.DeleteFunc(w.other, func(r Row) bool {
		if r.Known <= at {
			l.row(r)
			w.n--
		}
		return r.Known <= at
	})
	var buf []record
	for _, device := range slices.Sorted(maps.Keys(w.devices)) {
		list := w.devices[device]
		if !slices.ContainsFunc(list, func(b *leaf) bool { return b.oldest <= at }) {
			continue
		}
		delete(w.devices, device)
		for i, b := range list {
			list[i] = nil // it may go while the others are filed
			if b.oldest > at {
				w.devices[device] = append(w.devices[device], b)
				continue
			}
			buf = b.records(buf[:0], true)
			for k := range buf {
				if buf[k].known > at {
					w.pack(device, &buf[k])
					continue
				}
				l.row(l.rowOf(device, &buf[k]))
				w.n--
			}
		}
	}
}

// next is when the next row will be known; Forever if none waits.
func (w *waiting) next() duty.Instant {
	next := duty.Forever
	for i := range w.other {
		next = min(next, w.other[i].Known)
	}
	for _, list := range w.devices { //house:order-free the earliest of all
		for _, b := range list {
			next = min(next, b.oldest)
		}
	}
	return next
}

// newest is when the last row will be known; Beginning if none waits.
func (w *waiting) newest() duty.Instant {
	newest := duty.Beginning
	for i := range w.other {
		newest = max(newest, w.other[i].Known)
	}
	for _, list := range w.devices { //house:order-free the latest of all
		for _, b := range list {
			newest = max(newest, b.newest)
		}
	}
	return newest
}
