package state

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// mergeRun is one merge in the background; err is valid once done is closed.
type mergeRun struct {
	done chan struct{}
	err  error
}

// maybeMerge starts a merge if enough was committed and none is running.
func (t *task) maybeMerge() {
	if !t.full(t.active) {
		return
	}
	t.mu.Lock()
	busy := t.frozen != nil
	t.mu.Unlock()
	if !busy {
		t.startMerge()
	}
}

// throttle waits until there is room for another commit, so that memory stays bounded when commits
// are faster than merges. A failed merge is repeated here, and its error becomes that of the
// commit.
func (t *task) throttle() error {
	for t.full(t.active) {
		run := t.startMerge()
		if !t.full(t.active) {
			return nil
		}
		<-run.done
		if run.err != nil {
			return fmt.Errorf("merging the state of task %d: %w", t.id, run.err)
		}
	}
	return nil
}

// startMerge freezes what was committed, unless a frozen part still waits, and merges it in the
// background. It returns the running merge.
func (t *task) startMerge() *mergeRun {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.merge != nil {
		return t.merge
	}
	if t.frozen == nil {
		// Clear it here and not in the merge: this goroutine is the one that reads.
		t.spare.clear()
		t.frozen, t.active, t.spare = t.active, t.spare, nil
	}
	run := &mergeRun{done: make(chan struct{})}
	t.merge = run
	if !t.db.background(func() { t.runMerge(run) }) {
		run.err = ErrClosed
		t.merge = nil
		close(run.done)
	}
	return run
}

// runMerge runs one merge and publishes its result. One that counts is over even if it could not delete
// what it replaced: run again, it would find that partly deleted, and its facts would be lost.
func (t *task) runMerge(run *mergeRun) {
	defer close(run.done)
	sums, counts, err := t.mergeInTurn()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.merge, run.err = nil, known(err)
	if counts {
		t.sums, t.frozen, t.spare = sums, nil, t.frozen
	}
}

// mergeInTurn waits until no other task is merging, and merges. The merge may count and an error have
// come behind that.
func (t *task) mergeInTurn() (sums summaries, counts bool, err error) {
	defer damaged(&err)
	select {
	case t.db.merges <- struct{}{}:
		defer func() { <-t.db.merges }()
	case <-t.db.done:
		return sums, false, ErrClosed
	}
	if err := t.db.room(2 * t.frozen.size()); err != nil {
		return sums, false, err
	}
	m := &t.db.merger
	m.start(t)
	defer m.reset()
	if err := m.write(); err != nil {
		return sums, false, err
	}
	sums, counts = m.sums, true
	return sums, counts, m.drop()
}

// merger writes the records of p into pages. It may be interrupted anywhere: until the last step
// the deltas still exist and are merged again, which adds the same facts and sets the same said
// and headers. The next merge reuses its memory.
//
// Many fields: most are buffers that the next merge reuses.
type merger struct {
	t    *task
	p    *pending
	sums summaries
	txn  *badger.Txn
	scan scan
	out  writer
	// refs are the page's records by person and age; fresh are those that are not headers,
	// scratch.fresh its headers.
	refs    []ref
	fresh   []freshRecord
	records []record
	same    []record
	// days are those of fresh, ascending, without late: those that are folded.
	days, late []uint32
	// unfolded is how much was read to be folded, in bytes; months were written, limits are those of the
	// pages that said how far to fold (foldable).
	unfolded       int
	months, limits []uint32
	seg            segmentWriter
	unique         dedupSet
	// warmed keeps the compiler from leaving out what only prefetches.
	warmed  byte
	cursors []cursor
	headers []headerEntry
	scratch headerScratch
	// unpacked and packed are scratch for values read and written; old and stored are for segments
	// being combined.
	unpacked, packed, old []byte
	stored                []storedSegment
	// replaced are the keys of segments that were combined into others.
	replaced [][]byte
}

