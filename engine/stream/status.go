package stream

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/watermark"
)

// status is what others may know of this instance.
type status struct {
	mu sync.Mutex
	// phase is what the instance waits for before it has tasks; empty before its start and once it
	// runs.
	phase string
	tasks map[int32]task.TaskState
	// running is set once this instance was a member of the group; away is when the brokers were last
	// seen not to answer.
	running bool
	away    time.Time
}

// enter names what the instance does next; empty means that it runs.
func (s *status) enter(phase string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = phase
	s.running = s.running || phase == ""
}

// isRunning reports whether the start is over.
func (s *status) isRunning() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// awayAt notes that the brokers do not answer.
func (s *status) awayAt(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = now
}

// assign sets the tasks. Those that stay keep their state, unless anew is set.
func (s *status) assign(parts []int32, anew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := make(map[int32]task.TaskState, len(parts))
	for _, p := range parts {
		if tasks[p] = s.tasks[p]; anew {
			tasks[p] = task.TaskState{}
		}
	}
	s.tasks = tasks
}

// set updates a task, unless it was taken away meanwhile.
func (s *status) set(task int32, st task.TaskState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.tasks[task]; ok {
		s.tasks[task] = st
	}
}

// get returns what set was last given.
func (s *status) get(task int32) task.TaskState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tasks[task]
}

// numbered is the state of a task with its number.
type numbered struct {
	task int32
	task.TaskState
}

// read returns the phase, empty only if the instance runs, and the tasks in order of their numbers.
func (s *status) read() (phase string, tasks []numbered) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, t := range s.tasks {
		tasks = append(tasks, numbered{n, t})
	}
	slices.SortFunc(tasks, func(a, b numbered) int { return cmp.Compare(a.task, b.task) })
	if s.phase == "" && !s.running {
		return "its start", tasks
	}
	return s.phase, tasks
}

// stalledAfter is how long a live task may take for a cycle before /healthz fails.
const stalledAfter = 2 * time.Minute

// stalled says which task has not finished a cycle for too long although the brokers answer; empty
// if none.
func (s *status) stalled(now time.Time) string {
	_, tasks := s.read()
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	for _, t := range tasks {
		if t.Live && now.Sub(t.Seen) > stalledAfter && now.Sub(away) > stalledAfter {
			return fmt.Sprintf("task %d has not finished a cycle for %s", t.task, now.Sub(t.Seen).Round(time.Second))
		}
	}
	return ""
}

// Readiness is the answer of /readyz.
type Readiness struct {
	// Ready is true if this instance is a member of the group and has read the centre-keyed topics,
	// each of its tasks has recovered and can write, the topics are unchanged, the brokers answer, and
	// every task of the prefix, here or elsewhere, has exactly one owner that commits.
	Ready bool `json:"ready"`
	// WaitsFor says why the instance is not ready.
	WaitsFor []string `json:"waits_for,omitempty"`
	// Generation is the generation of the group.
	Generation int32           `json:"generation,omitempty"`
	Tasks      []TaskReadiness `json:"tasks,omitempty"`
	// AllTasks are the tasks of the prefix, whoever has them.
	AllTasks []PrefixTask `json:"all_tasks,omitempty"`
	// DeadLetters are those that the tasks of this instance are responsible for.
	DeadLetters task.DeadLetters `json:"dead_letters"`
	// Notes are worth knowing but do not affect Ready.
	Notes []Note `json:"notes,omitempty"`
}

// TaskReadiness is the state of one task of this instance.
type TaskReadiness struct {
	Task int32 `json:"task"`
	Live bool  `json:"live"`
	// WaitsFor says what the task waits for before it is live or, once live, before it may accuse;
	// empty if nothing.
	WaitsFor string `json:"waits_for,omitempty"`
	// CaughtUp is the clock up to which everything is read; missing before the first.
	CaughtUp *time.Time `json:"caught_up,omitempty"`
	// LagRecords is how many records are written but not read yet, over all topics.
	LagRecords int64 `json:"lag_records"`
	Sequence   int64 `json:"sequence"`
}

// ready returns the readiness by what status knows.
func (s *status) ready() Readiness {
	phase, tasks := s.read()
	var r Readiness
	if phase != "" {
		r.WaitsFor = append(r.WaitsFor, phase)
	}
	for i := range tasks {
		t := tasks[i].readiness()
		if !t.Live {
			r.WaitsFor = append(r.WaitsFor, fmt.Sprintf("task %d: %s", t.Task, t.WaitsFor))
		} else if why := tasks[i].Stands(); why != "" && !slices.Contains(r.WaitsFor, why) {
			r.WaitsFor = append(r.WaitsFor, why)
		}
		r.Tasks = append(r.Tasks, t)
	}
	r.Ready = len(r.WaitsFor) == 0
	r.Notes, r.DeadLetters = s.notes(), s.deadLetters()
	return r
}

// readiness returns the readiness of one task.
func (t *numbered) readiness() TaskReadiness {
	out := TaskReadiness{Task: t.task, Live: t.Live}
	if !t.Live {
		out.WaitsFor = "its recovery"
		if t.Trouble != "" {
			out.WaitsFor = "its recovery, after: " + t.Trouble
		}
		return out
	}
	out.CaughtUp = timeOf(t.CaughtUp)
	if t.Report == nil {
		return out
	}
	out.Sequence = t.Report.Seq
	most := ""
	for topic, l := range t.Report.Lags {
		out.LagRecords += l.Records
		if l.Records > 0 && (most == "" || l.Records > t.Report.Lags[most].Records ||
			l.Records == t.Report.Lags[most].Records && topic < most) {
			most = topic
		}
	}
	doubt := watermark.ClockDoubt(t.Report.Ahead)
	switch {
	case t.Report.Stands != "":
		out.WaitsFor = t.Report.Stands
	case t.Report.Unsure:
		out.WaitsFor = "a broker to show its time"
	case doubt != "":
		out.WaitsFor = doubt
	case t.Report.Unheard:
		out.WaitsFor = task.WaitsForOthers
	case most != "":
		out.WaitsFor = fmt.Sprintf("%d records of %s", t.Report.Lags[most].Records, most)
	case t.CaughtUp == duty.Beginning:
		out.WaitsFor = "the ends of its inputs"
	}
	return out
}
