package main

import (
	"encoding/binary"
	"math/rand/v2"
)

// source makes up the events of a task: facts as an engine would keep them, of
// which about ten bytes are not to be guessed, for random persons.
type source struct {
	p     params
	r     *rand.Rand
	names [][]byte
	facts []byte // of one cycle
	count uint64
}

func newSource(p params, task int) *source {
	s := &source{p: p, r: rand.New(rand.NewPCG(1, uint64(task)))}
	for i := task; i < p.Persons; i += p.Tasks {
		s.names = append(s.names, []byte(personOf(i)))
	}
	return s
}

// filling is what facts have in common beyond their numbers.
const filling = "KH-carousel\x02KH\xc3\x01\x8f\x5c\x39\x3f\x1a\xb6\x50\xe1IN-row-of-a-device-with-a-number/and-some-of-the-words-that-records-have/and-more-of-them" +
	"/and-what-else-makes-a-record-long/and-what-else-makes-a-record-long/and-what-else-makes-a-record-long"

// fill makes the next cycle; a share of the persons has a second fact in it.
// What cycle held before is overwritten.
func (s *source) fill(cycle []event, day int32) {
	size := max(s.p.Fact, 30)
	if len(s.facts) < size*len(cycle) {
		s.facts = make([]byte, size*len(cycle))
	}
	for i := range cycle {
		fact := s.facts[i*size : (i+1)*size]
		e := &cycle[i]
		if i > 0 && s.r.Float64() < s.p.Repeat {
			e.person = cycle[s.r.IntN(i)].person
		} else {
			e.person = s.names[s.r.IntN(len(s.names))]
		}
		e.day, e.data = day, fact
		fact[0] = 0
		binary.BigEndian.PutUint64(fact[1:], 1_600_000_000_000+s.count/4) // known
		binary.BigEndian.PutUint32(fact[9:], uint32(s.count))
		n := 13 + copy(fact[13:], e.person) // the card
		copy(fact[n:], filling)
		binary.LittleEndian.PutUint32(fact[size-4:], s.r.Uint32())
		s.count++
	}
}
