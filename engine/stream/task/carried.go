package task

import (
	"reflect"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/sanction"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
	"tilsyn/state"
)

// A verdict on everything says what later ones need to know of the units before a date (duty.Carry), and these
// judge only the others, for as long as nothing comes that may bear on the units before: neither of the person,
// nor of a centre. As time goes on, they carry on from a later date. What is carried lies in memory alone, with what
// the ledger says of the month before the date, since it writes a month whole. Where it is lost, or anything does not
// fit, everything is judged as before, and so it is where something would be told. Rows and paper of before are not
// read for the others.

// carriedAll is what is carried of persons, by their index in the roster.
type carriedAll struct {
	of map[uint32]*carried
	// bytes is roughly how much memory it takes.
	bytes int
	// ahead are facts of centres known later than caught_up.
	ahead []speaking
	// why and anew are of the last picture: why the owner of the watch is not to be relied on, and how often the steps
	// of feeds were made anew.
	why  string
	anew int
	// policies are those of the last picture.
	policies []duty.ActivePolicy
	// rows counts the rows and the paper read for verdicts on the rest, twice how often all were read after those, and
	// advanced how often it was carried on from a later date.
	rows, twice, advanced int
}

// carried is what is carried of one person.
type carried struct {
	*duty.Carried
	// counted are the units before that count in the case summary.
	counted []duty.Unit
	// told are those that something was told of, as far as what was told is not read with the rest.
	told []toldBefore
	// month is what the ledger's month of the date says of the units before it, packed with policy.
	month  stored.MonthLedger
	policy *duty.Policy
}

// toldBefore is what a case summary says of something told.
type toldBefore struct {
	kind    duty.Kind
	status  duty.Status
	group   duty.Group
	date    duty.Date
	instant duty.Instant
}

// speaking is a fact of a centre, or paper of nobody: when it is known, and the first instant of which it speaks.
type speaking struct{ known, from duty.Instant }

// maxCarried bounds the memory for what is carried in a task, in bytes. Beyond it all is forgotten.
const maxCarried = 16 << 20

// size is roughly how many bytes it takes.
func (x *carried) size() int {
	return x.Size() + x.month.Size() + cap(x.counted)*int(reflect.TypeFor[duty.Unit]().Size()) +
		cap(x.told)*int(reflect.TypeFor[toldBefore]().Size())
}

// from is the first day of the rows that the verdict on the rest needs.
func (x *carried) from() int32 { return pageDay(x.Since()) }

// forget forgets what is carried of everybody.
func (c *carriedAll) forget() { c.of, c.bytes = nil, 0 }

// drop forgets what is carried of one person.
func (c *carriedAll) drop(who uint32) {
	if x := c.of[who]; x != nil {
		c.bytes -= x.size()
		delete(c.of, who)
	}
}

// takes takes in a fact of a person that was just filed.
func (c *carriedAll) takes(who uint32, record any, known duty.Instant) {
	if x := c.of[who]; x != nil && !x.Takes(record, known) {
		c.drop(who)
	}
}

// adopt takes in what is new in a picture.
func (c *carriedAll) adopt(s *centres.Picture, fresh []centres.Touch, caughtUp duty.Instant) {
	if c.why != s.Coverage.Why || c.anew != s.Anew {
		c.why, c.anew = s.Coverage.Why, s.Anew
		c.forget()
	}
	if !slices.Equal(c.policies, s.Policies) {
		c.policies = s.Policies
		c.forget()
	}
	for i := range fresh {
		x := &fresh[i]
		if x.Identity {
			continue // its facts are filed with the persons, or counted
		}
		c.speaks(speaking{x.Known, x.From}, caughtUp)
	}
}

// speaks takes in a fact of a centre.
func (c *carriedAll) speaks(f speaking, caughtUp duty.Instant) {
	if f.known > caughtUp {
		c.ahead = append(c.ahead, f)
	}
	if f.from == duty.Beginning {
		c.forget()
	}
	for who, of := range c.of { //house:order-free each is for itself
		if of.Reached(f.from) {
			c.drop(who)
		}
	}
}

// moved takes in a version of a fact that may belong to anybody. Who may have another one is judged on everything,
// which finds out. Paper of nobody is like a fact of its centre; alone says that it has no other version.
func (c *carriedAll) moved(f *stored.Fact, nobodys, alone bool, caughtUp duty.Instant) {
	head, _ := schemas.HeadOf(f.Record)
	for who, of := range c.of { //house:order-free each is for itself
		if of.Knows(f.Topic, head.Identity) {
			c.drop(who)
		}
	}
	if nobodys {
		from := duty.Beginning
		if alone {
			_, from = duty.SpeaksFrom(f.Record)
		}
		c.speaks(speaking{f.Known, from}, caughtUp)
	}
}

// soon reports whether a fact of a centre that is not known yet at caught_up may bear on what would be carried.
func (c *carriedAll) soon(x *duty.Carried, caughtUp duty.Instant) bool {
	left, reached := c.ahead[:0], false
	for _, f := range c.ahead {
		if f.known > caughtUp {
			left, reached = append(left, f), reached || x.Reached(f.from)
		}
	}
	c.ahead = left
	return reached
}

