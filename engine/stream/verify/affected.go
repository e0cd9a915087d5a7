package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// AffectedConfig configures [Affected]. Fields without a default are required.
type AffectedConfig struct {
	Kafka       topics.Config
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// At is the clock (default: the smallest caught_up of the tasks' last commits).
	At duty.Opt[duty.Instant]
	// Floor and Schemas are as in VerifyConfig.
	Floor   duty.Opt[duty.Date]
	Schemas *schemas.Store
	What    affected.What
}

// Affected finds whom a suspected loss of registrations may concern (REL-14), from the input topics and
// from what was told: each is given every share, sorted by person within a partition. caughtUp is false
// if some task has not read everything up to the clock. It needs no running engine, joins no group and
// writes nothing. An error that wraps affected.ErrQuestion says that there is no such loss.
func Affected(ctx context.Context, cfg AffectedConfig, each func(*affected.Share) error,
) (q *affected.Question, caughtUp bool, err error) {
	v, done, err := connect(ctx, VerifyConfig{Kafka: cfg.Kafka, Policy: cfg.Policy, ParsePolicy: cfg.ParsePolicy,
		At: cfg.At, Floor: cfg.Floor, Schemas: cfg.Schemas})
	if err != nil {
		return nil, false, err
	}
	defer done()
	return v.affected(ctx, cfg.What, each)
}

// affected looks at one partition after the other.
func (v *verifier) affected(ctx context.Context, what affected.What, each func(*affected.Share) error,
) (*affected.Question, bool, error) {
	if err := v.readCentres(ctx); err != nil {
		return nil, false, err
	}
	v.beginWatch()
	if err := v.findOutsiders(ctx); err != nil {
		return nil, false, err
	}
	at, caughtUp, err := v.oneClock(ctx)
	if err != nil {
		return nil, false, err
	}
	if err := v.lookAt(ctx, at); err != nil {
		return nil, false, err
	}
	world := duty.World{Centres: v.centreFacts(), Policies: v.picture.Policies}
	q, err := affected.Ask(what, world, at)
	if err != nil {
		return nil, false, err
	}
	for part := range v.parts {
		if err := v.affectedIn(ctx, part, q, each); err != nil {
			return nil, false, fmt.Errorf("partition %d: %w", part, err)
		}
	}
	return q, caughtUp, nil
}

// oneClock returns the clock for all partitions: the one asked for, or the smallest caught_up of the
// tasks that ever committed. caughtUp is false if some task has not reached it.
func (v *verifier) oneClock(ctx context.Context) (at duty.Instant, caughtUp bool, err error) {
	asked := v.cfg.At
	v.cfg.At = duty.None[duty.Instant]()
	defer func() { v.cfg.At = asked }()
	least, caughtUp := duty.Forever, true
	for part := range v.parts {
		reached, live, err := v.clockOf(ctx, part)
		if err != nil {
			return 0, false, err
		}
		if live {
			least = min(least, reached)
		}
		caughtUp = caughtUp && live
	}
	switch {
	case asked.OK:
		return asked.V, caughtUp && asked.V <= least, nil
	case least == duty.Forever:
		return 0, false, ErrNoClock
	}
	return least, caughtUp, nil
}

// affectedIn looks at the persons of one partition.
func (v *verifier) affectedIn(ctx context.Context, part int32, q *affected.Question,
	each func(*affected.Share) error) error {
	told, err := v.told(ctx, part)
	if err != nil {
		return err
	}
	files, err := v.persons(ctx, part, maps.Keys(told))
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
		in := v.input(id, f)
		person := recall.Person{PersonID: id}
		if told[id] != nil {
			person = *told[id]
		}
		share, ok := q.Person(in.Person, person)
		if !ok {
			continue
		}
		if err := each(&share); err != nil {
			return err
		}
	}
	return nil
}

// ErrNoClock says that no clock was asked for and no task has committed one.
var ErrNoClock = errors.New("no task has committed yet, so that there is no clock")
