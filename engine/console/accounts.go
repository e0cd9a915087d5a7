package console

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// Accounts say where every unit is that is due (contract-case section 9, accounting identity): Due is the
// sum of all other counts, and a unit that is nowhere is a fault.
type Accounts struct {
	// From and At bound when they hold: all that was known at From is in them, and nothing that came after At.
	From string `json:"from"`
	At   string `json:"at"`
	// Persons have an account; Whole is false while some never had one.
	Persons int  `json:"persons"`
	Whole   bool `json:"whole"`
	// All are the sums, Lines by centre and duty.
	All   Account   `json:"all"`
	Lines []Account `json:"lines"`
	// Controlled says of each duty whether any unit of it was due.
	Controlled []Controlled `json:"controlled"`

	// traffic are the passages at each centre by day.
	traffic map[string][]TrafficDay
}

// Controlled says whether a duty was controlled at all. In 2022 one had not been for 15 months.
type Controlled struct {
	Kind string `json:"kind"`
	// Due is how many units were, LastDate the date of the newest.
	Due      int    `json:"due"`
	LastDate string `json:"last_date"`
}

// Account is one line.
//
// Many fields: one for each place where a unit can be.
type Account struct {
	CentreID      string `json:"centre_id"`
	Kind          string `json:"kind"`
	Due           int    `json:"due"`
	Compliant     int    `json:"compliant"`
	Excused       int    `json:"excused"`
	NotApplicable int    `json:"not_applicable"`
	Undetermined  int    `json:"undetermined"`
	Excluded      int    `json:"excluded"`
	Provisional   int    `json:"provisional"`
	Pending       int    `json:"pending"`
	Handled       int    `json:"told_handled"`
	Unhandled     int    `json:"told_unhandled"`
	Withdrawn     int    `json:"withdrawn"`
	Nowhere       int    `json:"nowhere"`
}

// errNoWorld says that the engine has not read the centres.
var errNoWorld = errors.New("the centres are not read yet")

// tally is the sum of the accounts of persons.
type tally struct {
	sums    map[[2]string]*Account
	persons int
	// last is, by duty and date, how many persons have their newest unit there.
	last map[string]map[string]int
	// passed are the passages of everybody (REL-04).
	passed counted
}

func newTally() *tally {
	return &tally{sums: map[[2]string]*Account{}, last: map[string]map[string]int{}, passed: counted{}}
}

// personal is the account of one person; its sums over all persons are the accounts.
type personal struct {
	Lines []Account `json:"lines"`
	// Last is the date of the newest unit, by duty.
	Last map[string]string `json:"last"`
	// Passed are the passages of the last months, by centre.
	Passed map[string]*passed `json:"passed,omitempty"`
}

// add puts a person in, or with -1 takes one out.
func (t *tally) add(p *personal, sign int) {
	t.persons += sign
	t.passed.add(p.Passed, sign)
	for i := range p.Lines {
		name := [2]string{p.Lines[i].CentreID, p.Lines[i].Kind}
		line := t.sums[name]
		if line == nil {
			line = &Account{CentreID: name[0], Kind: name[1]}
			t.sums[name] = line
		}
		if line.add(&p.Lines[i], sign); line.Due == 0 {
			delete(t.sums, name)
		}
	}
	for kind, date := range p.Last {
		if t.last[kind] == nil {
			t.last[kind] = map[string]int{}
		}
		if t.last[kind][date] += sign; t.last[kind][date] == 0 {
			delete(t.last[kind], date)
		}
	}
}

// accounts are the sums as they are shown.
func (t *tally) accounts() *Accounts {
	out := &Accounts{Persons: t.persons, Lines: []Account{}, Controlled: []Controlled{}}
	due := map[string]int{}
	for _, a := range t.sums {
		out.Lines = append(out.Lines, *a)
		out.All.add(a, 1)
		due[a.Kind] += a.Due
	}
	slices.SortFunc(out.Lines, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.CentreID, b.CentreID), cmp.Compare(a.Kind, b.Kind))
	})
	for _, kind := range []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport} {
		x := Controlled{Kind: kind.String(), Due: due[kind.String()]}
		for date := range t.last[x.Kind] {
			x.LastDate = max(x.LastDate, date)
		}
		out.Controlled = append(out.Controlled, x)
	}
	return out
}

// add adds a line sign times.
func (a *Account) add(b *Account, sign int) {
	a.Due += sign * b.Due
	a.Compliant += sign * b.Compliant
	a.Excused += sign * b.Excused
	a.NotApplicable += sign * b.NotApplicable
	a.Undetermined += sign * b.Undetermined
	a.Excluded += sign * b.Excluded
	a.Provisional += sign * b.Provisional
	a.Pending += sign * b.Pending
	a.Handled += sign * b.Handled
	a.Unhandled += sign * b.Unhandled
	a.Withdrawn += sign * b.Withdrawn
	a.Nowhere += sign * b.Nowhere
}

// Waiting are the units that wait for paper, a feed or time.
func (a Account) Waiting() int { return a.Provisional + a.Pending }

// unitName names a unit of one person.
type unitName struct{ kind, date string }

