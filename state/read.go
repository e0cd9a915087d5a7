package state

import (
	"bytes"
	"cmp"
	"slices"
	"sort"

	badger "github.com/dgraph-io/badger/v4"
)

// readCache keeps the page read last, so that a sweep in key order reads every
// page once.
type readCache struct {
	// sums are of the merge that the cache is of.
	sums summaries

	headersOf int64 // page + 1
	headers   []headerEntry

	daysOf int64 // page + 1
	from   uint32
	buf    []byte
	days   []cachedSegment

	// waiting are the records of a page that wait for a merge, as of a commit.
	waitingOf int64 // page + 1
	waitingAt uint64
	waiting   []record
	// asked counts lookups in waiting: sorting pays off from the third on.
	asked  int
	picked []record

	records []record
	unique  dedupSet
}

// cachedSegment walks the persons of one segment as long as they are asked for
// in order.
type cachedSegment struct {
	day        uint32
	start, end int // in buf
	at         int // where the walk is
	asked      []byte
}

// maxCachedBytes is the size beyond which a page is not kept between reads.
const maxCachedBytes = 8 << 20

// sight is one consistent view: what waits for a merge, and the pages.
type sight struct {
	frozen *pending
	sums   summaries
}

// look is taken before Badger is read: what is merged in between is then seen
// twice, which does no harm, and not missed.
func (t *task) look() (sight, error) {
	if t.db.closing() {
		return sight{}, ErrClosed
	}
	t.mu.Lock()
	s := sight{frozen: t.frozen, sums: t.sums}
	t.mu.Unlock()
	if t.read.sums.next == nil || t.read.sums.merged != s.sums.merged {
		t.read.sums, t.read.headersOf, t.read.daysOf, t.read.waitingOf = s.sums, 0, 0, 0
	}
	return s, nil
}

func (t *task) page(person string) uint32 { return pageOf(person, uint32(t.pages-1)) }

// Header returns a person's header; see [Task].
func (t *task) Header(person string) (Header, error) {
	s, err := t.look()
	if err != nil {
		return Header{}, err
	}
	h, err := t.headerOf(s, person)
	return h, known(err)
}

func (t *task) headerOf(s sight, person string) (h Header, err error) {
	page := t.page(person)
	waiting, err := t.waitingFor(s, page, person)
	if err != nil {
		return h, err
	}
	for _, r := range waiting {
		if r.op == opHeader {
			h = Header{Next: r.next, Data: r.data, Known: true}
		}
	}
	if !h.Known {
		entries, err := t.storedHeaders(page)
		if err != nil {
			return h, err
		}
		i, ok := slices.BinarySearchFunc(entries, person, func(e headerEntry, p string) int { return compare(e.person, p) })
		if ok {
			h = Header{Next: entries[i].next, Data: entries[i].data, Known: true}
		}
	}
	h.Data = bytes.Clone(h.Data)
	return h, nil
}

func compare(a []byte, b string) int {
	switch {
	case string(a) < b:
		return -1
	case string(a) > b:
		return 1
	}
	return 0
}

// waitingFor are the records of a person that wait for a merge, oldest first.
func (t *task) waitingFor(s sight, page uint32, person string) ([]record, error) {
	c := &t.read
	if c.waitingOf != int64(page)+1 || c.waitingAt != t.seq {
		c.waitingOf = 0
		var err error
		if c.waiting, err = s.frozen.page(page, c.waiting[:0]); err != nil {
			return nil, err
		}
		if c.waiting, err = t.active.page(page, c.waiting); err != nil {
			return nil, err
		}
		c.waitingOf, c.waitingAt, c.asked = int64(page)+1, t.seq, 0
	}
	if c.asked++; c.asked < 3 {
		c.picked = c.picked[:0]
		for i := range c.waiting {
			if string(c.waiting[i].person) == person {
				c.picked = append(c.picked, c.waiting[i])
			}
		}
		return c.picked, nil
	}
	if c.asked == 3 {
		slices.SortStableFunc(c.waiting, func(a, b record) int { return bytes.Compare(a.person, b.person) })
	}
	from, _ := slices.BinarySearchFunc(c.waiting, person, func(r record, p string) int { return compare(r.person, p) })
	to := from
	for to < len(c.waiting) && string(c.waiting[to].person) == person {
		to++
	}
	return c.waiting[from:to], nil
}

