package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// DiffOptions say what PolicyDiff compares.
type DiffOptions struct {
	// Other is the policy that is tried out, as if it had always been in force.
	Other *duty.Policy
	// From and To are the first and the last unit date.
	From, To duty.Date
}

// Weight says how one verdict weighs against another (TX-22).
type Weight uint8

// Weights. WeightAside is another verdict that is held against the person as much as before: another
// instant, another caveat, or another reason why nothing is.
const (
	WeightMilder Weight = iota
	WeightHarsher
	WeightAside
)

// Weights are all of them, in the order in which they are told.
func Weights() []Weight { return []Weight{WeightMilder, WeightHarsher, WeightAside} }

// String returns the name in outputs.
func (w Weight) String() string { return [...]string{"MILDER", "HARSHER", "SAME_WEIGHT"}[w] }

// OutcomePending is what a verdict is called of which nothing may be told yet (contract §4).
const OutcomePending = "PENDING"

// DiffVerdict is one verdict on a unit, as far as it is compared.
type DiffVerdict struct {
	// Outcome is an outcome of domain §0.5 or OutcomePending; a unit that is none is NOT_APPLICABLE.
	Outcome  string
	Severity duty.Severity
	Instant  duty.Opt[duty.Instant]
	Caveats  []string
	// Rules are those that fired, sorted.
	Rules []string
	// PolicyVersion names the policy that decides.
	PolicyVersion string
}

// same reports whether two verdicts are one: the rules behind them are not compared.
func (v *DiffVerdict) same(o *DiffVerdict) bool {
	return v.Outcome == o.Outcome && v.Instant == o.Instant && slices.Equal(v.Caveats, o.Caveats)
}

// UnitDiff is a unit on which another policy has another verdict.
type UnitDiff struct {
	PersonID string
	UnitID   string
	Kind     duty.Kind
	Date     duty.Date
	Weight   Weight
	// Now is the verdict of the policies in force, Other that of the other one alone, and Activated that
	// of all of them if the other one were activated at the as-of: the mildest (TX-22).
	Now, Other, Activated DiffVerdict
}

// DiffTotals are what was compared.
type DiffTotals struct {
	AsOf duty.Instant
	// InForce are the policies active by the as-of, ascending; the last one is in force. Text is that
	// one's if an activation among the facts brought it, else empty.
	InForce []duty.ActivePolicy
	Text    string
	// Persons and Units were judged under both; Changed are the units that differ, by Weight.
	Persons, Units int64
	Changed        [3]int64
}

