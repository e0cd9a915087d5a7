package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
	"tilsyn/integration/kafkaproc"
	"tilsyn/topics"
)

// TestWhoOwnsWhat tries what two deployments on one broker, or two halves of one, can do to each
// other. An instance that must not run ends and says why; one that may run says what replay says,
// each revision once.
func TestWhoOwnsWhat(t *testing.T) {
	on := deployment{brokers: kafkaproc.ForTest(t, kafkaproc.Config{}).Address()}
	on.program = build(t)
	for _, x := range []struct {
		name string
		run  func(*testing.T, deployment)
	}{
		{"two prefixes, one group", twoPrefixes},
		{"two groups, one prefix", twoGroups},
		{"another policy under restart", anotherPolicy},
		{"equal transactional ids", equalIDs},
		{"an instance is stopped", stoppedInstance},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			x.run(t, on)
		})
	}
}

// deployment is a prefix with its group.
type deployment struct {
	program, brokers, prefix, group string
	facts                           string
}

// ownSession is short, so that what ends with a session ends soon.
const ownSession = 8 * time.Second

// with makes the topics of a prefix and loads facts of its own.
func (d deployment) with(t *testing.T, prefix, group string, seed uint64) deployment {
	t.Helper()
	d.prefix, d.group = prefix, group
	d.tilsyn(t, "topics", "create", "--partitions", "4", "--timestamps", "create")
	dir, now := t.TempDir(), duty.Instant(time.Now().UnixMilli())
	if _, _, err := simulate.WriteFiles(simulate.Config{Seed: seed, Start: now.Date() - 12, Days: 12,
		Persons: 20, Until: now}, dir); err != nil {
		t.Fatal(err)
	}
	d.facts = filepath.Join(dir, simulate.FactsFile)
	d.tilsyn(t, "load", d.facts)
	return d
}

func (d deployment) tilsyn(t *testing.T, args ...string) []byte {
	t.Helper()
	return output(t, nil, d.program, append(args, "--brokers", d.brokers, "--topic-prefix", d.prefix)...)
}

func (d deployment) args(dir string, more ...string) []string {
	return append([]string{"run", "--brokers", d.brokers, "--topic-prefix", d.prefix, "--group",
		d.group, "--data-dir", dir,
		"--listen", "127.0.0.1:0", "--trust-timestamps", "--session-timeout", ownSession.String()}, more...)
}

func (d deployment) run(t *testing.T, dir string, more ...string) *service {
	t.Helper()
	return serve(t, d.program, d.args(dir, more...)...)
}

// refused runs an engine that must end by itself, with status 2 and these words.
func (d deployment) refused(t *testing.T, dir string, words []string, more ...string) {
	t.Helper()
	s := launch(t, d.program, d.args(dir, more...)...)
	select {
	case <-s.Done():
	case <-time.After(2 * time.Minute):
		_ = s.Kill()
		t.Fatalf("it runs on:\n%s", last(s.text()))
	}
	var exit *exec.ExitError
	if !errors.As(s.Err(), &exit) || exit.ExitCode() != 2 {
		t.Errorf("it ended with %v", s.Err())
	}
	for _, w := range words {
		if !strings.Contains(s.text(), w) {
			t.Errorf("it does not say %q:\n%s", w, last(s.text()))
		}
	}
}

// agree waits until what was said is what replay says, and lets verify judge whether
// each history is sound.
func (d deployment) agree(t *testing.T, engines ...*service) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(3 * time.Second) {
		for _, e := range engines {
			e.running(t)
		}
		live := map[string][]violation{}
		for _, line := range lines(t, d.tilsyn(t, "tail", topics.Violations, "--from-beginning", "--exit-at-end")) {
			v := decode[violation](t, line)
			live[v.text("unit_id")] = append(live[v.text("unit_id")], v)
		}
		told, _ := replayed(t, replay.Options{Facts: []string{d.facts}}, time.Now())
		diff := differences(live, told)
		if len(diff) == 0 && len(live) > 0 {
			break
		}
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("%s: %d units said, run and replay differ in %d places:\n%s", d.prefix, len(live),
				len(diff), strings.Join(diff[:min(len(diff), 5)], "\n"))
		}
	}
	d.tilsyn(t, "verify") // ends the test where it finds a difference
}

// says waits until the engine has logged some words.
func (s *service) says(t *testing.T, words string) {
	t.Helper()
	for began := time.Now(); !strings.Contains(s.text(), words); time.Sleep(50 * time.Millisecond) {
		if s.running(t); time.Since(began) > 3*time.Minute {
			t.Fatalf("it does not say %q:\n%s", words, last(s.text()))
		}
	}
}

// ready waits until /readyz gives the status, and returns its answer.
func (s *service) ready(t *testing.T, status int, words string) string {
	t.Helper()
	address := s.address(t)
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		got, body := get(t, address, "/readyz")
		if got == status && strings.Contains(body, words) {
			return body
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("/readyz says %d, wanted %d with %q:\n%s", got, status, words, body)
		}
	}
}

// tasks is how many tasks an engine has, by its own word.
func (s *service) tasks(t *testing.T) int {
	t.Helper()
	_, body := get(t, s.address(t), "/readyz")
	var r struct {
		Tasks []json.RawMessage `json:"tasks"`
	}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	return len(r.Tasks)
}

// takes waits until an engine has so many tasks and all of the prefix move.
func (s *service) takes(t *testing.T, n int) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if status, body := get(t, s.address(t), "/readyz"); status == http.StatusOK && s.tasks(t) == n {
			return
		} else if time.Since(began) > 3*time.Minute {
			t.Fatalf("it has not %d tasks: %d %s\n%s", n, status, body, last(s.text()))
		}
	}
}

