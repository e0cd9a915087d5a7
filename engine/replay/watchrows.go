package replay

import (
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

// add takes in a row that was readable; one that makes no sense has not arrived (W-18).
func (w *watchRows) add(e *duty.CardEvent, known duty.Instant) {
	if !duty.RowMakesSense(e) {
		return
	}
	r := watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *e, At: known})
	w.ids = append(w.ids, r.ID...)
	w.ends = append(w.ends, len(w.ids))
	r.ID = ""
	w.rows = append(w.rows, r)
}

// rowStore holds the rows of the whole input.
type rowStore struct {
	rows []watch.Row
	// names are those of devices and centres, each once.
	names map[string]string
}

func newRowStore() *rowStore { return &rowStore{names: map[string]string{}} }

// take puts the rows of a worker into the store.
func (s *rowStore) take(w *watchRows) {
	ids, from := string(w.ids), 0
	for i := range w.rows {
		r := w.rows[i]
		r.ID, from = ids[from:w.ends[i]], w.ends[i]
		r.DeviceID, r.CentreID = s.name(r.DeviceID), s.name(r.CentreID)
		s.rows = append(s.rows, r)
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
	for i := range s.rows {
		if r := &s.rows[i]; r.Seq.OK || r.Epoch != 0 || r.OccurredAt > min(r.ReceivedAt, r.Known)+duty.ClockNoticed {
			matters[r.DeviceID] = true
		}
	}
	kept := s.rows[:0]
	for _, r := range s.rows {
		if matters[r.DeviceID] {
			kept = append(kept, r)
		}
	}
	s.rows = kept
}

// at returns the rows whose centre a register knows.
func (s *rowStore) at(p *duty.Policy) []watch.Row {
	known := map[string]bool{}
	for i := range p.Centres {
		known[p.Centres[i].ID] = true
	}
	var out []watch.Row
	for i := range s.rows {
		if known[s.rows[i].CentreID] {
			out = append(out, s.rows[i])
		}
	}
	return out
}
