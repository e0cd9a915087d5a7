package verify

import (
	"context"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// pairsOf are the inconsistent pairs of a person under each policy, and what they rest on. Pairs rest on the person's
// facts that are known at the clock, the policies and the parameters of each at the clock, and on paper of nobody.
type pairsOf struct {
	// size is how much of the person's pack there was, at the clock.
	size int
	at   duty.Instant
	// policies are those of the pairs, params their parameters at the clock, as they are in the policies.
	policies []*duty.Policy
	params   []*duty.Params
	pairs    [][]duty.Pair
}

// findPairs finds the inconsistent pairs of the persons of a partition, under each policy.
func (v *verifier) findPairs(ctx context.Context, part int32, at duty.Instant) error {
	files, err := v.persons(ctx, part)
	if err != nil {
		return err
	}
	asked := pairsOf{at: at, policies: v.policiesBy(at)}
	for _, p := range asked.policies {
		asked.params = append(asked.params, p.ParamsAt(at.Date()))
	}
	for _, id := range files.ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		found, err := v.pairsOf(files, id, asked)
		if err != nil {
			return err
		}
		for i, p := range found.policies {
			for _, pair := range found.pairs[i] {
				v.watch.pairs[p] = append(v.watch.pairs[p], watch.SeenPair{Person: id, Pair: pair})
			}
		}
	}
	return nil
}

// pairsOf returns the pairs of a person: those found before, where they rest on the same.
func (v *verifier) pairsOf(files *cabinet, id string, asked pairsOf) (*pairsOf, error) {
	alone := v.keep != nil && files.alone(id)
	if had := v.gathered.pairs[id]; alone && had != nil && had.size == len(files.packs.of[id].bytes) &&
		slices.Equal(had.policies, asked.policies) && slices.Equal(had.params, asked.params) {
		return had, nil
	}
	v.rests()
	f, err := files.file(id)
	if err != nil {
		return nil, err
	}
	in := v.input(id, f)
	for _, p := range asked.policies {
		asked.pairs = append(asked.pairs, duty.Pairs(in, p, asked.at))
	}
	delete(v.gathered.pairs, id)
	if alone && f.newest <= asked.at {
		asked.size = len(files.packs.of[id].bytes)
		v.gathered.pairs[id] = &asked
	}
	return &asked, nil
}

// alone reports whether the facts of a person are those of one pack, and nothing said of others concerns the person.
func (c *cabinet) alone(id string) bool {
	k, v := c.packs.of[id], c.v
	if k == nil || k.parked > 0 || len(k.cards) > mostCards || len(c.odd[id]) > 0 || len(v.out[id]) > 0 ||
		len(v.picture.Misplaced.Of(id)) > 0 || len(v.centreFacts().Facts().ManualEntries) > 0 {
		return false
	}
	return !slices.ContainsFunc(k.cards, func(card uint64) bool { return v.picture.Register.OthersHold(card, id) })
}
