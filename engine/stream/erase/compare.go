package erase

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// verdicts is the core, which notes what it says of everybody but the persons.
type verdicts struct {
	task.Core
	leave map[string]bool
	// whole is what it said of all units of a person, as one number; units what it said of each, of those in only.
	whole map[string]uint64
	only  map[string]bool
	units map[string]map[string]uint64
	count int
}

// Evaluate implements task.Adjudicator.
func (v *verdicts) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	res := v.Core.Evaluate(in, at)
	id := in.PersonID
	if _, again := v.whole[id]; again || v.leave[id] || len(res.Units) == 0 {
		return res
	}
	all := fnv.New64a()
	for i := range res.Units {
		u := &res.Units[i]
		text := fmt.Sprintf("%v %v %v %v %v %v %v %v %v\n", u.Kind, u.Date, u.Outcome, u.Pending, u.Early, u.Instant,
			u.Rules, u.PolicyDigest, u.Material)
		_, _ = all.Write([]byte(text)) // a hash never fails
		if v.only[id] {
			one := fnv.New64a()
			_, _ = one.Write([]byte(text))
			if v.units[id] == nil {
				v.units[id] = map[string]uint64{}
			}
			v.units[id][fmt.Sprint(u.Kind, u.Date)] = one.Sum64()
		}
	}
	v.whole[id] = all.Sum64()
	v.count += len(res.Units)
	return res
}

// found is what verify says of one prefix.
type found struct {
	*verdicts
	verify.Verified
	differences map[telling.Difference]bool
}

// look runs verify over a prefix.
func (c *copier) look(ctx context.Context, prefix string, only map[string]bool) (found, error) {
	f := found{verdicts: &verdicts{leave: c.persons, only: only, whole: map[string]uint64{},
		units: map[string]map[string]uint64{}}, differences: map[telling.Difference]bool{}}
	kafka := c.cfg.Kafka
	kafka.Prefix = prefix
	var err error
	f.Verified, err = verify.Verify(ctx, verify.VerifyConfig{Kafka: kafka, Policy: c.cfg.Policy,
		ParsePolicy: c.cfg.ParsePolicy, Schemas: c.cfg.Schemas, Judge: f.verdicts,
		Found: func(d telling.Difference) {
			if !c.persons[d.PersonID] && !c.units[d.UnitID] && d.Of == "" {
				f.differences[d] = true
			}
			if d.Of != "" {
				f.differences[telling.Difference{What: d.What}] = true
			}
		}})
	return f, err
}

// ErrDiffers says that records of others would come out otherwise in the copy.
var ErrDiffers = errors.New("without these persons units of others would come out otherwise: what they did at the " +
	"centres is a part of the proof of others, such as a burst that withholds; the copy is not used")

// compare judges everybody else from both prefixes, and sees that each says the same.
func (c *copier) compare(ctx context.Context) error {
	c.cfg.Phase("judging the old prefix", 0)
	old, err := c.look(ctx, c.from.Prefix(), nil)
	if err != nil {
		return fmt.Errorf("verify the old prefix: %w", err)
	}
	c.cfg.Phase("judging the copy", 0)
	now, err := c.look(ctx, c.to.Prefix(), nil)
	if err != nil {
		return fmt.Errorf("verify the copy: %w", err)
	}
	others := map[string]bool{}
	for id, sum := range old.whole { //house:order-free a set
		if now.whole[id] != sum {
			others[id] = true
		}
	}
	for id := range now.whole { //house:order-free a set
		if _, there := old.whole[id]; !there {
			others[id] = true
		}
	}
	if len(others) > 0 {
		units, err := c.unitsOf(ctx, others)
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: %d units of %d persons", ErrDiffers, units, len(others))
	}
	for d := range now.differences { //house:order-free whichever is first
		if !old.differences[d] {
			return fmt.Errorf("tilsyn verify finds more in the copy than under the old prefix (%s): %w", d.What, ErrDiffers)
		}
	}
	c.result.Compared, c.result.Ahead = now.count, now.Ahead
	c.result.ErasedEntries = now.Logs.Erased
	return nil
}

// unitsOf counts the units of persons that come out otherwise.
func (c *copier) unitsOf(ctx context.Context, persons map[string]bool) (n int, err error) {
	var both [2]found
	for i, prefix := range []string{c.from.Prefix(), c.to.Prefix()} {
		if both[i], err = c.look(ctx, prefix, persons); err != nil {
			return 0, err
		}
	}
	for i := range both {
		for id, units := range both[i].units { //house:order-free counted
			for u, sum := range units { //house:order-free counted
				there, ok := both[1-i].units[id][u]
				if !ok || i == 0 && there != sum {
					n++
				}
			}
		}
	}
	return n, nil
}

// checkUnchanged refuses a copy of topics that grew meanwhile.
func (c *copier) checkUnchanged(ctx context.Context) error {
	ends, err := c.ends(ctx)
	if err != nil {
		return err
	}
	for p, end := range ends { //house:order-free whichever is first
		if s, _ := topics.Lookup(p.Topic); s.Name != "" && c.begun[p] != end {
			return fmt.Errorf("%s partition %d grew while it was copied: stop what writes to the topics, producers and "+
				"pages too, delete the topics of the copy, and begin again", p.Topic, p.Index)
		}
	}
	return nil
}
