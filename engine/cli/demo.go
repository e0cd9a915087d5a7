package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// demoHeartbeats is how often devices and feeds say that they are well.
const demoHeartbeats = duty.Hour

// demoCmd is `tilsyn demo`.
type demoCmd struct {
	Dir     string        `placeholder:"DIR" help:"Where the demo leaves its data (default: ./tilsyn-demo, or a temporary directory where that cannot be written). What an earlier demo wrote there is replaced; a directory with anything else in it, or one that a tilsyn runs on, is refused."`
	Persons int           `default:"200" help:"Residents, 20 to 2000."`
	Days    int           `default:"21" help:"Days, 14 to 60; the last one ends at the present hour."`
	Seed    uint64        `default:"1" help:"Another number gives another course of events."`
	Show    time.Duration `default:"24s" placeholder:"TIME" help:"About how long the show takes; a slow machine takes longer."`
}

// Help is shown under the flags.
func (demoCmd) Help() string {
	return `Everything in the demo is simulated. Nothing but this program is needed. It ends by itself, or on Ctrl-C with what it has so far.

In a pipe it prints a compact feed and the summary, without colours and without a progress bar.`
}

// Run implements the command.
func (cmd *demoCmd) Run(c *console) error { return cmd.play(c, time.Now()) }

// play runs the demo as if it were now.
func (cmd *demoCmd) play(c *console, now time.Time) error {
	began := time.Now()
	if err := cmd.check(); err != nil {
		return err
	}
	dir, err := openDemoDir(cmd.Dir)
	if err != nil {
		return err
	}
	defer dir.unlock()
	until := duty.Instant(now.Truncate(time.Hour).UnixMilli())
	cfg := simulate.Config{
		Seed: cmd.Seed, Start: simulate.Today(until) - duty.Date(cmd.Days), Days: cmd.Days,
		Persons: cmd.Persons, Until: until, Numbered: true, Heartbeats: demoHeartbeats,
	}
	screen := newDemoScreen(c.stdout)
	screen.opening(cfg, cmd.Show, dir)
	play, err := newDemoPlay(cfg, dir.path)
	if err != nil {
		return err
	}
	show := &demoShow{play: play, screen: screen, length: cmd.Show, tally: newDemoTally()}
	if show.loss, err = newDemoLoss(c.ctx, play, dir.path); err == nil {
		err = show.perform(c.ctx, dir.path, began)
	}
	screen.clear()
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the demo stopped: %w", err)
	}
	screen.summary(show, err == nil)
	screen.next(dir, until, err == nil)
	return screen.err
}

// perform plays over the real engine in dir and keeps what was said. The time since began
// that getting ready took comes off the show's, up to half of that.
func (s *demoShow) perform(ctx context.Context, dir string, began time.Time) error {
	engine, err := startDemoEngine(ctx, dir, s.play.cfg.Start.Start(), s.play.policy)
	if err != nil {
		return err
	}
	s.engine = engine
	s.screen.text("Its pages, while it runs: http://" + engine.pages)
	s.screen.line("")
	s.length = max(s.length-time.Since(began), s.length/2)
	err = s.run(ctx)
	// What went wrong while stopping counts for more than Ctrl-C.
	if late := errors.Join(engine.close(), s.keep(dir)); late != nil {
		return late
	}
	return err
}

func (cmd *demoCmd) check() error {
	switch {
	case cmd.Persons < 20 || cmd.Persons > 2000:
		return wrong("--persons %d: choose 20 to 2000", cmd.Persons)
	case cmd.Days < simulate.MinEventDays || cmd.Days > 60:
		return wrong("--days %d: choose %d to 60", cmd.Days, simulate.MinEventDays)
	case cmd.Show < time.Second || cmd.Show > time.Hour:
		return wrong("--show %s: choose 1s to 1h", cmd.Show)
	}
	return nil
}
