package stored

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// Progress is how far a task has come. It is written twice per cycle: first as the record on
// task-commits, inside the transaction, then as the checkpoint of the local state. The record
// decides: a checkpoint ahead of it was never committed, one behind it is caught up silently.
//
// Many fields: it is one record, and a recovery needs all of it.
type Progress struct {
	Task int32
	// Seq is the number of transactions of the task so far.
	Seq int64
	// Clock and CaughtUp never go back, even if the machine's clock does.
	Clock, CaughtUp duty.Instant
	// Policy is the digest of the newest policy that was used to judge.
	Policy string
	// Base is the digest of the policy in the settings, in force until another is activated.
	Base string
	// Inputs are the next offsets of the person-keyed partitions; Centres are those of the
	// centre-keyed ones that were judged with or have a sweep.
	Inputs, Centres broker.Offsets
	// Examined are the positions up to which facts were checked for names claimed twice
	// (package claims).
	Examined broker.Offsets
	// Outputs are offsets from which the task's outputs may hold something that the state does not
	// know. They may be too early, never too late.
	Outputs broker.Offsets
	// Marks identify the batches before Inputs, CentreMarks those before Centres, for topics that
	// others write.
	Marks, CentreMarks map[broker.Partition]broker.Mark
	Sweeps             []Sweep
	// Ledger is how far the deferred months of the ledger are written.
	Ledger LedgerLag
	// Judged is the clock up to which an instance with more of the history judged (task/floor.go); 0
	// if none did.
	Judged duty.Instant
	// Layout is the StateLayout of the local state; another layout is built again.
	Layout int
	// Again is true while the task hands over moved facts that an older program did not hand over;
	// After is where it continues. Unheard is true until the other tasks have done the same and all of
	// it is read (task/again.go).
	Again   bool
	After   AgainAfter
	Unheard bool
	// Paired stands for the policies under which inconsistent pairs were forwarded to the owner of the
	// watch (task/forward.go).
	Paired string
	// Group is the consumer group that writes the prefix, Instance the member that wrote the record
	// (decision 0011). Both are empty in older records.
	Group, Instance string
	// Times says whose timestamps were trusted: TimesOfBrokers or timesOfProducers; empty in older
	// records. A state built with the other kind is built again.
	Times string
	// Log is how far the log of the task's revisions has come.
	Log RevisionLog
}

// Values of Progress.Times.
const (
	TimesOfBrokers   = "brokers"
	timesOfProducers = "producers"
)

// TimesOf returns the value of Progress.Times for the setting TrustTimestamps.
func TimesOf(trust bool) string {
	if trust {
		return timesOfProducers
	}
	return TimesOfBrokers
}

// StateLayout is the version of the stored forms that the state holds.
const StateLayout = 9

// NewProgress returns the progress of a task that has never run.
func NewProgress(task int32) Progress {
	return Progress{Task: task, Clock: duty.Beginning, CaughtUp: duty.Beginning,
		Layout: StateLayout, Inputs: broker.Offsets{}, Centres: broker.Offsets{}, Outputs: broker.Offsets{},
		Marks: map[broker.Partition]broker.Mark{}}
}

// progressJSON is the JSON form on task-commits and in the checkpoint.
//
// Many fields: those of Progress.
type progressJSON struct {
	Version  int              `json:"version"`
	Task     int32            `json:"task"`
	Seq      int64            `json:"seq"`
	Clock    int64            `json:"clock"`
	CaughtUp int64            `json:"caught_up"`
	Policy   string           `json:"policy"`
	Base     string           `json:"base_policy,omitempty"`
	Inputs   broker.Offsets   `json:"inputs"`
	Centres  broker.Offsets   `json:"centres"`
	Examined broker.Offsets   `json:"examined,omitempty"`
	Outputs  broker.Offsets   `json:"outputs"`
	Marks    broker.Marks     `json:"marks,omitempty"`
	CMarks   broker.Marks     `json:"centre_marks,omitempty"`
	Sweeps   []Sweep          `json:"sweeps,omitempty"`
	Ledger   LedgerLag        `json:"ledger"`
	Judged   int64            `json:"judged,omitempty"`
	Layout   int              `json:"layout,omitempty"`
	Again    bool             `json:"again,omitempty"`
	After    AgainAfter       `json:"again_after,omitzero"`
	Unheard  bool             `json:"unheard,omitempty"`
	Paired   string           `json:"paired,omitempty"`
	Group    string           `json:"group,omitempty"`
	Instance string           `json:"instance,omitempty"`
	Times    string           `json:"times,omitempty"`
	Log      *revisionLogJSON `json:"log,omitempty"`
}

