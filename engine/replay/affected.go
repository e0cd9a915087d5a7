package replay

import (
	"context"
	"errors"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// Affected finds whom a suspected loss of registrations may concern (REL-14), at one as-of: each is
// given every share, sorted by person. What was told is that of Options.Said; the outputs that the
// options name are not written. Errors are as those of Run; one that wraps affected.ErrQuestion
// says that there is no such loss.
func Affected(ctx context.Context, opts Options, what affected.What, each func(*affected.Share) error,
) (*affected.Question, Summary, error) {
	if len(opts.AsOf) > 1 {
		return nil, Summary{}, &InputError{Err: errors.New("the lists are made at one as-of")}
	}
	var q *affected.Question
	sum, err := withRun(&opts, func(r *run) error {
		if err := r.all(ctx); err != nil {
			return err
		}
		at := r.asOf[0]
		world := duty.World{Centres: r.watching.centres[0], Policies: r.policiesAt(at)}
		var err error
		if q, err = affected.Ask(what, world, at); err != nil {
			return &InputError{Err: err}
		}
		r.opts.Progress.Phase("looking", int64(r.persons.Len()))
		return r.eachInOrder(ctx, func(c *dossier) verdict { return r.asked(c, q) }, func(c *dossier, v *verdict) error {
			r.opts.Progress.Add(int64(len(c.records)))
			r.summary.Persons++
			if v.err != nil || v.share == nil {
				return v.err
			}
			return each(v.share)
		})
	})
	return q, sum, err
}

// asked answers the question for one person; no share where the person has nothing to do with it.
func (r *run) asked(c *dossier, q *affected.Question) verdict {
	facts, said, err := c.open(r.topics)
	if err != nil {
		return verdict{err: err}
	}
	r.addCrowds(facts, 0)
	share, ok := q.Person(facts, recall.Person{
		PersonID: c.person, Units: said.recallUnits(c.person),
		Acknowledgements: facts.Acknowledgements, Handlings: facts.Handlings,
	})
	if !ok {
		return verdict{}
	}
	return verdict{share: &share}
}
