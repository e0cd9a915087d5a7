package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// Inspection is what a data directory holds; nothing of it names a person.
type Inspection struct {
	// Running is true where an engine runs on it and answered.
	Running bool `json:"running"`
	// TopicPrefix, Group and Partitions are what the state belongs to, Instance
	// is its member of the group.
	TopicPrefix string `json:"topic_prefix"`
	Group       string `json:"group"`
	Partitions  int32  `json:"partitions"`
	Instance    string `json:"instance"`
	// StateFormat is the version of what is stored, Bytes the size on disk.
	StateFormat int   `json:"state_format"`
	Bytes       int64 `json:"bytes"`
	// At is the clock that Due is counted at.
	At    time.Time       `json:"at"`
	Tasks []InspectedTask `json:"tasks"`
}

// InspectedTask is what is held of one task.
type InspectedTask struct {
	Task int32 `json:"task"`
	// Sequence counts the transactions of the task; 0: none, or no checkpoint.
	Sequence int64 `json:"sequence"`
	// Clock and CaughtUp are those of the checkpoint; missing before the first.
	Clock    *time.Time `json:"clock,omitempty"`
	CaughtUp *time.Time `json:"caught_up,omitempty"`
	// Policy is the digest of the policy last evaluated with.
	Policy string `json:"policy_digest,omitempty"`
	// Sweeps are walks over persons that are not over.
	Sweeps int `json:"sweeps"`
	// Positions are the next offsets by "topic/partition".
	Positions map[string]int64 `json:"positions,omitempty"`
	// Persons are known of; Due of them are due at Inspection.At, NextDue is when
	// the next one is.
	Persons int        `json:"persons"`
	Due     int        `json:"due"`
	NextDue *time.Time `json:"next_due,omitempty"`
	// Pages is how many the persons are spread over, Unmerged how many commits
	// wait to be merged into them.
	Pages    int    `json:"pages"`
	Unmerged uint64 `json:"unmerged_commits"`
	// Generation counts how often the task was discarded.
	Generation uint32 `json:"generation"`
	// Bytes is the size of what is stored, Kinds the same by kind.
	Bytes int64           `json:"bytes"`
	Kinds []InspectedKind `json:"kinds"`
}

// InspectedKind counts the entries of one kind.
type InspectedKind struct {
	Kind    string `json:"kind"`
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"`
}

// Inspect reads a data directory through, with every checksum. An engine that
// runs on it is asked to do it.
func Inspect(ctx context.Context, dataDir string) (in Inspection, err error) {
	res, err := askEngine(ctx, dataDir, "/inspect", nil)
	if err == nil {
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&in); err != nil {
			return in, fmt.Errorf("read what the engine says of %s: %w", dataDir, err)
		}
		return in, nil
	}
	if !errors.Is(err, errNotRunning) {
		return in, err
	}
	db, id, err := openStore(dataDir)
	if err != nil {
		return in, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return inspect(db, dataDir, id, time.Now())
}

func inspect(db *state.DB, dataDir string, id datadir.Identity, now time.Time) (Inspection, error) {
	in := Inspection{
		TopicPrefix: id.Prefix, Group: id.Group, Partitions: id.Partitions, Instance: id.InstanceID,
		StateFormat: state.FormatVersion, At: now.UTC().Truncate(time.Millisecond), Tasks: []InspectedTask{},
	}
	var err error
	if in.Bytes, err = dirBytes(filepath.Join(dataDir, datadir.DirState)); err != nil {
		return in, err
	}
	tasks, err := db.InspectAt(now.UnixMilli())
	if err != nil {
		return in, err
	}
	for i := range tasks {
		t, err := inspectTask(&tasks[i])
		if err != nil {
			return in, err
		}
		in.Tasks = append(in.Tasks, t)
	}
	return in, nil
}

func inspectTask(t *state.TaskInfo) (InspectedTask, error) {
	out := InspectedTask{
		Task: t.Task, Persons: t.Persons, Due: t.Due, NextDue: timeOf(duty.Instant(t.Next)), Pages: t.Pages,
		Unmerged: t.Commit - t.Merged, Generation: t.Generation, Kinds: make([]InspectedKind, len(t.Kinds)),
	}
	for i, k := range t.Kinds {
		out.Kinds[i] = InspectedKind{Kind: k.Kind, Entries: k.Keys, Bytes: k.Bytes}
		out.Bytes += k.Bytes
	}
	if t.Checkpoint <= 0 {
		return out, nil
	}
	at, err := stored.DecodeProgress(t.Saved, t.Task)
	if err != nil {
		return out, err
	}
	out.Sequence, out.Policy, out.Sweeps = at.Seq, at.Policy, len(at.Sweeps)
	out.Clock, out.CaughtUp = timeOf(at.Clock), timeOf(at.CaughtUp)
	out.Positions = at.Inputs.Names()
	for p, n := range at.Centres.Names() {
		out.Positions[p] = n
	}
	return out, nil
}

// timeOf is an instant for people; nil for never.
func timeOf(at duty.Instant) *time.Time {
	if at <= duty.Beginning || at >= duty.Forever {
		return nil
	}
	t := time.UnixMilli(int64(at)).UTC()
	return &t
}

// dirBytes is what the files of a directory take on disk. Files that go away
// meanwhile do not count.
func dirBytes(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				n += state.OnDisk(info)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return n, err
}
