package task

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// broken runs something and returns the invariant that it breaks, nil for none.
func broken(do func()) (failure *invariant.Failure) {
	defer func() {
		fault := recover()
		if failure, _ = fault.(*invariant.Failure); failure == nil && fault != nil {
			panic(fault)
		}
	}()
	do()
	return nil
}

// breakers are, by invariant, ways to break it on purpose. Each gets the first task of a world at
// rest, in which nothing was told of anybody.
var breakers = map[string][]func(w *world, t *Task){
	publishBeforeSave: {
		func(w *world, t *Task) { t.at.Seq++; w.must(t.save(true)) },
		func(w *world, t *Task) { t.at.Inputs[broker.InputsOf(0)[0]]++; w.must(t.save(true)) },
		func(w *world, t *Task) { t.cycle.outs = make([]broker.Out, 1); w.must(t.save(false)) },
	},
	silentRecovery: {
		func(w *world, t *Task) { t.must.live = false; t.cycle.decided = 1; w.must(t.save(true)) },
		func(w *world, t *Task) {
			t.must.live = false
			t.cycle.outs = make([]broker.Out, 1)
			w.must(t.save(true))
		},
		func(w *world, t *Task) { t.must.live = false; w.must(publish(w, t)) },
	},
	positionsRise: {
		func(w *world, t *Task) { t.at.Inputs[broker.InputsOf(0)[0]]--; w.must(publish(w, t)) },
		func(w *world, t *Task) { t.at.CaughtUp--; w.must(publish(w, t)) },
		func(w *world, t *Task) { t.at.Seq--; w.must(publish(w, t)) },
		func(w *world, t *Task) {
			clear(t.at.Examined)
			w.must(publish(w, t))
		},
		func(_ *world, t *Task) { clear(t.at.Inputs); t.must.recovered(t) },
	},
	readOnce: {
		func(w *world, t *Task) { t.broker = rereader{t.broker}; w.sendGroup("again"); w.step(t) },
	},
	pictureIsNew: {
		func(w *world, t *Task) {
			maps.Copy(t.must.acked.Centres, broker.Offsets{w.centrePartitions()[0]: 1 << 40})
			t.picture = nil
			w.must(t.adopt())
		},
	},
	claimsSent: {
		func(w *world, t *Task) { t.claims.Claim(1, 7, true); w.must(t.save(true)) },
		func(w *world, t *Task) {
			t.claims.Claim(1, 7, true)
			w.must(publish(w, t))
		},
	},
	readsBack: {
		func(w *world, t *Task) { t.codec = muddler{t.codec}; w.missNight() },
		func(_ *world, t *Task) {
			record, _ := t.at.Encode()
			t.at.Seq++
			t.at.Clock++
			t.must.publish(t, record)
		},
	},
	oneGoroutine: {
		func(w *world, t *Task) {
			t.broker = inside{t.broker, func() { w.step(t) }}
			w.step(t)
		},
	},
	caughtUpIsRead: {
		func(_ *world, t *Task) {
			t.topics.why = "on purpose"
			t.must.reached(t, t.at.CaughtUp+1)
		},
		func(_ *world, t *Task) {
			t.at.Sweeps = append(t.at.Sweeps, stored.Sweep{Claims: true})
			t.must.reached(t, t.at.CaughtUp+1)
		},
	},
	oneVerdict: {
		func(w *world, t *Task) {
			p, err := t.person("here0")
			w.must(err)
			for range 2 {
				t.must.once(t, p, &t.cycle.knowledge, &duty.Violation{EvaluatedAt: w.now})
			}
		},
	},
	nextRevision: {
		func(w *world, t *Task) {
			t.judge = changing{t.judge, func(v *duty.Violation) { v.Revision++ }}
			w.missNight()
		},
		func(w *world, t *Task) {
			t.judge = changing{t.judge, func(v *duty.Violation) { v.Status = duty.StatusWithdrawn }}
			w.missNight()
		},
		func(_ *world, t *Task) {
			t.must.heard(t, &duty.Violation{UnitID: "u", Revision: 2})
			t.must.heard(t, &duty.Violation{UnitID: "u", Revision: 2})
		},
	},
	nobodyAhead: {
		func(w *world, t *Task) { t.judge = ahead{t.judge}; w.missNight() },
		func(w *world, t *Task) {
			t.judge = changing{t.judge, func(*duty.Violation) { t.cycle.clearing = true }}
			w.missNight()
		},
		func(w *world, t *Task) {
			t.judge = changing{t.judge, func(*duty.Violation) { t.topics.why = "on purpose" }}
			w.missNight()
		},
		func(w *world, t *Task) {
			t.judge = changing{t.judge, func(*duty.Violation) { t.at.CaughtUp += duty.Day }}
			w.missNight()
		},
	},
	nobodyBeyond: {
		func(w *world, t *Task) { t.judge = saying{t.judge, t, 0, -duty.Day}; w.missNight() },
		func(w *world, t *Task) { t.judge = saying{t.judge, t, duty.Day, duty.Day}; w.missNight() },
	},
	coverageWhole: {
		func(w *world, t *Task) {
			t.cycle.write(broker.Out{Partition: coverage, Key: []byte("C")})
			w.must(publish(w, t))
		},
		func(w *world, t *Task) {
			for range 2 {
				t.cycle.write(broker.Out{Partition: coverage, Key: []byte("T")})
			}
			w.must(publish(w, t))
		},
		func(w *world, _ *Task) {
			t := w.tasks[1] // which does not own the watch
			t.cycle.write(broker.Out{Partition: coverage, Key: []byte("T")})
			w.must(publish(w, t))
		},
	},
	decidedIsOver: {
		func(_ *world, t *Task) { t.must.decided(t, t.at.CaughtUp, false) },
	},
	routineAgrees: {
		func(w *world, t *Task) { t.judge = blind{t.judge}; w.nextNight() },
		func(w *world, t *Task) { t.judge = accusing{t.judge}; w.nextNight() },
	},
	carriedAgrees: {
		func(w *world, t *Task) {
			res := duty.Result{At: t.at.CaughtUp, Units: make([]duty.Unit, 1)} // one too many
			for i := range 60 {
				p, err := t.person("here" + strconv.Itoa(i))
				w.must(err)
				k, err := t.load(p, state.Undated, stored.WholeRow)
				w.must(err)
				w.must(t.must.carried(t, p, k, &carried{Carried: &duty.Carried{}}, &res))
			}
		},
	},
	rosterAgrees: {
		func(w *world, t *Task) { t.store = forgetful{t.store}; w.nextNight() },
		func(w *world, t *Task) { t.roster.entries[0].flags ^= wasTold; w.must(t.must.compare(t, 0)) },
		func(w *world, t *Task) { t.roster.entries[0].card++; w.must(t.must.compare(t, 0)) },
	},
}