// twoPrefixes: the broker keeps the second deployment out, a third instance of it too, also while
// the leader of the first one's group restarts. The first has all of its tasks throughout.
func twoPrefixes(t *testing.T, on deployment) {
	group := "shared"
	one, two := on.with(t, "pa.", group, 1), on.with(t, "pb.", group, 2)
	dir, words := t.TempDir(), []string{"the group shared is taken", "in the group: tilsyn-", "--topic-prefix of its own"}
	a := one.run(t, dir)
	a.takes(t, 4)
	waiting := launch(t, two.program, two.args(t.TempDir())...)
	waiting.says(t, "others are in the group")
	waiting.ready(t, http.StatusServiceUnavailable, "is taken by tilsyn-")
	a.stop(t) // the leader of the group restarts
	a = one.run(t, dir)
	a.takes(t, 4)
	two.refused(t, t.TempDir(), words)
	<-waiting.Done()
	third := one.run(t, t.TempDir())
	third.takes(t, 2)
	a.takes(t, 2)
	one.agree(t, a, third)

	// The first deployment is stopped: its members keep their places until their
	// sessions end, and then the second has the group.
	a.stop(t)
	third.stop(t)
	b := two.run(t, t.TempDir())
	b.takes(t, 4)
	two.agree(t, b)
	one.refused(t, dir, words)
	b.stop(t)
}

// twoGroups: at the same moment, beside each other, and one after the other; and a
// prefix that is moved on purpose.
func twoGroups(t *testing.T, on deployment) {
	one := on.with(t, "pc.", "first", 3)
	two := one
	two.group = "second"
	dirs := map[string]string{"first": t.TempDir(), "second": t.TempDir()}
	a, b := launch(t, one.program, one.args(dirs["first"])...), launch(t, two.program, two.args(dirs["second"])...)
	winner, w, loser := a, one, two
	select {
	case <-a.Done():
		winner, w, loser = b, two, one
	case <-b.Done():
	case <-time.After(time.Minute):
		t.Errorf("both run:\n%s\n%s", last(a.text()), last(b.text()))
	}
	t.Cleanup(func() { _ = winner.Kill() })
	winner.takes(t, 4)
	words := []string{fmt.Sprintf("written by the group %q", w.group), "another --topic-prefix", "--from-group " + w.group}
	loser.refused(t, dirs[loser.group], words)
	loser.refused(t, dirs[loser.group], []string{"still has members"}, "--from-group", w.group)
	w.agree(t, winner)
	winner.stop(t)
	loser.refused(t, dirs[loser.group], words)

	// Moved, when the sessions of the former group are over.
	time.Sleep(ownSession + 2*time.Second)
	moved := loser.run(t, dirs[w.group], "--from-group", w.group)
	moved.takes(t, 4)
	loser.agree(t, moved)
	moved.stop(t)
	w.refused(t, t.TempDir(), []string{fmt.Sprintf("written by the group %q", loser.group)})
}

// anotherPolicy: an instance that refuses to run is started again and again, and takes
// nothing from the other; what it had before goes to the other at once.
func anotherPolicy(t *testing.T, on deployment) {
	d := on.with(t, "pd.", "policies", 4)
	dirs := []string{t.TempDir(), t.TempDir()}
	a := d.run(t, dirs[0])
	a.takes(t, 4)
	// Stopped, b keeps its place until the first refusal gives it up, however slow the machine is.
	b := d.run(t, dirs[1], "--session-timeout", "60s")
	b.takes(t, 2)
	a.takes(t, 2)
	// Coming in, b may have taken a task from under a commit; from here on nothing may be taken.
	fenced := metric(t, a.address(t), "tilsyn_fenced_total")
	b.stop(t)
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte("settle.required: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		place := "has left the group"
		if i > 0 { // it does not come in again
			place = "had no place in the group"
		}
		d.refused(t, dirs[1], []string{"the policy of the settings is another one", place}, "--policy", file)
		a.takes(t, 4)
	}
	if n := metric(t, a.address(t), "tilsyn_fenced_total") - fenced; n > 0 {
		t.Errorf("tasks were taken over %g times", n)
	}
	d.agree(t, a)
	a.stop(t)
}

// equalIDs: prefix and group that run together to the same text.
func equalIDs(t *testing.T, on deployment) {
	one, two := on.with(t, "cc.", "dd.g", 5), on.with(t, "cc.dd.", "g", 6)
	a, b := one.run(t, t.TempDir()), two.run(t, t.TempDir())
	a.takes(t, 4)
	b.takes(t, 4)
	one.agree(t, a)
	two.agree(t, b)
	for _, e := range []*service{a, b} {
		if n := metric(t, e.address(t), "tilsyn_fenced_total"); n > 0 {
			t.Errorf("fenced %g times", n)
		}
		e.stop(t)
	}
}

// stoppedInstance: one that keeps its place is named by the other.
func stoppedInstance(t *testing.T, on deployment) {
	d := on.with(t, "pe.", "stopped", 7)
	a := d.run(t, t.TempDir())
	a.takes(t, 4)
	b := d.run(t, t.TempDir(), "--session-timeout", "30s")
	b.takes(t, 2)
	a.takes(t, 2)
	b.stop(t)
	a.ready(t, http.StatusServiceUnavailable, "has stopped or stands still")
	a.says(t, "no instance makes progress")
	if n := metric(t, a.address(t), "tilsyn_prefix_unproven_tasks"); n != 2 {
		t.Errorf("%g tasks are not proven", n)
	}
	a.takes(t, 4)
	a.says(t, "makes progress again")
	d.agree(t, a)
	a.stop(t)
}
