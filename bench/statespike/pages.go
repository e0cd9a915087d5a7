package main

import (
	"encoding/binary"

	"tilsyn/state"
)

// due is when everybody is due.
const due = int64(1_700_000_000_000)

// pages is the layout of package state.
type pages struct {
	db    *state.DB
	tasks []state.Task
	batch []state.Batch
	count []uint64
}

func openPages(p params) (layout, error) {
	db, err := state.Open(p.Dir, state.Options{Pages: p.Pages, SyncWrites: p.Sync, MergeBytes: p.Merge << 20})
	if err != nil {
		return nil, err
	}
	l := &pages{db: db, batch: make([]state.Batch, p.Tasks), count: make([]uint64, p.Tasks)}
	for task := range p.Tasks {
		t, err := db.Task(int32(task))
		if err != nil {
			return nil, err
		}
		if _, _, err := t.Checkpoint(); err != nil {
			return nil, err
		}
		l.tasks = append(l.tasks, t)
	}
	return l, nil
}

func (l *pages) introduce(task int, persons []string) error {
	b := &l.batch[task]
	var data [40]byte
	for i, who := range persons {
		b.SetHeader(who, due, data[:])
		if i%5000 == 4999 || i == len(persons)-1 {
			if err := l.write(task); err != nil {
				return err
			}
		}
	}
	return nil
}

// write commits the task's batch with a checkpoint of 200 bytes.
func (l *pages) write(task int) error {
	b := &l.batch[task]
	var check [200]byte
	l.count[task]++
	binary.BigEndian.PutUint64(check[:], l.count[task])
	b.SetCheckpoint(check[:])
	err := l.tasks[task].Commit(b)
	b.Reset()
	return err
}

func (l *pages) commit(task int, events []event) error {
	b := &l.batch[task]
	for i := range events {
		b.AddFactBytes(events[i].person, events[i].day, events[i].data)
	}
	return l.write(task)
}

func (l *pages) sweep(task int, deep, advance bool) (visited, facts int, err error) {
	t, b := l.tasks[task], &l.batch[task]
	days := func(_, _ []byte) int32 {
		if deep {
			return 19_002
		}
		return state.OnlyHeader
	}
	var data [60]byte
	var cursor []byte
	for {
		next, err := t.WalkDue(due, cursor, 20_000, days, func(v *state.View) error {
			visited, facts = visited+1, facts+len(v.Facts)
			if advance {
				binary.BigEndian.PutUint32(data[:], uint32(visited))
				b.SetHeaderBytes(v.Person, due+86_400_000, data[:])
			}
			return nil
		})
		if err == nil && advance {
			err = l.write(task)
		}
		if err != nil || next == nil {
			return visited, facts, err
		}
		cursor = append(cursor[:0], next...)
	}
}

func (l *pages) close() error { return l.db.Close() }
