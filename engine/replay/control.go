package replay

import (
	"context"
	"errors"
	"maps"
	"slices"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// ControlQuestion says which control reports to make.
type ControlQuestion struct {
	// Centre is a centre of the register, or control.All.
	Centre  string
	Periods []control.Period
}

// Control makes control reports (contract-case 9) of one centre from files, at one as-of, in the order of
// the periods. What was told is that of Options.Said; the outputs that the options name are not
// written. Errors are as those of Run.
func Control(ctx context.Context, opts Options, q ControlQuestion) ([]duty.ControlReport, Summary, error) {
	if len(opts.AsOf) > 1 {
		return nil, Summary{}, &InputError{Err: errors.New("the report is made at one as-of")}
	}
	var out []duty.ControlReport
	sum, err := withRun(&opts, func(r *run) error {
		if err := r.all(ctx); err != nil {
			return err
		}
		at := r.asOf[0]
		world := duty.World{Centres: r.watching.centres[0], Policies: r.policiesAt(at)}
		if q.Centre != control.All && !world.PolicyAt(at).Registered(q.Centre) {
			return &InputError{Err: errors.New("centre " + q.Centre + " is not in the register of the policy")}
		}
		var books []*control.Book
		for _, p := range q.Periods {
			books = append(books, control.NewBook(world, at, q.Centre, p, control.WatchedBy(&r.watching.reports[0])))
		}
		parts := map[string]recall.Part{}
		r.opts.Progress.Phase("judging", int64(r.persons.Len()))
		err := r.eachInOrder(ctx, r.reported, func(c *dossier, v *verdict) error {
			r.opts.Progress.Add(int64(len(c.records)))
			r.summary.Persons++
			if v.err != nil {
				return v.err
			}
			r.tallies[0].AddPerson(v.res.Traffic())
			for _, b := range books {
				b.AddPerson(v.res, v.told, nil)
			}
			r.addRecalls(parts, v.told)
			return nil
		})
		if err != nil {
			return err
		}
		var recalls []recall.Part
		for _, id := range slices.Sorted(maps.Keys(parts)) {
			recalls = append(recalls, parts[id])
		}
		common := control.NewCommon(r.tallies[0], world, at)
		for _, b := range books {
			out = append(out, b.Report(common, recalls, nil))
		}
		return nil
	})
	return out, sum, err
}

// reported judges one person for the control report.
func (r *run) reported(c *dossier) verdict {
	facts, said, err := c.open(r.topics)
	if err != nil {
		return verdict{err: err}
	}
	r.addCrowds(facts, 0)
	res := duty.Evaluate(duty.Input{PersonID: c.person, Person: facts, Centres: r.watching.centres[0],
		Policies: r.policiesAt(r.asOf[0])}, r.asOf[0])
	return verdict{res: &res, told: recall.Person{PersonID: c.person, Units: said.recallUnits(c.person),
		Acknowledgements: facts.Acknowledgements, Handlings: facts.Handlings}}
}

// addRecalls adds one person's share of the recalls.
func (r *run) addRecalls(parts map[string]recall.Part, p recall.Person) {
	shares, _ := recall.Fold(p, recall.Named(r.policiesAt(r.asOf[0]), r.asOf[0]), r.recallClock(0))
	for _, s := range shares {
		if sum, ok := parts[s.CauseID]; ok {
			s = recall.Merge(sum, s)
		}
		parts[s.CauseID] = s
	}
}