// PolicyDiff judges every unit of a range of dates at one as-of, by the policies in force and by another,
// and gives each unit on which they differ, sorted by person, date and kind. The as-of is that of the
// options, or the default one of Run; the outputs that they name are not written. Errors are as those of Run.
func PolicyDiff(ctx context.Context, opts Options, d DiffOptions, each func(*UnitDiff) error,
) (DiffTotals, Summary, error) {
	var total DiffTotals
	if len(opts.AsOf) > 1 {
		return total, Summary{}, &InputError{Err: errors.New("policies are compared at one as-of")}
	}
	sum, err := withRun(&opts, func(r *run) error {
		r.other = d.Other
		if err := r.all(ctx); err != nil {
			return err
		}
		total.AsOf, total.InForce = r.asOf[0], r.policiesAt(r.asOf[0])
		for i := range r.activations {
			if a := &r.activations[i]; a.Policy.Digest == total.InForce[len(total.InForce)-1].Policy.Digest {
				total.Text = a.Record.Fact.Text
			}
		}
		r.opts.Progress.Phase("comparing", int64(r.persons.Len()))
		return r.eachInOrder(ctx, func(c *dossier) verdict { return r.differ(c, &d) }, func(c *dossier, v *verdict) error {
			r.opts.Progress.Add(int64(len(c.records)))
			if v.err != nil {
				return v.err
			}
			r.summary.Persons++
			total.Persons++
			total.Units += v.judged
			for i := range v.diffs {
				total.Changed[v.diffs[i].Weight]++
				if err := each(&v.diffs[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return total, sum, err
}

// judgedBy are the policies that the watch must speak of at an as-of: those activated by then, and the one
// that is tried out.
func (r *run) judgedBy(at duty.Instant) []duty.ActivePolicy {
	list := r.policiesAt(at)
	if r.other == nil {
		return list
	}
	return append(slices.Clip(list), duty.ActivePolicy{From: at, Policy: r.other})
}

// differ compares the verdicts on one person.
func (r *run) differ(c *dossier, d *DiffOptions) verdict {
	facts, _, err := c.open(r.topics)
	if err != nil {
		return verdict{err: err}
	}
	r.addCrowds(facts, 0)
	at := r.asOf[0]
	in := duty.Input{PersonID: c.person, Person: facts, Centres: r.watching.centres[0],
		FromDate: duty.Some(d.From), ToDate: duty.Some(d.To)}
	under := func(list []duty.ActivePolicy) map[unitKey]DiffVerdict {
		in.Policies = list
		return verdictsOf(duty.Evaluate(in, at))
	}
	now := under(r.policiesAt(at))
	other := under([]duty.ActivePolicy{{From: duty.Beginning, Policy: d.Other}})
	var v verdict
	for _, k := range unitsOf(now, other) {
		v.judged++
		a, b := verdictOf(now, k), verdictOf(other, k)
		if a.same(&b) {
			continue
		}
		v.diffs = append(v.diffs, UnitDiff{PersonID: c.person, UnitID: duty.UnitID(k.kind, k.date, c.person),
			Kind: k.kind, Date: k.date, Weight: weigh(&a, &b), Now: a, Other: b})
	}
	if len(v.diffs) == 0 {
		return v
	}
	all := under(r.judgedBy(at))
	for i := range v.diffs {
		u := &v.diffs[i]
		u.Activated = verdictOf(all, unitKey{u.Kind, u.Date})
		if u.Activated.Severity > u.Now.Severity {
			return verdict{err: fmt.Errorf("an activation would make a %s unit of %s harsher, which TX-22 rules out: "+
				"this is a fault of the program", u.Kind, u.Date)}
		}
	}
	return v
}

// verdictsOf are the verdicts on all units that are over.
func verdictsOf(res duty.Result) map[unitKey]DiffVerdict {
	out := make(map[unitKey]DiffVerdict, len(res.Units))
	for i := range res.Units {
		u := &res.Units[i]
		if u.Early {
			continue
		}
		v := DiffVerdict{Outcome: u.Outcome.String(), Severity: u.Severity(), Instant: u.Instant, Caveats: u.Caveats,
			Rules: u.Rules, PolicyVersion: u.PolicyVersion}
		if u.Pending {
			v = DiffVerdict{Outcome: OutcomePending, Rules: u.Rules, PolicyVersion: u.PolicyVersion}
		}
		out[unitKey{u.Kind, u.Date}] = v
	}
	return out
}

// verdictOf is the verdict on a unit; one that is none is NOT_APPLICABLE (contract §3).
func verdictOf(of map[unitKey]DiffVerdict, k unitKey) DiffVerdict {
	if v, ok := of[k]; ok {
		return v
	}
	return DiffVerdict{Outcome: duty.OutcomeNotApplicable.String()}
}

// unitsOf are the units of two results, by date and the name of the kind.
func unitsOf(a, b map[unitKey]DiffVerdict) []unitKey {
	var out []unitKey
	for _, of := range []map[unitKey]DiffVerdict{a, b} {
		out = slices.AppendSeq(out, maps.Keys(of))
	}
	slices.SortFunc(out, func(x, y unitKey) int {
		return cmp.Or(cmp.Compare(x.date, y.date), cmp.Compare(x.kind.String(), y.kind.String()))
	})
	return slices.Compact(out)
}

// weigh says how the verdict of another policy weighs against the present one.
func weigh(now, other *DiffVerdict) Weight {
	switch {
	case other.Severity < now.Severity:
		return WeightMilder
	case other.Severity > now.Severity:
		return WeightHarsher
	}
	return WeightAside
}
