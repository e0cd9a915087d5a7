package stream

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"tilsyn/engine/stream/watermark"
)

// crew runs the tasks of an instance. Each has its own goroutine and context. The first error of a
// task that was not simply taken away ends all.
type crew struct {
	e     *engine
	g     *errgroup.Group
	ctx   context.Context
	clock watermark.Clock

	mu    sync.Mutex
	slots map[int32]*slot
	// heard is closed and replaced whenever the group confirms that this instance is a member.
	heard chan struct{}
}

// slot is one task while it is assigned to this instance.
type slot struct {
	stop context.CancelFunc
	// done is closed when its goroutine has ended.
	done      chan struct{}
	recovered bool
	gone      bool
}

// newCrew returns a crew without tasks.
func newCrew(ctx context.Context, g *errgroup.Group, e *engine) *crew {
	c := &crew{e: e, g: g, ctx: ctx, slots: map[int32]*slot{}, heard: make(chan struct{}),
		clock: watermark.WallClock(e.cfg.Now)}
	if e.cfg.Clock == ClockEvents {
		c.clock = watermark.EventsClock()
	}
	return c
}

// assign makes parts the running tasks: it stops the others, starts new ones and leaves the rest
// alone. With anew it restarts all of them. It waits for none.
func (c *crew) assign(parts []int32, anew bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for part, s := range c.slots {
		if anew || !slices.Contains(parts, part) {
			s.gone = true
			s.stop()
		}
	}
	if ec, ok := c.clock.(*watermark.VirtualClock); ok {
		ec.Take(parts)
	}
	c.e.status.assign(parts, anew)
	for _, part := range parts {
		if s := c.slots[part]; s == nil || s.gone {
			c.begin(part, s)
		}
	}
	c.tellReady()
}

// begin starts a task as soon as its predecessor has released the same state.
func (c *crew) begin(part int32, before *slot) {
	ctx, stop := context.WithCancel(c.ctx)
	s := &slot{stop: stop, done: make(chan struct{})}
	c.slots[part] = s
	c.g.Go(func() error {
		defer stop()
		defer close(s.done)
		if before != nil {
			<-before.done
		}
		err := c.e.runTask(ctx, c, part, func() { c.live(s) })
		if ctx.Err() != nil && c.ctx.Err() == nil {
			c.e.cfg.Log.Info().Int32("task", part).
				Msg("the group has given the task to another instance; this one lets go of it")
			return nil
		}
		return err
	})
}

// live notes that a task has recovered.
func (c *crew) live(s *slot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !s.recovered {
		s.recovered = true
		c.tellReady()
	}
}

// tellReady reports, once all tasks of this instance have recovered, that it is ready. An instance
// without a task stands by; whether every task has an owner is another question (owners.go).
func (c *crew) tellReady() {
	if len(c.slots) == 0 {
		c.e.cfg.Log.Info().Msg("this instance has no task now, since the others have them all; " +
			"it stands by and takes over when one of them is gone")
		return
	}
	for _, s := range c.slots {
		if !s.gone && !s.recovered {
			return
		}
	}
	if c.ctx.Err() == nil {
		c.e.ready()
	}
}

// confirmed notes that the group has just confirmed the membership.
func (c *crew) confirmed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.heard)
	c.heard = make(chan struct{})
}

// confirm waits until the group confirms, in answer to a request sent after the call, that this
// instance is a member; the tasks that it still runs are then its own. If the task is taken away
// meanwhile, it returns the context's error.
func (c *crew) confirm(ctx context.Context) error {
	for range 2 { // the first answer may belong to an earlier request
		c.mu.Lock()
		heard := c.heard
		c.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-heard:
		}
	}
	return ctx.Err()
}
