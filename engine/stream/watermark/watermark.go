package watermark

import (
	"context"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// Config is what a watermark is made of.
type Config struct {
	// Tasks is how many tasks there are.
	Tasks int32
	// Depends are the partitions that the task depends on, in order and each once.
	Depends []broker.Partition
	Broker  broker.Broker
	// Scan reads the commits of other tasks.
	Scan  broker.Scan
	Clock Clock
	// Wall measures elapsed time; its absolute value decides nothing.
	Wall func() time.Time
	// Unconfirmed allows a clock that the brokers have not confirmed.
	Unconfirmed bool
	// MarkEvery is how often the ends of the inputs are asked for.
	MarkEvery time.Duration
	// Look is asked before every mark whether the topics are what they should be, and Stands
	// why caught_up stands still (empty: it does not).
	Look   func(context.Context) (bool, error)
	Stands func() string
	// Unexamined reports whether some claims are not examined yet.
	Unexamined func() bool
	// Covered returns the clocks over which what the owner of the watch says holds.
	Covered func() (since, through duty.Instant)
	// Forwards reports whether the present cycle has something for the owner that is not written yet.
	Forwards func() bool
}

// Watermark moves the clock and the caught_up of one task. Its methods must be called from the
// task's goroutine.
type Watermark struct {
	cfg Config
	// at is the task's progress. The watermark moves Clock and CaughtUp in it, and nothing else.
	at      *stored.Progress
	depends []broker.Partition
	// pending is the mark that is waited for; nil for none. asked is when the ends of the
	// inputs were last asked for, and ends are the answer.
	pending *mark
	asked   time.Time
	ends    broker.Offsets
	// read is when the newest records read by the task were known, centres the same for those
	// read by the centre reader.
	read    readTimes
	centres map[broker.Partition]duty.Instant
	// brokers is what is known of the brokers' time.
	brokers brokerTime
	// others is what this task and the others have shown one another.
	others others
	// examined is the clock up to which claims are examined.
	examined duty.Instant
	// reached is the clock of the newest mark that was reached; Beginning before the first.
	reached duty.Instant
}

// New returns the watermark of a task whose progress is at.
func New(at *stored.Progress, c Config) *Watermark {
	w := &Watermark{cfg: c, at: at, depends: c.Depends, others: others{handed: map[int32]int64{}}}
	w.Forget()
	return w
}

// Forget drops what was asked and read, as a recovery does. The brokers' time stays known, and
// so does what the task has handed over.
func (w *Watermark) Forget() {
	w.pending, w.asked, w.ends = nil, time.Time{}, nil
	w.read.reset()
	w.centres = nil
	w.brokers.offset, w.brokers.asked = -1, time.Time{}
	w.others.commits, w.others.heardAt = nil, time.Time{}
	w.examined, w.reached = duty.Beginning, duty.Beginning
}

// Recovered takes over the last commit of the task.
func (w *Watermark) Recovered(last stored.Progress) {
	w.others.committedAt, w.others.published = broker.Offsets{}, last
}

// Committed takes in that the task's progress was committed with what a transaction wrote.
func (w *Watermark) Committed(written broker.Offsets) {
	for p, n := range written {
		if p.Topic == duty.TopicHandOver {
			w.others.handed[p.Index] = n
		}
	}
	w.forwarded()
	w.awaitStamp(written)
	w.others.committedAt = w.positions()
	w.others.published = w.at.Shown()
}

// Examined takes in that the claims of what was read by a clock are examined.
func (w *Watermark) Examined(clock duty.Instant) { w.examined = clock }

// Depend makes caught_up cover further partitions, and returns those that it did not.
func (w *Watermark) Depend(parts []broker.Partition) (added []broker.Partition) {
	for _, p := range parts {
		if !slices.Contains(w.depends, p) {
			added = append(added, p)
		}
	}
	w.depends = append(w.depends, added...)
	slices.SortFunc(w.depends, broker.ComparePartitions)
	return added
}

// Settled reports whether caught_up has nothing to wait for: a mark was asked for and reached,
// and everything up to the ends last asked for is read.
func (w *Watermark) Settled() bool {
	return (w.brokers.known() || !w.confirms()) && w.ends != nil && w.pending == nil && w.ReadAll()
}

// mark is a candidate for caught_up: once these ends are read, so is everything that was in the
// log at the time the question was asked.
type mark struct {
	at   duty.Instant
	ends broker.Offsets
	// others are the ends that all tasks must have read. hop is how far they have come, waiting
	// lists the tasks that have not completed it, and handed are the ends of the hand-over
	// partitions when it began (hops.go).
	others  broker.Offsets
	hop     hop
	waiting []int32
	handed  broker.Offsets
	// forwarding is true of a mark of the only task that waits for a commit, with which everything is
	// forwarded to the owner of the watch that was read up to the ends, and forwarded after it.
	forwarding, forwarded bool
}

// futureLimit is how far ahead of the clock the time of a fact may lie and still be believed.
// The clocks of brokers and engine should differ by less.
const futureLimit = 5 * duty.Minute

// Limit is the latest clock at which anything is evaluated; a virtual clock has no limit.
func (w *Watermark) Limit() duty.Instant {
	if w.cfg.Clock.Virtual() {
		return duty.Forever
	}
	return w.at.Clock + futureLimit
}

// Advance moves the clock, which never goes back.
func (w *Watermark) Advance() {
	w.at.Clock = max(w.at.Clock, w.cfg.Clock.Now(w.at.Task, w.reading()))
}

// Tick asks at most every MarkEvery what the topics are like and where everything that the task
// depends on ends, and begins a mark if none is pending (design.md, "Caught up"). Then it moves
// caught_up if the pending mark is reached, and returns the clock of the mark; Beginning if none
// was reached.
func (w *Watermark) Tick(ctx context.Context) (reached duty.Instant, err error) {
	w.Advance()
	wall := w.cfg.Wall()
	if err := w.readStamp(ctx); err != nil {
		return duty.Beginning, err
	}
	if w.asked.IsZero() || wall.Sub(w.asked) >= w.cfg.MarkEvery {
		if err := w.ask(ctx, wall); err != nil {
			return duty.Beginning, err
		}
	}
	if err := w.hearOthers(ctx); err != nil {
		return duty.Beginning, err
	}
	at := w.reach()
	w.reached = max(w.reached, at)
	w.Follow()
	return at, nil
}

// Follow moves caught_up to the newest mark that was reached, but not beyond what the owner of the
// watch has said. What it has said may rest on facts that this task has not read, where it is newer
// than the mark: then caught_up stays.
func (w *Watermark) Follow() {
	if w.Uncovered() || w.cfg.Stands() != "" {
		return
	}
	_, through := w.cfg.Covered()
	w.at.CaughtUp = max(w.at.CaughtUp, min(w.reached, through))
}

// Uncovered reports whether what the owner of the watch says does not hold at caught_up, for this
// task: it ends before, or rests on facts that the task may not have read. Then nobody is accused.
// Before the first mark there is nothing to cover.
func (w *Watermark) Uncovered() bool {
	if max(w.reached, w.at.CaughtUp) == duty.Beginning {
		return false
	}
	since, through := w.cfg.Covered()
	return through < w.at.CaughtUp || since > max(w.reached, w.at.CaughtUp)
}

// Reached returns the clock of the newest mark that was reached since the recovery; Beginning if none
// was. caught_up may be behind it.
func (w *Watermark) Reached() duty.Instant { return w.reached }

// ask begins a mark if none is pending and nothing stands in its way.
func (w *Watermark) ask(ctx context.Context, wall time.Time) error {
	// Note the clock before asking: everything in the log by then is before the ends. More
	// may still arrive in the same millisecond, so the mark is for the millisecond before.
	at, sure := w.confirmed()
	at--
	whole, err := w.cfg.Look(ctx)
	if err != nil {
		return err
	}
	ends, err := w.cfg.Broker.Ends(ctx, w.depends, broker.HighWatermark)
	if err != nil {
		return err
	}
	w.asked, w.ends = wall, ends
	switch {
	case !whole:
		w.pending = nil
	case w.pending != nil:
	case sure:
		w.mustBeConfirmed(at)
		w.pending = &mark{at: at, ends: ends}
		err = w.askOthers(ctx)
	}
	return err
}

// reach returns the clock of the pending mark once its ends are read and the other tasks have
// handed over; Beginning otherwise. A virtual clock needs no mark: it shows only what was read.
func (w *Watermark) reach() duty.Instant {
	if w.cfg.Stands() != "" {
		return duty.Beginning
	}
	if w.byClock() {
		return w.reachVirtual()
	}
	if !w.ReadMark() || !w.heardAll() {
		return duty.Beginning
	}
	w.mustBeRead()
	at := w.pending.at
	w.pending = nil
	return at
}
