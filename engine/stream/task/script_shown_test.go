package task

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
)

// linesOr are sorted lines, or a word where there are none.
func linesOr(lines []string, none string) string {
	if len(lines) == 0 {
		return none
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// told is the newest record of every unit, or all of them, with its specific caveats.
func (s *scenario) told(all bool) string {
	var lines []string
	for _, revisions := range s.histories() {
		for i := range revisions {
			v := &revisions[i]
			if i < len(revisions)-1 && !all {
				continue
			}
			status := v.Status.String()
			if v.WithdrawnOutcome.OK {
				status += "(" + v.WithdrawnOutcome.V.String() + ")"
			}
			line := fmt.Sprintf("%s %s %s revision %d %s", v.PersonID, v.UnitDate, v.Kind, v.Revision, status)
			if len(v.Caveats) > 0 {
				line += " " + strings.Join(v.Caveats, " ")
			}
			lines = append(lines, line)
		}
	}
	return linesOr(lines, "nothing")
}

// quality shows the lines of data quality: of the codes named, or of all; with [details] what
// they say.
func (s *scenario) quality(d *datadriven.TestData) string {
	states, first := map[string][]string{}, map[string]string{}
	for i := range s.parts {
		for _, rec := range s.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
			q := s.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality)
			if len(d.CmdArgs) > 0 && !d.HasArg(q.Code.String()) && !d.HasArg("details") {
				continue
			}
			id := q.Code.String() + q.ID
			states[id] = append(states[id], q.State.String())
			line := q.Code.String() + " " + q.Subject
			if q.Code == duty.DataQualityCodeUnreadable {
				line += " " + notation.Local(q.From)
			}
			for _, x := range q.Detail {
				if d.HasArg("details") {
					line += fmt.Sprintf(" %s=%q", x.Name, x.Value)
				} else if q.Code == duty.DataQualityCodeConflictingFact {
					line += " " + x.Value
					break
				}
			}
			first[id] = line
		}
	}
	var lines []string
	for id, line := range first {
		lines = append(lines, line+": "+strings.Join(states[id], " "))
	}
	return linesOr(lines, "nothing")
}

// observations shows the observations of persons, with their states.
func (s *scenario) observations() string {
	states := map[string][]string{}
	for i := range s.parts {
		for _, rec := range s.broker.Committed(broker.Partition{Topic: duty.TopicObservations, Index: i}) {
			o := s.decoded(duty.TopicObservations, rec.Value).(*duty.Observation)
			line := o.Code.String() + " " + o.PersonID
			states[line] = append(states[line], o.State.String())
		}
	}
	var lines []string
	for line, list := range states {
		lines = append(lines, line+": "+strings.Join(list, " "))
	}
	return linesOr(lines, "nothing")
}

