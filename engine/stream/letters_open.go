package stream

import (
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/state"
)

// Which dead letters are open: those that were neither sent again, so that they could
// be read, nor named by a Resolution (contract §1). Every instance reads all letters;
// each belongs to one task, which has the facts that end it. So the numbers of all
// instances add up.

// letterPlace is where the record of a dead letter lay.
type letterPlace struct {
	topic string
	pos   duty.Position
}

// letter is a dead letter as the reader of the centre-keyed topics has it.
type letter struct {
	letterPlace
	// task has the facts that end it.
	task int32
	// key is the person or card of the record; empty where it belongs to a centre or to
	// nobody.
	key    string
	at     duty.Instant
	reason string
	holds  letterHolds
	// centre is the one held.
	centre string
}

// letterHolds is whose units a dead letter holds.
type letterHolds string

const (
	holdsPerson letterHolds = "PERSON"
	holdsCentre letterHolds = "CENTRE"
	holdsAll    letterHolds = "ALL"
	holdsNobody letterHolds = "NOBODY"
)

// noteLetter takes in a dead letter, once.
func (r *CentreReader) noteLetter(rec *Record, l letter) {
	if r.lettersKnown[l.letterPlace] {
		return
	}
	if r.lettersKnown == nil {
		r.lettersKnown = map[letterPlace]bool{}
	}
	r.lettersKnown[l.letterPlace] = true
	key := string(rec.Key)
	l.at, l.task = rec.At, rec.Index
	if l.holds == "" {
		l.holds = holdsNobody
		if r.isCentre(key) {
			l.holds, l.centre = holdsCentre, key
		}
	}
	if l.holds == holdsPerson {
		l.key, l.task = key, r.partitionOf(key)
	}
	if unawaited(l.topic) && l.holds != holdsAll {
		l.holds = holdsNobody // nobody waits for such a record
	}
	r.letters = append(r.letters, l)
}

// ownLetter is one of a task; open is as far as the task has looked.
type ownLetter struct {
	*letter
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
	elsewhere map[letterPlace]int
	// unchecked are keys whose facts are to be looked at, in order; waiting are the same.
	unchecked []string
	waiting   map[string]bool
	// of are the facts of the centres that were looked at last.
	of *duty.Centres
}

// lettersAtOnce is of how many keys the facts are looked at in one cycle.
const lettersAtOnce = 64

// take takes in what the reader has newly read.
func (o *ownLetters) take(all []letter, task int32) {
	if o.byKey == nil {
		o.byKey, o.elsewhere, o.waiting = map[string][]int{}, map[letterPlace]int{}, map[string]bool{}
	}
	for i := min(o.taken, len(all)); i < len(all); i++ {
		l := &all[i]
		if l.task != task {
			continue
		}
		n := len(o.list)
		o.list, o.open = append(o.list, ownLetter{l, true}), o.open+1
		if l.key == "" {
			o.elsewhere[l.letterPlace], o.of = n, nil
			continue
		}
		o.byKey[l.key] = append(o.byKey[l.key], n)
		o.check(l.key)
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
		open := placesOf(facts.OpenLost(max(t.at.CaughtUp, t.snap.allKnown(), t.moved.paper.newest)))
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
	k, err := t.load(p, state.Undated, wholeRow)
	if err != nil {
		return err
	}
	open := placesOf(duty.OpenLost(t.input(p.id, &k.facts), t.newestOf(k)))
	for _, n := range o.byKey[key] {
		o.set(n, open[o.list[n].letterPlace])
	}
	t.forget(p)
	return nil
}

func placesOf(list []duty.Unreadable) map[letterPlace]bool {
	out := make(map[letterPlace]bool, len(list))
	for i := range list {
		out[letterPlace{list[i].Topic, list[i].Pos.V}] = true
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

// maxShownLetters bounds the open letters that are named.
const maxShownLetters = 100

// report is how the letters of a task stand.
func (o *ownLetters) report() DeadLetters {
	d := DeadLetters{Total: len(o.list), Open: o.open}
	for i := 0; i < len(o.list) && len(d.Oldest) < min(o.open, maxShownLetters); i++ {
		if l := &o.list[i]; l.open {
			d.Oldest = append(d.Oldest, OpenLetter{Topic: l.topic, Partition: l.pos.Partition, Offset: l.pos.Offset, Reason: l.reason,
				Holds: string(l.holds), Centre: l.centre, Since: time.UnixMilli(int64(l.at)).UTC()})
		}
	}
	return d
}

// deadLetters are those of all tasks of the instance.
func (s *status) deadLetters() DeadLetters {
	_, tasks := s.read()
	var d DeadLetters
	for i := range tasks {
		if r := tasks[i].report; r != nil {
			d.Total, d.Open = d.Total+r.letters.Total, d.Open+r.letters.Open
			d.Oldest = append(d.Oldest, r.letters.Oldest...)
		}
	}
	slices.SortStableFunc(d.Oldest, func(a, b OpenLetter) int { return a.Since.Compare(b.Since) })
	d.Oldest = d.Oldest[:min(len(d.Oldest), maxShownLetters)]
	return d
}