// carries reports whether verdicts on a person may do without rows of before: none comes from elsewhere or has a
// version that does (loadAt connects whoever has one), and no card that they name is known to be of others as well.
func (t *Task) carries(p *person) bool {
	return !t.floor.Set() && !p.header.Connected && !slices.ContainsFunc(p.header.Cards, func(card uint64) bool {
		return t.register().OthersHold(card, p.id)
	})
}

// carriedOf returns what is carried of a person; nil where everything has to be judged, as far as that is known
// before anything is read.
func (t *Task) carriedOf(p *person) *carried {
	if x := t.carried.of[p.resident]; x != nil && t.at.CaughtUp < x.Until && t.carries(p) {
		return x
	}
	return nil
}

// restOf returns the first day of the rows that a walk has to read for a person without a routine.
func (t *Task) restOf(id []byte) int32 {
	if len(t.carried.of) > 0 {
		if x := t.carried.of[t.roster.lookup(id)]; x != nil && t.at.CaughtUp < x.Until {
			return x.from()
		}
	}
	return state.Undated
}

// carryBack is how many days before a clock the date lies from which units are judged; the latest that is sure is
// taken. What speaks of less than some three days after the date ends what is carried, and paper comes up to three
// days late, as does the word that all is there.
var carryBack = [...]duty.Date{7, 10, 20, 60}

// carry keeps what a verdict on everything, of which nothing is left to tell, says of the units before some date. Where
// a routine goes on behind it, that is of use only when the routine ends, and others come first.
func (t *Task) carry(p *person, k *knowledge, in duty.Input, res *duty.Result) {
	t.carried.drop(p.resident)
	if !t.carries(p) || p.header.Routine.Centre() != "" && t.carried.bytes > maxCarried/2 {
		return
	}
	for _, back := range carryBack {
		if of, ok := t.carryFrom(in, res, res.At.Date()-back, nil); ok && t.carryOver(p, k, of, res, nil) {
			return
		}
	}
}

// carryOver keeps what a verdict says of the units before a date: one on everything, or on what was not carried over.
// False means that nothing is kept, since something before the date may change.
func (t *Task) carryOver(p *person, k *knowledge, of *duty.Carried, res *duty.Result, over *carried) bool {
	before := duty.Result{Units: unitsBefore(res, of.From)}
	if len(before.Units) == 0 || countHeld(&before) != (heldUnits{}) || t.carried.soon(of, t.at.CaughtUp) {
		return false
	}
	x := &carried{Carried: of, policy: t.policy()}
	if over != nil {
		x.counted = over.counted
	}
	for i := range before.Units {
		if u := &before.Units[i]; !u.Pending && !u.Early && sanction.Counts(u.Outcome) {
			x.counted = append(x.counted, duty.Unit{Kind: u.Kind, Date: u.Date, Outcome: u.Outcome})
		}
	}
	for _, s := range k.saidNow(p) {
		if int32(s.Date) < x.from() {
			x.told = append(x.told, toldBefore{s.Kind, s.Status, s.Group, s.Date, s.Instant})
		}
	}
	x.month = stored.MonthBefore(over.months(p.id, res), of.From, x.policy)
	t.carried.drop(p.resident)
	if t.carried.bytes += x.size(); t.carried.bytes > maxCarried {
		t.carried.forget()
		t.carried.bytes = x.size()
	}
	if t.carried.of == nil {
		t.carried.of = map[uint32]*carried{}
	}
	t.carried.of[p.resident] = x
	return true
}

// unitsBefore returns the units of a verdict before a date.
func unitsBefore(res *duty.Result, d duty.Date) []duty.Unit {
	n := slices.IndexFunc(res.Units, func(u duty.Unit) bool { return u.Date >= d })
	if n < 0 {
		n = len(res.Units)
	}
	return res.Units[:n]
}

// advanceAfter is how many days later than the date that is carried the latest one has to be for it to be tried.
const advanceAfter = 2

// advance carries on from a later date after a verdict on what was not carried over, of which nothing is left to tell.
func (t *Task) advance(p *person, k *knowledge, in duty.Input, res *duty.Result, over *carried) {
	if from := res.At.Date() - carryBack[0]; from >= over.From+advanceAfter {
		if of, ok := t.carryFrom(in, res, from, over); ok && t.carryOver(p, k, of, res, over) {
			t.carried.advanced++
		}
	}
}

// carryFrom returns what is carried from a verdict on, on everything or what was not carried over; ok is false if
// nothing is, or the core panicked.
func (t *Task) carryFrom(in duty.Input, res *duty.Result, from duty.Date, over *carried) (c *duty.Carried, ok bool) {
	ran := true
	defer func() { ok = ok && ran }()
	defer t.guard(&ran)
	if over != nil {
		return over.Advance(in, res, from)
	}
	return duty.Carry(in, res, from)
}
