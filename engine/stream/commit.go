package stream

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// progress is where a task stands. It is written twice per cycle: first as the
// record on task-commits, inside the transaction, then as the checkpoint of the
// local state. The record decides: a checkpoint beyond it is not ours, one
// behind it is caught up silently.
type progress struct {
	Task int32
	// Seq counts the transactions of the task.
	Seq int64
	// Clock and CaughtUp never go back, whatever the machine's clock does.
	Clock, CaughtUp duty.Instant
	// Policy is the digest of the newest policy that was evaluated with.
	Policy string
	// Base is the digest of the policy of the settings, in force until others are
	// activated; empty in records of before.
	Base string
	// Inputs are the next offsets of the person-keyed partitions, Centres those
	// of the centre-keyed ones that were evaluated with or have a sweep.
	Inputs, Centres Offsets
	// Examined are the positions up to which the names of what was read are examined
	// (claims.go).
	Examined Offsets
	// Outputs are the offsets from which the task's outputs may hold something
	// that the state does not know yet; often early, never late.
	Outputs Offsets
	// Marks are those of the batches before Inputs, CentreMarks before Centres, where
	// others write them.
	Marks, CentreMarks map[Partition]Mark
	Sweeps             []sweep
	// Ledger is how far the months that wait are written.
	Ledger ledgerLag
	// Judged is the clock up to which an instance judged that had more of the
	// history than this one (floor.go); 0: none did.
	Judged duty.Instant
	// Layout is that of the local state; another one is built again.
	Layout int
	// Again is true while the task hands over again what moved, which an older program
	// did not, After where it goes on; Unheard is true until the other tasks have done
	// so and all of it is read (again.go).
	Again   bool
	After   againAfter
	Unheard bool
	// Group is the consumer group that writes the prefix, Instance who of it wrote
	// the record (decision 0011); both empty in records of before.
	Group, Instance string
	// Times says whose times on records were taken for the log's: timesOfBrokers or
	// timesOfProducers; empty in records of before. A state that was built with the
	// others is built again.
	Times string
}

// Values of progress.Times.
const (
	timesOfBrokers   = "brokers"
	timesOfProducers = "producers"
)

// timesOf is how a record of progress calls it.
func timesOf(trust bool) string {
	if trust {
		return timesOfProducers
	}
	return timesOfBrokers
}

// stateLayout is the version of what this package keeps in the state.
const stateLayout = 6

// newProgress is where a task stands that has never run.
func newProgress(task int32) progress {
	return progress{Task: task, Clock: duty.Beginning, CaughtUp: duty.Beginning,
		Layout: stateLayout, Inputs: Offsets{}, Centres: Offsets{}, Outputs: Offsets{}, Marks: map[Partition]Mark{}}
}

// progressJSON is the form on the internal topic and in the state.
type progressJSON struct {
	Version  int              `json:"version"`
	Task     int32            `json:"task"`
	Seq      int64            `json:"seq"`
	Clock    int64            `json:"clock"`
	CaughtUp int64            `json:"caught_up"`
	Policy   string           `json:"policy"`
	Base     string           `json:"base_policy,omitempty"`
	Inputs   map[string]int64 `json:"inputs"`
	Centres  map[string]int64 `json:"centres"`
	Examined map[string]int64 `json:"examined,omitempty"`
	Outputs  map[string]int64 `json:"outputs"`
	Marks    map[string]Mark  `json:"marks,omitempty"`
	CMarks   map[string]Mark  `json:"centre_marks,omitempty"`
	Sweeps   []sweep          `json:"sweeps,omitempty"`
	Ledger   ledgerLag        `json:"ledger"`
	Judged   int64            `json:"judged,omitempty"`
	Layout   int              `json:"layout,omitempty"`
	Again    bool             `json:"again,omitempty"`
	After    againAfter       `json:"again_after,omitzero"`
	Unheard  bool             `json:"unheard,omitempty"`
	Group    string           `json:"group,omitempty"`
	Instance string           `json:"instance,omitempty"`
	Times    string           `json:"times,omitempty"`
}

const progressVersion = 1

