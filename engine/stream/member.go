package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tilsyn/topics"
)

// heartbeatEvery is how often the group hears of this instance.
const heartbeatEvery = 3 * time.Second

// membership joins the group and runs the tasks it assigns, until the context
// ends or a task fails for good. A generation change that leaves the partitions
// as they are leaves the tasks alone.
func (e *engine) membership(ctx context.Context) error {
	e.member = e.client.NewMember(topics.MemberConfig{Group: e.cfg.Group, InstanceID: e.id.InstanceID, SessionTimeout: e.cfg.SessionTimeout})
	a, err := e.join(ctx)
	for err == nil {
		err = e.own(ctx, a.Partitions)
		switch {
		case errors.Is(err, errMoved):
			a, err = *e.now.Load(), nil
		case errors.Is(err, topics.ErrRebalance):
			a, err = e.join(ctx)
		}
	}
	return err
}

// errMoved ends the tasks after the group has given this instance others.
var errMoved = errors.New("the group has assigned other tasks")

func (e *engine) join(ctx context.Context) (topics.Assignment, error) {
	a, err := e.member.Join(ctx)
	if err != nil {
		return a, brokerError(err)
	}
	e.now.Store(&a)
	e.cfg.Log.Info().Int32("generation", a.Generation).Ints32("tasks", a.Partitions).Msg("member of the group")
	return a, nil
}

// own runs the tasks until the group takes some of them away or gives others.
func (e *engine) own(ctx context.Context, parts []int32) error {
	g, ctx := errgroup.WithContext(ctx)
	e.status.reset(parts)
	clock := e.clock(len(parts))
	var ready sync.WaitGroup
	ready.Add(len(parts))
	for _, part := range parts {
		st, err := e.store.Task(part)
		if err != nil {
			return fmt.Errorf("open the state of task %d: %w", part, err)
		}
		task := e.task(part, st, clock)
		g.Go(func() error { return e.runTask(ctx, task, sync.OnceFunc(ready.Done)) })
	}
	g.Go(func() error { return e.beat(ctx, parts) })
	go func() {
		ready.Wait()
		if ctx.Err() == nil {
			e.ready()
		}
	}()
	return g.Wait()
}

func (e *engine) ready() {
	e.cfg.Log.Info().Msg("recovered; live")
	e.once.Do(func() {
		if e.cfg.Ready != nil {
			e.cfg.Ready(e.cfg.Kafka.Brokers)
		}
	})
}

// beat keeps the membership alive, and joins again when the group changes.
func (e *engine) beat(ctx context.Context, parts []int32) error {
	tick := time.NewTicker(heartbeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		err := e.member.Heartbeat(ctx)
		if errors.Is(err, topics.ErrRebalance) {
			a, joinErr := e.join(ctx)
			if joinErr != nil {
				return joinErr
			}
			if !slices.Equal(a.Partitions, parts) {
				return errMoved
			}
			continue
		}
		if err != nil {
			return brokerError(err)
		}
	}
}

func (e *engine) clock(tasks int) Clock {
	if e.cfg.Clock == ClockEvents {
		return EventsClock(tasks)
	}
	return WallClock(e.cfg.Now)
}
