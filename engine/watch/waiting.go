package watch

import (
	"maps"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// waiting holds the rows that are known after the clock of a log, packed: an evening of a million rows waits
// for the night to be over.
type waiting struct {
	// devices has the rows of each device; other those of another version than the first.
	devices map[string]*queue
	other   []Row
	n       int
	// due and merger are for taking rows out.
	due    []*leaf
	merger merger
}

// queue holds the rows of one device that wait. Several tasks forward in turn, each in order of time or nearly:
// as many leaves are open for more, each of them in order.
type queue struct {
	open []*leaf
	// full are in order as well; mixed is not: what came before the ends of all open ones.
	full, mixed []*leaf
	// last is the open leaf that took the last row.
	last int
}

const (
	// waitingRows is how many rows a leaf of those that wait holds: few enough that a look which takes some
	// out of it is quick.
	waitingRows = 1024
	// waitingOpen is how many leaves of a device are open for more.
	waitingOpen = 16
)

func newWaiting() waiting { return waiting{devices: map[string]*queue{}} }

// add adds a row, whose centre has a place among the names of the log.
func (w *waiting) add(r *Row, centre int) {
	w.n++
	if r.Version != 1 {
		w.other = append(w.other, *r)
		w.other[len(w.other)-1].ID = strings.Clone(r.ID)
		return
	}
	q := w.devices[r.DeviceID]
	if q == nil {
		q = &queue{}
		w.devices[r.DeviceID] = q
	}
	x := r.record(centre)
	q.put(&x)
}

// put adds a record to a leaf that it continues, if there is one.
func (q *queue) put(r *record) {
	at := r.at()
	if q.last >= len(q.open) || q.open[q.last].last.at() > at {
		i, ok := q.place(at)
		if !ok {
			q.mixed = grown(q.mixed, r)
			return
		}
		q.last = i
	}
	x := q.open[q.last]
	if x.n >= waitingRows {
		x.clip()
		q.full = append(q.full, x)
		x = newLeaf(dayOf(at), len(x.data))
		q.open[q.last] = x
	}
	x.put(r, true)
}

// place returns the open leaf for a record of an instant, a new one if need be: of those that end by then the
// one that ends last.
func (q *queue) place(at duty.Instant) (i int, ok bool) {
	best := -1
	for i, x := range q.open {
		if end := x.last.at(); end <= at && (best < 0 || end > q.open[best].last.at()) {
			best = i
		}
	}
	if best < 0 && len(q.open) < waitingOpen {
		best = len(q.open)
		q.open = append(q.open, newLeaf(dayOf(at), 0))
	}
	return best, best >= 0
}

// grown appends a record to the last of some leaves, or to a new one.
func grown(list []*leaf, r *record) []*leaf {
	if n := len(list); n == 0 || list[n-1].n >= waitingRows {
		room := 0
		if n > 0 {
			list[n-1].clip()
			room = len(list[n-1].data)
		}
		list = append(list, newLeaf(dayOf(r.at()), room))
	}
	list[len(list)-1].put(r, true)
	return list
}

// leaves calls do for all leaves.
func (q *queue) leaves(do func(*leaf)) {
	for _, list := range [][]*leaf{q.open, q.full, q.mixed} {
		for _, x := range list {
			do(x)
		}
	}
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
	for _, device := range slices.Sorted(maps.Keys(w.devices)) {
		q := w.devices[device]
		var rows *stream
		file := func(r *record) {
			if r.known > at {
				q.put(r)
				return
			}
			if rows == nil {
				rows = l.rowsOf(device)
			}
			l.file(device, rows, r)
			w.n--
		}
		q.last, q.open, q.full = 0, w.pick(at, q.open), w.pick(at, q.full)
		w.merger.each(w.due, file)
		w.due = w.due[:0]
		q.mixed = w.pick(at, q.mixed)
		for i, x := range w.due {
			w.due[i] = nil // it may go while the others are filed
			w.merger.all(x, file)
		}
		if w.due = w.due[:0]; len(q.open)+len(q.full)+len(q.mixed) == 0 {
			delete(w.devices, device)
		}
	}
}

// pick moves the leaves of a list to those due of which some row was known at a clock. It returns the others.
func (w *waiting) pick(at duty.Instant, list []*leaf) []*leaf {
	return slices.DeleteFunc(list, func(x *leaf) bool {
		if x.oldest <= at {
			w.due = append(w.due, x)
		}
		return x.oldest <= at
	})
}

// next is when the next row will be known; Forever if none waits.
func (w *waiting) next() duty.Instant {
	next := duty.Forever
	for i := range w.other {
		next = min(next, w.other[i].Known)
	}
	for _, q := range w.devices { //house:order-free the earliest of all
		q.leaves(func(x *leaf) { next = min(next, x.oldest) })
	}
	return next
}

// newest is when the last row will be known; Beginning if none waits.
func (w *waiting) newest() duty.Instant {
	newest := duty.Beginning
	for i := range w.other {
		newest = max(newest, w.other[i].Known)
	}
	for _, q := range w.devices { //house:order-free the latest of all
		q.leaves(func(x *leaf) { newest = max(newest, x.newest) })
	}
	return newest
}
