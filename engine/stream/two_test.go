package stream

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kfake"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// member is an engine of a group, with what it logs.
type member struct {
	*running
	log *safeBuffer
}

// join starts one more engine on a directory.
func (r *rig) join(dir string, change func(*Config)) *member {
	m := &member{log: &safeBuffer{}}
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.DataDir, cfg.Log = dir, zerolog.New(m.log)
	if change != nil {
		change(&cfg)
	}
	m.running = start(r.t, cfg)
	return m
}

// joins counts how often the engine joined the group.
func (m *member) joins() int { return strings.Count(m.log.String(), "member of the group") }

// recovers waits until the engine has recovered tasks so many times, and fails
// when it is more.
func (m *member) recovers(what string, want int64) {
	m.t.Helper()
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		n := m.cfg.Stats.Recoveries.Load()
		if n > want || time.Since(begin) > within {
			m.t.Fatalf("%s: %d recoveries, want %d\n%s", what, n, want, m.log)
		}
		if n == want && strings.Count(m.log.String(), "task recovered") == int(want) {
			return
		}
	}
}

// Instances join and leave. As few tasks as possible move, those that stay are not interrupted, a
// restart moves none, and what is told is right all the time.
func TestScaleOut(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for rebalances")
	}
	r := newRig(t, 6)
	feeds := testkit.Residents(rand.New(rand.NewPCG(9, 9)), 30, 9)
	load := func(part int) { r.load(feeds[len(feeds)*part/5 : len(feeds)*(part+1)/5]) }
	dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
	load(0)
	a := r.join(dirs[0], nil)
	a.recovers("one alone", 6)
	load(1) // b is added under load
	b := r.join(dirs[1], nil)
	b.recovers("the second", 3)
	a.recovers("the first keeps three", 6)
	load(2)
	c := r.join(dirs[2], func(c *Config) { c.Leave = true })
	c.recovers("the third", 2)
	a.recovers("the first keeps two", 6)
	b.recovers("the second keeps two", 3)
	a.rest()
	b.rest()
	c.rest()
	r.verified()

	joins := a.joins() + c.joins()
	for range 2 { // a rolling restart
		b.end()
		b = r.join(dirs[1], nil)
		b.recovers("the second after a restart", 2)
	}
	load(3)
	b.rest()
	if n := a.joins() + c.joins(); n != joins {
		t.Errorf("a restart of one instance made the others join %d times", n-joins)
	}
	a.recovers("the first, another restarted", 6)
	c.recovers("the third, another restarted", 2)

	c.end() // it leaves
	a.recovers("one of what the third had", 7)
	b.recovers("the other of what the third had", 3)
	load(4)
	a.rest()
	b.rest()
	a.end()
	b.end()

	// All instances were stopped; each gets back the tasks that it had.
	a, b = r.join(dirs[0], nil), r.join(dirs[1], nil)
	a.recovers("the first at the end", 3)
	b.recovers("the second at the end", 3)
	a.rest()
	b.rest()
	a.end()
	b.end()
	r.verified()
}

// twoProcesses starts two engines that share two tasks, with a short session.
func twoProcesses(t *testing.T) (*rig, childSettings, [2]*process) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes and waits for sessions")
	}
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{Extra: []kfake.Opt{kfake.GroupMinSessionTimeout(time.Second)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	r := newRigOn(t, b.Brokers(), 2)
	end := seeds.Start + 20*duty.Day
	c := childSettings{Brokers: r.cfg.Brokers, Base: end, End: end, Session: 3 * time.Second}
	var ps [2]*process
	for i := range ps {
		c.DataDir = t.TempDir()
		ps[i] = spawn(t, c)
		t.Cleanup(ps[i].kill)
		<-ps[i].ready
	}
	return r, c, ps
}

// An engine is killed for good: another one has its task after the session.
func TestKillOneOfTwo(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "two processes, and waits until a session is over")
	r, c, ps := twoProcesses(t)
	feeds := testkit.Residents(rand.New(rand.NewPCG(3, 9)), 12, 9)
	r.load(feeds[:len(feeds)/2])
	ps[1].kill()
	r.load(feeds[len(feeds)/2:])
	r.agree(c.End)
}
