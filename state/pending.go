package state

import (
	"fmt"
	"math"
)

// pending holds the records of commits that are not merged into pages yet. One
// is filled by commits while the other is merged.
type pending struct {
	// arena holds the sealed deltas as they were committed; refs says for each
	// page where its records start, in the order of the commits.
	arena []byte
	refs  [][]uint32
	// last is the sequence of the newest commit, commits their number.
	last    uint64
	commits int
}

// maxArena keeps offsets within 32 bits.
const maxArena = math.MaxUint32 / 2

func newPending(pages int) *pending { return &pending{refs: make([][]uint32, pages)} }

// clear empties p and keeps its memory, unless a burst left too much of it.
func (p *pending) clear(keep int) {
	if cap(p.arena) > 4*keep {
		*p = *newPending(len(p.refs))
		return
	}
	for i := range p.refs {
		p.refs[i] = p.refs[i][:0]
	}
	p.arena, p.last, p.commits = p.arena[:0], 0, 0
}

// appendDelta copies a packed delta into the arena, cut at record boundaries
// into sealed parts of at most about partBytes. It returns where the parts
// begin. The records become visible by index, or vanish by truncate.
func (p *pending) appendDelta(delta []byte) (starts []int, err error) {
	for len(delta) > 0 {
		n := len(delta)
		if n > partBytes {
			if n, err = cut(delta, partBytes); err != nil {
				return nil, err
			}
		}
		starts = append(starts, len(p.arena))
		from := len(p.arena)
		p.arena = append(p.arena, 0, 0, 0, 0)
		p.arena = append(p.arena, delta[:n]...)
		seal(p.arena[from:])
		delta = delta[n:]
	}
	return starts, nil
}

// cut finds the last record boundary of at most limit bytes, or the first.
func cut(delta []byte, limit int) (int, error) {
	end := 0
	for rest := delta; len(rest) > 0; {
		_, next, err := readRecord(rest)
		if err != nil {
			return 0, err
		}
		at := len(delta) - len(next)
		if at > limit && end > 0 {
			return end, nil
		}
		end, rest = at, next
	}
	return end, nil
}

// index makes the records of the arena between from and to visible, which is
// one sealed part, and lowers due where a header of them comes earlier.
func (p *pending) index(from, to int, due []int64) error {
	mask := uint32(len(p.refs) - 1)
	end := p.arena[:to]
	for rest := end[from+sealLen:]; len(rest) > 0; {
		at := to - len(rest)
		r, next, err := readRecord(rest)
		if err != nil {
			return err
		}
		page := pageOf(r.person, mask)
		p.refs[page] = append(p.refs[page], uint32(at))
		if r.op == opHeader && r.next < due[page] {
			due[page] = r.next
		}
		rest = next
	}
	return nil
}

// indexAll makes the sealed parts that begin at starts and end with the arena
// visible.
func (p *pending) indexAll(starts []int, due []int64) error {
	for i, from := range starts {
		to := len(p.arena)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		if err := p.index(from, to, due); err != nil {
			return err
		}
	}
	return nil
}

// page appends the records of a page to into, oldest first.
func (p *pending) page(page uint32, into []record) ([]record, error) {
	if p == nil {
		return into, nil
	}
	for _, at := range p.refs[page] {
		r, _, err := readRecord(p.arena[at:])
		if err != nil {
			return into, fmt.Errorf("reading back a pending record: %w", err)
		}
		into = append(into, r)
	}
	return into, nil
}
