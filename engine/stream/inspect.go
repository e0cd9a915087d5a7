package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"tilsyn/engine/atrest"
	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// Inspection describes what a data directory holds; it names no person.
type Inspection struct {
	// Running is true if an engine runs on it and answered.
	Running bool `json:"running"`
	// TopicPrefix, Group and Partitions are what the state belongs to; Instance is its group member.
	TopicPrefix string `json:"topic_prefix"`
	Group       string `json:"group"`
	Partitions  int32  `json:"partitions"`
	Instance    string `json:"instance"`
	// StateFormat is the format of the state directory, which may be earlier than the program's own until
	// something is merged. Bytes is its size on disk.
	StateFormat int   `json:"state_format"`
	Bytes       int64 `json:"bytes"`
	// At is the clock by which Due is counted.
	At    time.Time       `json:"at"`
	Tasks []InspectedTask `json:"tasks"`
}

// InspectedTask describes the state of one task.
type InspectedTask struct {
	Task int32 `json:"task"`
	// Sequence is the number of transactions of the task; 0 before the first, or without a checkpoint.
	Sequence int64 `json:"sequence"`
	// Clock and CaughtUp are those of the checkpoint; missing before the first.
	Clock    *time.Time `json:"clock,omitempty"`
	CaughtUp *time.Time `json:"caught_up,omitempty"`
	// Policy is the digest of the policy last judged with.
	Policy string `json:"policy_digest,omitempty"`
	// Sweeps is the number of open sweeps.
	Sweeps int `json:"sweeps"`
	// Positions are the next offsets by "topic/partition".
	Positions map[string]int64 `json:"positions,omitempty"`
	// Persons is how many the state holds, without what it keeps under keys that stand for no person;
	// Due is how many of them are due at Inspection.At, NextDue when the next one is.
	Persons int        `json:"persons"`
	Due     int        `json:"due"`
	NextDue *time.Time `json:"next_due,omitempty"`
	// Pages is the number of pages of the persons, Unmerged how many commits are not merged into them
	// yet.
	Pages    int    `json:"pages"`
	Unmerged uint64 `json:"unmerged_commits"`
	// Generation is how often the task was discarded.
	Generation uint32 `json:"generation"`
	// Bytes is the size of the stored entries, Kinds the same by kind.
	Bytes int64           `json:"bytes"`
	Kinds []InspectedKind `json:"kinds"`
}

// InspectedKind counts the entries of one kind.
type InspectedKind struct {
	Kind    string `json:"kind"`
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"`
}

// Inspect reads a whole data directory and verifies every checksum. If an engine runs on it, the
// engine is asked to do so; otherwise the key opens the directory if it is encrypted.
func Inspect(ctx context.Context, dataDir string, key *atrest.Key) (in Inspection, err error) {
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
	db, id, err := openStore(dataDir, key)
	if err != nil {
		return in, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return inspect(db, dataDir, id, time.Now())
}

// inspect describes an open state.
func inspect(db *state.DB, dataDir string, id datadir.Identity, now time.Time) (Inspection, error) {
	in := Inspection{
		TopicPrefix: id.Prefix, Group: id.Group, Partitions: id.Partitions, Instance: id.InstanceID,
		StateFormat: int(db.Format()), At: now.UTC().Truncate(time.Millisecond), Tasks: []InspectedTask{},
	}
	var err error
	if in.Bytes, err = dirBytes(filepath.Join(dataDir, datadir.DirState)); err != nil {
		return in, err
	}
	tasks, err := db.InspectWith(state.InspectOptions{Now: now.UnixMilli(), Pseudo: casefile.Pseudo})
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

// inspectTask describes one task of an open state.
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

// timeOf returns an instant for display; nil for the beginning and for ever.
func timeOf(at duty.Instant) *time.Time {
	if at <= duty.Beginning || at >= duty.Forever {
		return nil
	}
	t := time.UnixMilli(int64(at)).UTC()
	return &t
}

// dirBytes returns the disk usage of the files in a directory. Files that vanish meanwhile do not
// count.
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
