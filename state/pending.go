package state

import (
	"fmt"
	"slices"
)

// pending holds the records of commits that are not merged into pages yet. One is filled by
// commits while the other is being merged.
type pending struct {
	// arena holds the records as they were committed.
	arena arena
	// blocks list the records of the pages. Each block has the number of the previous one of its
	// page; newest has the number of each page's last one. Numbers start at 1.
	blocks [][]block
	newest []uint32
	count  uint32
	// last is the sequence of the newest commit, commits how many there are.
	last    uint64
	commits int
}

// block lists some records of a page in the order of the commits: as many as fit into a cache line
// of the processor.
type block struct {
	before uint32
	used   uint16
	// headers has a bit for each record that is a header.
	headers uint16
	refs    [blockRefs]ref
}

// blockRefs is the number of records in a block.
const blockRefs = 7

// ref is the rank of a record's person and the place of the record. Sorted as numbers, refs are
// ordered by person and then by age.
type ref uint64

func (r ref) rank() uint32 { return uint32(r >> 32) }

func (r ref) at() uint32 { return uint32(r) }

func newPending(pages int, pool *chunkPool) *pending {
	return &pending{arena: arena{pool: pool}, newest: make([]uint32, pages)}
}

// clear empties p and returns its memory to the pool.
func (p *pending) clear() {
	if p.count == 0 {
		return
	}
	p.arena.pool.give(p.arena.chunks, p.blocks)
	clear(p.arena.chunks)
	clear(p.blocks)
	clear(p.newest)
	p.arena.chunks, p.arena.size, p.blocks = p.arena.chunks[:0], 0, p.blocks[:0]
	p.count, p.last, p.commits = 0, 0, 0
}

// size returns the number of bytes that wait; p may be nil, here and below.
func (p *pending) size() int {
	if p == nil {
		return 0
	}
	return p.arena.size
}

// add copies records, and lowers due if one of their headers is due earlier.
func (p *pending) add(records []byte, due []int64) error {
	mask := uint32(len(p.newest) - 1)
	for len(records) > 0 {
		r, rest, err := readRecord(records)
		if err != nil {
			return err
		}
		hash := hashOf(r.person)
		page := pageOf(hash, mask)
		at := p.arena.put(records[:len(records)-len(rest)])
		b := p.room(page)
		if r.op == opHeader {
			b.headers |= 1 << b.used
			due[page] = min(due[page], r.next)
		}
		b.refs[b.used] = ref(rankOf(hash))<<32 | ref(at)
		b.used++
		records = rest
	}
	return nil
}

// room returns the page's newest block, or a new one if that is full.
func (p *pending) room(page uint32) *block {
	if n := p.newest[page]; n != 0 {
		if b := p.block(n); b.used < blockRefs {
			return b
		}
	}
	if p.count%chunkBlocks == 0 {
		p.blocks = append(p.blocks, p.arena.pool.takeBlocks())
	}
	last := &p.blocks[len(p.blocks)-1]
	*last = append(*last, block{before: p.newest[page]})
	p.count++
	p.newest[page] = p.count
	return &(*last)[len(*last)-1]
}

// block returns a block by its number.
func (p *pending) block(n uint32) *block { return &p.blocks[(n-1)/chunkBlocks][(n-1)%chunkBlocks] }

// first returns the number of a page's newest block; 0 if there is none.
func (p *pending) first(page uint32) uint32 {
	if p == nil {
		return 0
	}
	return p.newest[page]
}

// sorted appends the page's refs to into, by person and age.
func (p *pending) sorted(page uint32, into []ref) []ref {
	from := len(into)
	for n := p.first(page); n != 0; {
		b := p.block(n)
		into, n = append(into, b.refs[:b.used]...), b.before
	}
	slices.Sort(into[from:])
	return into
}

// headersOf appends the refs of the page's headers to into, by person and age. Most records of a
// page are facts.
func (p *pending) headersOf(page uint32, into []ref) []ref {
	from := len(into)
	for n := p.first(page); n != 0; {
		b := p.block(n)
		n = b.before
		for i, at := range b.refs[:b.used] {
			if b.headers>>i&1 != 0 {
				into = append(into, at)
			}
		}
	}
	slices.Sort(into[from:])
	return into
}

// warmAtOnce is how many records are prefetched together: few enough to stay in the processor's
// cache.
const warmAtOnce = 64

// warm prefetches the first records of refs. Those of a page lie all over the arena; this way the
// processor waits for many cache lines at once instead of two per record. The result means nothing.
func (p *pending) warm(refs []ref) (sum byte) {
	const line = 64
	for _, at := range refs[:min(len(refs), warmAtOnce)] {
		bytes := p.arena.from(at.at())
		sum += bytes[0] + bytes[min(line, len(bytes)-1)]
	}
	return sum
}

// record reads the record that a ref points to.
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
	for n := p.first(page); n != 0; {
		b := p.block(n)
		n = b.before
		for i := int(b.used) - 1; i >= 0; i-- {
			if b.refs[i].rank() != rank {
				continue
			}
			r, err := p.record(b.refs[i])
			if err != nil {
				return into, err
			}
			if string(r.person) == string(person) {
				into = append(into, r)
			}
		}
	}
	slices.Reverse(into[from:])
	return into, nil
}