// write merges page by page, up to the summary that makes the merge count.
func (m *merger) write() error {
	bg := m.t.db.bg
	if err := m.t.db.raiseFormat(); err != nil {
		return err
	}
	for page := range uint32(len(m.p.newest)) {
		if m.p.first(page) == 0 {
			continue
		}
		if m.t.db.closing() {
			return ErrClosed
		}
		if err := m.page(page); err != nil {
			return err
		}
	}
	if err := m.foldIdle(); err != nil {
		return err
	}
	if err := m.guard(); err != nil {
		return err
	}
	if err := m.out.flush(); err != nil {
		return err
	}
	// Deltas may be deleted only when the pages are safe.
	if !m.t.db.opt.SyncWrites {
		if err := m.t.db.sync(); err != nil {
			return err
		}
	}
	m.sums.merged = m.p.last
	return bg.Update(func(txn *badger.Txn) error { return m.t.db.set(txn, m.t.keys.merged(), m.sums.sealed()) })
}

// start begins to merge what a task has frozen.
func (m *merger) start(t *task) {
	m.t, m.p, m.sums = t, t.frozen, t.sums.clone()
	m.txn = t.db.bg.NewTransaction(false)
	m.scan = scan{txn: m.txn, keys: t.keys}
	m.out.db, m.unfolded, m.months, m.limits = t.db, 0, m.months[:0], m.limits[:0]
}

// reset lets go of the task, and of buffers larger than merges usually need.
func (m *merger) reset() {
	m.out.discard()
	m.scan.close()
	m.txn.Discard()
	m.t, m.p, m.txn, m.sums, m.scan = nil, nil, nil, summaries{}, scan{}
	m.cursors, m.headers = m.cursors[:0], m.headers[:0]
	clear(m.replaced)
	m.replaced = m.replaced[:0]
	for _, buf := range []*[]byte{&m.unpacked, &m.packed, &m.old, &m.out.buf, &m.seg.out, &m.seg.entries} {
		if *buf = (*buf)[:0]; cap(*buf) > maxScratch {
			*buf = nil
		}
	}
}

// maxScratch is how much of each buffer a merge keeps for the next.
const maxScratch = 2 << 20

// page merges the records of one page.
func (m *merger) page(page uint32) error {
	if err := m.look(page); err != nil {
		return err
	}
	if err := m.writeHeaders(page); err != nil {
		return err
	}
	if len(m.days) == 0 {
		return nil
	}
	low, compacts := firstDated(m.days), m.sums.segs[page] >= compactAt
	if err := m.fold(page, compacts); err != nil {
		return err
	}
	if compacts {
		if err := m.compact(page); err != nil {
			return err
		}
		m.sums.segs[page], m.sums.low[page] = 0, math.MaxUint32
	} else {
		for _, day := range m.days {
			if err := m.writeDay(page, day, nil); err != nil {
				return err
			}
		}
	}
	m.sums.segs[page]++
	m.sums.low[page] = min(m.sums.low[page], low)
	return nil
}

// firstDated returns the first day that is not undated; the last day of all where there is none.
func firstDated(days []uint32) uint32 {
	for _, day := range days {
		if day != orderedDay(Undated) {
			return day
		}
	}
	return math.MaxUint32
}

// look reads the records of a page, separates the headers, and lists the days of the others,
// ascending.
func (m *merger) look(page uint32) error {
	m.refs = m.p.sorted(page, m.refs[:0])
	m.days, m.fresh, m.scratch.fresh = m.days[:0], m.fresh[:0], m.scratch.fresh[:0]
	for i, at := range m.refs {
		if i%warmAtOnce == 0 {
			m.warmed += m.p.warm(m.refs[i:])
		}
		r, err := m.p.record(at)
		if err != nil {
			return err
		}
		if r.op == opHeader {
			m.scratch.add(&r, at.rank())
			continue
		}
		m.fresh = append(m.fresh, freshRecord{r, at.rank()})
		if len(m.days) > 0 && m.days[len(m.days)-1] == r.day {
			continue
		}
		if i, found := slices.BinarySearch(m.days, r.day); !found {
			m.days = slices.Insert(m.days, i, r.day)
		}
	}
	return nil
}