// openLetters shows how many dead letters there are and which are open, and compares that with
// what the facts in the log say.
func (s *scenario) openLetters() string {
	s.start()
	d := s.letters()
	if !s.args.HasArg("unchecked") {
		s.checkLetters()
	}
	var lines []string
	for _, l := range d.Oldest {
		log := s.broker.Logs[broker.Partition{Topic: l.Topic, Index: l.Partition}]
		line := fmt.Sprintf("%s of %q since %s: %s, holds %s", l.Topic, log[l.Offset].Rec.Key,
			notation.Local(duty.Instant(l.Since.UnixMilli())), l.Reason, l.Holds)
		if l.Centre != "" {
			line += " " + l.Centre
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(append([]string{fmt.Sprintf("%d, open %d", d.Total, d.Open)}, lines...), "\n")
}

// heldBack shows how many units are held back, and by what.
func (s *scenario) heldBack() string {
	var lines []string
	for i, name := range HeldNames {
		if n := s.stats.HeldBack[i].Load(); n != 0 {
			lines = append(lines, fmt.Sprintf("%s %d", name, n))
		}
	}
	return linesOr(lines, "nothing")
}

// standing shows why caught_up stands, in the words of the log, for each task that says so.
func (s *scenario) standing() string {
	var lines []string
	for _, task := range s.tasks {
		if text := task.Stands(); text != "" {
			lines = append(lines, text)
		}
	}
	slices.Sort(lines)
	return linesOr(slices.Compact(lines), "caught_up goes on")
}

// caughtUp shows up to when the tasks of persons are caught up.
func (s *scenario) caughtUp(d *datadriven.TestData) string {
	var lines []string
	for _, a := range d.CmdArgs {
		for _, task := range s.tasks {
			if int(task.at.Task) == s.taskOf(a.Key) {
				lines = append(lines, a.Key+" "+notation.Local(task.CaughtUp()))
			}
		}
	}
	return linesOr(lines, "nobody")
}

// progressed shows whether the tasks committed anything since a script last asked.
func (s *scenario) progressed() string {
	n := 0
	for i := range s.parts {
		n += len(s.broker.Committed(stored.CommitPartition(i)))
	}
	before := s.progress
	s.progress = n
	return map[bool]string{true: "some", false: "none"}[n > before]
}

// counts shows which of the counters named are more than 0.
func (s *scenario) counts(t *testing.T, d *datadriven.TestData) string {
	counters := map[string]int64{"moved": s.stats.Moved.Load(), "contested": s.stats.Contested.Load(),
		"handed-over": s.stats.HandedOver.Load(), "faults": s.stats.Faults.Load(),
		"unstamped": s.stats.Unstamped.Load(), "units": int64(len(s.histories()))}
	var lines []string
	for _, a := range d.CmdArgs {
		n, ok := counters[a.Key]
		if !ok {
			d.Fatalf(t, "no such counter; there are %v", slices.Sorted(maps.Keys(counters)))
		}
		lines = append(lines, a.Key+" "+map[int]string{0: "none", 1: "some"}[cmp.Compare(n, 0)])
	}
	return linesOr(lines, "nothing")
}

// crashAtEveryEffect plays the case once more for each effect of the engine, or every so many,
// and lets the process die there: what every directive shows is as if nobody had died.
func (r *scriptRun) crashAtEveryEffect(t *testing.T, d *datadriven.TestData) string {
	most := 20
	if d.HasArg("deaths") {
		d.ScanArgs(t, "deaths", &most)
	}
	switch most = min(most, max(seeds.Few(2, 1), seeds.Size(t, most))); {
	case r.form.disk:
		most = min(most, 3) // a store that is opened takes its time
	case testing.Short():
		most = min(most, 8)
	}
	began, effects := time.Now(), r.s.effects
	step := max(1, effects/most)
	died, plays := 0, 0
	for i, at := 0, 1+(effects+int(r.form.tasks)*step/4)%step; at <= effects; i, at = i+1, at+step {
		s := newScenario(t, r.s.form, r.s.args)
		s.dieAt = at
		s.loseTail = i%2 == 1 && !r.form.disk && d.HasArg("losing-tail")
		s.limits.Records, s.limits.WalkStep = 7+at%13, 1+at%5
		for _, done := range r.done {
			if shown := s.directive(t, &done.d); shown != done.shown {
				t.Fatalf("%s: with a death at effect %d of %d, tail lost: %v, it shows\n%s\nand not\n%s", done.d.Pos,
					at, effects, s.loseTail, shown, done.shown)
			}
		}
		if plays++; s.died > 0 {
			died++
		}
	}
	if died <= plays/2 { // with other batches there may be fewer effects
		t.Fatalf("%s: only %d of %d processes died", d.Pos, died, plays)
	}
	t.Logf("%s: %d effects, every %d. in %v", d.Pos, effects, step, time.Since(began))
	return ""
}

// faulty is a law that fails on one person.
type faulty struct {
	Adjudicator
	who string
}

func (f faulty) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	if in.PersonID == f.who {
		panic("a fault of the program")
	}
	return f.Adjudicator.Evaluate(in, at)
}
