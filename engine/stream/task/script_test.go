package task

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
)

// form is in what a script is run: how many tasks, and whether on a real store.
type form struct {
	tasks int32
	disk  bool
}

func (f form) String() string {
	if f.disk {
		return fmt.Sprintf("%d tasks on disk", f.tasks)
	}
	return fmt.Sprintf("%d tasks", f.tasks)
}

// forms are all of them; a script that says how many tasks it needs is run in the first and
// the last.
var forms = []form{{1, false}, {2, false}, {3, false}, {2, true}}

// TestScripts runs testdata/scripts/*.txt, which README.md beside them describes: each in one of
// the forms, at full size in all. `-rewrite` writes
// what is shown in the first form into them; run it once more at full size without, for the others.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts found: %v", err)
	}
	rewrite := flag.Lookup("rewrite").Value.String() == "true"
	for n, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			free := true
			for i, f := range forms {
				if !free && !f.disk || rewrite && i > 0 {
					continue
				}
				if i != n%len(forms) && !rewrite && !seeds.Full() {
					continue
				}
				t.Run(f.String(), func(t *testing.T) {
					r := &scriptRun{form: f}
					datadriven.RunTest(t, file, r.directive)
					free = r.free
				})
			}
		})
	}
}

// scriptRun is a script that is run in one form.
type scriptRun struct {
	form form
	// free is true once a case did not say how many tasks it needs.
	free bool
	s    *scenario
	// done are the directives of the case so far, with what they showed.
	done []doneDirective
}

// doneDirective is one that was played.
type doneDirective struct {
	d     datadriven.TestData
	shown string
}

// directive plays one directive of the file.
func (r *scriptRun) directive(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "case":
		f := r.form
		if d.HasArg("tasks") {
			d.ScanArgs(t, "tasks", &f.tasks)
		} else {
			r.free = true
		}
		r.done = nil
		r.s = newScenario(t, f, d)
		return ""
	case "crash":
		if r.s == nil {
			break
		}
		return r.crashAtEveryEffect(t, d)
	}
	if r.s == nil {
		d.Fatalf(t, "begin with: case")
	}
	shown := r.s.directive(t, d)
	r.done = append(r.done, doneDirective{*d, shown})
	return shown
}

// scenario is a case of a script: a world, and what the lines have named in it.
type scenario struct {
	*world
	form form
	// later is the policy that "policy activated" activates.
	later *duty.Policy
	// args are those of the case.
	args    *datadriven.TestData
	booted  bool
	persons map[string]*notation.Person
	// sent is what a name was sent as, and where.
	sent map[string]sentRecord
	// open is the transaction of somebody else that records are sent in.
	open *testkit.Txn
	// stopped is a person whose task stands still, all are the tasks meanwhile.
	stopped string
	all     []*Task
	// before are the tasks of an instance that were taken over.
	before []*Task
	shown  strings.Builder
	// progress is how many records of progress there were when a script last asked.
	progress int
}

// sentRecord is a record in the log.
type sentRecord struct {
	feed   testkit.Feed
	place  broker.Partition
	offset int64
}

func newScenario(t *testing.T, f form, d *datadriven.TestData) *scenario {
	args := *d // the next directive is read into the same place
	seed := uint64(1)
	if d.HasArg("seed") {
		d.ScanArgs(t, "seed", &seed)
	}
	make := newCoreWorld
	if d.HasArg("law") {
		make = newWorld
	}
	s := &scenario{world: make(t, seed, f.tasks), form: f, args: &args, persons: map[string]*notation.Person{},
		sent: map[string]sentRecord{}}
	s.trust = d.HasArg("trust-timestamps")
	s.later = withLaterCentre(s.world)
	if d.HasArg("law-fails-on") {
		var who string
		d.ScanArgs(t, "law-fails-on", &who)
		s.judge = faulty{s.judge, who}
	}
	if f.disk {
		s.onDisk(state.Options{})
	}
	return s
}

// directive plays the lines of "play", or shows what was written.
func (s *scenario) directive(t *testing.T, d *datadriven.TestData) string {
	s.t = t
	switch d.Cmd {
	case "play":
		s.shown.Reset()
		for i, line := range strings.Split(d.Input, "\n") {
			s.play(t, d, i, line)
		}
		return s.shown.String()
	case "told":
		return s.told(d.HasArg("revisions"))
	case "quality":
		return s.quality(d)
	case "observations":
		return s.observations()
	case "incidents":
		return s.published(d)
	case "summaries":
		return s.summaries(d)
	case "letters":
		return s.openLetters()
	case "held":
		return s.heldBack()
	case "stands":
		return s.standing()
	case "caught-up":
		return s.caughtUp(d)
	case "progress":
		return s.progressed()
	case "counts":
		return s.counts(t, d)
	}
	d.Fatalf(t, "unknown command %q; README.md beside the scripts lists them", d.Cmd)
	return ""
}

// play plays one line, and names it where it fails.
func (s *scenario) play(t *testing.T, d *datadriven.TestData, i int, line string) {
	line, _, _ = strings.Cut(line, "# ")
	if line = strings.TrimSpace(line); line == "" {
		return
	}
	done := false
	defer func() {
		if !done {
			t.Logf("%s, line %d below it: %s", d.Pos, i+1, line)
		}
	}()
	err := s.verb(strings.Fields(line))
	if err == errNoVerb {
		err = s.fact(line)
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	done = !t.Failed()
}

// start lets the first process begin.
func (s *scenario) start() {
	if !s.booted {
		s.booted = true
		s.boot()
	}
}

// goOn moves the clock on to an instant; it never goes back.
func (s *scenario) goOn(at duty.Instant) { s.now = max(s.now, at) }
