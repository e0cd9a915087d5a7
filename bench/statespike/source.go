package main

import (
	"encoding/binary"
	"math/rand/v2"
)

// source makes up the events of a task: facts of random persons in the form in which an engine
// would store them. About ten bytes of each are random.
type source struct {
	p     params
	r     *rand.Rand
	task  int
	mine  int    // persons of the task
	facts []byte // of one cycle
	names []byte // of one cycle, personLen each
	count uint64
}

func newSource(p params, task int) *source {
	mine := (p.Persons - task + p.Tasks - 1) / p.Tasks
	return &source{p: p, task: task, mine: mine, r: rand.New(rand.NewPCG(1, uint64(task)))}
}

// personLen is the length of what personOf returns.
const personLen = 8

// name writes what personOf returns.
func name(into []byte, i int) []byte {
	into[0] = 'P'
	for at := personLen - 1; at > 0; at-- {
		into[at], i = '0'+byte(i%10), i/10
	}
	return into
}

// filling is what facts have in common beyond their numbers.
const filling = "KH-carousel\x02KH\xc3\x01\x8f\x5c\x39\x3f\x1a\xb6\x50\xe1" +
	"IN-row-of-a-device-with-a-number/and-some-of-the-words-that-records-have/and-more-of-them" +
	"/and-what-else-makes-a-record-long/and-what-else-makes-a-record-long/and-what-else-makes-a-record-long"

// fill makes the next cycle; a share of the persons has a second fact in it.
// What cycle held before is overwritten.
func (s *source) fill(cycle []event, day int32) {
	size := max(s.p.Fact, 30)
	if len(s.facts) < size*len(cycle) {
		s.facts, s.names = make([]byte, size*len(cycle)), make([]byte, personLen*len(cycle))
	}
	for i := range cycle {
		fact := s.facts[i*size : (i+1)*size]
		e := &cycle[i]
		if i > 0 && s.r.Float64() < s.p.Repeat {
			e.person = cycle[s.r.IntN(i)].person
		} else {
			e.person = name(s.names[i*personLen:(i+1)*personLen], s.task+s.r.IntN(s.mine)*s.p.Tasks)
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
