package integration

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/stored"
	"tilsyn/integration/kafkaproc"
	"tilsyn/topics"
)

// TestUpgradeRolling replaces three instances of the last release by this version one after the other while facts
// come in, takes one of them back to the release, and forward again. Tasks move from each version to the other.
// Nothing is lost or told twice, and in the end this version finds all as it should be.
func TestUpgradeRolling(t *testing.T) {
	t.Parallel()
	f := newFleet(t, releases(t)[0], func(seed uint64) simulate.Config {
		return watched(simulate.Config{Seed: seed, Days: 20, Persons: 40, Faults: simulate.Faults{Plans: lossyPlans[:4]}})
	})
	const leaves = true // its tasks go to the others at once; else it keeps them for its return
	for _, name := range []string{"one", "two", "three"} {
		f.start(t, name, f.was, leaves)
	}
	f.share(t)
	f.part(t, 20)
	f.tilsyn(t, nil, "topics", "create", "--partitions", "4", "--timestamps", "create") // those that are new
	for _, s := range []struct {
		name, program string
		leaves        bool
	}{
		{"one", f.program, leaves}, {"one", f.was, leaves}, {"one", f.program, leaves},
		{"two", f.program, !leaves}, {"three", f.program, leaves},
	} {
		f.replace(t, s.name, s.program, s.leaves)
	}
	must(t, f.send(t.Context(), f.left()))
	f.right(t)
}

// TestUpgradeOfTheStateLayout goes from the last release with an older layout of the state to this version, on to one
// with a later layout, and back from that. Each builds the state in its own layout and tells nothing that was told.
func TestUpgradeOfTheStateLayout(t *testing.T) {
	t.Parallel()
	all := releases(t)
	i := slices.IndexFunc(all, func(r release) bool { return r.layout < stored.StateLayout })
	if i < 0 {
		t.Fatal(".github/releases names no release with an older layout of the state")
	}
	f := newFleet(t, all[i], func(seed uint64) simulate.Config {
		return simulate.Config{Seed: seed, Days: 20, Persons: 40}
	})
	next := buildLater(t)
	const leaves = true
	f.start(t, "one", f.was, leaves)
	f.start(t, "two", f.was, leaves)
	f.share(t)
	f.part(t, 10)
	f.tilsyn(t, nil, "topics", "create", "--partitions", "4", "--timestamps", "create")
	for _, program := range []string{f.program, next, f.program} {
		f.replace(t, "one", program, leaves)
		f.replace(t, "two", program, leaves)
	}
	must(t, f.send(t.Context(), f.left()))
	f.agreed(t)

	// Nobody has anything new to say: neither version tells anything when it builds the state again.
	told := len(f.saidFrom(t, nil))
	for _, program := range []string{next, f.program} {
		f.stop(t, "one")
		f.stop(t, "two")
		f.start(t, "one", program, leaves)
		f.start(t, "two", program, leaves)
		f.share(t)
		f.agreed(t)
		if now := len(f.saidFrom(t, nil)); now != told {
			t.Errorf("%s told %d revisions anew", filepath.Base(program), now-told)
		}
	}
	// The first that is back takes all tasks over, and the other may get them from it.
	if said := f.now["one"].text() + f.now["two"].text(); !strings.Contains(said, "version-goes-back") {
		t.Errorf("the version to which somebody went back does not say so:\n%s", last(said))
	}
	f.right(t)
}

// buildLater compiles this version with the next layout of the state.
func buildLater(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join("..", "engine", "stream", "stored", "progress.go"))
	must(t, err)
	text, err := os.ReadFile(source)
	must(t, err)
	now := fmt.Sprintf("const StateLayout = %d\n", stored.StateLayout)
	if strings.Count(string(text), now) != 1 {
		t.Fatalf("%s does not have %q once", source, now)
	}
	later := filepath.Join(dir, "progress.go")
	must(t, os.WriteFile(later, []byte(strings.Replace(string(text), now,
		fmt.Sprintf("const StateLayout = %d\n", stored.StateLayout+1), 1)), 0o600))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {source: later}})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	return buildAs(t, "tilsyn-later", "-overlay", filepath.Join(dir, "overlay.json"))
}

