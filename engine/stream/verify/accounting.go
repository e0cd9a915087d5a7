package verify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// AccountingConfig configures [TakeAccounts]. Fields without a default are required.
type AccountingConfig struct {
	Kafka       topics.Config
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// At is the clock (default: of each task, the caught_up of its last commit).
	At duty.Opt[duty.Instant]
	// Floor and Schemas are as in VerifyConfig.
	Floor   duty.Opt[duty.Date]
	Schemas *schemas.Store
}

// Account says where the units of one duty at one centre on one date are (contract-case 9,
// accounting identity): Due is the sum of all other counts.
type Account struct {
	CentreID string    `json:"centre_id"`
	Kind     duty.Kind `json:"-"`
	Date     duty.Date `json:"-"`
	Due      int       `json:"due"`
	// These are in the ledger, or open there.
	Compliant     int `json:"compliant"`
	Excused       int `json:"excused"`
	NotApplicable int `json:"not_applicable"`
	Undetermined  int `json:"undetermined"`
	Excluded      int `json:"excluded"`
	Provisional   int `json:"provisional"`
	// Pending includes what the engine rightly holds back: a silent feed stops accusing (REL-06), or the
	// history floor does.
	Pending int `json:"pending"`
	// These were told. Handled are those with any Handling.
	Handled   int `json:"told_handled"`
	Unhandled int `json:"told_unhandled"`
	Withdrawn int `json:"withdrawn"`
	// Nowhere are due by the facts, and neither in the ledger nor told: a fault.
	Nowhere int `json:"nowhere"`
}

// Add adds the counts of another line.
func (a *Account) Add(b *Account) {
	a.Due, a.Nowhere = a.Due+b.Due, a.Nowhere+b.Nowhere
	a.Compliant, a.Excused = a.Compliant+b.Compliant, a.Excused+b.Excused
	a.NotApplicable += b.NotApplicable
	a.Undetermined, a.Excluded = a.Undetermined+b.Undetermined, a.Excluded+b.Excluded
	a.Provisional, a.Pending = a.Provisional+b.Provisional, a.Pending+b.Pending
	a.Handled, a.Unhandled, a.Withdrawn = a.Handled+b.Handled, a.Unhandled+b.Unhandled, a.Withdrawn+b.Withdrawn
}

// Accounts is the result of TakeAccounts.
type Accounts struct {
	// Lines are sorted by centre, kind and date.
	Lines []Account
	// Ahead is how many persons were left out because a fact of theirs is newer than the clock.
	Ahead int
	// Tasks were read; Idle have never committed.
	Tasks, Idle int
}

// TakeAccounts finds for every unit that is due by the input topics where the output topics have
// it. It needs no running engine, joins no group and writes nothing. An error is one of reading.
func TakeAccounts(ctx context.Context, cfg AccountingConfig) (Accounts, error) {
	v, done, err := connect(ctx, VerifyConfig{
		Kafka: cfg.Kafka, Policy: cfg.Policy, ParsePolicy: cfg.ParsePolicy, At: cfg.At, Floor: cfg.Floor,
		Schemas: cfg.Schemas,
	})
	if err != nil {
		return Accounts{}, err
	}
	defer done()
	return v.accounts(ctx)
}

// accounts takes the accounts of one partition after the other.
func (v *verifier) accounts(ctx context.Context) (Accounts, error) {
	var out Accounts
	if err := v.readCentres(ctx); err != nil {
		return out, err
	}
	v.beginWatch()
	if err := v.findOutsiders(ctx); err != nil {
		return out, err
	}
	if err := v.look(ctx); err != nil {
		return out, err
	}
	sums := map[account]*Account{}
	for part := range v.parts {
		if err := v.account(ctx, part, sums, &out); err != nil {
			return out, fmt.Errorf("partition %d: %w", part, err)
		}
	}
	for _, a := range sums { //house:order-free sorted below
		out.Lines = append(out.Lines, *a)
	}
	slices.SortFunc(out.Lines, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.CentreID, b.CentreID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Date, b.Date))
	})
	return out, nil
}

// account identifies a line.
type account struct {
	centre string
	kind   duty.Kind
	date   duty.Date
}

// account takes the accounts of one partition.
func (v *verifier) account(ctx context.Context, part int32, sums map[account]*Account, out *Accounts) error {
	at, live, err := v.clockOf(ctx, part)
	if err != nil {
		return err
	}
	if !live {
		out.Idle++
		return nil
	}
	out.Tasks++
	last, err := v.histories(ctx, part)
	if err != nil {
		return err
	}
	book, err := v.ledger(ctx, part)
	if err != nil {
		return err
	}
	files, err := v.persons(ctx, part, maps.Keys(last))
	if err != nil {
		return err
	}
	for _, id := range files.ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := files.file(id)
		if err != nil {
			return err
		}
		if f.newest > at {
			out.Ahead++
			continue
		}
		in := v.input(id, f)
		res := v.cfg.Judge.Evaluate(in, at)
		w := v.whereabouts(in, f, &res, last[id], book[id])
		for i := range res.Units {
			u := &res.Units[i]
			k := account{u.CentreID, u.Kind, u.Date}
			if sums[k] == nil {
				sums[k] = &Account{CentreID: u.CentreID, Kind: u.Kind, Date: u.Date}
			}
			w.add(sums[k], id, u)
		}
	}
	return nil
}

