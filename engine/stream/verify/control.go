package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// ControlConfig configures [Control]. Fields without a default are required.
type ControlConfig struct {
	Kafka       topics.Config
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// Schemas are as in VerifyConfig.
	Schemas *schemas.Store
	// At and Floor are as in AffectedConfig.
	At    duty.Opt[duty.Instant]
	Floor duty.Opt[duty.Date]
	// Centre is a centre of the register, or control.All.
	Centre  string
	Periods []control.Period
}

// Control makes control reports (contract-case 9) of one centre from the topics, in the order of the
// periods. It needs no running engine, joins no group and writes nothing. An error is one of reading,
// or ErrNoClock.
func Control(ctx context.Context, cfg ControlConfig) ([]duty.ControlReport, error) {
	bad, err := Letters(ctx, LettersConfig{Kafka: cfg.Kafka, Policy: cfg.Policy, ParsePolicy: cfg.ParsePolicy,
		Floor: cfg.Floor, Schemas: cfg.Schemas})
	if err != nil {
		return nil, err
	}
	v, done, err := connect(ctx, VerifyConfig{Kafka: cfg.Kafka, Policy: cfg.Policy, ParsePolicy: cfg.ParsePolicy,
		At: cfg.At, Floor: cfg.Floor, Schemas: cfg.Schemas})
	if err != nil {
		return nil, err
	}
	defer done()
	r, err := v.control(ctx, bad, func(*duty.Policy, duty.Instant) ([]string, []control.Period) {
		return []string{cfg.Centre}, cfg.Periods
	}, nil)
	if err != nil {
		return nil, err
	}
	return r.reports, nil
}

// reporting are control reports in the making.
type reporting struct {
	at duty.Instant
	// whole is true if every task has read everything up to the clock.
	whole  bool
	world  duty.World
	tally  *control.Tally
	books  []bookOf
	parts  map[string]recall.Part
	policy *duty.Policy
	// accounts are the units that are due, for whoever asks; nil: nobody.
	accounts *accounting
	// common is what all reports share.
	common *control.Common
	// reports are what came of it, in the order of centres and periods.
	reports []duty.ControlReport
}

// bookOf is what is gathered for one report.
type bookOf struct {
	*control.Book
	centre string
	period control.Period
}

// control reads the centres, and then one partition after the other. asked says of which centres and
// periods there are reports, under a policy at a clock. The clock comes before everything else, so that
// all facts that were known by then are read after it.
func (v *verifier) control(ctx context.Context, bad []Letter,
	asked func(*duty.Policy, duty.Instant) ([]string, []control.Period), a *accounting) (*reporting, error) {
	at, whole, err := v.oneClock(ctx)
	if err != nil {
		return nil, err
	}
	logs, err := v.logsThere(ctx)
	if err != nil {
		return nil, err
	}
	if err := v.readCentres(ctx); err != nil {
		return nil, err
	}
	v.resume(logs, &v.picture.Watch, at)
	v.beginWatch()
	v.watch.parked = &parked{at: at}
	if err := v.findOutsiders(ctx); err != nil {
		return nil, err
	}
	if _, _, err := v.oneClock(ctx); err != nil { // the engine may have another policy
		return nil, err
	}
	if err := v.lookAt(ctx, at); err != nil {
		return nil, err
	}
	r := &reporting{at: at, whole: whole, tally: v.watch.tally, parts: map[string]recall.Part{}, policy: v.policyAt(at),
		accounts: a, world: duty.World{Centres: v.withAllBeats(), Policies: v.picture.Policies}}
	centres, periods := asked(r.policy, at)
	for _, c := range centres {
		for _, p := range periods {
			r.books = append(r.books, bookOf{control.NewBook(r.world, at, c, p, control.WatchedBy(&v.watch.report)), c, p})
		}
	}
	for part := range v.parts {
		if err := v.reportOn(ctx, part, r); err != nil {
			return nil, fmt.Errorf("partition %d: %w", part, err)
		}
	}
	if err := v.countUnlinked(r.tally); err != nil {
		return nil, err
	}
	var recalls []recall.Part
	for _, id := range slices.Sorted(maps.Keys(r.parts)) {
		recalls = append(recalls, r.parts[id])
	}
	r.common = control.NewCommon(r.tally, r.world, at)
	for _, b := range r.books {
		r.reports = append(r.reports, b.Report(r.common, recalls, lettersOf(bad, b.centre, b.period, at)))
	}
	return r, nil
}

// withAllBeats returns the facts of the centres with all heartbeats: a picture has only those that
// verdicts need.
func (v *verifier) withAllBeats() *duty.Centres {
	facts := *v.centreFacts().Facts()
	facts.Heartbeats = slices.DeleteFunc(slices.Clone(facts.Heartbeats),
		func(k duty.Known[duty.Heartbeat]) bool { return duty.WatchReads(&k.Fact) })
	facts.Heartbeats = append(facts.Heartbeats, v.picture.Watch.Beats...)
	return duty.NewCentres(facts).WithWatch(v.centreFacts().Watch())
}

// reportOn adds the persons of a partition.
func (v *verifier) reportOn(ctx context.Context, part int32, r *reporting) error {
	told, err := v.told(ctx, part)
	if err != nil {
		return err
	}
	book, err := v.ledger(ctx, part)
	if err != nil {
		return err
	}
	files, err := v.persons(ctx, part, maps.Keys(told))
	if err != nil {
		return err
	}
	if err := r.accounts.begin(ctx, v, part); err != nil {
		return err
	}
	clock := recall.Clock{At: r.at, Overdue: r.policy.ParamsAt(r.at.Date()).RecallOverdue}
	for _, id := range files.ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		person := recall.Person{PersonID: id}
		if told[id] != nil {
			person = *told[id]
		}
		f, err := files.file(id)
		if err != nil {
			return err
		}
		v.rests()
		in := v.input(id, f)
		res := v.cfg.Judge.Evaluate(in, r.at)
		r.tally.AddPerson(res.Traffic())
		ofPerson := book[id]
		r.accounts.add(v, in, f, &res, ofPerson)
		for _, b := range r.books {
			b.AddPerson(&res, person, ofPerson.has)
		}
		shares, _ := recall.Fold(person, recall.Named(v.picture.Policies, r.at), clock)
		addParts(r.parts, shares)
	}
	return nil
}

// has reports whether the ledger has a unit of a duty.
func (b *booked) has(k duty.Kind) bool {
	if b == nil {
		return false
	}
	for u := range b.outcome { //house:order-free any of them
		if u.kind == k {
			return true
		}
	}
	for u := range b.open { //house:order-free any of them
		if u.kind == k {
			return true
		}
	}
	return false
}

// lettersOf counts the dead letters of a centre that were received in a period; for All all of them.
func lettersOf(bad []Letter, centre string, p control.Period, at duty.Instant) *control.Letters {
	out := &control.Letters{}
	for i := range bad {
		l := &bad[i]
		since := duty.Instant(l.Since.UnixMilli())
		if since < p.Span.From || since >= p.Span.To || since > at || centre != control.All && l.Centre != centre {
			continue
		}
		out.Received++
		if l.Open {
			out.Open++
			out.Oldest = duty.Some(min(since, out.Oldest.Or(since)))
		}
	}
	return out
}
