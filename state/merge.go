package state

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// mergeRun is one merge in the background; err is set when done is closed.
type mergeRun struct {
	done chan struct{}
	err  error
}

// summaries are what a task keeps in memory of all its pages, as of the merge
// up to commit merged.
type summaries struct {
	merged uint64
	next   []int64  // earliest Next of a header
	segs   []uint16 // merges since the page was compacted
	low    []uint32 // first ordered day touched since then
	// persons counts headers, so that a header page that is not found is known
	// to be lost.
	persons []uint32
}

const summaryLen = 8 + 2 + 4 + 4

func readSummaries(value []byte, pages int) (summaries, error) {
	s := summaries{next: make([]int64, pages), segs: make([]uint16, pages), low: make([]uint32, pages), persons: make([]uint32, pages)}
	if value == nil {
		for i := range pages {
			s.next[i], s.low[i] = Never, math.MaxUint32
		}
		return s, nil
	}
	if len(value) != 8+pages*summaryLen {
		return s, fmt.Errorf("%w: a summary has %d bytes for %d pages", ErrCorrupt, len(value), pages)
	}
	s.merged = binary.BigEndian.Uint64(value)
	for i := range pages {
		v := value[8+i*summaryLen:]
		s.next[i] = int64(binary.BigEndian.Uint64(v))
		s.segs[i] = binary.BigEndian.Uint16(v[8:])
		s.low[i] = binary.BigEndian.Uint32(v[10:])
		s.persons[i] = binary.BigEndian.Uint32(v[14:])
	}
	return s, nil
}

func (s *summaries) sealed() []byte {
	v := binary.BigEndian.AppendUint64(unsealed(make([]byte, 0, sealLen+8+len(s.next)*summaryLen)), s.merged)
	for i := range s.next {
		v = binary.BigEndian.AppendUint64(v, uint64(s.next[i]))
		v = binary.BigEndian.AppendUint16(v, s.segs[i])
		v = binary.BigEndian.AppendUint32(v, s.low[i])
		v = binary.BigEndian.AppendUint32(v, s.persons[i])
	}
	return seal(v)
}

func (s *summaries) clone() summaries {
	return summaries{s.merged, slices.Clone(s.next), slices.Clone(s.segs), slices.Clone(s.low), slices.Clone(s.persons)}
}

// maybeMerge starts a merge when enough was committed and none is under way.
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

// throttle waits until there is room for another commit, so that memory stays
// bounded when commits come faster than merges. A merge that failed is tried
// again here, and its error is the commit's.
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

