package console

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// How the accounts are kept: by at most a twentieth of one core, and shown at most every half second.
const (
	accountsShare = 20
	accountsRest  = 500 * time.Millisecond
	// mostBehind is how many records the projection may be behind: with more, what it has is too old to be summed up.
	mostBehind = 5000
)

// accountant keeps the accounts: what changed of one person after the other, and the sums with it.
type accountant struct {
	c    *Console
	l    *live
	lost suspects

	tally *tally
	// epoch is that of the projection that the tally is of.
	epoch int64
	// after is the person whose account was taken last in this round, which began at round; from is when the one
	// before did: all that was known then is in the sums.
	after       string
	round, from duty.Instant
	whole       bool
	shown       time.Time
}

// keepAccounts works until ctx ends.
func (c *Console) keepAccounts(ctx context.Context, l *live) {
	a := &accountant{c: c, l: l, lost: suspects{}}
	for ctx.Err() == nil {
		worked, err := a.work(ctx)
		if err != nil || !worked {
			wait(ctx, accountsRest)
		}
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

// work takes the account of one person; false where nobody waits for it.
func (a *accountant) work(ctx context.Context) (bool, error) {
	if n, known := a.l.store.Behind(); !known || n > mostBehind {
		return false, nil
	}
	began := time.Now()
	w, ok := a.l.world()
	if !ok {
		return false, errNoWorld
	}
	if err := a.open(ctx, &w); err != nil {
		return false, err
	}
	person, err := a.l.store.Touched(a.after)
	switch {
	case err != nil:
		return false, err
	case person == "":
		a.roundDone()
		return false, a.l.store.Wake(a.l.now())
	}
	a.after = person
	p, err := a.l.store.Person(person, a.l.now())
	if err != nil {
		return false, err
	}
	if err := a.take(p, &w); err != nil {
		return false, err
	}
	if time.Since(a.shown) > accountsRest {
		a.show()
	}
	wait(ctx, (accountsShare-1)*time.Since(began))
	return true, nil
}

// open reads the accounts that are kept, once for each projection, and marks everybody when the policies change:
// they may say of a unit that there is no duty, which no record tells.
func (a *accountant) open(ctx context.Context, w *World) error {
	var policies []string
	for i := range w.Policies {
		if w.Policies[i].From <= a.l.now() {
			policies = append(policies, w.Policies[i].Policy.Digest)
		}
	}
	if err := a.l.store.TouchAll(ctx, strings.Join(policies, " ")); err != nil {
		return err
	}
	epoch := a.l.store.Epoch()
	if a.tally != nil && a.epoch == epoch {
		return nil
	}
	t := newTally()
	if err := a.l.store.EachAccount(func(x projection.Account) error {
		var p personal
		if err := json.Unmarshal(x.Value, &p); err != nil {
			return err
		}
		t.add(&p, 1)
		return ctx.Err()
	}); err != nil {
		return err
	}
	a.tally, a.epoch, a.after, a.whole = t, epoch, "", false
	a.round, a.from = a.l.now(), 0
	return nil
}

// take puts the new account of a person in the place of the old one.
func (a *accountant) take(p *projection.Person, w *World) error {
	mine, open, again := account(p, w, a.l.now(), a.lost)
	v, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	old, err := a.l.store.PutAccount(p.ID, projection.Account{Open: open, Again: again, Value: v})
	if err != nil {
		return err
	}
	if len(old.Value) > 0 {
		var before personal
		if err := json.Unmarshal(old.Value, &before); err != nil {
			return err
		}
		a.tally.add(&before, -1)
	}
	a.tally.add(&mine, 1)
	return nil
}

// roundDone says that everybody who waited when the round began was looked at.
func (a *accountant) roundDone() {
	a.from, a.round, a.after, a.whole = a.round, a.l.now(), "", true
	a.show()
}

// show puts the accounts on the pages.
func (a *accountant) show() {
	out := a.tally.accounts()
	out.traffic = a.tally.passed.days(a.l.now())
	out.Whole, out.At, a.shown = a.whole, a.l.now().Local(), time.Now()
	if out.From = out.At; a.from > 0 {
		out.From = a.from.Local()
	}
	a.c.accounts.Store(out)
}
