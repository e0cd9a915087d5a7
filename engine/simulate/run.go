package simulate

import (
	"cmp"
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"

	"tilsyn/engine/duty"
)

// world is a simulation under way.
type world struct {
	cfg       Config
	residents []*resident
	outages   []outage
	losses    []loss
	proofs    map[logDay]proof // when each log was stated to be complete

	exclusions []exclusion
	nameless   []nameless
	// losing is set while rows are written that will be lost.
	losing bool
	queue  pending
	made   int64
	ids    map[string]int
	// today are the card rows of the day that is being lived.
	today []sent
	luck  *rand.Rand

	// sources are the devices and feeds, tick is when they send their next
	// heartbeat, turns are what happens to them, by time.
	sources []*source
	tick    duty.Instant
	turns   []turn
	// pulse is the luck of heartbeats, misfortune that of faults.
	pulse, misfortune *rand.Rand
	way               *way

	faults   []*Fault
	stops    []stop
	seconds  []second // second numbers of residents
	withheld []logDay // logs that nobody states to be complete
}

// Run simulates and puts every fact into to, ascending by received_at (unless
// Config.Faults reorders them), and returns the truth. An error comes from a
// Config that cannot be simulated or from to.
func Run(cfg Config, to Sink) (*Truth, error) {
	cfg, err := cfg.check()
	if err != nil {
		return nil, err
	}
	w := &world{
		cfg: cfg, proofs: map[logDay]proof{}, ids: map[string]int{},
		luck: rand.New(rand.NewPCG(cfg.Seed, 7)), misfortune: rand.New(rand.NewPCG(cfg.Seed, 12)),
	}
	out := &way{to: to, faults: cfg.Faults, dice: rand.New(rand.NewPCG(cfg.Seed, 8))}
	w.way = out
	w.equip()
	w.plan()
	w.planFaults()
	w.populate()
	if cfg.eventful() {
		w.cast()
		w.strayPaper()
	}
	w.makePlans()
	w.announce()
	w.markLogs()
	for d := cfg.Start; d <= cfg.Start+duty.Date(cfg.Days) && at(d, dawn, 0) < cfg.Until; d++ {
		for _, r := range w.residents {
			w.live(r, d)
		}
		w.closeDay(d)
		if err := w.tellUntil(at(d, nextDawn, 0), out); err != nil {
			return nil, err
		}
	}
	if err := w.tellUntil(duty.Forever, out); err != nil {
		return nil, err
	}
	if err := out.flush(); err != nil {
		return nil, err
	}
	return w.judge(), nil
}

// sent is a card row as the device wrote it, and whether it is lost on the way.
type sent struct {
	duty.CardEvent
	lost bool
}

// closeDay lets the devices register the card rows of a day.
func (w *world) closeDay(d duty.Date) {
	slices.SortStableFunc(w.today, func(a, b sent) int { return cmp.Compare(a.OccurredAt, b.OccurredAt) })
	for _, x := range w.today {
		w.advance(x.OccurredAt)
		w.register(x)
	}
	w.today = w.today[:0]
	w.advance(at(d+1, dawn, 0))
	if w.cfg.Reconciled {
		w.count(d)
	}
}

// tellUntil lets everything out that is known before t.
func (w *world) tellUntil(t duty.Instant, to Sink) error {
	for len(w.queue) > 0 && w.queue[0].ReceivedAt < t {
		f := heap.Pop(&w.queue).(Fact)
		if w.waits(&f) {
			continue
		}
		if err := to.Put(f); err != nil {
			return err
		}
	}
	return nil
}

// id makes an id that is unique within its topic.
func (w *world) id(prefix string) string {
	w.ids[prefix]++
	return fmt.Sprintf("%s-%07d", prefix, w.ids[prefix])
}
