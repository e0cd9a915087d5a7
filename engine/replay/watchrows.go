package replay

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// The watch counts the rows of every device, whatever their card or person, so they are kept for it
// in memory: some hundred bytes a row, and only those of devices that something says may be counted.

// watchRows are card rows as one worker read them. Their ids stand one after the other in one piece of
// memory.
type watchRows struct {
	rows []watch.Row
	ids  []byte
	ends []int
}

// room makes room for rows of size bytes in all.
func (w *watchRows) room(rows, size int) {
	w.rows, w.ends = slices.Grow(w.rows, rows), slices.Grow(w.ends, rows)
	w.ids = slices.Grow(w.ids, min(size, 16*rows))
}

// add takes in a row that was readable; one that makes no sense has not arrived (W-18).
func (w *watchRows) add(d *decoder, e *duty.CardEvent, known duty.Instant) {
	if !duty.RowMakesSense(e) {
		return
	}
	r := watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *e, At: known})
	w.ids = append(w.ids, r.ID...)
	w.ends = append(w.ends, len(w.ids))
	r.ID, r.DeviceID, r.CentreID = "", d.name(r.DeviceID), d.name(r.CentreID)
	w.rows = append(w.rows, r)
}

// rowStore holds the rows of the whole input.
type rowStore struct {
	// rows are those of each batch.
	rows [][]watch.Row
	// names are those of devices and centres, each once.
	names map[string]string
}

func newRowStore() *rowStore { return &rowStore{names: map[string]string{}} }

// take puts the rows of a worker into the store, which keeps them.
func (s *rowStore) take(w *watchRows) {
	ids, from := string(w.ids), 0
	for i := range w.rows {
		r := &w.rows[i]
		r.ID, from = ids[from:w.ends[i]], w.ends[i]
		r.DeviceID, r.CentreID = s.name(r.DeviceID), s.name(r.CentreID)
	}
	if len(w.rows) > 0 {
		s.rows = append(s.rows, w.rows)
	}
}

// each gives every row.
func (s *rowStore) each(f func(r *watch.Row)) {
	for _, rows := range s.rows {
		for i := range rows {
			f(&rows[i])
		}
	}
}

func (s *rowStore) name(n string) string {
	known, ok := s.names[n]
	if !ok {
		known = n
		s.names[n] = n
	}
	return known
}

// counted leaves out the rows of devices of which nothing can be missed: no row has a number, none is
// of another epoch or ahead of its receipt, no heartbeat or reconciliation names the device, and no
// feed of card events asks what every device sent.
func (s *rowStore) counted(f *duty.CentreFacts) {
	matters := map[string]bool{}
	for i := range f.Heartbeats {
		if f.Heartbeats[i].Fact.SourceID == watch.CardEventsFeed {
			return
		}
		matters[f.Heartbeats[i].Fact.SourceID] = true
	}
	for i := range f.Reconciliations {
		matters[f.Reconciliations[i].Fact.DeviceID] = true
	}
	s.each(func(r *watch.Row) {
		if r.Seq.OK || r.Epoch != 0 || r.OccurredAt > min(r.ReceivedAt, r.Known)+duty.ClockNoticed {
			matters[r.DeviceID] = true
		}
	})
	kept := s.rows[:0]
	for _, rows := range s.rows {
		if rows = slices.DeleteFunc(rows, func(r watch.Row) bool { return !matters[r.DeviceID] }); len(rows) > 0 {
			kept = append(kept, rows)
		}
	}
	clear(s.rows[len(kept):])
	s.rows = kept
}

// at returns the rows whose centre a register knows.
func (s *rowStore) at(p *duty.Policy) []watch.Row {
	known := map[string]bool{}
	for i := range p.Centres {
		known[p.Centres[i].ID] = true
	}
	var out []watch.Row
	s.each(func(r *watch.Row) {
		if known[r.CentreID] {
			out = append(out, *r)
		}
	})
	return out
}
