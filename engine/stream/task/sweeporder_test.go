package task

import (
	"strings"
	"sync"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// readCounts notes of whom a store was asked: for the header, and for facts.
type readCounts struct {
	mu             sync.Mutex
	headers, facts map[string]int
}

func (c *readCounts) reset() { c.headers, c.facts = map[string]int{}, map[string]int{} }

func (c *readCounts) note(in map[string]int, who string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in[who]++
}

// countedStore is a store whose tasks note it.
type countedStore struct {
	state.Store
	counts *readCounts
}

func (s countedStore) Task(id int32) (state.Task, error) {
	t, err := s.Store.Task(id)
	return countedTask{t, s.counts}, err
}

// countedTask notes it: for a person of a walk only where the walk wants more than the header.
type countedTask struct {
	state.Task
	counts *readCounts
}

func (t countedTask) Header(who string) (state.Header, error) {
	t.counts.note(t.counts.headers, who)
	return t.Task.Header(who)
}

func (t countedTask) Person(who string, from int32) (state.Person, error) {
	t.counts.note(t.counts.facts, who)
	return t.Task.Person(who, from)
}

func (t countedTask) WalkDue(until int64, cursor []byte, limit int, days func(person, header []byte) int32,
	visit func(v *state.View) error) ([]byte, error) {
	return t.Task.WalkDue(until, cursor, limit, days, func(v *state.View) error {
		if v.From != state.OnlyHeader {
			t.counts.note(t.counts.facts, string(v.Person))
		}
		return visit(v)
	})
}

// withdrawals counts the units whose newest revision withdraws them.
func (w *world) withdrawals() (n int) {
	for _, h := range w.histories() {
		if h[len(h)-1].Status == duty.StatusWithdrawn {
			n++
		}
	}
	return n
}

// The walk that withdraws after an exclusion reads nothing of persons of whom nothing was told, who
// are a hundred times as many, and the facts of the others once.
func TestSweepThatClearsReadsOnlyThoseTold(t *testing.T) {
	t.Parallel()
	const told, compliant = 6, 594
	w := newWorld(t, 3, 1)
	w.limits = Limits{Poll: 1, Gather: -1, MarkEvery: 1, Time: time.Hour}
	counts := &readCounts{}
	counts.reset()
	w.disk = countedStore{w.store, counts}
	excluded(t, w, told, compliant)
	counts.reset()
	w.must(w.reader.Poll(t.Context(), 0))
	task := w.tasks[0]
	task.resetCycle(task.limits.Decisions)
	task.watermark.Advance()
	w.must(task.adopt())
	if n := len(task.at.Sweeps); n != 1 {
		t.Fatalf("%d sweeps of one exclusion", n)
	}
	w.must(task.sweepCleared())
	if !task.at.Sweeps[0].Cleared {
		t.Fatalf("the first walk is not over: %+v", task.at.Sweeps)
	}
	_, err := task.commit(t.Context())
	w.must(err)
	if n := w.withdrawals(); n != told {
		t.Errorf("%d units are withdrawn after the first walk, want %d", n, told)
	}
	for what, asked := range map[string]map[string]int{"header": counts.headers, "facts": counts.facts} {
		others := 0
		for who, n := range asked {
			if !strings.HasPrefix(who, "Qperson") {
				others++
			} else if n > 1 {
				t.Errorf("the %s of one person: read %d times", what, n)
			}
		}
		if others > 0 {
			t.Errorf("the %s of %d persons of whom nothing was told: read", what, others)
		}
	}
	if n := len(counts.facts); n != told {
		t.Errorf("the facts of %d persons were read, want %d", n, told)
	}
	w.rest()
	w.allWithdrawn(told)
}

// What an exclusion clears is withdrawn before walks go on that pass everybody for the sake of others,
// though these began earlier.
func TestWhatClearsComesBeforeWhatIsHandedOver(t *testing.T) {
	t.Parallel()
	const told = 40
	w := newWorld(t, 4, 1)
	w.limits = Limits{Poll: 1, Gather: -1, MarkEvery: 1, Time: time.Hour, Decisions: 5, WalkStep: 5}
	excluded(t, w, told, 0)
	task := w.tasks[0]
	task.at.AddWatch(stored.Sweep{Rows: true})
	for steps := 0; w.withdrawals() < told; steps++ {
		if steps > told {
			t.Fatalf("%d of %d withdrawn after %d cycles", w.withdrawals(), told, steps)
		}
		w.must(w.reader.Poll(t.Context(), 0))
		w.step(task)
	}
	if len(task.at.Sweeps) == 0 || !task.at.Sweeps[0].Watch || len(task.at.Sweeps[0].Cursor) > 0 {
		t.Errorf("the walk for the watch went on before everything was withdrawn: %+v", task.at.Sweeps)
	}
	w.rest()
	w.allWithdrawn(told)
	w.check()
}