// progressVersion is the version of that form.
const progressVersion = 1

// Encode returns the stored form.
func (p *Progress) Encode() ([]byte, error) {
	return json.Marshal(progressJSON{
		Version: progressVersion, Task: p.Task, Seq: p.Seq, Clock: int64(p.Clock), CaughtUp: int64(p.CaughtUp),
		Policy: p.Policy, Base: p.Base, Inputs: p.Inputs, Centres: p.Centres, Examined: p.Examined,
		Outputs: p.Outputs, Marks: p.Marks, CMarks: p.CentreMarks, Sweeps: p.Sweeps, Ledger: p.Ledger,
		Judged: int64(p.Judged),
		Layout: p.Layout, Again: p.Again, After: p.After, Unheard: p.Unheard, Times: p.Times, Group: p.Group,
		Instance: p.Instance, Paired: p.Paired, Log: p.Log.json(),
	})
}

// ErrNewer says that a newer version of the program wrote what was to be read. Nothing is lost:
// that version goes on from it (decision 0049).
var ErrNewer = errors.New("a newer tilsyn wrote it, which this one cannot go on from: start that version, or a later " +
	"one, on every instance of the prefix")

// DecodeProgress reads the stored form and checks that it belongs to the task. A form of a newer
// version, whatever else it holds, gives an error that wraps ErrNewer.
func DecodeProgress(b []byte, task int32) (Progress, error) {
	var j progressJSON
	err := json.Unmarshal(b, &j)
	if j.Version > progressVersion {
		return Progress{}, fmt.Errorf("progress of task %d is of version %d, and this program reads version %d: %w", task,
			j.Version, progressVersion, ErrNewer)
	}
	if err != nil {
		return Progress{}, fmt.Errorf("progress of task %d: %w", task, err)
	}
	if j.Version != progressVersion || j.Task != task {
		return Progress{}, fmt.Errorf("progress of task %d is of version %d and task %d; another program wrote it: "+
			"use another --topic-prefix", task, j.Version, j.Task)
	}
	p := Progress{Task: j.Task, Seq: j.Seq, Clock: duty.Instant(j.Clock), CaughtUp: duty.Instant(j.CaughtUp),
		Judged: duty.Instant(j.Judged), Policy: j.Policy, Base: j.Base, Sweeps: j.Sweeps, Ledger: j.Ledger,
		Layout: j.Layout, Again: j.Again, After: j.After, Unheard: j.Unheard, Times: j.Times, Group: j.Group,
		Instance: j.Instance, Paired: j.Paired}
	if p.Log, err = j.Log.log(); err != nil {
		return Progress{}, fmt.Errorf("progress of task %d: %w", task, err)
	}
	for _, x := range []struct {
		to   *broker.Offsets
		from broker.Offsets
	}{{&p.Inputs, j.Inputs}, {&p.Centres, j.Centres}, {&p.Examined, j.Examined}, {&p.Outputs, j.Outputs}} {
		if *x.to = x.from; x.from == nil {
			*x.to = broker.Offsets{}
		}
	}
	for _, x := range []struct {
		to   *map[broker.Partition]broker.Mark
		from broker.Marks
	}{{&p.Marks, j.Marks}, {&p.CentreMarks, j.CMarks}} {
		if *x.to = x.from; x.from == nil {
			*x.to = map[broker.Partition]broker.Mark{}
		}
	}
	return p, nil
}

// CommitKey returns the key of a task's record on task-commits; the newest record counts.
func CommitKey(task int32) []byte { return []byte(strconv.Itoa(int(task))) }

// CommitPartition returns the partition of task-commits that holds a task's record.
func CommitPartition(task int32) broker.Partition {
	return broker.Partition{Topic: duty.TopicTaskCommits, Index: task}
}

// AgainAfter is the version of a fact after which handing over again continues.
type AgainAfter struct {
	Name   uint64 `json:"name,omitempty"`
	Offset int64  `json:"offset,omitempty"`
}

// Shown returns the part of a committed progress that other tasks wait for.
func (p *Progress) Shown() Progress {
	return Progress{Task: p.Task, Layout: p.Layout, Inputs: p.Inputs.Clone(), Centres: p.Centres.Clone(),
		Examined: p.Examined, Sweeps: slices.Clone(p.Sweeps), Again: p.Again}
}
