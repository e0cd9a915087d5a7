package watch

import (
	"cmp"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// tagOf names a heartbeat by what a block keeps of the hash of its id.
func tagOf(id string) uint64 { return hash(id) & (1<<(8*tagSize) - 1) }

// beat files a heartbeat that is known.
func (l *Log) beat(k *duty.Known[duty.Heartbeat]) {
	l.stamp++
	l.moved, l.first = max(l.moved, k.At), min(l.first, k.At, k.Fact.At)
	l.learn(k.At)
	if x := l.disputed.beats[k.Fact.ID]; x != nil {
		l.disputeBeat(x, k)
		return
	}
	tag := tagOf(k.Fact.ID)
	if l.known.beats.seen(tag) {
		l.doubled.beats = append(l.doubled.beats, *k)
		return
	}
	l.known.beats.add(tag)
	l.newBeat(k)
}

// newBeat files a heartbeat of which no other record is known.
func (l *Log) newBeat(k *duty.Known[duty.Heartbeat]) {
	h := &k.Fact
	if h.Version != 1 || h.Retracted || senseless(h.At, k.At) {
		x := &disputed{}
		l.disputed.beats[h.ID] = x
		l.disputeBeat(x, k)
		return
	}
	r := record{
		own: h.At, received: h.ReceivedAt, known: k.At, epoch: h.SourceEpoch, seq: h.LastSeq.V, numbered: h.LastSeq.OK,
		tag: tagOf(h.ID),
	}
	if h.CentreID.OK {
		r.centre = l.centre(h.CentreID.V)
	}
	l.beatsOf(sourceOf(h)).add(&r, l.stamp)
	l.lag(sourceOf(h), lateFact{h.At, k.At})
}

func (l *Log) disputeBeat(x *disputed, k *duty.Known[duty.Heartbeat]) {
	for _, k := range x.beats {
		l.beatsOf(sourceOf(&k.Fact)).touch(dayOf(min(k.Fact.At, k.At)), l.stamp)
	}
	x.addBeat(k)
	l.beatsOf(sourceOf(&k.Fact)).dispute(x, dayOf(min(k.Fact.At, k.At)), l.stamp)
}

// row files a row that is known.
func (l *Log) row(r Row) {
	x := r.record(l.centre(r.CentreID))
	if r.Version == 1 {
		l.file(r.DeviceID, l.rowsOf(r.DeviceID), &x)
		return
	}
	l.arrive(x.known, x.own)
	if l.known.rows.add(x.name(l.rowsOf(r.DeviceID).seed)) {
		l.again(r)
	} else {
		l.newRow(r)
	}
}

// arrive notes when a row was known, and when it is of.
func (l *Log) arrive(known, own duty.Instant) {
	l.stamp++
	l.moved, l.first = max(l.moved, known), min(l.first, known, own)
}

// file is row for one of the first version, of the device that a stream is of. It keeps no reference to the record.
func (l *Log) file(device string, s *stream, r *record) {
	l.arrive(r.known, r.own)
	switch {
	case l.known.rows.add(r.name(s.seed)):
		l.again(l.rowOf(device, r))
	case senseless(r.own, r.known):
		l.newRow(l.rowOf(device, r))
	default:
		s.add(r, l.stamp)
	}
}

// again files a row whose name may have been seen: it is disputed, or settle looks. A name that is disputed has
// been seen.
func (l *Log) again(r Row) {
	r.ID = strings.Clone(r.ID) // else it may keep the text of a whole leaf
	if x := l.disputed.rows[rowName{r.DeviceID, r.ID}]; x != nil {
		l.disputeRow(x, r)
		return
	}
	l.doubled.rows = append(l.doubled.rows, r)
}

// newRow files a row of which no other record is known.
func (l *Log) newRow(r Row) {
	if r.Version != 1 || senseless(r.OccurredAt, r.Known) {
		r.ID = strings.Clone(r.ID)
		x := &disputed{}
		l.disputed.rows[rowName{r.DeviceID, r.ID}] = x
		l.disputeRow(x, r)
		return
	}
	x := r.record(l.centre(r.CentreID))
	l.rowsOf(r.DeviceID).add(&x, l.stamp)
}

func (l *Log) disputeRow(x *disputed, r Row) {
	x.addRow(r)
	s := l.rowsOf(r.DeviceID)
	s.lag = max(s.lag, r.Known-r.OccurredAt)
	s.dispute(x, dayOf(min(r.OccurredAt, r.Known)), l.stamp)
	for i := range x.rows {
		s.touch(dayOf(min(x.rows[i].OccurredAt, x.rows[i].Known)), l.stamp)
	}
}

// settle looks for the records of the names that may have been seen before. What is found twice is
// disputed; what is not was new.
func (l *Log) settle() {
	if len(l.doubled.beats) > 0 {
		l.settleBeats()
	}
	if len(l.doubled.rows) > 0 {
		l.settleRows()
	}
}

func (l *Log) settleBeats() {
	list := l.doubled.beats
	l.doubled.beats = nil
	slices.SortStableFunc(list, func(a, b duty.Known[duty.Heartbeat]) int { return cmp.Compare(a.Fact.ID, b.Fact.ID) })
	ids := map[uint64]string{}
	for i := range list {
		ids[tagOf(list[i].Fact.ID)] = list[i].Fact.ID
	}
	found := map[string]duty.Known[duty.Heartbeat]{}
	for src, s := range l.beats { //house:order-free each name stands once
		for _, b := range s.blocks {
			for _, tag := range tagsIn(s, b, ids) {
				if r, ok := s.take(b, func(r *record) bool { return r.tag == tag }, l.stamp); ok {
					found[ids[tag]] = l.beatOf(src, &r, ids[tag])
				}
			}
		}
	}
	for i := range list {
		k := &list[i]
		id := k.Fact.ID
		old, again := found[id]
		x := l.disputed.beats[id]
		alone := (i == 0 || list[i-1].Fact.ID != id) && (i == len(list)-1 || list[i+1].Fact.ID != id)
		if x == nil && alone && !again {
			l.known.beats.add(tagOf(id))
			l.newBeat(k)
			continue
		}
		if x == nil {
			x = &disputed{}
			l.disputed.beats[id] = x
			if again {
				l.disputeBeat(x, &old)
			}
		}
		l.disputeBeat(x, k)
	}
}

// tagsIn returns which of some tags heartbeats of a block of a stream have.
func tagsIn(s *stream, b *block, ids map[uint64]string) []uint64 {
	var out []uint64
	if len(ids) < 4 {
		for tag := range ids { //house:order-free each tag is for itself
			if b.has(tag, s.coder) {
				out = append(out, tag)
			}
		}
		return out
	}
	b.orderAll(s.coder)
	for _, x := range b.leaves {
		for at := 0; at < len(x.tags); at += tagSize {
			if tag := tagAt(x.tags[at:]); ids[tag] != "" {
				out = append(out, tag)
			}
		}
	}
	return out
}

// beatOf returns the heartbeat that a record stands for. Its id is not kept.
func (l *Log) beatOf(src source, r *record, id string) duty.Known[duty.Heartbeat] {
	k := duty.Known[duty.Heartbeat]{At: r.known, Fact: duty.Heartbeat{
		ID: id, Version: 1, SourceID: src.id, At: r.own, ReceivedAt: r.received, SourceEpoch: r.epoch,
		LastSeq: duty.Opt[int64]{V: r.seq, OK: r.numbered},
	}}
	if r.centre > 0 {
		k.Fact.CentreID = duty.Some(l.centres[r.centre])
	}
	return k
}

// record returns what stands for a row, but for its version and device.
func (r *Row) record(centre int) record {
	return record{
		own: r.OccurredAt, received: r.ReceivedAt, known: r.Known, epoch: r.Epoch, seq: r.Seq.V, numbered: r.Seq.OK,
		centre: centre, id: r.ID,
	}
}

// rowOf returns the row that a record stands for.
func (l *Log) rowOf(device string, r *record) Row {
	return Row{
		ID: r.text(), Version: 1, DeviceID: device, CentreID: l.centres[r.centre], Epoch: r.epoch,
		Seq: duty.Opt[int64]{V: r.seq, OK: r.numbered}, OccurredAt: r.own, ReceivedAt: r.received, Known: r.known,
	}
}

func (l *Log) settleRows() {
	list := l.doubled.rows
	l.doubled.rows = nil
	slices.SortFunc(list, compareRows)
	for from := 0; from < len(list); {
		to := from
		ids := map[string]bool{}
		for to < len(list) && list[to].DeviceID == list[from].DeviceID {
			ids[list[to].ID] = true
			to++
		}
		l.settleDevice(list[from:to], ids)
		from = to
	}
}

// settleDevice is settle for the rows of one device.
func (l *Log) settleDevice(list []Row, ids map[string]bool) {
	device := list[0].DeviceID
	s := l.rowsOf(device)
	found := map[string]Row{}
	var buf []record
	for _, b := range s.blocks {
		var again []string
		buf = b.each(buf, s.coder, func(list []record) bool {
			for i := range list {
				if ids[list[i].id] {
					again = append(again, list[i].id)
				}
			}
			return true
		})
		for _, id := range again {
			if r, ok := s.take(b, func(r *record) bool { return r.id == id }, l.stamp); ok {
				found[id] = l.rowOf(device, &r)
			}
		}
	}
	for i, r := range list {
		name := rowName{device, r.ID}
		old, again := found[r.ID]
		x := l.disputed.rows[name]
		alone := (i == 0 || list[i-1].ID != r.ID) && (i == len(list)-1 || list[i+1].ID != r.ID)
		if x == nil && alone && !again {
			l.newRow(r)
			continue
		}
		if x == nil {
			x = &disputed{}
			l.disputed.rows[name] = x
			if again {
				l.disputeRow(x, old)
			}
		}
		l.disputeRow(x, r)
	}
}
