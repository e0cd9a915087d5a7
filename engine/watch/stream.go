package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// stream holds the rows of one device, or the heartbeats of one source.
type stream struct {
	coder  *coder
	blocks []*block // by day
	// disputed are the facts with several records, by the days on which one of these lies.
	disputed map[int32][]*disputed
	// stamp is the log's counter when the stream last changed.
	stamp int
	// seed is what names of rows are hashed with.
	seed uint64
	// lag is the longest that a record was known after its own time.
	lag duty.Instant
}

// disputed is a fact of which the log has several records, or one that is no plain one. Which of them
// counts depends on the view.
type disputed struct {
	beats []*duty.Known[duty.Heartbeat] // as SortVersions sorts them
	rows  []Row                         // as compareRows does
}

// beat returns the record of a heartbeat that counts by what was known at an instant, if any.
func (x *disputed) beat(known duty.Instant) *duty.Known[duty.Heartbeat] {
	i := slices.IndexFunc(x.beats, func(k *duty.Known[duty.Heartbeat]) bool { return k.At <= known })
	if i < 0 || x.beats[i].Fact.Retracted || senseless(x.beats[i].Fact.At, x.beats[i].At) {
		return nil
	}
	return x.beats[i]
}

// row returns the record of a row that counts among those that keep admits, if any.
func (x *disputed) row(keep func(*Row) bool) *Row {
	i := slices.IndexFunc(x.rows, func(r Row) bool { return keep(&r) })
	if i < 0 || senseless(x.rows[i].OccurredAt, x.rows[i].Known) {
		return nil
	}
	return &x.rows[i]
}

// addBeat adds a record of a heartbeat. One that never counts, since another one that is known no later
// always comes first, is left out.
func (x *disputed) addBeat(k *duty.Known[duty.Heartbeat]) {
	var all []duty.Known[duty.Heartbeat]
	for _, old := range x.beats {
		all = append(all, *old)
	}
	x.beats = duty.SortVersions[duty.Heartbeat](append(all, *k))
	known := duty.Forever
	x.beats = slices.DeleteFunc(x.beats, func(k *duty.Known[duty.Heartbeat]) bool {
		if k.At >= known {
			return true
		}
		known = k.At
		return false
	})
}

// addRow adds a record of a row.
func (x *disputed) addRow(r Row) {
	if i, found := slices.BinarySearchFunc(x.rows, r, compareRows); !found {
		x.rows = slices.Insert(x.rows, i, r)
	}
}

// number is the number as signs are ordered by it.
func (r *record) number() int64 {
	if !r.numbered {
		return 0
	}
	return max(r.seq, 0)
}

// block returns the block of a day, made if need be.
func (s *stream) block(day int32) *block {
	i := s.place(day)
	if i == len(s.blocks) || s.blocks[i].day != day {
		if n := len(s.blocks); n > 0 && len(s.blocks[n-1].leaves) > 0 {
			last := s.blocks[n-1].leaves
			last[len(last)-1].clip()
		}
		s.blocks = slices.Insert(s.blocks, i, &block{day: day})
	}
	return s.blocks[i]
}

// find returns the block of a day, if there is one.
func (s *stream) find(day int32) *block {
	if i := s.place(day); i < len(s.blocks) && s.blocks[i].day == day {
		return s.blocks[i]
	}
	return nil
}

// place returns where the block of a day is or belongs.
func (s *stream) place(day int32) int {
	i, _ := slices.BinarySearchFunc(s.blocks, day, func(b *block, d int32) int { return cmp.Compare(b.day, d) })
	return i
}

// add adds a plain record. The same one twice is one.
func (s *stream) add(r *record, stamp int) {
	b := s.block(dayOf(r.at()))
	b.stamp, s.stamp = stamp, stamp
	s.lag = max(s.lag, r.known-r.own)
	b.add(r, s.coder)
}

// take removes the record of a name and returns it.
func (s *stream) take(b *block, is func(*record) bool, stamp int) (record, bool) {
	r, ok := b.take(s.coder, is)
	if ok {
		b.stamp, s.stamp = stamp, stamp
	}
	return r, ok
}

// dispute notes that a record of a fact lies on a day.
func (s *stream) dispute(x *disputed, day int32, stamp int) {
	if s.disputed == nil {
		s.disputed = map[int32][]*disputed{}
	}
	if !slices.Contains(s.disputed[day], x) {
		s.disputed[day] = append(s.disputed[day], x)
	}
	s.touch(day, stamp)
}

// touch says that what is read of a day may have changed.
func (s *stream) touch(day int32, stamp int) {
	s.block(day).stamp = stamp
	s.stamp = stamp
}
