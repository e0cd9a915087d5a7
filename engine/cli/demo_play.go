package cli

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/outfile"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
)

// demoPlay is what the demo plays: the facts in the order in which they become
// known, and the truth that goes with them.
type demoPlay struct {
	cfg    simulate.Config
	facts  []simulate.Fact
	truth  *simulate.Truth
	policy *duty.Policy
}

// newDemoPlay simulates, and writes facts and truth into dir.
func newDemoPlay(cfg simulate.Config, dir string) (*demoPlay, error) {
	p := &demoPlay{cfg: cfg, policy: policy.Builtin()}
	if text := simulate.PolicyText(cfg.Heartbeats); text != "" {
		var err error
		if p.policy, err = policy.Load(simulate.PolicyFile, []byte(text)); err != nil {
			return nil, err
		}
	}
	f, err := simulate.OpenFiles(cfg, dir)
	if err != nil {
		return nil, err
	}
	defer f.Discard()
	p.truth, err = simulate.Run(cfg, simulate.SinkFunc(func(x simulate.Fact) error {
		p.facts = append(p.facts, x)
		return f.Put(x)
	}))
	if err != nil {
		return nil, err
	}
	return p, f.Commit(p.truth)
}

// demoEngine is the engine that the demo watches, on a clock that the demo
// moves.
type demoEngine interface {
	// feed makes facts readable to the engine and returns once they are
	// acknowledged.
	feed(ctx context.Context, facts []simulate.Fact) error
	// advance moves the clock. What is known by then has been fed before.
	advance(to duty.Instant)
	// idle reports that nothing has happened for a moment: what can be said at
	// the present clock is most likely said.
	idle() bool
	// said hands out what the engine said, revisions in the order in which they were
	// committed; it is closed after finish or an error.
	said() <-chan demoWord
	// finish waits until the engine has said everything that it has to say at
	// its clock, and then ends said.
	finish(ctx context.Context) error
	// failed is closed when the engine has stopped by itself; close tells why.
	failed() <-chan struct{}
	// close stops everything.
	close() error
}

// demoWord is something that the engine said: a revision, or an automatic incident of
// the watch.
type demoWord struct {
	violation *duty.Violation
	incident  *duty.Incident
}

// demoShow plays, and shows what is said.
type demoShow struct {
	play   *demoPlay
	engine demoEngine
	screen *demoScreen
	tally  *demoTally
	length time.Duration
	kept   []*duty.Violation
	// loss is the story of the loss, nil where none is played; consumers acknowledge
	// what is taken back.
	loss      *demoLoss
	consumers demoConsumers
	// now is the show's clock.
	now duty.Instant
}

// demoStep is how far the clock moves at once.
const demoStep = duty.Hour

// officeWeight is how much longer an hour of the day takes in which offices
// work, and in which most things are said.
const officeWeight = 5

// weight gives how long an hour takes, against an hour of the night.
func weight(hour duty.Instant) float64 {
	d := simulate.Today(hour)
	if wd := d.Weekday(); wd == duty.WeekdaySat || wd == duty.WeekdaySun {
		return 1
	}
	if hour >= d.Clock(8, 30) && hour < d.Clock(16, 0) {
		return officeWeight
	}
	return 1
}

// demoPatience bounds how long the clock waits for the engine in an hour in
// which offices work. A show that is a third over its time does not wait at all:
// what is said then comes a few hours later on the show's clock.
const demoPatience = time.Second

// errDemoEngine says that the engine ended before the demo did; its own error
// tells why.
var errDemoEngine = errors.New("the engine ended before the demo")

// run plays everything.
func (s *demoShow) run(ctx context.Context) error {
	cfg, rest := s.play.cfg, s.play.facts
	s.consumers.names = s.play.policy.Consumers
	from, late := cfg.Start.Start(), time.Now().Add(s.length*4/3)
	var total, part float64
	for t := from; t < cfg.Until; t += demoStep {
		total += weight(t)
	}
	for now := from; now < cfg.Until; {
		patience := time.Duration(0)
		if weight(now) > 1 && time.Now().Before(late) {
			patience = demoPatience
		}
		part += weight(now) / total
		pace := time.Duration(weight(now) / total * float64(s.length))
		now = min(now+demoStep, cfg.Until)
		s.now = now
		n := 0
		for n < len(rest) && rest[n].ReceivedAt <= now {
			n++
		}
		if err := s.engine.feed(ctx, append(rest[:n:n], s.consumers.until(now)...)); err != nil {
			return err
		}
		s.events(rest[:n])
		s.screen.loss(s.loss, now, s.tally, &s.consumers)
		rest = rest[n:]
		s.engine.advance(now)
		s.screen.progress(now, part, s.tally)
		if err := s.listen(ctx, pace, patience); err != nil {
			return err
		}
		if s.screen.err != nil {
			return s.screen.err
		}
	}
	return s.finish(ctx)
}

// listen shows what is said for the time that a step takes, and then as long as
// the engine is at work, if there is patience.
func (s *demoShow) listen(ctx context.Context, pace, patience time.Duration) error {
	began := time.Now()
	timer := time.NewTimer(pace)
	defer timer.Stop()
	for {
		select {
		case w, ok := <-s.engine.said():
			if !ok {
				return errDemoEngine
			}
			s.heard(w)
		case <-timer.C:
			if s.engine.idle() || time.Since(began) >= patience {
				return nil
			}
			timer.Reset(demoLook)
		case <-s.engine.failed():
			return errDemoEngine
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// finish shows the rest of what is said.
func (s *demoShow) finish(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- s.engine.finish(ctx) }()
	for w := range s.engine.said() {
		s.heard(w)
	}
	return <-done
}

func (s *demoShow) heard(w demoWord) {
	if x := w.incident; x != nil {
		if s.loss.finds(x) {
			s.screen.found(x)
		}
		return
	}
	v := w.violation
	s.kept = append(s.kept, v)
	s.consumers.hear(v, s.now)
	change, before := s.tally.hear(v)
	s.screen.record(v, change, before)
}

// events shows the facts that explain what will be said: outages and
// exclusions.
func (s *demoShow) events(facts []simulate.Fact) {
	for i := range facts {
		switch r := facts[i].Record.(type) {
		case *duty.Incident:
			s.screen.incident(r)
		case *duty.Exclusion:
			s.loss.declare(r)
			s.screen.exclusion(r)
		}
	}
}

// keep writes what was said into dir, in the order in which it was said.
func (s *demoShow) keep(dir string) error {
	f, err := outfile.Create(filepath.Join(dir, demoViolations), outfile.Private)
	if err != nil {
		return err
	}
	defer f.Discard()
	schema, _ := schemas.Lookup(duty.TopicViolations)
	var line []byte
	for _, v := range s.kept {
		line = append(schema.AppendJSON(line[:0], v), '\n')
		if _, err := f.Write(line); err != nil {
			return err
		}
	}
	return f.Commit()
}
