package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/topics"
)

// takenAgain is how often a group that others are in is tried again.
const takenAgain = time.Second

// taken waits while others, who share out something else, are in the group: as long as the session
// of a member that was just stopped may last.
type taken struct {
	e     *engine
	began time.Time
	told  bool
}

// wait logs who is in the group and pauses. It returns err once that has lasted too long.
func (w *taken) wait(ctx context.Context, err error) error {
	e, who := w.e, w.e.inGroup(ctx)
	if w.began.IsZero() {
		w.began = time.Now()
	}
	if time.Since(w.began) > e.cfg.SessionTimeout+2*takenAgain {
		return fmt.Errorf("%w (in the group: %s)", err, who)
	}
	if !w.told {
		e.cfg.Log.Error().Err(err).Str("members", who).
			Msg("others are in the group, so that this engine cannot join it; " +
				"it waits for as long as a session lasts, in case they were just stopped, and then ends")
		w.told = true
	}
	e.status.enter("the group " + e.cfg.Group + ", which is taken by " + who)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(takenAgain):
		return nil
	}
}

// awaitGroup waits until only engines of this prefix and version are in the group. Others may
// write the same topics, so nothing is claimed beside them.
func (e *engine) awaitGroup(ctx context.Context) error {
	w := taken{e: e}
	for {
		g, err := e.client.DescribeGroup(ctx, e.cfg.Group)
		if err != nil || g.Ours || len(g.Members) == 0 {
			return broker.BrokerError(err)
		}
		if err := w.wait(ctx, fmt.Errorf("the group %s is taken: %w", e.cfg.Group, topics.ErrGroupTaken)); err != nil {
			return err
		}
	}
}

// joinGroup joins the group. The broker refuses a member that shares out something else than the others
// do.
func (e *engine) joinGroup(ctx context.Context, m *topics.Member) (topics.Assignment, error) {
	w := taken{e: e}
	for {
		a, err := m.Join(ctx)
		if !errors.Is(err, topics.ErrGroupTaken) {
			return a, err
		}
		if err := w.wait(ctx, err); err != nil {
			return a, err
		}
	}
}

// inGroup names the members of the group for messages.
func (e *engine) inGroup(ctx context.Context) string {
	g, err := e.client.DescribeGroup(ctx, e.cfg.Group)
	switch {
	case err != nil:
		return "members that the brokers do not name"
	case g.State == topics.GroupDead:
		return "consumers of the newer protocol (group.protocol=consumer)"
	case len(g.Members) == 0:
		return "nobody any more"
	}
	return memberNames(g)
}
