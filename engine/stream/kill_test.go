package stream

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/state/statetest"
	"tilsyn/topics"
)

// childEnv makes the test binary run as an engine with the settings in it.
const childEnv = "TILSYN_TEST_ENGINE"

// childSettings are what an engine in a process of its own gets.
type childSettings struct {
	Brokers []string
	DataDir string
	// Epoch is when the virtual clock stood at Base; it runs Speed times as
	// fast, up to End.
	Epoch     int64
	Base, End duty.Instant
	Speed     int64
	Records   int
	// Embedded and Port are for an engine that brings its broker.
	Embedded string
	Port     int
	Session  time.Duration
	// KeyFile encrypts its data directory and Snapshots; empty: nothing is encrypted.
	KeyFile, Snapshots string
}

func (c *childSettings) now() time.Time {
	at := c.Base + duty.Instant((time.Now().UnixMilli()-c.Epoch)*c.Speed)
	return time.UnixMilli(int64(min(at, c.End)))
}

// awaitEnd waits until the virtual clock has reached its end: before that,
// nobody can be told what falls due by then.
func (c *childSettings) awaitEnd() {
	time.Sleep(time.Until(time.UnixMilli(c.Epoch).Add(time.Duration(int64(c.End-c.Base)/c.Speed) * time.Millisecond)))
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		os.Exit(child(text))
	}
	seeds.TestsThatWait()
	statetest.InMemory()
	// No goroutine may be left when all is closed.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// child runs the engine until it is told to stop, or killed.
func child(text string) int {
	var c childSettings
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	var key *atrest.Key
	if c.KeyFile != "" {
		var err error
		if key, err = atrest.ReadKey(c.KeyFile); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := Run(ctx, Config{
		Kafka: topics.Config{Brokers: c.Brokers, Prefix: "test."}, Group: "kill", DataDir: c.DataDir,
		TrustTimestamps: true, SessionTimeout: c.Session,
		Policy: policy.Builtin(), Now: c.now, Log: zerolog.New(os.Stderr).Level(zerolog.WarnLevel),
		StateKey: key, Snapshots: c.Snapshots, SnapshotEvery: 50 * time.Millisecond,
		Embedded: c.Embedded, EmbeddedPort: c.Port, EmbeddedPartitions: 2,
		Limits: task.Limits{Records: c.Records, Poll: 10 * time.Millisecond, MarkEvery: 20 * time.Millisecond},
		Ready:  func([]string) { fmt.Println("ready") },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is an engine in a process of its own.
type process struct {
	cmd   *exec.Cmd
	ready chan struct{}
}

func spawn(t *testing.T, c childSettings) *process {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(self, "-test.run=^$"), ready: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		if bufio.NewScanner(out).Scan() {
			close(p.ready)
		}
	}()
	return p
}

// kill ends the process as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// A process is killed at random moments. Histories stay sound, every revision is told once, and at
// the end it is what follows from the facts. TILSYN_KILLS is the number of kills (10 at full size),
// TILSYN_SEED the seed.
func TestKill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts processes")
	}
	kills, seed := seeds.EnvInt(t, "TILSYN_KILLS", seeds.AtLeast(t, 10, 3)),
		seeds.EnvInt(t, "TILSYN_SEED", int(time.Now().UnixNano()%1_000_000))
	t.Logf("TILSYN_SEED=%d TILSYN_KILLS=%d", seed, kills)
	rng := rand.New(rand.NewPCG(uint64(seed), 3))
	r := newRig(t, 2)
	feeds := testkit.Residents(rng, 12, 10)
	c := childSettings{
		Brokers: r.cfg.Brokers, DataDir: t.TempDir(), Epoch: time.Now().UnixMilli(), Base: seeds.Start,
		End: seeds.Start + 30*duty.Day,
	}
	// The facts of ten days and the waiting after them take as long as the kills.
	c.Speed = int64(20*duty.Day) / int64(kills*900)
	sent := 0
	send := func(until time.Time) {
		from := sent
		for sent < len(feeds) && int64(feeds[sent].At) <= until.UnixMilli() {
			sent++
		}
		r.load(feeds[from:sent])
	}
	for n := range kills {
		c.Records = 1 + rng.IntN(300)
		p := spawn(t, c)
		if n%2 == 0 {
			select {
			case <-p.ready:
			case <-time.After(within):
				p.kill()
				t.Fatal("the engine does not become ready")
			}
		}
		for wait := time.Now().Add(time.Duration(rng.IntN(700)) * time.Millisecond); time.Now().
			Before(wait); time.Sleep(10 * time.Millisecond) {
			send(c.now())
		}
		p.kill()
	}
	send(time.UnixMilli(int64(c.End)))
	p := spawn(t, c)
	defer p.kill()
	c.awaitEnd()
	r.agree(c.End)
}

// The same with the broker in the engine's process, so that both die together. All facts are in
// the log from the start; most become known only later.
func TestKillWithBroker(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "processes that are killed, and their broker too")
	if testing.Short() {
		t.Skip("starts processes")
	}
	kills, seed := seeds.EnvInt(t, "TILSYN_KILLS", seeds.AtLeast(t, 10, 3)),
		seeds.EnvInt(t, "TILSYN_SEED", int(time.Now().UnixNano()%1_000_000))
	t.Logf("TILSYN_SEED=%d TILSYN_KILLS=%d", seed, kills)
	rng := rand.New(rand.NewPCG(uint64(seed), 4))
	c := childSettings{
		DataDir: t.TempDir(), Embedded: t.TempDir(), Base: seeds.Start, End: seeds.Start + 30*duty.Day,
		Speed: int64(20*duty.Day) / int64(kills*900), Epoch: time.Now().UnixMilli(),
	}
	_, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: c.Embedded, Ports: []int{c.Port}})
	if err != nil {
		t.Fatal(err)
	}
	newRigOn(t, b.Brokers(), 2).load(testkit.Residents(rng, 12, 10))
	b.Close()
	for n := range kills {
		c.Records = 1 + rng.IntN(300)
		p := spawn(t, c)
		if n%2 == 0 {
			select {
			case <-p.ready:
			case <-time.After(within):
				p.kill()
				t.Fatal("the engine does not become ready")
			}
		}
		time.Sleep(time.Duration(rng.IntN(700)) * time.Millisecond)
		p.kill()
	}
	p := spawn(t, c)
	defer p.kill()
	<-p.ready
	c.awaitEnd()
	newRigOn(t, []string{net.JoinHostPort("127.0.0.1", port)}, 2).agree(c.End)
}

// agree waits until what was told is what follows from the facts at an instant.
// An unsound history fails at once: no waiting mends it.
func (r *rig) agree(at duty.Instant) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for begin := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		var found []telling.Difference
		got, err := verify.Verify(ctx, verify.VerifyConfig{Kafka: r.cfg, Policy: policy.Builtin(), At: duty.Some(at),
			Found: func(d telling.Difference) { found = append(found, d) }})
		if err != nil {
			r.t.Fatal(err)
		}
		if got.Unsound > 0 || time.Since(begin) > within/2 {
			for _, d := range found[:min(len(found), 10)] {
				r.t.Errorf("%s %s %s: %s", d.PersonID, d.Kind, d.Date, d.What)
			}
		}
		if r.t.Failed() {
			r.t.FailNow()
		}
		if got.Differences == 0 && got.Ahead == 0 {
			r.t.Logf("%+v", got)
			return
		}
	}
}
