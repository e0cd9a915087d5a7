package register

import "math/bits"

// cardTable maps a card to who was given it, by hash and without pointers: open addressing in
// shards, so that only one shard at a time has to grow. There is a slot for nearly every person. A
// slot takes slotBytes, about 30 with the room that shards keep free.
type cardTable struct {
	shards [tableShards]tableShard
	N      int
	// copies counts the copies made. A shard shared with a copy is replaced before it changes.
	copies uint32
}

// tableShards is the number of shards; the top shardBits of the hash select one.
const (
	tableShards = 1 << shardBits
	shardBits   = 8
)

// tableShard is one part of the table.
type tableShard struct {
	slots []cardSlot
	n     int
	// own is the value of copies when the slots were last replaced.
	own uint32
}

// cardSlot is the entry of one card.
type cardSlot struct {
	// card is the hash of the card, holder that of the first person who was given it.
	card, holder uint64
	// where is the place of its newest assignment in the record log, with severalHolders set if there
	// was ever another holder; 0 marks a free slot.
	where uint64
}

// slotBytes is the size of a slot, severalHolders the flag in cardSlot.where.
const (
	slotBytes      = 24
	severalHolders = 1 << 63
)

func (s *cardSlot) place() int64  { return int64(s.where &^ severalHolders) }
func (s *cardSlot) several() bool { return s.where&severalHolders != 0 }

// find returns the slot of a card; false if nobody was ever given it.
func (t *cardTable) find(card uint64) (cardSlot, bool) {
	sh := &t.shards[card>>(64-shardBits)]
	if sh.n == 0 {
		return cardSlot{}, false
	}
	s := sh.slots[sh.probe(card)]
	return s, s.where != 0
}

// probe returns the index of the slot of a card, or of the free slot that it would get.
func (s *tableShard) probe(card uint64) int {
	hi, _ := bits.Mul64(card<<shardBits, uint64(len(s.slots)))
	i := int(hi)
	for s.slots[i].where != 0 && s.slots[i].card != card {
		if i++; i == len(s.slots) {
			i = 0
		}
	}
	return i
}

// at returns the slot of a card to change. A new slot has only the card set; the caller must set
// its place.
func (t *cardTable) at(card uint64) *cardSlot {
	sh := &t.shards[card>>(64-shardBits)]
	switch {
	case (sh.n+1)*8 > len(sh.slots)*7:
		sh.remake(len(sh.slots) + len(sh.slots)/4 + 8)
		sh.own = t.copies
	case sh.own != t.copies:
		sh.slots = append(make([]cardSlot, 0, len(sh.slots)), sh.slots...)
		sh.own = t.copies
	}
	s := &sh.slots[sh.probe(card)]
	if s.where == 0 {
		s.card = card
		sh.n++
		t.N++
	}
	return s
}

// remake gives a shard a new size.
func (s *tableShard) remake(size int) {
	old := s.slots
	s.slots = make([]cardSlot, size)
	for i := range old {
		if old[i].where != 0 {
			s.slots[s.probe(old[i].card)] = old[i]
		}
	}
}

// Copy returns the table as it is now for another goroutine to read. It is cheap: a shard is
// copied only when it changes later.
func (t *cardTable) Copy() *cardTable {
	c := *t
	t.copies++
	return &c
}

// each calls f for every slot in use, shard by shard.
func (t *cardTable) each(f func(cardSlot) error) error {
	for i := range t.shards {
		for _, s := range t.shards[i].slots {
			if s.where == 0 {
				continue
			}
			if err := f(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// expect reserves room for so many cards.
func (t *cardTable) expect(cards int) {
	each := cards / tableShards
	for i := range t.shards {
		if sh := &t.shards[i]; len(sh.slots) == 0 && each > 0 {
			sh.slots = make([]cardSlot, each*5/4+8)
		}
	}
}
