package state

import (
	"bytes"
	"cmp"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// readCache keeps the page read last, so that reading persons in key order reads every page once.
type readCache struct {
	// sums belong to the merge that the cache was read after.
	sums summaries

	headersOf int64 // page + 1
	unpacked  []byte
	headers   []headerEntry

	daysOf int64  // page + 1
	from   uint32 // first ordered day in days
	buf    []byte
	days   []cachedSegment

	waiting []record // of the person, not merged yet
	taken   []record
	records []record
	unique  dedupSet
}

// cachedSegment iterates over the persons of one segment as long as they are asked for in order.
type cachedSegment struct {
	key        segmentKey
	start, end int // in buf
	at         cursor
	rank       uint32 // asked last
	asked      []byte
}

// maxCachedBytes is the size beyond which a page is not kept between reads.
const maxCachedBytes = 8 << 20

// sight is a consistent view: what waits for a merge, and the state of the pages.
type sight struct {
	frozen *pending // nil where no merge is running
	sums   summaries
}

// look is called before Badger is read: what is merged in between is then seen twice, which is
// harmless, rather than missed.
func (t *task) look() (sight, error) {
	if t.db.closing() {
		return sight{}, ErrClosed
	}
	t.mu.Lock()
	s := sight{frozen: t.frozen, sums: t.sums}
	t.mu.Unlock()
	if t.read.sums.next == nil || t.read.sums.merged != s.sums.merged {
		t.read.sums, t.read.headersOf, t.read.daysOf = s.sums, 0, 0
	}
	return s, nil
}

// place says where a person is kept.
type place struct {
	person []byte
	page   uint32
	rank   uint32 // of the person on its page
}

func (t *task) place(person string) place {
	id := []byte(person)
	hash := hashOf(id)
	return place{id, pageOf(hash, uint32(t.pages-1)), rankOf(hash)}
}

// Header returns a person's header; see [Task].
func (t *task) Header(person string) (Header, error) {
	s, err := t.look()
	if err != nil {
		return Header{}, err
	}
	where := t.place(person)
	if err := t.wait(s, where); err != nil {
		return Header{}, known(err)
	}
	h, err := t.headerOf(where)
	return h, known(err)
}

// wait collects the waiting records of a person, oldest first.
func (t *task) wait(s sight, where place) (err error) {
	c := &t.read
	if c.waiting, err = s.frozen.person(where.page, where.rank, where.person, c.waiting[:0]); err != nil {
		return err
	}
	c.waiting, err = t.active.person(where.page, where.rank, where.person, c.waiting)
	return err
}

// headerOf returns the newest header of a person, after wait.
func (t *task) headerOf(where place) (h Header, err error) {
	for i := range t.read.waiting {
		if r := &t.read.waiting[i]; r.op == opHeader {
			h = Header{Next: r.next, Data: r.data, Known: true}
		}
	}
	if !h.Known {
		entries, err := t.storedHeaders(where.page)
		if err != nil {
			return h, err
		}
		i, ok := slices.BinarySearchFunc(entries, where, func(e headerEntry, w place) int {
			return byRank(e.rank, e.person, w.rank, w.person)
		})
		if ok {
			h = Header{Next: entries[i].next, Data: entries[i].data, Known: true}
		}
	}
	h.Data = bytes.Clone(h.Data)
	return h, nil
}

// storedHeaders returns the headers of a page as of the last merge.
func (t *task) storedHeaders(page uint32) ([]headerEntry, error) {
	c := &t.read
	if c.headersOf == int64(page)+1 {
		return c.headers, nil
	}
	c.headersOf = 0
	err := t.db.view(func(txn *badger.Txn) (err error) {
		sc := scan{txn: txn, keys: t.keys, once: true}
		c.unpacked, c.headers, err = sc.storedHeaders(page, &c.sums, c.unpacked[:0], c.headers[:0])
		return err
	})
	if err == nil {
		c.headersOf = int64(page) + 1
	}
	return c.headers, err
}

// Person returns what is known of a person; see [Task].
func (t *task) Person(person string, from int32) (Person, error) {
	s, err := t.look()
	if err != nil {
		return Person{}, err
	}
	p, err := t.person(s, t.place(person), orderedDay(from))
	return p, known(err)
}

func (t *task) person(s sight, where place, from uint32) (Person, error) {
	if err := t.wait(s, where); err != nil {
		return Person{}, err
	}
	header, err := t.headerOf(where)
	if err != nil {
		return Person{}, err
	}
	if err := t.loadDays(where.page, from); err != nil {
		return Person{}, err
	}
	c := &t.read
	c.records = c.records[:0]
	c.unique.reset()
	for i := range c.days {
		if err := c.find(&c.days[i], where); err != nil {
			return Person{}, err
		}
	}
	for _, r := range c.waiting {
		if r.op != opHeader && wanted(r.day, from) {
			c.records = c.unique.add(c.records, r)
		}
	}
	p := Person{Header: header}
	p.take(c.records)
	if len(c.buf) > maxCachedBytes {
		c.daysOf, c.buf, c.days = 0, nil, nil
	}
	return p, nil
}

// wanted reports whether a reader from a day on gets a day.
func wanted(day, from uint32) bool {
	if aside := orderedDay(Aside); day == aside || from == aside {
		return day == from
	}
	return day >= from || day == orderedDay(Undated)
}

// take copies facts and said into memory of the caller.
func (p *Person) take(records []record) {
	size, facts := 0, 0
	for i := range records {
		size += len(records[i].data)
		if records[i].op == opFact {
			facts++
		}
	}
	if len(records) == 0 {
		return
	}
	arena := make([]byte, 0, size)
	p.Facts = make([][]byte, 0, facts)
	for i := range records {
		r := &records[i]
		from := len(arena)
		arena = append(arena, r.data...)
		data := arena[from:len(arena):len(arena)]
		switch {
		case r.op == opFact:
			p.Facts = append(p.Facts, data)
		case len(data) > 0:
			p.Said = append(p.Said, Said{Day: dayOf(r.day), Kind: r.kind, Data: data})
		}
	}
	slices.SortFunc(p.Said, bySaid)
}

// bySaid orders said by day and kind.
func bySaid(a, b Said) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Kind, b.Kind)) }

