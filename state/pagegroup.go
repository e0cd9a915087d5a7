package state

import badger "github.com/dgraph-io/badger/v4"

// maxGroup is how many pages a walk reads together, groupBytes about how many bytes of segments.
const (
	maxGroup   = 8
	groupBytes = 2 << 20
)

// pageGroup is a group of pages that a walk reads together. Keys have days before pages: finding a
// day costs as much for one page as for all of them. Its memory is reused.
type pageGroup struct {
	pages []groupPage
	used  int // of pages
	// buf holds the unpacked segments, segments where they are.
	buf      []byte
	segments []span
	wanted   []wantedPage
	// most is how many pages the group takes.
	most int
}

// groupPage is who is due on a page, and from which day on each is wanted.
type groupPage struct {
	page     uint32
	unpacked []byte // what due points to
	due      []headerEntry
	from     []int32 // by element of due
	least    int32   // of from
}

// span says where a segment is in buf.
type span struct {
	segmentKey
	start, end int
}

// reset empties the group. Groups grow in the course of a walk, so that a walk that stops early
// has not read much in vain.
func (g *pageGroup) reset() {
	per := len(g.buf) / max(1, g.used)
	g.most = max(1, min(2*g.most, maxGroup, groupBytes/max(1, per)))
	if cap(g.buf) > maxCachedBytes {
		g.buf = nil
	}
	g.used, g.buf, g.segments = 0, g.buf[:0], g.segments[:0]
}

// next returns room for another page.
func (g *pageGroup) next() *groupPage {
	if g.used == len(g.pages) {
		g.pages = append(g.pages, groupPage{})
	}
	p := &g.pages[g.used]
	p.due, p.from = p.due[:0], p.from[:0]
	return p
}

// load asks from which day on each person is wanted, and reads the segments of the pages from the
// earliest such day on.
func (g *pageGroup) load(sc *scan, sums *summaries, days func(person, header []byte) int32) error {
	g.wanted = g.wanted[:0]
	for i := range g.used {
		p := &g.pages[i]
		p.least = OnlyHeader
		for j := range p.due {
			from := days(p.due[j].person, p.due[j].data)
			p.from = append(p.from, from)
			p.least = min(p.least, from)
		}
		if p.least != OnlyHeader {
			g.wanted = append(g.wanted, sums.want(p.page, orderedDay(p.least)))
		}
	}
	if len(g.wanted) == 0 {
		return nil
	}
	return sc.segments(g.wanted, g.segment)
}

// segment unpacks one segment. Segments are opened when all are there, since buf moves as it
// grows.
func (g *pageGroup) segment(_ int, item *badger.Item, key segmentKey) (err error) {
	start := len(g.buf)
	g.buf, err = key.unpack(item, g.buf)
	g.segments = append(g.segments, span{key, start, len(g.buf)})
	return err
}

// open makes r read one of the pages.
func (g *pageGroup) open(r *pageReader, p *groupPage, parts ...*pending) error {
	r.reset()
	if p.least == OnlyHeader {
		return nil
	}
	for i := range g.segments {
		if s := &g.segments[i]; s.page == p.page {
			if err := r.open(s.segmentKey, g.buf[s.start:s.end]); err != nil {
				return err
			}
		}
	}
	for _, part := range parts {
		r.wait(part, p.page)
	}
	return nil
}