// fleet is instances of two versions on one broker.
type fleet struct {
	*wayRig
	// was is the program of the release; that of the rig is this version.
	was string
	now map[string]*service
	// read is how many records of the inputs each instance had read when it was looked at last.
	read map[string]float64
}

// newFleet starts a broker with the topics of a release, and prepares facts for it.
func newFleet(t *testing.T, from release, facts func(seed uint64) simulate.Config) *fleet {
	t.Helper()
	// Where there is no broker the test skips, and must not have compiled anything before.
	r := &rig{python: python(t), brokers: kafkaproc.ForTest(t, kafkaproc.Config{}).Address(), program: build(t),
		dir: t.TempDir()}
	f := &fleet{wayRig: &wayRig{rig: r}, was: from.build(t), now: map[string]*service{}, read: map[string]float64{}}
	output(t, nil, f.was, "topics", "create", "--partitions", strconv.Itoa(partitions), "--timestamps", "create",
		"--brokers", r.brokers, "--topic-prefix", prefix)
	f.feeder = newFeeder(t, r.brokers, facts(uint64(time.Now().UnixNano())))
	f.usePolicy(t)
	return f
}

// start starts an instance of a version.
func (f *fleet) start(t *testing.T, name, program string, leaves bool) {
	t.Helper()
	// An outage that is told meanwhile may take back many units of a task whose state is built again.
	args := append(f.engineArgs(f.data(name)), "--session-timeout", ownSession.String(), "--accept")
	if leaves {
		args = append(args, "--leave")
	}
	f.now[name], f.read[name] = serve(t, program, args...), 0
}

// stop ends an instance, which must have been well.
func (f *fleet) stop(t *testing.T, name string) {
	t.Helper()
	s := f.now[name]
	for _, what := range []string{"faults", "refused_units", "dead_letters"} {
		if n := metric(t, s.address(t), "tilsyn_"+what+"_total"); n != 0 {
			t.Errorf("%s has %s_total %v", name, what, n)
		}
	}
	s.stop(t)
	for line := range strings.Lines(s.text()) {
		if strings.Contains(line, `"level":"error"`) || strings.Contains(line, "panic:") {
			t.Errorf("%s says %s", name, line)
		}
	}
	delete(f.now, name)
}

// replace ends an instance and starts it with a program, while facts come in.
func (f *fleet) replace(t *testing.T, name, program string, leaves bool) {
	t.Helper()
	began, sent := time.Now(), f.sent
	f.part(t, 30)
	f.stop(t, name)
	f.part(t, 30)
	f.start(t, name, program, leaves)
	f.share(t)
	f.part(t, 30)
	f.reads(t)
	t.Logf("%s is %s now: %s and %d facts", name, filepath.Base(program), time.Since(began).Round(time.Second),
		f.sent-sent)
}

// share waits until every instance has tasks, and together they have all.
func (f *fleet) share(t *testing.T) {
	t.Helper()
	f.await(t, "the instances share all tasks", func() bool {
		sum := 0
		for _, s := range f.now {
			status, _ := get(t, s.address(t), "/readyz")
			n := s.tasks(t)
			if sum += n; status != http.StatusOK || n == 0 {
				return false
			}
		}
		return sum == partitions
	})
}

// reads waits until every instance has read something since this was asked last.
func (f *fleet) reads(t *testing.T) {
	t.Helper()
	f.await(t, "every instance reads", func() bool {
		for name, s := range f.now {
			if metric(t, s.address(t), "tilsyn_input_records_total") <= f.read[name] {
				return false
			}
		}
		return true
	})
	for name, s := range f.now {
		f.read[name] = metric(t, s.address(t), "tilsyn_input_records_total")
	}
}

