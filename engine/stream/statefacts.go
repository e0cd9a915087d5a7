package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
	"tilsyn/state"
)

// KeptFacts is what a data directory says of the facts that it keeps.
type KeptFacts struct {
	// Clock is the smallest one up to which its tasks had read everything; Tasks is how many it has, of
	// Partitions of the prefix: the persons of others are not in it.
	Clock             duty.Instant
	Tasks, Partitions int
}

// StateFacts gives the facts of persons that a stopped engine keeps in its data directory, as lines that
// replay reads, each with the place and time that it had in the log; the same fact may come under two
// persons, and so twice. A record that no engine could read is a line that nobody can read, and holds what it
// held. Facts of centres are not kept there. The state is copied into tempDir, and the copy read, so that the directory
// stays as it is. An error that is state.ErrInUse says that an engine runs on it, one that is ErrConfig that
// it cannot be read, one that is atrest.ErrKey that the key does not open it.
func StateFacts(dataDir, tempDir string, key *atrest.Key, each func(line []byte) error) (kept KeptFacts, err error) {
	id, err := readIdentity(dataDir)
	if err != nil {
		return kept, err
	}
	if !datadir.Exists(filepath.Join(dataDir, datadir.DirState)) {
		return kept, errConfig(fmt.Sprintf("%s holds no state: no engine has run on it yet", dataDir))
	}
	unlock, err := datadir.LockDirs(dataDir)
	if err != nil {
		return kept, err
	}
	vault, err := readVault(dataDir, key)
	if err != nil {
		unlock()
		return kept, err
	}
	temp, err := copyOf(filepath.Join(dataDir, datadir.DirState), tempDir)
	unlock()
	if err != nil {
		return kept, err
	}
	defer os.RemoveAll(temp)
	db, err := state.Open(temp, state.Options{Key: stateKey(vault)})
	if err != nil {
		return kept, fmt.Errorf("open a copy of the state: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tasks, err := db.Inspect()
	if err != nil {
		return kept, err
	}
	kept = KeptFacts{Clock: duty.Forever, Partitions: int(id.Partitions)}
	for i := range tasks {
		if err := kept.task(db, tasks[i].Task, each); err != nil {
			return kept, fmt.Errorf("task %d: %w", tasks[i].Task, err)
		}
	}
	if kept.Tasks == 0 {
		return kept, errConfig(fmt.Sprintf("%s holds no checkpoint of any task: the engine had not committed yet",
			dataDir))
	}
	return kept, nil
}

// task gives the facts of one task.
func (k *KeptFacts) task(db *state.DB, number int32, each func(line []byte) error) error {
	t, err := db.Task(number)
	if err != nil {
		return err
	}
	saved, ok, err := t.Checkpoint()
	if err != nil || !ok || number < 0 {
		return err
	}
	progress, err := stored.DecodeProgress(saved, number)
	if err != nil {
		return err
	}
	k.Tasks++
	k.Clock = min(k.Clock, progress.CaughtUp)
	r := keptReader{task: t, number: number, codec: broker.NewCodec(schemas.NewStore()), each: each}
	if err := r.shapes.Load(t); err != nil {
		return err
	}
	const atATime = 256
	for cursor := []byte(nil); ; {
		persons, next, err := t.Persons(cursor, atATime)
		if err != nil {
			return err
		}
		for _, person := range persons {
			if err := r.person(person); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		cursor = next
	}
}

// keptReader reads the facts of one task.
type keptReader struct {
	task   state.Task
	number int32
	codec  broker.Codec
	shapes stored.Shapes
	each   func(line []byte) error
	line   []byte
}

// person gives the facts of one person.
func (r *keptReader) person(id string) error {
	p, err := r.task.Person(id, state.Undated)
	if err != nil {
		return err
	}
	for _, raw := range p.Facts {
		f, err := stored.ReadFact(raw, id, r.number, r.codec, &r.shapes)
		if err != nil {
			return err
		}
		if f.Bad != nil {
			if err := r.bad(&f); err != nil {
				return err
			}
			continue
		}
		line := schemas.Line{Topic: f.Topic, Value: f.Record, Partition: duty.Some(f.Pos.Partition),
			Offset: duty.Some(f.Pos.Offset), LoggedAt: duty.Some(f.Known)}
		r.line = schemas.AppendLine(r.line[:0], &line)
		if err := r.each(r.line); err != nil {
			return err
		}
	}
	return nil
}

// bad gives a record that could not be read, as far as it is known.
func (r *keptReader) bad(f *stored.Fact) error {
	line := struct {
		Topic     string            `json:"topic"`
		Partition int32             `json:"partition"`
		Offset    int64             `json:"offset"`
		LoggedAt  string            `json:"logged_at,omitempty"`
		Key       string            `json:"key,omitempty"`
		Value     map[string]string `json:"value"`
	}{Topic: f.Bad.Topic, Partition: f.Pos.Partition, Offset: f.Pos.Offset, Key: f.Bad.Key, Value: map[string]string{}}
	if f.Bad.At.OK {
		line.LoggedAt = f.Bad.At.V.String()
	}
	if f.Bad.ID != "" {
		line.Value["id"] = f.Bad.ID
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	return r.each(append(text, '\n'))
}