// publish writes the transaction of a cycle.
func publish(w *world, t *Task) error {
	c := commit{t: t}
	return c.publish(w.t.Context())
}

// TestEveryInvariantFires breaks every invariant on purpose.
func TestEveryInvariantFires(t *testing.T) {
	if !invariant.Enabled() {
		t.Skip("benchmarks assert nothing")
	}
	for name, list := range breakers {
		for i, do := range list {
			t.Run(name+" "+strconv.Itoa(i), func(t *testing.T) {
				w := newCoreWorld(t, 3, 2)
				w.boot()
				w.now += 2 * duty.Hour
				for i := range 60 {
					who := "here" + strconv.Itoa(i)
					w.sendStay(who)
					w.sendPassage(who, w.now-duty.Hour, duty.DirectionIn)
				}
				w.now = seeds.Start.Date().Clock(23, 0)
				w.rest()
				f := broken(func() { do(w, w.tasks[0]) })
				if f == nil || f.Name != name {
					t.Fatalf("breaks %v", f)
				}
				if strings.Contains(f.Error(), "here") || strings.Contains(f.Error(), "away") {
					t.Errorf("names a person: %v", f)
				}
			})
		}
	}
}

// TestEveryInvariantIsBroken: there is a way to break each invariant that has a name.
func TestEveryInvariantIsBroken(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "invariants.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				name, _ := strconv.Unquote(lit.Value)
				if names++; len(breakers[name]) == 0 {
					t.Errorf("nothing breaks %q", name)
				}
			}
		}
		return true
	})
	if names != len(breakers) {
		t.Errorf("%d invariants have a name, and %d are broken", names, len(breakers))
	}
}

