package state

import (
	"fmt"
	"slices"
)

// pending holds the records of commits that are not merged into pages yet. One
// is filled by commits while the other is merged.
type pending struct {
	// arena holds the records as they were committed.
	arena arena
	// nodes say where the records of a page are, each with the number of the one
	// before; newest has the number of each page's last one. Numbers start at 1.
	nodes  [][]node
	newest []uint32
	count  uint32
	// last is the sequence of the newest commit, commits their number.
	last    uint64
	commits int
}

// node is one record: its person's page and rank, where it starts, and the number
// of the record before on the page; headerBit is set where it is a header.
type node struct{ page, rank, at, before uint32 }

const headerBit = 1 << 31

// ref is the rank of a record's person and where the record starts: sorted as
// numbers, records are ordered by person, and each person's by age.
type ref uint64

func (r ref) rank() uint32 { return uint32(r >> 32) }

func (r ref) at() uint32 { return uint32(r) }

func (n *node) ref() ref { return ref(n.rank)<<32 | ref(n.at) }

func newPending(pages int, pool *chunkPool) *pending {
	return &pending{arena: arena{pool: pool}, newest: make([]uint32, pages)}
}

// clear empties p and gives its memory back.
func (p *pending) clear() {
	if p.count == 0 {
		return
	}
	p.arena.pool.give(p.arena.chunks, p.nodes)
	clear(p.arena.chunks)
	clear(p.nodes)
	clear(p.newest)
	p.arena.chunks, p.arena.size, p.nodes = p.arena.chunks[:0], 0, p.nodes[:0]
	p.count, p.last, p.commits = 0, 0, 0
}

// size is the number of bytes that wait; p may be nil, here and below.
func (p *pending) size() int {
	if p == nil {
		return 0
	}
	return p.arena.size
}

// add copies records, and lowers due where a header of them comes earlier.
func (p *pending) add(records []byte, due []int64) error {
	mask := uint32(len(p.newest) - 1)
	for len(records) > 0 {
		r, rest, err := readRecord(records)
		if err != nil {
			return err
		}
		hash := hashOf(r.person)
		page := pageOf(hash, mask)
		n := node{page: page, rank: rankOf(hash), at: p.arena.put(records[:len(records)-len(rest)]), before: p.newest[page]}
		if r.op == opHeader {
			n.before |= headerBit
			due[page] = min(due[page], r.next)
		}
		if p.count%chunkNodes == 0 {
			p.nodes = append(p.nodes, p.arena.pool.takeNodes())
		}
		p.count++
		p.newest[page] = p.count
		last := &p.nodes[len(p.nodes)-1]
		*last = append(*last, n)
		records = rest
	}
	return nil
}

// node returns a node by its number.
func (p *pending) node(n uint32) *node { return &p.nodes[(n-1)/chunkNodes][(n-1)%chunkNodes] }

// first is the number of a page's newest node, before that of the one before n;
// 0 where there is none.
func (p *pending) first(page uint32) uint32 {
	if p == nil {
		return 0
	}
	return p.newest[page]
}

func (n *node) prev() uint32 { return n.before &^ headerBit }

func (n *node) isHeader() bool { return n.before&headerBit != 0 }

// sorted appends the page's refs to into, by person and age.
func (p *pending) sorted(page uint32, into []ref) []ref {
	from := len(into)
	for i := p.first(page); i != 0; {
		n := p.node(i)
		into = append(into, n.ref())
		i = n.prev()
	}
	slices.Sort(into[from:])
	return into
}

// byPage appends all refs to into, page after page, and says in ends where each
// page ends; a page's are not sorted. To follow the nodes of one page after the
// other, as sorted does, misses the processor's caches at each.
func (p *pending) byPage(into []ref, ends []uint32) ([]ref, []uint32) {
	ends = append(ends[:0], make([]uint32, len(p.newest))...)
	for _, nodes := range p.nodes {
		for i := range nodes {
			ends[nodes[i].page]++
		}
	}
	at := uint32(0)
	for page, n := range ends {
		ends[page] = at
		at += n
	}
	into = slices.Grow(into[:0], int(at))[:at]
	for _, nodes := range p.nodes {
		for i := range nodes {
			n := &nodes[i]
			into[ends[n.page]] = n.ref()
			ends[n.page]++
		}
	}
	return into, ends
}

// record reads back what a ref points to.
func (p *pending) record(at ref) (record, error) {
	r, _, err := readRecord(p.arena.from(at.at()))
	if err != nil {
		return r, fmt.Errorf("reading back a pending record: %w", err)
	}
	return r, nil
}

// person appends the records of a person, oldest first.
func (p *pending) person(page, rank uint32, person []byte, into []record) ([]record, error) {
	from := len(into)
	for i := p.first(page); i != 0; {
		n := p.node(i)
		i = n.prev()
		if n.rank != rank {
			continue
		}
		r, err := p.record(n.ref())
		if err != nil {
			return into, err
		}
		if string(r.person) == string(person) {
			into = append(into, r)
		}
	}
	slices.Reverse(into[from:])
	return into, nil
}
