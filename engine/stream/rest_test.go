package stream

import (
	"sync/atomic"
	"time"
)

// rest waits until the engine has committed and evaluated nothing for fifty looks, and each of its tasks
// has said after three cycles since that nothing waits. An engine whose tasks do not say so, since they stand
// or wait for something, must have been quiet for five hundred looks.
func (r *running) rest() {
	r.t.Helper()
	const looks, mostLooks, cycles = 50, 500, 3
	last, begin, tasks := int64(-1), time.Now(), calm{}
	for quiet := 0; quiet < looks || quiet < mostLooks && !tasks.all(r.cfg.seen, cycles); {
		time.Sleep(20 * time.Millisecond)
		quiet++
		// The owner of the watch commits whenever it has looked. A look is counted before its
		// commit, so that the number falls for a while.
		n := r.cfg.Stats.Commits.Load() - r.cfg.Stats.Looks.Load() + r.cfg.Stats.Evaluations.Load()
		if n > last {
			last, quiet, tasks = n, 0, nil
		}
		if time.Since(begin) > within {
			r.t.Fatal("the engine does not come to rest")
		}
	}
}

// calm is for how many cycles in a row each task was seen at rest.
type calm map[int32]calmTask

// calmTask is for how many cycles in a row a task was at rest, and when it ended the last of them.
type calmTask struct {
	cycles int
	seen   time.Time
}

// all notes how the tasks of an instance stand and reports whether each was at rest in so many cycles.
func (c *calm) all(seen *atomic.Pointer[status], cycles int) bool {
	if seen == nil || seen.Load() == nil {
		return true
	}
	_, tasks := seen.Load().read()
	next, all := calm{}, true
	for i := range tasks {
		t, was := &tasks[i], (*c)[tasks[i].task]
		switch {
		case !t.Live || !t.AtRest:
			was = calmTask{}
		case t.Seen != was.seen:
			was = calmTask{was.cycles + 1, t.Seen}
		}
		next[t.task] = was
		all = all && was.cycles >= cycles
	}
	*c = next
	return all
}
