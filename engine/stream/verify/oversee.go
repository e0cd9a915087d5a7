package verify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// OverseeConfig configures an [Overseer]. Fields without a default are required.
type OverseeConfig struct {
	Kafka       topics.Config
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// Floor and Schemas are as in VerifyConfig.
	Floor   duty.Opt[duty.Date]
	Schemas *schemas.Store
	// Between is called between two persons and while logs are read (default: nothing), so that who calls can take
	// turns with others. Waited is called when brokers have answered, before which Between was called: what their
	// answer took is no work (default: nothing).
	Between, Waited func()
	// Keep is how many bytes may be kept for the next look (default: nothing is).
	Keep int64
}

// Oversight is what a look at the whole control system found (contract-case 9).
type Oversight struct {
	// Reports are the control reports of every centre of the register and of all together, for the
	// periods that are worked out again (control.Recomputed).
	Reports []duty.ControlReport
	// At is the clock of the look.
	At duty.Instant
	// Doubts are what the counts of registrations say at the clock (control.Implausible, REL-04, IDN-10),
	// as in `replay`; missing unless every task has judged up to the clock.
	Doubts duty.Opt[[]duty.DataQuality]
	// Faults are sorted by centre and duty.
	Faults []Fault
	// Kept is how many bytes the next look would need of this one.
	Kept int64
}

// Fault is a duty that is not controlled as it should be at a centre.
type Fault struct {
	CentreID string
	Kind     duty.Kind
	// Nowhere are units that are due by the facts, and neither in the ledger nor told.
	Nowhere int
	// Unjudged is true if the duty binds somebody and no unit of it was judged in the month.
	Unjudged bool
}

// Overseer looks at the whole control system again and again. It keeps what it has read of persons' facts, so that a
// look reads only what is new and says the same as one that reads everything. It is not safe for concurrent use.
type Overseer struct {
	cfg  OverseeConfig
	kept *kept
	// parsed are the policies that were activated, by text: the same one is the same pointer in every look.
	parsed map[string]*duty.Policy
}

// NewOverseer returns one that has not looked yet.
func NewOverseer(cfg OverseeConfig) *Overseer {
	return &Overseer{cfg: cfg, kept: &kept{}, parsed: map[string]*duty.Policy{}}
}

// Look makes all control reports and takes the accounts of all units, at the smallest clock that
// the tasks have reached. It reads what Control reads, joins no group and writes nothing. An error is
// one of reading, or ErrNoClock.
func (o *Overseer) Look(ctx context.Context) (*Oversight, error) {
	bad, err := Letters(ctx, LettersConfig{Kafka: o.cfg.Kafka, Policy: o.cfg.Policy, ParsePolicy: o.parse,
		Floor: o.cfg.Floor, Schemas: o.cfg.Schemas})
	if err != nil {
		return nil, err
	}
	v, done, err := connect(ctx, VerifyConfig{Kafka: o.cfg.Kafka, Policy: o.cfg.Policy, ParsePolicy: o.parse,
		Floor: o.cfg.Floor, Schemas: o.cfg.Schemas})
	if err != nil {
		return nil, err
	}
	defer done()
	return o.look(ctx, v, bad)
}

// parse parses a policy that was activated, once.
func (o *Overseer) parse(text string) (*duty.Policy, error) {
	if p := o.parsed[text]; p != nil {
		return p, nil
	}
	if o.cfg.ParsePolicy == nil {
		return nil, errNoActivations
	}
	p, err := o.cfg.ParsePolicy(text)
	if err == nil {
		o.parsed[text] = p
	}
	return p, err
}