// account takes the account of one person, as `report accounting` does: what is due comes from the facts, where
// it is from the outputs. Open says that a unit is where no record puts it, again when time alone may change it.
func account(p *projection.Person, w *World, at duty.Instant, lost suspects) (out personal, open bool,
	again duty.Instant) {
	res := duty.Evaluate(duty.Input{PersonID: p.ID, Person: &p.Facts, Centres: w.Centres, Policies: w.Policies}, at)
	books := booksOf(p)
	behind, silent := duty.Minute, []duty.FeedBeat(nil)
	if policy := policyAt(w, at); policy != nil {
		behind, silent = policy.ParamsAt(at.Date()).LedgerLag, policy.SilentFeeds(w.Feeds, at)
	}
	heard, lag := newest(&p.Facts), time.Duration(behind)*time.Millisecond
	again = duty.Forever
	if res.Next < duty.Forever {
		again = max(res.Next, at) + 2*behind // by then the engine has written what comes of it
	}
	lines := map[[2]string]*Account{}
	out = personal{Lines: []Account{}, Last: map[string]string{}, Passed: passages(res.Traffic(), at)}
	for i := range res.Units {
		u := &res.Units[i]
		n := unitName{u.Kind.String(), u.Date.String()}
		line := lines[[2]string{u.CentreID, n.kind}]
		if line == nil {
			line = &Account{CentreID: u.CentreID, Kind: n.kind}
			lines[[2]string{u.CentreID, n.kind}] = line
		}
		out.Last[n.kind] = max(out.Last[n.kind], n.date)
		recently, id := max(u.PeriodTo, heard) >= at-2*behind, duty.UnitID(u.Kind, u.Date, p.ID)
		held := u.Record() && slices.ContainsFunc(silent, func(b duty.FeedBeat) bool { return b.Covers(u.CentreID) })
		placed, certain := line.place(u, books, n, recently || held)
		switch {
		case placed:
			delete(lost, id)
		case lost.stands(id, lag):
			line.Nowhere++
		default:
			line.Pending++
		}
		if open = open || !certain; !certain {
			again = min(again, at+behind)
		}
	}
	for _, l := range lines {
		out.Lines = append(out.Lines, *l)
	}
	return out, open, again
}

// books are what the outputs say of the units of a person.
type books struct {
	told   map[unitName]*projection.Row
	booked map[unitName]duty.Outcome
	open   map[unitName]bool
}

func booksOf(p *projection.Person) *books {
	b := &books{map[unitName]*projection.Row{}, map[unitName]duty.Outcome{}, map[unitName]bool{}}
	for i := range p.Units {
		b.told[unitName{p.Units[i].Kind, p.Units[i].Date}] = &p.Units[i]
	}
	for i := range p.Ledger {
		for j := range p.Ledger[i].Units {
			u := &p.Ledger[i].Units[j]
			b.booked[unitName{u.Kind.String(), u.UnitDate.String()}] = u.Outcome
		}
		for _, u := range p.Ledger[i].Open {
			b.open[unitName{u.Kind.String(), u.UnitDate.String()}] = true
		}
	}
	return b
}

// place counts a unit where it is; placed is false if it is nowhere, certain where a record says so, and only a
// record changes it. What was told comes first: the ledger has it too. One that waits may be in neither yet: the
// ledger follows by ledger.lag, and nobody is told of what accuses while a feed is silent (REL-06).
func (a *Account) place(u *duty.Unit, b *books, n unitName, waits bool) (placed, certain bool) {
	a.Due++
	told, booked := b.told[n], b.booked[n]
	switch {
	case told != nil && told.Status == duty.StatusWithdrawn.String():
		a.Withdrawn++
	case told != nil && len(told.Handlings) > 0:
		a.Handled++
	case told != nil:
		a.Unhandled++
	case b.open[n] && u.Outcome == duty.OutcomeProvisional:
		a.Provisional++
		return true, false
	case b.open[n], u.Pending, u.Early:
		a.Pending++
		return true, false
	case booked == duty.OutcomeCompliant:
		a.Compliant++
	case booked == duty.OutcomeExcused:
		a.Excused++
	case booked == duty.OutcomeUndetermined:
		a.Undetermined++
	case booked == duty.OutcomeExcluded:
		a.Excluded++
	case u.Outcome == duty.OutcomeNotApplicable:
		a.NotApplicable++
	case waits:
		a.Pending++
		return true, false
	default:
		return false, false
	}
	return true, true
}

// suspects remembers since when a unit was found nowhere. An engine that catches up has not written its ledger yet:
// a unit counts as nowhere once it has been for longer than the ledger may be behind.
type suspects map[string]time.Time

// mostSuspects bounds them; beyond that every one counts at once.
const mostSuspects = 100_000

// stands reports whether a unit has been nowhere for so long.
func (s suspects) stands(unit string, lag time.Duration) bool {
	since, ok := s[unit]
	if !ok && len(s) < mostSuspects {
		s[unit] = time.Now()
		return false
	}
	return time.Since(since) > lag
}

// newest is when the newest fact that may change a verdict was known.
func newest(f *duty.Facts) duty.Instant {
	at := duty.Beginning
	for i := range f.CardEvents {
		at = max(at, f.CardEvents[i].At)
	}
	for i := range f.ManualEntries {
		at = max(at, f.ManualEntries[i].At)
	}
	for i := range f.Notices {
		at = max(at, f.Notices[i].At)
	}
	for i := range f.ObligationChanges {
		at = max(at, f.ObligationChanges[i].At)
	}
	for i := range f.Permissions {
		at = max(at, f.Permissions[i].At)
	}
	return at
}
