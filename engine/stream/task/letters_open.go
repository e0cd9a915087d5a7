package task

import (
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// Which dead letters are open: those that were neither sent again, so that they could
// be read, nor named by a Resolution (contract §1). Every instance reads all letters;
// each belongs to one task, which has the facts that end it. So the numbers of all
// instances add up.

// ownLetter is one of a task; open is as far as the task has looked.
type ownLetter struct {
	*centres.Letter
	open bool
}

// ownLetters are the dead letters of a task.
type ownLetters struct {
	// taken is how many of the reader's were looked at.
	taken int
	list  []ownLetter
	open  int
	// byKey are those of a person or card, elsewhere all others.
	byKey     map[string][]int
	elsewhere map[centres.LetterPlace]int
	// unchecked are keys whose facts are to be looked at, in order; waiting are the same.
	unchecked []string
	waiting   map[string]bool
	// of are the facts of the centres that were looked at last.
	of *duty.Centres
}

// lettersAtOnce is of how many keys the facts are looked at in one cycle.
const lettersAtOnce = 64

// take takes in what the reader has newly read.
func (o *ownLetters) take(all []centres.Letter, task int32) {
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

// check has the facts of a key looked at, if letters are of it.
func (o *ownLetters) check(key string) {
	if len(o.byKey) > 0 && len(o.byKey[key]) > 0 && !o.waiting[key] {
		o.waiting[key] = true
		o.unchecked = append(o.unchecked, key)
	}
}

// set takes in whether a letter is open.
func (o *ownLetters) set(n int, open bool) {
	switch was := o.list[n].open; {
	case open && !was:
		o.open++
	case was && !open:
		o.open--
	}
	o.list[n].open = open
}

// lookAtLetters goes on with finding out which letters of the task are open.
func (t *Task) lookAtLetters() error {
	o := &t.letters
	if facts := t.centreFacts(); len(o.elsewhere) > 0 && facts != o.of {
		o.of = facts
		open := placesOf(facts.OpenLost(max(t.At.CaughtUp, t.snap.AllKnown(), t.moved.paper.newest)))
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

func (t *Task) lookAtLettersOf(key string) error {
	o := &t.letters
	delete(o.waiting, key)
	p, err := t.person(key)
	if err != nil {
		return err
	}
	k, err := t.load(p, state.Undated, stored.WholeRow)
	if err != nil {
		return err
	}
	open := placesOf(duty.OpenLost(t.input(p.id, &k.facts), t.newestOf(k)))
	for _, n := range o.byKey[key] {
		o.set(n, open[o.list[n].LetterPlace])
	}
	t.forget(p)
	return nil
}

func placesOf(list []duty.Unreadable) map[centres.LetterPlace]bool {
	out := make(map[centres.LetterPlace]bool, len(list))
	for i := range list {
		out[centres.LetterPlace{Topic: list[i].Topic, Pos: list[i].Pos.V}] = true
	}
	return out
}

// DeadLetters are the dead letters that the tasks of an instance answer for; those of
// all instances add up.
type DeadLetters struct {
	// Total are all on the topic, Open those that were neither sent again, so that they
	// could be read, nor named by a Resolution.
	Total int `json:"total"`
	Open  int `json:"open"`
	// Oldest are the open ones that have been there longest, at most 100.
	Oldest []OpenLetter `json:"oldest,omitempty"`
}

// OpenLetter is a dead letter that is open. It names nobody.
type OpenLetter struct {
	// Topic, Partition and Offset are where the record lies: what a Resolution names.
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	// Reason is that of the dead letter.
	Reason string `json:"reason"`
	// Holds is whose units it holds back, of those that fall due later than 14 days before
	// Since: PERSON, CENTRE, ALL or NOBODY. Centre is the one.
	Holds  string `json:"holds"`
	Centre string `json:"centre,omitempty"`
	// Since is the time of the record in the log.
	Since time.Time `json:"since"`
}

// MaxShownLetters bounds the open letters that are named.
const MaxShownLetters = 100

// report is how the letters of a task stand.
func (o *ownLetters) report() DeadLetters {
	d := DeadLetters{Total: len(o.list), Open: o.open}
	for i := 0; i < len(o.list) && len(d.Oldest) < min(o.open, MaxShownLetters); i++ {
		if l := &o.list[i]; l.open {
			d.Oldest = append(d.Oldest, OpenLetter{Topic: l.Topic, Partition: l.Pos.Partition, Offset: l.Pos.Offset, Reason: l.Reason,
				Holds: string(l.Holds), Centre: l.Centre, Since: time.UnixMilli(int64(l.At)).UTC()})
		}
	}
	return d
}
