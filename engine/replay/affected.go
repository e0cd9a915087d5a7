package replay

import (
	"context"
	"errors"

	"tilsyn/engine/affected"
	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/schemas"
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
		centre := setOf(q.CentreID)
		ask := func(c *dossier) verdict { return r.asked(c, q, centre) }
		return r.eachInOrder(ctx, ask, func(c *dossier, v *verdict) error {
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
func (r *run) asked(c *dossier, q *affected.Question, centre centreSet) verdict {
	if r.named != nil && r.named[c.number]&centre == 0 {
		return verdict{}
	}
	facts, said, done, err := r.opened(c, nil)
	defer done()
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

// centreSet is a set of centres, a bit for each; several may share one.
type centreSet uint64

// allCentres is the set of every centre.
const allCentres = ^centreSet(0)

// centreCode is one centre in a byte; 0 for none.
func centreCode(centre string) byte {
	if centre == "" {
		return 0
	}
	return 1 + byte(casefile.CardHash(centre)>>58)
}

// setOfCode returns the set of one centre, given by its code.
func setOfCode(code byte) centreSet {
	if code == 0 {
		return 0
	}
	return 1 << ((code - 1) & 63)
}

// setOf returns the set of one centre.
func setOf(centre string) centreSet { return setOfCode(centreCode(centre)) }

// centresOf returns the centres that the facts of a person name; no others decide whom a loss concerns. Of
// paper that has a version without person, some version may lie with any centre.
func (r *run) centresOf(c *dossier) (s centreSet, err error) {
	for _, raw := range c.records {
		if len(raw) < headSize {
			return 0, errPayload
		}
		s |= setOfCode(raw[centreAt])
		if len(r.unnamed) == 0 || !r.topics.is(raw[0], duty.TopicManualEntries) {
			continue
		}
		p, _, err := parseBare(raw)
		if err != nil {
			return 0, err
		}
		v, err := r.topics.byCode[p.code].Decode(p.body)
		if err != nil {
			return 0, err
		}
		if head, _ := schemas.HeadOf(v); has(r.unnamed, head.ID) {
			return allCentres, nil
		}
	}
	return s, nil
}
