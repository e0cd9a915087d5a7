package console

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// Accounts say where every unit is that is due (contract-case section 9, accounting identity): Due is the
// sum of all other counts, and a unit that is nowhere is a fault.
type Accounts struct {
	// From and At are when they were begun and done: persons are looked at one after the other.
	From string `json:"from"`
	At   string `json:"at"`
	// Persons were looked at; Whole is false while the first round goes on.
	Persons int  `json:"persons"`
	Whole   bool `json:"whole"`
	// All are the sums, Lines by centre and duty.
	All   Account   `json:"all"`
	Lines []Account `json:"lines"`
	// Controlled says of each duty whether any unit of it was due.
	Controlled []Controlled `json:"controlled"`
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

// How the accounts are taken: all the time, and at most a twentieth of it.
const (
	accountsShare = 20
	accountsRest  = 2 * time.Second
	// mostBehind is how many records the projection may be behind: with more, what it has is too old to be summed up.
	mostBehind = 5000
)

// takeAccounts goes from person to person, over and over, until ctx ends.
func (c *Console) takeAccounts(ctx context.Context, l *live) {
	lost := suspects{}
	for ctx.Err() == nil {
		began := time.Now()
		if n, known := l.store.Behind(); known && n <= mostBehind {
			if a, err := c.round(ctx, l, lost); err == nil {
				c.accounts.Store(a)
			}
		}
		wait(ctx, max(accountsRest, (accountsShare-1)*time.Since(began)/accountsShare))
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// errNoWorld says that the engine has not read the centres.
var errNoWorld = errors.New("the centres are not read yet")

// round looks at every person once.
func (c *Console) round(ctx context.Context, l *live, lost suspects) (*Accounts, error) {
	k := &bookkeeper{lost: lost, sums: map[[2]string]*Account{}, last: map[string]duty.Date{}}
	out := &Accounts{From: l.now().Local(), Whole: true}
	var ids []string
	err := l.store.Persons(func(id string) error {
		ids = append(ids, id)
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		began := time.Now()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		w, ok := l.world()
		if !ok {
			return nil, errNoWorld
		}
		p, err := l.store.Person(id, l.now())
		if err != nil {
			return nil, err
		}
		k.add(p, &w, l.now())
		out.Persons++
		wait(ctx, (accountsShare-1)*time.Since(began))
		if out.Persons%1000 == 0 && c.accounts.Load() == nil {
			part := *out
			part.Whole = false
			k.close(&part, l.now())
			c.accounts.Store(&part)
		}
	}
	k.close(out, l.now())
	return out, nil
}

// bookkeeper sums up accounts.
type bookkeeper struct {
	sums map[[2]string]*Account
	lost suspects
	last map[string]duty.Date
}

// close writes what was summed up.
func (k *bookkeeper) close(out *Accounts, at duty.Instant) {
	out.At, out.Lines, out.Controlled = at.Local(), []Account{}, []Controlled{}
	due := map[string]int{}
	for _, a := range k.sums {
		out.Lines = append(out.Lines, *a)
		out.All.add(a)
		due[a.Kind] += a.Due
	}
	slices.SortFunc(out.Lines, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.CentreID, b.CentreID), cmp.Compare(a.Kind, b.Kind))
	})
	for _, kind := range []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport} {
		x := Controlled{Kind: kind.String(), Due: due[kind.String()]}
		if x.Due > 0 {
			x.LastDate = k.last[x.Kind].String()
		}
		out.Controlled = append(out.Controlled, x)
	}
}

func (a *Account) add(b *Account) {
	a.Due, a.Nowhere = a.Due+b.Due, a.Nowhere+b.Nowhere
	a.Compliant, a.Excused, a.NotApplicable = a.Compliant+b.Compliant, a.Excused+b.Excused, a.NotApplicable+b.NotApplicable
	a.Undetermined, a.Excluded = a.Undetermined+b.Undetermined, a.Excluded+b.Excluded
	a.Provisional, a.Pending = a.Provisional+b.Provisional, a.Pending+b.Pending
	a.Handled, a.Unhandled, a.Withdrawn = a.Handled+b.Handled, a.Unhandled+b.Unhandled, a.Withdrawn+b.Withdrawn
}

// Waiting are the units that wait for paper, a feed or time.
func (a Account) Waiting() int { return a.Provisional + a.Pending }

// unitName names a unit of one person.
type unitName struct{ kind, date string }

// add takes the accounts of one person, as `report accounting` does: what is due comes from the facts, where
// it is from the outputs.
func (k *bookkeeper) add(p *projection.Person, w *World, at duty.Instant) {
	in := duty.Input{PersonID: p.ID, Person: &p.Facts, Centres: w.Centres, Policies: w.Policies}
	res := duty.Evaluate(in, at)
	told, booked, open := map[unitName]*projection.Row{}, map[unitName]duty.Outcome{}, map[unitName]bool{}
	for i := range p.Units {
		told[unitName{p.Units[i].Kind, p.Units[i].Date}] = &p.Units[i]
	}
	for i := range p.Ledger {
		for j := range p.Ledger[i].Units {
			u := &p.Ledger[i].Units[j]
			booked[unitName{u.Kind.String(), u.UnitDate.String()}] = u.Outcome
		}
		for _, u := range p.Ledger[i].Open {
			open[unitName{u.Kind.String(), u.UnitDate.String()}] = true
		}
	}
	behind := duty.Minute
	if policy := policyAt(w, at); policy != nil {
		behind = policy.ParamsAt(at.Date()).LedgerLag
	}
	recent, lag := at-2*behind, time.Duration(behind)*time.Millisecond
	for i := range res.Units {
		u := &res.Units[i]
		kind := u.Kind.String()
		line := k.sums[[2]string{u.CentreID, kind}]
		if line == nil {
			line = &Account{CentreID: u.CentreID, Kind: kind}
			k.sums[[2]string{u.CentreID, kind}] = line
		}
		k.last[kind] = max(k.last[kind], u.Date)
		n := unitName{kind, u.Date.String()}
		recently, id := max(u.PeriodTo, newest(&p.Facts)) >= recent, duty.UnitID(u.Kind, u.Date, p.ID)
		switch {
		case line.place(u, told[n], booked[n], open[n], recently):
			delete(k.lost, id)
		case k.lost.stands(id, lag):
			line.Nowhere++
		default:
			line.Pending++
		}
	}
}

// place counts a unit where it is; false if it is nowhere. What was told comes first: the ledger has it too.
func (a *Account) place(u *duty.Unit, told *projection.Row, booked duty.Outcome, open, recent bool) bool {
	a.Due++
	switch {
	case told != nil && told.Status == duty.StatusWithdrawn.String():
		a.Withdrawn++
	case told != nil && len(told.Handlings) > 0:
		a.Handled++
	case told != nil:
		a.Unhandled++
	case open && u.Outcome == duty.OutcomeProvisional:
		a.Provisional++
	case open, u.Pending, u.Early:
		a.Pending++
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
	case recent:
		a.Pending++ // the ledger may not have it yet (ledger.lag)
	default:
		return false
	}
	return true
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
