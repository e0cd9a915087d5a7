package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/testkit"
)

var errNoVerb = errors.New("no verb")

// verb plays a line that begins with a verb.
func (s *scenario) verb(w []string) error {
	rest := w[1:]
	switch w[0] {
	case "clock":
		return s.clockTo(rest)
	case "behind":
		return s.fallBehind(rest)
	case "rest":
		return s.comeToRest(rest)
	case "cycles":
		return s.cycles(rest)
	case "slow":
		s.limits.Decisions, s.limits.WalkStep = 1, 1
		return nil
	case "stop", "resume":
		return s.standStill(w[0], rest)
	case "crash":
		return s.crash(rest)
	case "discard":
		s.start()
		return s.discard()
	case "instance":
		return s.instance(rest)
	case "transaction":
		return s.transaction(rest)
	case "stamps":
		return s.stamps(rest)
	case "again", "resolve", "junk":
		return s.resend(w[0], rest)
	case "beats":
		return s.beats(rest)
	case "residents":
		return s.residents(rest)
	case "policy":
		return s.activate(rest)
	case "older":
		return s.olderProgram(rest)
	case "cut":
		return s.cut(rest)
	case "election":
		return s.election()
	case "recover":
		return s.recoverAll()
	}
	return errNoVerb
}

// when reads a local time, or +3h, +2d from the clock.
func (s *scenario) when(text string) (duty.Instant, error) {
	if after, ok := strings.CutPrefix(text, "+"); ok {
		d, err := length(after)
		return s.now + d, err
	}
	return notation.Time(text)
}

// length reads 2d, 3h, 5m or 10s.
func length(text string) (duty.Instant, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return duty.Instant(n) * duty.Day, err
	}
	d, err := time.ParseDuration(text)
	return duty.Instant(d.Milliseconds()), err
}

func (s *scenario) clockTo(w []string) error {
	if len(w) != 1 {
		return errors.New("write: clock 2026-01-06T12:00, or: clock +12h")
	}
	at, err := s.when(w[0])
	if err == nil && at < s.now {
		return fmt.Errorf("the clock does not go back: it is %s", s.now)
	}
	s.goOn(at)
	return err
}

func (s *scenario) fallBehind(w []string) error {
	if len(w) != 1 {
		return errors.New("write: behind 1h, or: behind 0s")
	}
	d, err := length(w[0])
	s.behind = d
	return err
}

// comeToRest lets all tasks run until nothing is left to do, and compares what was told with
// what the facts in the log say.
func (s *scenario) comeToRest(w []string) error {
	if len(w) > 0 {
		if err := s.clockTo(w); err != nil {
			return err
		}
	}
	s.start()
	s.restOfAll()
	if !s.args.HasArg("unchecked") {
		s.check()
	}
	s.now++ // caught_up says that this millisecond is over: nothing more is stamped with it
	return nil
}

// taskOf is the number of the task of a person.
func (s *scenario) taskOf(who string) int { return int(s.partitionOf(who)) }

// cycles lets the tasks work while no time goes by, and says how they end where they do.
func (s *scenario) cycles(w []string) error {
	if len(w) != 1 {
		return errors.New("write: cycles 20")
	}
	n, err := strconv.Atoi(w[0])
	if err != nil {
		return err
	}
	s.start()
	for range n {
		if s.dieAt >= 0 {
			s.turn() // which starts again what dies
			s.leaveOut()
			continue
		}
		if err := s.turns(1); err != nil {
			fmt.Fprintln(&s.shown, ended(err))
			return nil
		}
	}
	return nil
}

// ended says why a task ends.
func ended(err error) string {
	for _, known := range []error{broker.ErrForeignLog, broker.ErrFenced, broker.ErrTransient, ErrTopics, ErrNotNext,
		ErrRebuild} {
		if errors.Is(err, known) {
			return fmt.Sprintf("ended: %v, remedy %s", known, remedyText(RemedyFor(err)))
		}
	}
	return "ended: " + err.Error()
}

func remedyText(r Remedy) string {
	return map[Remedy]string{RemedyRecover: "recover", RemedyEnd: "end", RemedyRebuild: "rebuild",
		RemedyConfirm: "confirm"}[r]
}

// standStill stops the task of a person, or lets all go on.
func (s *scenario) standStill(verb string, w []string) error {
	s.start()
	if verb == "resume" {
		s.tasks, s.stopped = s.all, ""
		return nil
	}
	if len(w) != 1 || s.stopped != "" {
		return errors.New("write: stop Qb, and resume before another is stopped")
	}
	s.stopped = w[0]
	s.leaveOut()
	return nil
}