// storedHeaders are the headers of a page as of the last merge.
func (t *task) storedHeaders(page uint32) ([]headerEntry, error) {
	c := &t.read
	if c.headersOf == int64(page)+1 {
		return c.headers, nil
	}
	c.headersOf = 0
	err := t.db.view(func(txn *badger.Txn) error {
		value, err := get(txn, t.keys.header(page), "header page")
		if err != nil {
			return err
		}
		// Into fresh memory: a walk may still hold what was there before.
		value, err = unpack("header page", value, nil)
		if err != nil {
			return err
		}
		c.headers, err = readHeaders(value, c.headers[:0])
		if err != nil {
			return err
		}
		return c.sums.complete(page, c.headers)
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
	p, err := t.person(s, person, from)
	return p, known(err)
}

func (t *task) person(s sight, person string, from int32) (Person, error) {
	header, err := t.headerOf(s, person)
	if err != nil {
		return Person{}, err
	}
	page := t.page(person)
	if err := t.loadDays(page, orderedDay(from)); err != nil {
		return Person{}, err
	}
	c := &t.read
	c.records = c.records[:0]
	c.unique.reset()
	for i := range c.days {
		if err := c.find(&c.days[i], person); err != nil {
			return Person{}, err
		}
	}
	waiting, err := t.waitingFor(s, page, person)
	if err != nil {
		return Person{}, err
	}
	for _, r := range waiting {
		if r.op != opHeader && wanted(r.day, orderedDay(from)) {
			c.records = c.unique.add(c.records, r)
		}
	}
	slices.SortStableFunc(c.records, func(a, b record) int { return cmp.Compare(a.day, b.day) })
	p := Person{Header: header}
	p.take(c.records)
	if len(c.buf) > maxCachedBytes {
		c.daysOf, c.buf, c.days = 0, nil, nil
	}
	return p, nil
}

func wanted(day, from uint32) bool { return day >= from || day == orderedDay(Undated) }

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
	sort.Slice(p.Said, func(i, j int) bool {
		a, b := &p.Said[i], &p.Said[j]
		return a.Day < b.Day || a.Day == b.Day && a.Kind < b.Kind
	})
}

// loadDays reads the segments of a page: undated, and from a day on.
func (t *task) loadDays(page, from uint32) error {
	c := &t.read
	if c.daysOf == int64(page)+1 && c.from == from {
		return nil
	}
	c.daysOf, c.from, c.buf, c.days = 0, from, c.buf[:0], c.days[:0]
	err := t.db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 16, Prefix: t.keys.page(page)})
		defer it.Close()
		it.Rewind()
		for it.Valid() {
			item := it.Item()
			day, _ := splitSegment(item.Key())
			if !wanted(day, from) {
				it.Seek(t.keys.day(page, from))
				continue
			}
			if err := item.Value(func(v []byte) error { return c.keep(day, v) }); err != nil {
				return err
			}
			it.Next()
		}
		return nil
	})
	if err == nil {
		c.daysOf = int64(page) + 1
	}
	return err
}

func (c *readCache) keep(day uint32, sealed []byte) error {
	packed, err := unseal("segment", sealed)
	if err != nil {
		return err
	}
	start := len(c.buf)
	if c.buf, err = unpack("segment", packed, c.buf); err != nil {
		return err
	}
	c.days = append(c.days, cachedSegment{day: day, start: start, end: len(c.buf), at: start})
	return nil
}

// find adds the records that a segment has of a person.
func (c *readCache) find(s *cachedSegment, person string) error {
	if string(s.asked) >= person {
		s.at = s.start
	}
	s.asked = append(s.asked[:0], person...)
	for s.at < s.end {
		rest := c.buf[s.at:s.end]
		who, entries, after, err := readPerson(rest)
		if err != nil {
			return err
		}
		if string(who) > person {
			return nil
		}
		if string(who) == person {
			for len(entries) > 0 {
				r := record{day: s.day}
				if entries, err = readEntry(entries, &r); err != nil {
					return err
				}
				c.records = c.unique.add(c.records, r)
			}
		}
		s.at = s.end - len(after)
	}
	return nil
}