// whereabouts returns where units of a person can be at the clock of a verdict, by what was last told and the ledger.
func (v *verifier) whereabouts(in duty.Input, f *caseFile, res *duty.Result, last []duty.Said,
	book *booked) whereabouts {
	at := res.At
	lag := v.policyAt(at).ParamsAt(at.Date()).LedgerLag
	return whereabouts{
		said: saidBy(last), book: book, handled: handledUnits(&f.facts, at), held: v.held(in, res, last, at),
		recent: at - lag, newest: f.newest, waits: v.ledgerWaits != 0 && at <= v.ledgerWaits+2*lag,
	}
}

// saidBy is what was last told, by unit.
func saidBy(last []duty.Said) map[unit]*duty.Said {
	out := make(map[unit]*duty.Said, len(last))
	for i := range last {
		out[unit{last[i].Kind, last[i].Date}] = &last[i]
	}
	return out
}

// handledUnits are the ids of the units that a Handling known at a clock speaks of (LIF-05).
func handledUnits(f *duty.Facts, at duty.Instant) map[string]bool {
	out := map[string]bool{}
	sorted := duty.SortVersions[duty.Handling](f.Handlings)
	known := func(k *duty.Known[duty.Handling]) bool { return k.At <= at }
	for _, k := range duty.InForce[duty.Handling](sorted, known) {
		out[k.Fact.UnitID] = true
	}
	return out
}

// booked is what the ledger says of one person: outcomes, and units that are open.
type booked struct {
	outcome map[unit]duty.Outcome
	open    map[unit]bool
}

// ledger reads the newest record of every month in the outcomes of a partition, by person.
func (v *verifier) ledger(ctx context.Context, part int32) (map[string]*booked, error) {
	months := map[string]*duty.OutcomeMonth{}
	outcomes := []broker.Partition{{Topic: duty.TopicOutcomes, Index: part}}
	err := v.scan().All(ctx, outcomes, func(rec *broker.Record) error {
		if rec.Value == nil {
			delete(months, string(rec.Key))
			return nil
		}
		record, err := v.codec.Decode(duty.TopicOutcomes, rec.Value)
		if err != nil {
			return fmt.Errorf("%s offset %d: %w", duty.TopicOutcomes, rec.Offset, err)
		}
		months[string(rec.Key)] = record.(*duty.OutcomeMonth)
		return nil
	})
	out := map[string]*booked{}
	for _, m := range months { //house:order-free a unit is in one month
		b := out[m.PersonID]
		if b == nil {
			b = &booked{outcome: map[unit]duty.Outcome{}, open: map[unit]bool{}}
			out[m.PersonID] = b
		}
		for i := range m.Units {
			b.outcome[unit{m.Units[i].Kind, m.Units[i].UnitDate}] = m.Units[i].Outcome
		}
		for _, u := range m.Open {
			b.open[unit{u.Kind, u.UnitDate}] = true
		}
	}
	return out, err
}

// whereabouts are the places where a unit of a person can be.
type whereabouts struct {
	said    map[unit]*duty.Said
	book    *booked
	handled map[string]bool
	// held are those whose revision is rightly not told, as in Verify: a silent feed stops it, or the floor
	// (REL-06).
	held map[unit]bool
	// recent is the clock less ledger.lag, by which the ledger may be behind; newest is when the
	// person's newest fact was known.
	recent, newest duty.Instant
	// waits is true if the ledger of the task waits for nights that were decided of late, however
	// long ago they were.
	waits bool
}

// add counts a unit where it is. What was told comes first: the ledger has it too.
func (w *whereabouts) add(a *Account, person string, u *duty.Unit) {
	a.Due++
	k := unit{u.Kind, u.Date}
	if said := w.said[k]; said != nil {
		switch {
		case said.Status == duty.StatusWithdrawn:
			a.Withdrawn++
		case w.handled[duty.UnitID(u.Kind, u.Date, person)]:
			a.Handled++
		default:
			a.Unhandled++
		}
		return
	}
	w.addUntold(a, k, u)
}

// addUntold counts a unit of which nothing was told.
func (w *whereabouts) addUntold(a *Account, k unit, u *duty.Unit) {
	outcome, booked := duty.OutcomeNotApplicable, false
	if w.book != nil {
		outcome, booked = w.book.outcome[k], w.book.outcome[k] != 0
	}
	switch {
	case w.book != nil && w.book.open[k] && u.Outcome == duty.OutcomeProvisional:
		a.Provisional++
	case w.book != nil && w.book.open[k], u.Pending, u.Early:
		a.Pending++
	case booked && outcome == duty.OutcomeCompliant:
		a.Compliant++
	case booked && outcome == duty.OutcomeExcused:
		a.Excused++
	case booked && outcome == duty.OutcomeUndetermined:
		a.Undetermined++
	case booked && outcome == duty.OutcomeExcluded:
		a.Excluded++
	case u.Outcome == duty.OutcomeNotApplicable:
		a.NotApplicable++
	case max(u.PeriodTo, w.newest) >= w.recent, w.waits && u.Outcome == duty.OutcomeCompliant:
		a.Pending++ // the ledger may not have it yet
	case w.held[k]:
		a.Pending++ // the ledger has it as what the facts give, and nobody may be told
	default:
		a.Nowhere++
	}
}