// await waits until something is so while all instances run.
func (f *fleet) await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for began := time.Now(); !so(); time.Sleep(100 * time.Millisecond) {
		for _, s := range f.now {
			s.running(t)
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("after three minutes it is not so that %s", what)
		}
	}
}

// agreed waits until what was told is what this version makes of all facts, or of a unit that the release sees
// otherwise, what that made of it. It returns the histories, and of how many units that is so.
func (f *fleet) agreed(t *testing.T) (live map[string][]violation, otherwise int) {
	t.Helper()
	input := f.inputs(t)
	if n := len(lines(t, input)); n != f.sent {
		t.Fatalf("%d facts were written, tail prints %d", f.sent, n)
	}
	file := filepath.Join(t.TempDir(), "facts.jsonl")
	must(t, os.WriteFile(file, input, 0o600))
	for began := time.Now(); ; time.Sleep(time.Second) {
		for _, s := range f.now {
			s.running(t)
		}
		now := time.Now()
		live = f.said(t)
		told, counted := f.replay(t, input, now)
		told, otherwise = asBefore(live, told, f.replayBefore(t, file, now))
		diff := differences(live, told)
		if otherwise == 0 {
			diff = append(diff, summaryDifferences(f.summaries(t), counted)...)
		}
		if len(diff) == 0 {
			return live, otherwise
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("run and replay differ in %d places:\n%s", len(diff), strings.Join(diff[:min(len(diff), 10)], "\n"))
		}
	}
}

// replayBefore is what the release makes of the facts.
func (f *fleet) replayBefore(t *testing.T, facts string, at time.Time) (told []violation) {
	t.Helper()
	asOf := at.UTC().Truncate(time.Second).Format(time.RFC3339)
	args := append([]string{"replay", "--as-of", asOf, facts}, f.settings...)
	for _, line := range lines(t, output(t, nil, f.was, args...)) {
		told = append(told, decode[violation](t, line))
	}
	return told
}

// asBefore takes, for the units whose last record is not what replay says now but what it said before, what it said
// before, and counts them. A version that sees a unit otherwise leaves what was told until a fact changes it.
func asBefore(live map[string][]violation, now, before []violation) (told []violation, otherwise int) {
	was, is := byUnit(before), byUnit(now)
	ids := maps.Clone(was)
	maps.Copy(ids, is)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		mine := map[string][]violation{}
		if h := live[id]; len(h) > 0 {
			mine[id] = h
		}
		if len(differences(mine, is[id])) > 0 && len(differences(mine, was[id])) == 0 {
			told = append(told, was[id]...)
			otherwise++
			continue
		}
		told = append(told, is[id]...)
	}
	return told, otherwise
}

// byUnit has what was told of each unit.
func byUnit(told []violation) map[string][]violation {
	out := make(map[string][]violation, len(told))
	for _, v := range told {
		out[v.text("unit_id")] = append(out[v.text("unit_id")], v)
	}
	return out
}

// right requires that everything was told that must be, and that nothing is wrong.
func (f *fleet) right(t *testing.T) {
	t.Helper()
	live, otherwise := f.agreed(t)
	if len(live) < 10 {
		t.Errorf("only %d units were told; the comparison proves little", len(live))
	}
	t.Logf("%d units were told, of which the two versions see %d otherwise", len(live), otherwise)
	for _, name := range slices.Sorted(maps.Keys(f.now)) {
		f.stop(t, name)
	}
	if n := len(lines(t, f.tilsyn(t, nil, "tail", topics.DeadLetters, "--from-beginning", "--exit-at-end"))); n > 0 {
		t.Errorf("there are %d dead letters", n)
	}
	f.tilsyn(t, nil, "log", "check")
	if otherwise == 0 {
		f.verify(t)
	}
}