// TestFailureIsNoFaultOfTheCore: what recovers from a panic in the core lets a broken invariant
// through.
func TestFailureIsNoFaultOfTheCore(t *testing.T) {
	w := newCoreWorld(t, 1, 1)
	w.boot()
	task := w.tasks[0]
	task.judge = inFault{task.judge}
	if f := broken(func() { task.evaluate(duty.Input{}, 0) }); f == nil || w.stats.Faults.Load() != 0 {
		t.Errorf("breaks %v, %d faults", f, w.stats.Faults.Load())
	}
}

// step runs one cycle.
func (w *world) step(t *Task) {
	_, err := t.Step(w.t.Context())
	w.must(err)
}

// missNight lets a person be away for a night, and runs cycles until something is
// told or should have been.
func (w *world) missNight() {
	w.sendStay("away")
	w.sendPassage("away", w.now-duty.Minute, duty.DirectionOut)
	w.nextNight()
}

// nextNight lets the next morning come.
func (w *world) nextNight() {
	w.now = (w.now + 8*duty.Hour).Date().Clock(6, 30)
	for range 20 {
		w.must(w.reader.Poll(w.t.Context(), 0))
		for _, task := range w.tasks {
			w.step(task)
		}
	}
}

// rereader reads everything from its beginning, again and again.
type rereader struct{ broker.Broker }

func (b rereader) Fetch(
	ctx context.Context, from broker.Offsets, most int, wait time.Duration,
) (broker.Fetched, error) {
	from = from.Clone()
	for p := range from {
		if p.Topic == duty.TopicGroupChanges {
			from[p] = 0
		}
	}
	return b.Broker.Fetch(ctx, from, most, wait)
}

// inside does something while the task fetches.
type inside struct {
	broker.Broker
	do func()
}

func (b inside) Fetch(
	ctx context.Context, from broker.Offsets, most int, wait time.Duration,
) (broker.Fetched, error) {
	b.do()
	return b.Broker.Fetch(ctx, from, most, wait)
}

// muddler decodes violations as something else than was encoded.
type muddler struct{ broker.Codec }

func (c muddler) Decode(topic string, value []byte) (any, error) {
	record, err := c.Codec.Decode(topic, value)
	if v, ok := record.(*duty.Violation); ok {
		v.EvaluatedAt++
	}
	return record, err
}

// changing changes revisions before they are told.
type changing struct {
	Adjudicator
	change func(v *duty.Violation)
}

func (j changing) Revise(in duty.Input, res duty.Result, said []duty.Said) ([]duty.Violation, error) {
	list, err := j.Adjudicator.Revise(in, res, said)
	for i := range list {
		j.change(&list[i])
	}
	return list, err
}

// saying lets the watch have spoken of other clocks, so much off caught_up, when something is told.
type saying struct {
	Adjudicator
	of             *Task
	since, through duty.Instant
}

func (j saying) Revise(in duty.Input, res duty.Result, said []duty.Said) ([]duty.Violation, error) {
	list, err := j.Adjudicator.Revise(in, res, said)
	if t := j.of; len(list) > 0 {
		picture, content := *t.picture, *t.picture.Coverage
		content.Since, content.Through = t.at.CaughtUp+j.since, t.at.CaughtUp+j.through
		picture.Coverage, t.picture = &content, &picture
	}
	return list, err
}

// ahead judges at a later clock than it is asked to.
type ahead struct{ Adjudicator }

func (j ahead) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	res := j.Adjudicator.Evaluate(in, at+duty.Day)
	for i := range res.Units {
		res.Units[i].Ready = 0
	}
	return res
}

// blind finds no units.
type blind struct{ Adjudicator }

func (j blind) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	res := j.Adjudicator.Evaluate(in, at)
	res.Units = nil
	return res
}

// accusing always has something to tell.
type accusing struct{ Adjudicator }

func (j accusing) Revise(duty.Input, duty.Result, []duty.Said) ([]duty.Violation, error) {
	return make([]duty.Violation, 1), nil
}

// inFault breaks an invariant.
type inFault struct{ Adjudicator }

func (inFault) Evaluate(duty.Input, duty.Instant) duty.Result {
	invariant.Hold(false, "on purpose", "in the core")
	return duty.Result{}
}

// forgetful keeps another due time than it was given.
type forgetful struct{ state.Task }

func (s forgetful) Header(who string) (state.Header, error) {
	h, err := s.Task.Header(who)
	h.Next--
	return h, err
}
