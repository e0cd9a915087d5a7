package state

import (
	"fmt"
	"math"
	"slices"
)

// pending holds the records of commits that are not merged into pages yet. One
// is filled by commits while the other is merged.
type pending struct {
	// arena holds the records as they were committed; refs says for each page
	// where its records start, in the order of the commits.
	arena []byte
	refs  [][]ref
	// last is the sequence of the newest commit, commits their number.
	last    uint64
	commits int
}

// ref is the rank of a record's person and where the record starts: sorted as
// numbers, records are ordered by person, and each person's by age.
type ref uint64

func (r ref) rank() uint32 { return uint32(r >> 32) }

func (r ref) at() uint32 { return uint32(r) }

// maxArena keeps offsets within 32 bits.
const maxArena = math.MaxUint32 / 2

func newPending(pages int) *pending { return &pending{refs: make([][]ref, pages)} }

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

// add copies records into the arena. They become visible by index, or vanish
// when the arena is cut back.
func (p *pending) add(records []byte, room int) {
	if cap(p.arena) == 0 {
		p.arena = make([]byte, 0, max(room+room/4, len(records)))
	}
	p.arena = append(p.arena, records...)
}

// index makes the records of the arena from an offset on visible, and lowers
// due where a header of them comes earlier.
func (p *pending) index(from int, due []int64) error {
	mask := uint32(len(p.refs) - 1)
	end := len(p.arena)
	for rest := p.arena[from:]; len(rest) > 0; {
		at := end - len(rest)
		r, next, err := readRecord(rest)
		if err != nil {
			return err
		}
		hash := hashOf(r.person)
		page := pageOf(hash, mask)
		p.refs[page] = append(p.refs[page], ref(rankOf(hash))<<32|ref(at))
		if r.op == opHeader && r.next < due[page] {
			due[page] = r.next
		}
		rest = next
	}
	return nil
}

// sorted appends the page's refs to into, by person and age.
func (p *pending) sorted(page uint32, into []ref) []ref {
	if p == nil {
		return into
	}
	from := len(into)
	into = append(into, p.refs[page]...)
	slices.Sort(into[from:])
	return into
}

// record reads back what a ref points to.
func (p *pending) record(at ref) (record, error) {
	r, _, err := readRecord(p.arena[at.at():])
	if err != nil {
		return r, fmt.Errorf("reading back a pending record: %w", err)
	}
	return r, nil
}

// person appends the records of a person, oldest first.
func (p *pending) person(page, rank uint32, person []byte, into []record) ([]record, error) {
	if p == nil {
		return into, nil
	}
	for _, at := range p.refs[page] {
		if at.rank() != rank {
			continue
		}
		r, err := p.record(at)
		if err != nil {
			return into, err
		}
		if string(r.person) == string(person) {
			into = append(into, r)
		}
	}
	return into, nil
}
