package task

import (
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// A dead letter is open until its record was sent again, so that it could be read, or a
// Resolution names it (contract §1). Every instance reads all letters, but each belongs to the
// one task that has the facts which close it, so the numbers of all instances add up.

// ownLetter is a dead letter of the task; open is as of the last look.
type ownLetter struct {
	*centres.Letter
	open bool
}

// ownLetters are the dead letters that a task answers for.
type ownLetters struct {
	// taken is how many of the centre reader's letters were taken in, placings those of the
	// picture that had them.
	taken, placings int
	list            []ownLetter
	open            int
	// byKey are the indexes in list of letters of a person or card, elsewhere those of all
	// others.
	byKey     map[string][]int
	elsewhere map[centres.LetterPlace]int
	// unchecked are the keys whose facts have yet to be looked at, in order; waiting is the
	// same as a set.
	unchecked []string
	waiting   map[string]bool
	// of are the facts of the centres at the last look.
	of *duty.Centres
}

// lettersAtOnce is for how many keys one cycle looks at the facts.
const lettersAtOnce = 64

// take takes in the letters that the centre reader has newly read; all of them anew where
// a policy has changed whom some letter holds.
func (o *ownLetters) take(s *centres.Picture, task int32) {
	all := s.Letters
	if o.placings != s.Placings {
		*o = ownLetters{placings: s.Placings}
	}
	if o.byKey == nil {
		o.byKey, o.elsewhere, o.waiting = map[string][]int{}, map[centres.LetterPlace]int{}, map[string]bool{}
	}
	for i := min(o.taken, len(all)); i < len(all); i++ {
		l := &all[i]
		if l.Task != task {
			continue
		}
		n := len(o.list)
		o.list, o.open = append(o.list, ownLetter{l, true}), o.open+1
		if l.Key == "" {
			o.elsewhere[l.LetterPlace], o.of = n, nil
			continue
		}
		o.byKey[l.Key] = append(o.byKey[l.Key], n)
		o.check(l.Key)
	}
	o.taken = len(all)
}

// check queues a key to be looked at, if some letter is of it.
func (o *ownLetters) check(key string) {
	if len(o.byKey) > 0 && len(o.byKey[key]) > 0 && !o.waiting[key] {
		o.waiting[key] = true
		o.unchecked = append(o.unchecked, key)
	}
}

// set notes whether a letter is open.
func (o *ownLetters) set(n int, open bool) {
	switch was := o.list[n].open; {
	case open && !was:
		o.open++
	case was && !open:
		o.open--
	}
	o.list[n].open = open
}

// lookAtLetters finds out which letters of the task are open, for at most lettersAtOnce keys
// per cycle.
func (t *Task) lookAtLetters() error {
	o := &t.beside.letters
	if facts := t.centreFacts(); len(o.elsewhere) > 0 && facts != o.of {
		o.of = facts
		open := placesOf(facts.OpenLost(max(t.at.CaughtUp, t.picture.AllKnown(), t.moved.paper.newest)))
		for place, n := range o.elsewhere {
			o.set(n, open[place])
		}
	}
	n := min(len(o.unchecked), lettersAtOnce)
	for _, key := range o.unchecked[:n] {
		if err := t.lookAtLettersOf(key); err != nil {
			return err
		}
	}
	o.unchecked = append(o.unchecked[:0], o.unchecked[n:]...)
	return nil
}

// lookAtLettersOf finds out which letters of a key are open.
func (t *Task) lookAtLettersOf(key string) error {
	o := &t.beside.letters
	delete(o.waiting, key)
	p, err := t.person(key)
	if err != nil {
		return err
	}
	k, err := t.load(p, state.Undated, stored.WholeRow)
	if err != nil {
		return err
	}
	open := placesOf(duty.OpenLost(t.input(p.id, &k.facts), t.clockFor(k)))
	for _, n := range o.byKey[key] {
		o.set(n, open[o.list[n].LetterPlace])
	}
	t.forget(p)
	return nil
}

// placesOf are the places of open dead letters.
func placesOf(list []duty.Unreadable) map[centres.LetterPlace]bool {
	out := make(map[centres.LetterPlace]bool, len(list))
	for i := range list {
		out[centres.LetterPlace{Topic: list[i].Topic, Pos: list[i].Pos.V}] = true
	}
	return out
}

// DeadLetters are the dead letters that the tasks of an instance answer for. Those of all
// instances add up.
type DeadLetters struct {
	// Total is how many are on the topic. Open is how many of them were neither sent again, so
	// that they could be read, nor named by a Resolution.
	Total int `json:"total"`
	Open  int `json:"open"`
	// Oldest are the open ones that have been there longest, at most MaxShownLetters.
	Oldest []OpenLetter `json:"oldest,omitempty"`
}

// OpenLetter is an open dead letter. It names nobody.
type OpenLetter struct {
	// Topic, Partition and Offset say where the record lies; a Resolution names them.
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	// Reason is the reason of the dead letter.
	Reason string `json:"reason"`
	// Holds is whose units it holds back, of those that fall due later than 14 days before
	// Since: PERSON, CENTRE, ALL or NOBODY. Centre is set for CENTRE.
	Holds  string `json:"holds"`
	Centre string `json:"centre,omitempty"`
	// Since is the time of the record in the log.
	Since time.Time `json:"since"`
}

// MaxShownLetters is how many open letters are named.
const MaxShownLetters = 100

// report says how the letters of the task stand.
func (o *ownLetters) report() DeadLetters {
	d := DeadLetters{Total: len(o.list), Open: o.open}
	for i := 0; i < len(o.list) && len(d.Oldest) < min(o.open, MaxShownLetters); i++ {
		if l := &o.list[i]; l.open {
			d.Oldest = append(d.Oldest,
				OpenLetter{Topic: l.Topic, Partition: l.Pos.Partition, Offset: l.Pos.Offset, Reason: l.Reason,
					Holds: string(l.Holds), Centre: l.Centre, Since: time.UnixMilli(int64(l.At)).UTC()})
		}
	}
	return d
}