func (m *merger) writeHeaders(page uint32) (err error) {
	if len(m.scratch.fresh) == 0 {
		return nil
	}
	if m.unpacked, m.headers, err = m.scan.storedHeaders(page, &m.sums, m.unpacked[:0], m.headers[:0]); err != nil {
		return err
	}
	entries := m.scratch.over(m.headers)
	m.packed, m.sums.next[page] = writeHeaders(m.packed[:0], entries)
	m.sums.persons[page] = uint32(len(entries))
	return m.out.set(m.t.keys.header(page), m.packed)
}

// writeDay writes the records of a page and day, behind those that older segments have of a
// person, as segments of this merge. Records are made unique first, so that nothing left by an
// interrupted merge with the same sequence can hold an older said.
func (m *merger) writeDay(page, day uint32, older []cursor) error {
	part := 0
	m.seg.emit = func(segment []byte) error {
		if part >= monthPart {
			return fmt.Errorf("%w: a day of a page has more than %d segments", ErrBounds, part)
		}
		part++
		return m.out.set(m.t.keys.segment(day, page, m.p.last, uint16(part-1)), segment)
	}
	return m.writeDays(day, day, older)
}

// writeDays gives the records of some days to m.seg: those of this merge, behind those that older
// segments, the oldest first, have of a person.
func (m *merger) writeDays(from, to uint32, older []cursor) error {
	fresh := freshCursor{m: m, from: from, to: to, rest: m.fresh}
	fresh.next()
	for {
		rank, person := fresh.rank, fresh.person
		for i := range older {
			c := &older[i]
			if c.person != nil && (person == nil || byRank(c.rank, c.person, rank, person) < 0) {
				rank, person = c.rank, c.person
			}
		}
		if person == nil {
			return m.seg.flush()
		}
		if err := m.gather(&fresh, older, rank, person); err != nil {
			return err
		}
		records := m.unique.unique(m.records)
		if from < to {
			slices.SortStableFunc(records, func(a, b record) int { return cmp.Compare(a.day, b.day) })
		}
		if err := m.seg.add(records); err != nil {
			return err
		}
	}
}

// gather collects the records of a person, oldest first.
func (m *merger) gather(fresh *freshCursor, older []cursor, rank uint32, person []byte) (err error) {
	m.records = m.records[:0]
	for i := range older {
		c := &older[i]
		if c.person != nil && c.rank == rank && bytes.Equal(c.person, person) {
			if m.records, err = c.take(m.records); err != nil {
				return err
			}
		}
	}
	if fresh.person != nil && fresh.rank == rank && bytes.Equal(fresh.person, person) {
		m.records = append(m.records, fresh.records...)
		fresh.next()
	}
	return nil
}

// drop deletes merged deltas and combined segments. If it is interrupted, deltas up to the
// summary's sequence are ignored and deleted by the next merge, and old segments only repeat what
// newer ones hold.
func (m *merger) drop() error {
	it := m.txn.NewIterator(badger.IteratorOptions{Prefix: m.t.keys.kind(kindDelta, 0)})
	defer it.Close()
	for _, key := range m.replaced {
		if err := m.out.delete(key); err != nil {
			return err
		}
	}
	for it.Rewind(); it.Valid(); it.Next() {
		if seq, _, _ := splitDelta(it.Item().Key()); seq > m.p.last {
			break
		}
		if err := m.out.delete(it.Item().KeyCopy(nil)); err != nil {
			return err
		}
	}
	if err := m.out.flush(); err != nil {
		return err
	}
	if fn := m.t.db.opt.dropped; fn != nil {
		if err := fn(); err != nil {
			return err
		}
	}
	return m.t.db.collect()
}