// look looks by a verifier that has read nothing. What is kept is forgotten where it has no room, and after an error,
// since some of what came may be in it.
func (o *Overseer) look(ctx context.Context, v *verifier, bad []Letter) (*Oversight, error) {
	k := o.kept
	o.kept = &kept{}
	v.keep, v.between = k, o.cfg.Between
	if o.cfg.Between != nil && o.cfg.Waited != nil {
		v.broker = awaited{v.broker, o.cfg.Between, o.cfg.Waited}
	}
	a := &accounting{nowhere: map[Fault]int{}}
	r, err := v.control(ctx, bad, func(p *duty.Policy, at duty.Instant) ([]string, []control.Period) {
		centres := []string{control.All}
		for i := range p.Centres {
			centres = append(centres, p.Centres[i].ID)
		}
		return centres, control.Recomputed(at)
	}, a)
	if err != nil {
		return nil, err
	}
	out := &Oversight{Reports: r.reports, At: r.at, Faults: a.faults()}
	if r.whole {
		out.Doubts = duty.Some(r.common.Implausible())
	}
	for i := range r.reports {
		out.unjudged(&r.reports[i])
	}
	slices.SortFunc(out.Faults, func(x, y Fault) int {
		return cmp.Or(cmp.Compare(x.CentreID, y.CentreID), cmp.Compare(x.Kind, y.Kind))
	})
	if out.Kept = k.bytes(); out.Kept <= o.cfg.Keep {
		o.kept = k
	}
	return out, nil
}

// awaited is a broker of which it is told when its records are waited for, and when they are there.
type awaited struct {
	broker.Broker
	before, after func()
}

// Fetch implements broker.Broker.
func (a awaited) Fetch(ctx context.Context, from broker.Offsets, most int, wait time.Duration) (broker.Fetched, error) {
	a.before()
	defer a.after()
	return a.Broker.Fetch(ctx, from, most, wait)
}

// soonest is how far a month has to have come before it can be said that nothing of a duty was judged
// in it: a report may be due once a week.
const soonest = 8 * duty.Day

// unjudged adds the duties that nothing was judged of in a month that is far enough and not long over.
func (o *Oversight) unjudged(r *duty.ControlReport) {
	month := r.To-r.From < 40*duty.Day
	if !month || r.CentreID == control.All || r.AsOf < r.From+soonest || r.AsOf >= r.To+soonest {
		return
	}
	for _, d := range r.Handled.DutiesControlled {
		if d.Controlled {
			continue
		}
		same := func(f Fault) bool { return f.CentreID == r.CentreID && f.Kind == d.Kind }
		if i := slices.IndexFunc(o.Faults, same); i >= 0 {
			o.Faults[i].Unjudged = true
			continue
		}
		o.Faults = append(o.Faults, Fault{CentreID: r.CentreID, Kind: d.Kind, Unjudged: true})
	}
}

// accounting takes the accounts of units beside the reports. Nil takes none.
type accounting struct {
	// nowhere counts units by centre and duty.
	nowhere map[Fault]int
	// last is what was last told in the partition, by person.
	last map[string][]duty.Said
}

// begin begins a partition.
func (a *accounting) begin(ctx context.Context, v *verifier, part int32) (err error) {
	if a == nil {
		return nil
	}
	if _, _, err = v.clockOf(ctx, part); err != nil { // how far its ledger is
		return err
	}
	a.last, err = v.histories(ctx, part)
	return err
}

// add counts the units of a person that are nowhere. A person of whom something is known after the
// clock is left out.
func (a *accounting) add(v *verifier, in duty.Input, f *caseFile, res *duty.Result, book *booked) {
	if a == nil {
		return
	}
	if f.newest > res.At {
		return
	}
	id := in.PersonID
	w := v.whereabouts(in, f, res, a.last[id], book)
	for i := range res.Units {
		var one Account
		if w.add(&one, id, &res.Units[i]); one.Nowhere > 0 {
			a.nowhere[Fault{CentreID: res.Units[i].CentreID, Kind: res.Units[i].Kind}]++
		}
	}
}

// faults lists the centres and duties with units that are nowhere.
func (a *accounting) faults() []Fault {
	var out []Fault
	for f, n := range a.nowhere { //house:order-free the caller sorts
		f.Nowhere = n
		out = append(out, f)
	}
	return out
}
