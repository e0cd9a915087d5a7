package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tilsyn/state"
)

// layout is a way to keep the state of all tasks.
type layout interface {
	// introduce gives every person of a task a header.
	introduce(task int, persons []string) error
	// commit writes the events of one cycle and the checkpoint.
	commit(task int, events []event) error
	// sweep visits everybody of a task who is due, in key order; deep also reads
	// the facts of the last two days, and advance moves each to the next night.
	sweep(task int, deep, advance bool) (visited int, facts int, err error)
	close() error
}

// event is one synthetic fact with what names its person.
type event struct {
	person []byte
	day    int32
	data   []byte
}

func openLayout(p params) (layout, error) {
	switch p.Layout {
	case "pages":
		return openPages(p)
	case "keys":
		return openKeys(p)
	}
	return nil, fmt.Errorf("unknown layout %q", p.Layout)
}

func runStep(p params) error {
	debug.SetMemoryLimit(p.Limit << 20)
	l, err := openLayout(p)
	if err != nil {
		return err
	}
	switch p.Step {
	case "load":
		return load(p, l)
	case "restart":
		started, err := strconv.ParseInt(os.Getenv("STATESPIKE_STARTED"), 10, 64)
		if err != nil {
			return err
		}
		ready := cpuSeconds()
		say("ready after kill -9", time.Since(time.Unix(0, started)).Seconds(), "s")
		if err := l.commit(0, []event{{person: []byte(personOf(0)), day: 19_000, data: []byte("restarted")}}); err != nil {
			return err
		}
		say("CPU until ready", ready, "s")
		say("first commit done", time.Since(time.Unix(0, started)).Seconds(), "s")
		memory()
		return l.close()
	case "sweep":
		return sweep(p, l)
	}
	return fmt.Errorf("unknown step %q", p.Step)
}

func personOf(i int) string { return fmt.Sprintf("P%07d", i) }

// everyTask runs fn for all tasks at once and returns how long it took.
func everyTask(p params, fn func(task int) error) (time.Duration, error) {
	var wg sync.WaitGroup
	errs := make(chan error, p.Tasks)
	start := time.Now()
	for task := range p.Tasks {
		wg.Go(func() {
			if err := fn(task); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return time.Since(start), <-errs
}

func load(p params, l layout) error {
	took, err := everyTask(p, func(task int) error {
		if p.Bare {
			return nil
		}
		var mine []string
		for i := task; i < p.Persons; i += p.Tasks {
			mine = append(mine, personOf(i))
		}
		return l.introduce(task, mine)
	})
	if err != nil {
		return err
	}
	stop, err := profile(p)
	if err != nil {
		return err
	}
	say("persons introduced", float64(p.Persons)/took.Seconds(), "1/s")
	// The cost of the measuring itself is subtracted.
	cpu := cpuSeconds()
	if _, err := everyTask(p, func(task int) error {
		source := newSource(p, task)
		cycle := make([]event, p.Cycle)
		for source.count < uint64(p.Events/p.Tasks) {
			source.fill(cycle, 0)
		}
		return nil
	}); err != nil {
		return err
	}
	making := cpuSeconds() - cpu
	cpu, written := cpuSeconds(), writtenBytes()
	var events atomic.Int64
	var slowest atomic.Int64
	took, err = everyTask(p, func(task int) error {
		return loadTask(p, l, task, &events, &slowest)
	})
	if err != nil {
		return err
	}
	say("events", float64(events.Load())/took.Seconds(), "1/s")
	say("CPU per million events", (cpuSeconds()-cpu-making)/float64(events.Load())*1e6, "s")
	say("CPU to make up a million", making/float64(events.Load())*1e6, "s")
	say("written per event", (writtenBytes()-written)/float64(events.Load()), "B")
	say("slowest commit", float64(slowest.Load())/1e9, "s")
	say("disk per event", float64(dirBytes(p.Dir))/float64(events.Load()), "B")
	memory()
	if err := stop(); err != nil {
		return err
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	return self.Kill()
}

func loadTask(p params, l layout, task int, events, slowest *atomic.Int64) error {
	source := newSource(p, task)
	cycle := make([]event, p.Cycle)
	start := time.Now()
	mine := uint64(p.Events / p.Tasks)
	for source.count < mine {
		source.fill(cycle, 19_000+int32(uint64(p.Days)*source.count/mine))
		began := time.Now()
		if err := l.commit(task, cycle); err != nil {
			return err
		}
		if d := int64(time.Since(began)); d > slowest.Load() {
			slowest.Store(d)
		}
		events.Add(int64(len(cycle)))
		if p.Rate > 0 {
			due := time.Duration(float64(source.count) * float64(p.Tasks) / float64(p.Rate) * float64(time.Second))
			time.Sleep(due - time.Since(start))
		}
	}
	return nil
}

func sweep(p params, l layout) error {
	stop, err := profile(p)
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		name          string
		deep, advance bool
	}{
		{"headers of everybody due", false, false},
		{"with facts of two days", true, false},
		{"with a new header for each", false, true},
	} {
		var visited, facts atomic.Int64
		cpu := cpuSeconds()
		took, err := everyTask(p, func(task int) error {
			n, f, err := l.sweep(task, kind.deep, kind.advance)
			visited.Add(int64(n))
			facts.Add(int64(f))
			return err
		})
		if err != nil {
			return err
		}
		if visited.Load() < int64(p.Persons) {
			return fmt.Errorf("a sweep visited %d of %d persons", visited.Load(), p.Persons)
		}
		say(kind.name, took.Seconds(), "s")
		say(kind.name+", CPU", cpuSeconds()-cpu, "s")
		if kind.deep {
			say("facts read", float64(facts.Load()), "")
		}
	}
	memory()
	return errors.Join(stop(), l.close())
}

func say(name string, value float64, unit string) {
	line, err := json.Marshal(figure{name, value, unit})
	if err != nil {
		fail(err)
	}
	fmt.Println(string(line))
}

// memory says what /proc has about this process: the most it ever held, and
// what of it now is its own and not a mapped file that the kernel may drop.
func memory() {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	for _, line := range strings.Split(string(status), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 || (f[0] != "VmHWM:" && f[0] != "RssAnon:" && f[0] != "RssFile:") {
			continue
		}
		if kb, err := strconv.ParseFloat(f[1], 64); err == nil {
			say(strings.TrimSuffix(f[0], ":"), kb/1024, "MiB")
		}
	}
}

// dirBytes is the disk space that a directory's files take; logs are sparse.
func dirBytes(dir string) (sum int64) {
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			sum += state.OnDisk(info)
		}
	}
	return sum
}

// writtenBytes returns how much the process has written to files, as the kernel counts it.
func writtenBytes() float64 {
	counts, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(counts), "\n") {
		if n, found := strings.CutPrefix(line, "write_bytes: "); found {
			bytes, _ := strconv.ParseFloat(n, 64)
			return bytes
		}
	}
	return 0
}
