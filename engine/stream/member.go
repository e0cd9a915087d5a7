package stream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"tilsyn/engine/outfile"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/topics"
)

// heartbeatEvery is the interval of heartbeats, and so how soon this instance learns that another
// one has come or gone.
const heartbeatEvery = time.Second

// leaveWithin bounds how long a leaving instance waits for the group; its session ends anyway.
const leaveWithin = 5 * time.Second

// membership joins the group and runs the assigned tasks until the context ends or a task fails
// for good.
//
// A task keeps running during a rebalance. Only when the new assignment is known do lost tasks
// stop and new ones start ([crew.assign]). The old and the new owner learn of it at the same time,
// and neither waits for the other: the new owner's InitProducerID ends the old one's transaction,
// committed or aborted, before it reads where the task stands, and the old owner can commit
// nothing afterwards. Waiting would only save the new owner from reading one cycle again. So a
// move costs one recovery, which a snapshot makes short, and a task whose owner stays is not
// interrupted.
//
// An instance that stops keeps its place in the group for its session, so that a restart moves no
// task. With Config.Leave it leaves once its tasks have ended.
func (e *engine) membership(ctx context.Context) error {
	member, err := e.newMember()
	if err != nil {
		return err
	}
	g, inner := errgroup.WithContext(ctx)
	c := newCrew(inner, g, e)
	g.Go(func() error { return e.belong(inner, member, c) })
	err = g.Wait()
	if ctx.Err() != nil && e.cfg.Leave {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
		defer cancel()
		if err := member.Leave(late); err != nil {
			e.cfg.Log.Warn().Err(err).Msg("could not leave the group (--leave): " +
				"the tasks of this instance go to others only when its session ends (--session-timeout)")
		} else {
			e.cfg.Log.Info().Msg("left the group; the other instances take its tasks over now")
		}
	}
	return err
}

// membershipFile keeps, next to the identity, what the group was last shown and who owned what.
const membershipFile = "membership.json"

// newMember returns the member of this instance, which has not joined yet.
func (e *engine) newMember() (*topics.Member, error) {
	path := filepath.Join(e.cfg.DataDir, membershipFile)
	kept, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read what is known of the group: %w", err)
	}
	return e.client.NewMember(topics.MemberConfig{
		Group: e.cfg.Group, InstanceID: e.id.InstanceID, SessionTimeout: e.cfg.SessionTimeout,
		Memory: kept, Save: func(b []byte) error { return outfile.ReplaceBytes(path, b) },
	}), nil
}

// belong keeps the membership alive and the crew in line with what the group assigns.
func (e *engine) belong(ctx context.Context, m *topics.Member, c *crew) error {
	for {
		a, err := e.joinGroup(ctx, m)
		if err != nil {
			return e.groupError(ctx, err)
		}
		e.cfg.Log.Info().Int32("generation", a.Generation).Ints32("tasks", a.Partitions).
			Int("instances", a.Instances).Msg("member of the group")
		if a.Anew {
			e.cfg.Log.Warn().Msg("the group heard nothing of this instance for a whole session and gave its tasks " +
				"away; those that it has now begin again from their last commits: where that comes again, " +
				"see whether the machine or the network stands still at times, or give a longer --session-timeout")
		}
		e.now.Store(&a)
		e.client.KeepOn() // giving up is for a start
		e.status.enter("")
		c.assign(a.Partitions, a.Anew) //nolint:contextcheck // tasks live as long as the crew, not as this generation
		c.confirmed()
		err = e.beat(ctx, m, c)
		if !errors.Is(err, topics.ErrRebalance) {
			return e.groupError(ctx, err)
		}
	}
}

// beat sends heartbeats until one fails.
func (e *engine) beat(ctx context.Context, m *topics.Member, c *crew) error {
	tick := time.NewTicker(min(heartbeatEvery, e.cfg.SessionTimeout/3))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := m.Heartbeat(ctx); err != nil {
			return err
		}
		c.confirmed()
	}
}

// groupError explains an error of the group to an operator.
func (e *engine) groupError(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, topics.ErrFenced) {
		return fmt.Errorf("another process runs with the instance id in %s, perhaps on a copy of the directory: "+
			"end one of the two, or remove %s from the copy: %w",
			filepath.Join(e.cfg.DataDir, datadir.IdentityFile), datadir.IdentityFile, broker.BrokerError(err))
	}
	return broker.BrokerError(err)
}

// ready reports that all tasks of this instance have recovered.
func (e *engine) ready() {
	e.cfg.Log.Info().Msg("all tasks of this instance have recovered: they read, judge and tell")
	e.once.Do(func() {
		if e.cfg.Ready != nil {
			e.cfg.Ready(e.cfg.Kafka.Brokers)
		}
	})
}