// leaveOut leaves out the task that stands still, also after a start.
func (s *scenario) leaveOut() {
	if s.stopped != "" && len(s.tasks) == int(s.parts) {
		s.all = s.tasks
		s.tasks = slices.Delete(slices.Clone(s.all), s.taskOf(s.stopped), s.taskOf(s.stopped)+1)
	}
}

// crash lets the process die and start again, with its state or without.
func (s *scenario) crash(w []string) error {
	s.start()
	s.restore()
	if slices.Equal(w, []string{"without", "state"}) {
		if err := s.discard(); err != nil {
			return err
		}
	} else if len(w) > 0 {
		return errors.New("write: crash, or: crash without state")
	}
	s.boot()
	s.leaveOut()
	return nil
}

// discard takes the state of every task away from it.
func (s *scenario) discard() error {
	for i := range s.parts {
		st, err := s.stores().Task(i)
		if err == nil {
			err = st.Discard()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// instance is another instance that takes all tasks over, or the one before it that goes on.
func (s *scenario) instance(w []string) error {
	s.start()
	switch strings.Join(w, " ") {
	case "another":
		s.before = s.tasks
		s.boot()
	case "before goes on":
		after := s.tasks
		s.tasks = s.before
		if err := s.turns(1); err != nil {
			fmt.Fprintln(&s.shown, ended(err))
		}
		s.tasks = after
	default:
		return errors.New("write: instance another, or: instance before goes on")
	}
	return nil
}

// transaction is one of somebody else: records are sent in it until it is decided.
func (s *scenario) transaction(w []string) error {
	switch what := strings.Join(w, " "); {
	case what == "opens" && s.open == nil:
		s.open = &testkit.Txn{}
	case (what == "commits" || what == "aborts") && s.open != nil:
		s.broker.Decide(s.open, what == "commits")
		s.open = nil
	default:
		return errors.New("write: transaction opens, then: transaction commits, or: transaction aborts")
	}
	return nil
}

// stamps says which topics carry their producers' times from now on, and how far those are off.
func (s *scenario) stamps(w []string) error {
	s.broker.ByProducers = nil
	switch {
	case len(w) == 3 && w[0] == "of" && w[1] == "the" && w[2] == "brokers":
		return nil
	case len(w) < 2:
		return errors.New("write: stamps 2026-01-05T20:00 card-events, +12h for ahead, -1h for late, " +
			"or: stamps of the brokers")
	}
	off, relative := duty.Instant(0), true
	var err error
	switch {
	case w[0][0] == '+':
		off, err = length(w[0][1:])
	case w[0][0] == '-':
		off, err = length(w[0][1:])
		off = -off
	default:
		off, err = notation.Time(w[0])
		relative = false
	}
	s.broker.ByProducers = map[string]bool{}
	for _, topic := range w[1:] {
		s.broker.ByProducers[topic] = true
	}
	s.broker.ProducerTime = func() duty.Instant {
		if relative {
			return s.now + off
		}
		return off
	}
	return err
}

// election gives every partition that there is another leader, which has all of its log.
func (s *scenario) election() error {
	for p := range s.broker.Logs {
		s.broker.Leaders[p]++
	}
	return nil
}

// recoverAll lets every task take up what its log says, and says what keeps it from that.
func (s *scenario) recoverAll() error {
	s.start()
	for _, task := range s.tasks {
		if err := task.Recover(context.Background()); err != nil {
			fmt.Fprintln(&s.shown, ended(err))
		}
	}
	return nil
}

// cut takes the newest records of a person's partition of a topic away, or all of them, as an
// unclean election does.
func (s *scenario) cut(w []string) error {
	if len(w) != 3 {
		return errors.New("write: cut 1 card-events Qa, or: cut all card-events Qa")
	}
	p := broker.Partition{Topic: w[1], Index: s.partitionOf(w[2])}
	log := s.broker.Logs[p]
	if w[0] == "all" {
		w[0] = strconv.Itoa(len(log))
	}
	n, err := strconv.Atoi(w[0])
	if err != nil || n > len(log) {
		return fmt.Errorf("%s has %d records: %v", w[1], len(log), err)
	}
	s.broker.Logs[p] = slices.Clone(log[:len(log)-n])
	clear(s.broker.Stables)
	s.broker.Leaders[p]++
	return nil
}