// loadDays reads the segments of a page: undated ones, and those from a day on, oldest first.
func (t *task) loadDays(page, from uint32) error {
	c := &t.read
	if c.daysOf == int64(page)+1 && c.from == from {
		return nil
	}
	c.daysOf, c.from, c.buf, c.days = 0, from, c.buf[:0], c.days[:0]
	err := t.db.view(func(txn *badger.Txn) error {
		sc := scan{txn: txn, keys: t.keys}
		defer sc.close()
		return sc.segments([]wantedPage{c.sums.want(page, from)}, func(_ int, item *badger.Item, key segmentKey) (err error) {
			start := len(c.buf)
			c.buf, err = key.unpack(item, c.buf)
			c.days = append(c.days, cachedSegment{key: key, start: start, end: len(c.buf)})
			return err
		})
	})
	slices.SortStableFunc(c.days, func(a, b cachedSegment) int { return cmp.Compare(a.key.seq, b.key.seq) })
	if err == nil {
		c.daysOf = int64(page) + 1
	}
	return err
}

// find adds the records that a segment has of a person.
func (c *readCache) find(s *cachedSegment, where place) (err error) {
	if s.asked == nil || byRank(s.rank, s.asked, where.rank, where.person) >= 0 {
		if s.at, err = openSegment(s.key.day, s.key.seq, c.buf[s.start:s.end]); err != nil {
			return err
		}
	}
	s.rank, s.asked = where.rank, where.person
	found, err := s.at.seek(where.rank, where.person)
	if err != nil || !found {
		return err
	}
	if c.taken, err = s.at.take(c.taken[:0]); err != nil {
		return err
	}
	for _, r := range c.taken {
		if wanted(r.day, c.from) {
			c.records = c.unique.add(c.records, r)
		}
	}
	return nil
}
