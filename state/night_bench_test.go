package state_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"testing"

	"tilsyn/state"
)

// nightBench is the night job as a store sees it: some tasks, each person with
// a few facts a day in order of time, a header now and then, and everybody due
// once a day, decided in pieces that each end in a commit.
type nightBench struct {
	tasks   []state.Task
	batch   []state.Batch
	persons int // of a task
	chance  *rand.Rand
	facts   int
	visited int
	live    uint64 // most that the heap held after a collection
}

const (
	nightTasks    = 4
	nightCycle    = 5_000
	nightPassages = 6
	nightPiece    = 1_000
)

var errNightPiece = errors.New("enough for this cycle")

// BenchmarkNightJob measures three days of the night job. Memory matters as much as time: MB-live
// is the largest heap after a collection, B-garbage/fact what the collector removed.
func BenchmarkNightJob(b *testing.B) {
	var facts, visited int
	var live uint64
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu := cpuTime()
	for b.Loop() {
		db, err := state.Open(b.TempDir(), state.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := nightBench{batch: make([]state.Batch, nightTasks), persons: 50_000, chance: rand.New(rand.NewPCG(1, 2))}
		for i := range nightTasks {
			t, err := db.Task(int32(i))
			if err != nil {
				b.Fatal(err)
			}
			n.tasks = append(n.tasks, t)
		}
		for day := range int32(3) {
			if err := n.day(day); err != nil {
				b.Fatal(err)
			}
		}
		facts, visited, live = facts+n.facts, visited+n.visited, max(live, n.live)
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(cpuTime()-cpu)/float64(facts), "cpu-ns/fact")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(facts), "B-garbage/fact")
	b.ReportMetric(float64(live)/(1<<20), "MB-live")
	b.ReportMetric(float64(visited)/float64(b.N), "visits")
}

func (n *nightBench) day(day int32) error {
	due := int64(day+1) * 86_400_000
	for passage := range nightPassages {
		for from := 0; from < n.persons; from += nightCycle {
			for task := range n.tasks {
				if err := n.cycle(task, day, passage, from, due); err != nil {
					return err
				}
			}
		}
	}
	for task := range n.tasks {
		if err := n.night(task, day, due); err != nil {
			return err
		}
	}
	return nil
}

// cycle commits the facts that some persons have of one passage.
func (n *nightBench) cycle(task int, day int32, passage, from int, due int64) error {
	b := &n.batch[task]
	var fact [60]byte
	copy(fact[:], "a passage through a door, most of which is the same for all")
	for i := from; i < from+nightCycle; i++ {
		binary.BigEndian.PutUint64(fact[:], n.chance.Uint64())
		who := nightPerson(task, i)
		b.AddFact(who, 19_000+day, fact[:])
		if passage == 0 && day == 0 {
			b.SetHeader(who, due, fact[:])
		}
	}
	n.facts += nightCycle
	return n.commit(task)
}

// night visits everybody with the facts of the day, gives each a new header and
// says something of each hundredth.
func (n *nightBench) night(task int, day int32, due int64) error {
	b := &n.batch[task]
	wanted := func(_, _ []byte) int32 { return 19_000 + day }
	var header [60]byte
	var cursor []byte
	for {
		piece := 0
		next, err := n.tasks[task].WalkDue(due, cursor, 4096, wanted, func(v *state.View) error {
			if piece == nightPiece {
				return errNightPiece
			}
			piece++
			if len(v.Facts) < nightPassages {
				return fmt.Errorf("%d facts", len(v.Facts))
			}
			copy(header[8:], v.Facts[0])
			b.SetHeaderBytes(v.Person, due+86_400_000, header[:])
			if n.visited++; n.visited%100 == 0 {
				b.SetSaidBytes(v.Person, 1, 19_000+day, header[:20])
			}
			return nil
		})
		if err != nil && !errors.Is(err, errNightPiece) {
			return err
		}
		if err := n.commit(task); err != nil {
			return err
		}
		if next == nil {
			return nil
		}
		cursor = append(cursor[:0], next...)
	}
}

func (n *nightBench) commit(task int) error {
	b := &n.batch[task]
	var check [200]byte
	binary.BigEndian.PutUint64(check[:], uint64(n.facts))
	b.SetCheckpoint(check[:])
	err := n.tasks[task].Commit(b)
	b.Reset()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	n.live = max(n.live, sample[0].Value.Uint64())
	return err
}

// nightPerson is a person of a task; the names of different tasks differ.
func nightPerson(task, i int) string { return fmt.Sprintf("Q%d%07d", task, i) }
