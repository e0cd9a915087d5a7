package watch

import (
	"cmp"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// block holds the records of one source from one day (UTC, by the earlier of their own time and the time
// they were known), in leaves of bounded size: whoever reads a busy day holds no more of it than one
// leaf.
type block struct {
	day int32
	// stamp is the log's counter when the block last changed.
	stamp int
	// leaves are in order: every record of one is earlier than those of the next.
	leaves []*leaf
	// n counts the records, loose those that came out of order and are not put among the others yet.
	n, loose int
}

const (
	// leafRecords is how many records a leaf holds, unless they are all of one instant.
	leafRecords = 1024
	// leafLoose is how many loose ones a leaf holds, or half of the others if that is more, as where very
	// many are of one instant: coding it again must not cost the square of their number. blockLoose is how many a
	// block holds, whatever it holds.
	leafLoose  = leafRecords / 2
	blockLoose = 64 * leafLoose
)

// oldest and newest are the first and the last time at which one of the records was known.
func (b *block) oldest() duty.Instant {
	known := duty.Forever
	for _, x := range b.leaves {
		known = min(known, x.oldest)
	}
	return known
}

func (b *block) newest() duty.Instant {
	known := duty.Beginning
	for _, x := range b.leaves {
		known = max(known, x.newest)
	}
	return known
}

// add adds a record.
func (b *block) add(r *record, c *coder) {
	b.n++
	if len(b.leaves) == 0 {
		b.leaves = append(b.leaves, newLeaf(b.day, 0))
	}
	last := b.leaves[len(b.leaves)-1]
	end := last.last.at()
	if end < r.at() || end == r.at() && (last.n < leafRecords || last.low == end) {
		if last.n >= leafRecords && end < r.at() {
			last.clip()
			last = newLeaf(b.day, len(last.data))
			b.leaves = append(b.leaves, last)
		}
		last.put(r, c.rows)
		return
	}
	i := b.place(r.at())
	x := b.leaves[i]
	if x.loose == nil {
		x.loose = newLeaf(b.day, 0)
	}
	x.loose.put(r, c.rows)
	x.note(r)
	b.loose++
	if int(x.loose.n) >= max(leafLoose, int(x.n)/2) {
		b.order(i, c)
	}
	if b.loose > max(blockLoose, b.n/4) {
		b.orderAll(c)
	}
}

// place returns the leaf that a record of an instant belongs to.
func (b *block) place(at duty.Instant) int {
	i, _ := slices.BinarySearchFunc(b.leaves, at, func(x *leaf, at duty.Instant) int {
		if x.low <= at {
			return -1
		}
		return 1
	})
	return max(0, i-1)
}

// order puts the loose records of a leaf among the others, and halves it if it is too large. Records of one
// instant stay together.
func (b *block) order(i int, c *coder) {
	x := b.leaves[i]
	b.loose -= int(x.loose.n)
	list := c.order(x)
	if len(list) <= leafRecords {
		return
	}
	at := len(list) / 2
	for at < len(list) && list[at].at() == list[at-1].at() {
		at++
	}
	if at == len(list) {
		for at = len(list) / 2; at > 0 && list[at].at() == list[at-1].at(); {
			at--
		}
	}
	if at > 0 {
		next := newLeaf(b.day, 0)
		x.set(list[:at], c.rows)
		next.set(list[at:], c.rows)
		b.leaves = slices.Insert(b.leaves, i+1, next)
	}
}

// orderAll puts all loose records among the others.
func (b *block) orderAll(c *coder) {
	for i := 0; i < len(b.leaves) && b.loose > 0; i++ {
		if b.leaves[i].loose != nil {
			b.order(i, c)
		}
	}
}

// each calls do with the records of every leaf, in order but for those of one instant, in a buffer that it
// returns for the next time. It ends where do returns false.
func (b *block) each(buf []record, c *coder, do func([]record) bool) []record {
	b.orderAll(c)
	for _, x := range b.leaves {
		buf = x.records(buf[:0], c.rows)
		if !do(buf) {
			break
		}
	}
	return buf
}

// take removes the first record for which f holds, and returns it.
func (b *block) take(c *coder, f func(*record) bool) (r record, ok bool) {
	b.orderAll(c)
	for i, x := range b.leaves {
		c.list = x.records(c.list[:0], c.rows)
		list := c.list
		k := slices.IndexFunc(list, func(r record) bool { return f(&r) })
		if k < 0 {
			continue
		}
		r = list[k]
		r.id = strings.Clone(r.id) // else it keeps the text of a whole leaf
		if b.n--; len(list) == 1 {
			b.leaves = slices.Delete(b.leaves, i, i+1)
		} else {
			x.set(slices.Delete(list, k, k+1), c.rows)
		}
		return r, true
	}
	return record{}, false
}

// has reports whether a heartbeat may have a tag.
func (b *block) has(tag uint64, c *coder) bool {
	b.orderAll(c)
	return slices.ContainsFunc(b.leaves, func(x *leaf) bool { return x.has(tag) })
}

// compareRecords puts records into the order of compareSigns, up to those of one instant.
func compareRecords(a, b record) int {
	return cmp.Or(cmp.Compare(a.at(), b.at()), cmp.Compare(a.number(), b.number()), cmp.Compare(a.epoch, b.epoch),
		cmp.Compare(a.known, b.known), cmp.Compare(a.own, b.own), cmp.Compare(a.received, b.received),
		compareBools(a.packed, b.packed), cmp.Compare(a.id, b.id), cmp.Compare(a.tag, b.tag))
}