// encode returns the stored form.
func (p *progress) encode() ([]byte, error) {
	return json.Marshal(progressJSON{
		Version: progressVersion, Task: p.Task, Seq: p.Seq, Clock: int64(p.Clock), CaughtUp: int64(p.CaughtUp),
		Policy: p.Policy, Base: p.Base, Inputs: p.Inputs.names(), Centres: p.Centres.names(), Examined: p.Examined.names(), Outputs: p.Outputs.names(), Marks: markNames(p.Marks), CMarks: markNames(p.CentreMarks), Sweeps: p.Sweeps, Ledger: p.Ledger, Judged: int64(p.Judged), Layout: p.Layout, Again: p.Again, After: p.After, Unheard: p.Unheard, Times: p.Times, Group: p.Group, Instance: p.Instance,
	})
}

// decodeProgress reads the stored form of the task's progress.
func decodeProgress(b []byte, task int32) (progress, error) {
	var j progressJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return progress{}, fmt.Errorf("progress of task %d: %w", task, err)
	}
	if j.Version != progressVersion || j.Task != task {
		return progress{}, fmt.Errorf("progress of task %d is of version %d and task %d; another program wrote it: use another --topic-prefix", task, j.Version, j.Task)
	}
	p := progress{Task: j.Task, Seq: j.Seq, Clock: duty.Instant(j.Clock), CaughtUp: duty.Instant(j.CaughtUp), Judged: duty.Instant(j.Judged), Policy: j.Policy, Base: j.Base, Sweeps: j.Sweeps, Ledger: j.Ledger, Layout: j.Layout, Again: j.Again, After: j.After, Unheard: j.Unheard, Times: j.Times, Group: j.Group, Instance: j.Instance}
	var err error
	for _, x := range []struct {
		to   *Offsets
		from map[string]int64
	}{{&p.Inputs, j.Inputs}, {&p.Centres, j.Centres}, {&p.Examined, j.Examined}, {&p.Outputs, j.Outputs}} {
		if *x.to, err = parseOffsets(x.from); err != nil {
			return progress{}, fmt.Errorf("progress of task %d: %w", task, err)
		}
	}
	for _, x := range []struct {
		to   *map[Partition]Mark
		from map[string]Mark
	}{{&p.Marks, j.Marks}, {&p.CentreMarks, j.CMarks}} {
		if *x.to, err = byPartition(x.from, func(m Mark) Mark { return m }); err != nil {
			return progress{}, fmt.Errorf("progress of task %d: %w", task, err)
		}
	}
	return p, nil
}

// markNames are marks by "topic/partition".
func markNames(marks map[Partition]Mark) map[string]Mark {
	m := make(map[string]Mark, len(marks))
	for p, mark := range marks {
		m[p.name()] = mark
	}
	return m
}

// name is "topic/partition".
func (p Partition) name() string { return p.Topic + "/" + strconv.Itoa(int(p.Index)) }

func parsePartition(name string) (Partition, error) {
	topic, index, ok := strings.Cut(name, "/")
	i, err := strconv.ParseInt(index, 10, 32)
	if !ok || err != nil {
		return Partition{}, fmt.Errorf("%q is no partition", name)
	}
	return Partition{Topic: topic, Index: int32(i)}, nil
}

// names are the offsets by "topic/partition".
func (o Offsets) names() map[string]int64 {
	m := make(map[string]int64, len(o))
	for p, n := range o {
		m[p.name()] = n
	}
	return m
}

func parseOffsets(m map[string]int64) (Offsets, error) {
	o := make(Offsets, len(m))
	for name, n := range m {
		p, err := parsePartition(name)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q with offset %d is no position", name, n)
		}
		o[p] = n
	}
	return o, nil
}

// commitKey is the key of a task's record on task-commits; the newest wins.
func commitKey(task int32) []byte { return []byte(strconv.Itoa(int(task))) }

// commitPartition is where a task's record lies.
func commitPartition(task int32) Partition { return Partition{Topic: topicTaskCommits, Index: task} }

// before reports whether the positions of o are all at or before those of p.
func (o Offsets) before(p Offsets) bool { return p.reached(o) }
