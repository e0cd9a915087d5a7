package replay

import (
	"errors"
	"strings"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/engine/replay/extsort"
	"tilsyn/engine/watch"
)

// The watch counts the rows of some devices, whatever their card or person, so they are kept for it
// in memory: some hundred bytes a row, and only those of devices that something says may be counted.

// rowStore holds the rows of the whole input that may be counted.
type rowStore struct {
	// devices have a row with a number, of another epoch, or ahead of its receipt.
	devices map[string]struct{}
	mu      sync.Mutex // guards what follows while rows are gathered
	rows    []watch.Row
	// names are those of devices and centres, each once.
	names map[string]string
}

func newRowStore() *rowStore {
	return &rowStore{devices: map[string]struct{}{}, names: map[string]string{}}
}

// count notes the device of a row whose rows may be counted.
func (b *batch) count(e *duty.CardEvent, known duty.Instant) {
	if !e.SourceSeq.OK && e.SourceEpoch == 0 && e.OccurredAt <= min(e.ReceivedAt, known)+duty.ClockNoticed {
		return
	}
	if _, ok := b.counted[e.DeviceID]; ok || !duty.RowMakesSense(e) {
		return
	}
	if b.counted == nil {
		b.counted = map[string]struct{}{}
	}
	b.counted[strings.Clone(e.DeviceID)] = struct{}{}
}

// gather takes the rows from the sorters. It leaves out those of devices of which nothing can be missed: no
// row has a number, none is of another epoch or ahead of its receipt, no heartbeat or reconciliation names the
// device, and no feed of card events asks what every device sent.
func (s *rowStore) gather(r *run, f *duty.CentreFacts) error {
	all := false
	for i := range f.Heartbeats {
		all = all || f.Heartbeats[i].Fact.SourceID == watch.CardEventsFeed
		s.devices[f.Heartbeats[i].Fact.SourceID] = struct{}{}
	}
	for i := range f.Reconciliations {
		s.devices[f.Reconciliations[i].Fact.DeviceID] = struct{}{}
	}
	if len(s.devices) == 0 {
		return nil
	}
	in := func(skip int) func(p extsort.Part) error {
		return func(p extsort.Part) error {
			var e duty.CardEvent
			return p.Each(func(_, value []byte) error {
				if skip > 0 && value[0] != cardRow {
					return nil
				}
				p, _, err := parseBare(value[skip:])
				if err != nil || !r.topics.is(p.code, duty.TopicCardEvents) {
					return err
				}
				if err := r.topics.byCode[p.code].DecodeOwn(p.body, &e); err != nil {
					return err
				}
				if all || has(s.devices, e.DeviceID) {
					s.add(&e, p.at.V)
				}
				return nil
			})
		}
	}
	return errors.Join(r.eachPart(r.persons, in(0)), r.eachPart(r.cards, in(1)))
}

// add takes in a row that was readable; one that makes no sense has not arrived (W-18).
func (s *rowStore) add(e *duty.CardEvent, known duty.Instant) {
	if !duty.RowMakesSense(e) {
		return
	}
	row := watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *e, At: known})
	row.ID = strings.Clone(row.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	row.DeviceID, row.CentreID = s.name(row.DeviceID), s.name(row.CentreID)
	s.rows = append(s.rows, row)
}

// each gives every row.
func (s *rowStore) each(f func(r *watch.Row)) {
	for i := range s.rows {
		f(&s.rows[i])
	}
}

func (s *rowStore) name(n string) string {
	known, ok := s.names[n]
	if !ok {
		known = strings.Clone(n)
		s.names[known] = known
	}
	return known
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