// startMerge freezes what was committed, unless a frozen part still waits, and
// merges it in the background. It returns the merge that is under way.
func (t *task) startMerge() *mergeRun {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.merge != nil {
		return t.merge
	}
	if t.frozen == nil {
		// Cleared here and not by the merge: this goroutine is the one that reads.
		t.spare.clear(t.db.opt.MergeBytes)
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

func (t *task) runMerge(run *mergeRun) {
	defer close(run.done)
	sums, err := t.mergeInTurn()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.merge, run.err = nil, known(err)
	if err == nil {
		t.sums, t.frozen, t.spare = sums, nil, t.frozen
	}
}

// mergeInTurn waits for the other tasks' merges.
func (t *task) mergeInTurn() (sums summaries, err error) {
	defer damaged(&err)
	select {
	case t.db.merges <- struct{}{}:
		defer func() { <-t.db.merges }()
	case <-t.db.done:
		return sums, ErrClosed
	}
	if err := t.db.room(2 * len(t.frozen.arena)); err != nil {
		return sums, err
	}
	m := merger{t: t, p: t.frozen, sums: t.sums.clone()}
	err = m.run()
	return m.sums, err
}

// merger writes the records of p into pages. It may be cut off anywhere: until
// the last step the deltas are still there and are merged again, which adds
// the same facts once more and sets the same said and headers.
type merger struct {
	t       *task
	p       *pending
	sums    summaries
	txn     *badger.Txn
	wb      *badger.WriteBatch
	records []record
	headers []headerEntry
	seg     segmentWriter
	unique  dedupSet
	// unpacked and packed are scratch for a header page.
	unpacked, packed []byte
	// replaced are the keys of segments that were put into others.
	replaced [][]byte
}

func (m *merger) run() error {
	bg := m.t.db.bg
	m.txn = bg.NewTransaction(false)
	defer m.txn.Discard()
	m.wb = bg.NewWriteBatch()
	defer func() { m.wb.Cancel() }()
	m.wb.SetMaxPendingTxns(2)
	for page := range uint32(len(m.p.refs)) {
		if len(m.p.refs[page]) == 0 {
			continue
		}
		if m.t.db.closing() {
			return ErrClosed
		}
		if err := m.page(page); err != nil {
			return err
		}
	}
	if err := m.wb.Flush(); err != nil {
		return err
	}
	// Deltas may only go when the pages are safe.
	if !m.t.db.opt.SyncWrites {
		if err := m.t.db.Sync(); err != nil {
			return err
		}
	}
	m.sums.merged = m.p.last
	err := bg.Update(func(txn *badger.Txn) error { return txn.Set(m.t.keys.merged(), m.sums.sealed()) })
	if err != nil {
		return err
	}
	return m.drop()
}

// page merges the records of one page.
func (m *merger) page(page uint32) error {
	all, err := m.p.page(page, m.records[:0])
	if err != nil {
		return err
	}
	m.records, m.headers = all[:0], m.headers[:0]
	low := uint32(math.MaxUint32)
	for _, r := range all {
		if r.op == opHeader {
			m.headers = append(m.headers, headerEntry{person: r.person, data: r.data, next: r.next})
			continue
		}
		m.records = append(m.records, r)
		if r.day != orderedDay(Undated) {
			low = min(low, r.day)
		}
	}
	if len(m.headers) > 0 {
		if err := m.writeHeaders(page); err != nil {
			return err
		}
	}
	if len(m.records) == 0 {
		return nil
	}
	slices.SortStableFunc(m.records, func(a, b record) int { return cmp.Compare(a.day, b.day) })
	if m.sums.segs[page] >= compactAt {
		err = m.compact(page)
		m.sums.segs[page], m.sums.low[page] = 0, math.MaxUint32
	} else {
		err = m.writeDays(page)
	}
	m.sums.segs[page]++
	m.sums.low[page] = min(m.sums.low[page], low)
	return err
}

func (m *merger) writeHeaders(page uint32) error {
	key := m.t.keys.header(page)
	old, err := get(m.txn, key, "header page")
	if err == nil {
		m.unpacked, err = unpack("header page", old, m.unpacked[:0])
	}
	if err != nil {
		return err
	}
	entries, err := readHeaders(m.unpacked, nil)
	if err == nil {
		err = m.sums.complete(page, entries)
	}
	if err != nil {
		return err
	}
	entries = mergeHeaders(append(entries, m.headers...))
	m.packed, m.sums.next[page] = writeHeaders(m.packed[:0], entries)
	m.sums.persons[page] = uint32(len(entries))
	return m.wb.Set(key, pack(m.packed))
}

// complete checks that a header page has at least the persons it should have;
// a merge that was cut off may have added some.
func (s *summaries) complete(page uint32, entries []headerEntry) error {
	if uint32(len(entries)) < s.persons[page] {
		return fmt.Errorf("%w: a header page has %d of %d persons", ErrCorrupt, len(entries), s.persons[page])
	}
	return nil
}

func (m *merger) writeDays(page uint32) error {
	for rest := m.records; len(rest) > 0; {
		day := rest[0].day
		n := countWhile(rest, func(r record) bool { return r.day == day })
		if err := m.writeDay(page, day, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// writeDay writes records of one day, oldest first, as segments of this
// merge. They are made unique first, so that whatever a merge that was cut off
// left under the same sequence cannot hold an older said.
func (m *merger) writeDay(page, day uint32, records []record) error {
	part := 0
	m.seg.emit = func(segment []byte) error {
		if part > math.MaxUint16 {
			return fmt.Errorf("%w: a day of a page has more than %d segments", ErrBounds, part)
		}
		part++
		return m.wb.Set(m.t.keys.segment(page, day, m.p.last, uint16(part-1)), pack(segment))
	}
	records = m.unique.dedup(records)
	for i := range records {
		if err := m.seg.add(&records[i]); err != nil {
			return err
		}
	}
	return m.seg.close()
}

// drop deletes deltas that are merged and segments that were put together.
// Should it be cut off, deltas below the summary's sequence are ignored and go
// with the next merge, and old segments only repeat what newer ones hold.
func (m *merger) drop() error {
	m.wb.Cancel()
	m.wb = m.t.db.bg.NewWriteBatch()
	txn := m.t.db.bg.NewTransaction(false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: m.t.keys.kind(kindDelta, 0)})
	defer it.Close()
	for _, key := range m.replaced {
		if err := m.wb.Delete(key); err != nil {
			return err
		}
	}
	for it.Rewind(); it.Valid(); it.Next() {
		if seq, _, _ := splitDelta(it.Item().Key()); seq > m.p.last {
			break
		}
		if err := m.wb.Delete(it.Item().KeyCopy(nil)); err != nil {
			return err
		}
	}
	if err := m.wb.Flush(); err != nil {
		return err
	}
	return m.t.db.collect()
}
