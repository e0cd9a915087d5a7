package cli

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
)

const (
	// asProgram makes the test binary behave as the program, so that tests run it
	// as users do: arguments, streams, environment and exit status.
	asProgram = "TILSYN_TEST_AS_PROGRAM"
	// asWorker makes it a worker instead.
	asWorker = "TILSYN_TEST_AS_WORKER"
)

// result is what a run of the program left.
type result struct {
	stdout, stderr string
	status         int
}

// within is how long a test waits for what a program must do. It is long, since the machine may be slow.
const within = 3 * time.Minute

// program is one run of the program. What its engine says goes to said, or to the test's own errors.
type program struct {
	dir   string
	stdin string
	env   []string
	said  *os.File
}

// run runs the program: at full size in a process of its own, else in one that other runs have been in before, each
// in its directory and with its environment. To start a process costs more than most runs do.
func (p program) run(t *testing.T, args ...string) result {
	t.Helper()
	if seeds.Full() {
		return p.runAlone(t, args...)
	}
	w := takeWorker(t)
	end := time.AfterFunc(within, func() { _ = w.cmd.Process.Kill() })
	defer end.Stop()
	got, err := w.do(order{Dir: p.dir, Env: p.environ(), Stdin: p.stdin, Args: args})
	if err != nil {
		// It ended within the run, as a program does that panics.
		_ = w.cmd.Wait()
		if !end.Stop() {
			t.Fatalf("tilsyn %s: no end within %s\n%s", strings.Join(args, " "), within, w.said.String())
		}
		return result{stderr: w.said.String(), status: w.cmd.ProcessState.ExitCode()}
	}
	leaveWorker(w)
	return result{got.Stdout, got.Stderr, got.Status}
}

// environ is the environment of a run.
func (p program) environ() []string {
	// Most runs are over before collecting garbage is worth its time.
	return append(append(os.Environ(), asProgram+"=1", "GOGC=400"), p.env...)
}

// runAlone runs the program in a process of its own.
func (p program) runAlone(t *testing.T, args ...string) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir, cmd.Env = p.dir, p.environ()
	cmd.Stdin = strings.NewReader(p.stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// ok runs the program and wants success.
func (p program) ok(t *testing.T, args ...string) result {
	t.Helper()
	r := p.run(t, args...)
	if r.status != 0 {
		t.Fatalf("tilsyn %s: exit status %d\n%s", strings.Join(args, " "), r.status, r.stderr)
	}
	return r
}

// order is a run that a worker is asked for.
type order struct {
	Dir, Stdin string
	Env, Args  []string
}

// outcome is what a worker says of a run.
type outcome struct {
	Stdout, Stderr string
	Status         int
}

// worker is a process that runs the program for one order after the other.
type worker struct {
	cmd     *exec.Cmd
	asks    io.Closer
	ask     *gob.Encoder
	answers *gob.Decoder
	// said is what the process itself says: where it panics, and nothing else.
	said *bytes.Buffer
}

// workers are those that nobody uses now.
var workers struct {
	sync.Mutex
	idle []*worker
}

// takeWorker returns one that is idle, or a new one.
func takeWorker(t *testing.T) *worker {
	t.Helper()
	workers.Lock()
	defer workers.Unlock()
	if n := len(workers.idle); n > 0 {
		w := workers.idle[n-1]
		workers.idle = workers.idle[:n-1]
		return w
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &worker{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), self), said: &bytes.Buffer{}}
	w.cmd.Env = append(os.Environ(), asWorker+"=1", "GOGC=400")
	w.cmd.Stderr = w.said
	asks, err := w.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.asks, w.ask, w.answers = asks, gob.NewEncoder(asks), gob.NewDecoder(answers)
	return w
}

// leaveWorker lets others use a worker.
func leaveWorker(w *worker) {
	workers.Lock()
	defer workers.Unlock()
	workers.idle = append(workers.idle, w)
}

// endWorkers ends those that are idle, which all are once the tests are over.
func endWorkers() {
	workers.Lock()
	defer workers.Unlock()
	for _, w := range workers.idle {
		_ = w.asks.Close()
		_ = w.cmd.Wait()
	}
	workers.idle = nil
}

// do asks for a run and waits for its end.
func (w *worker) do(o order) (outcome, error) {
	var got outcome
	return got, errors.Join(w.ask.Encode(o), w.answers.Decode(&got))
}

// work carries out orders until there are no more.
func work(asks io.Reader, answers io.Writer) int {
	settles = 3 * time.Second // else a drill waits and reads longer than all that comes before
	in, out := gob.NewDecoder(asks), gob.NewEncoder(answers)
	home, err := os.Getwd()
	if err != nil {
		return 1
	}
	for {
		var o order
		if err := in.Decode(&o); errors.Is(err, io.EOF) {
			return 0
		} else if err != nil {
			return 1
		}
		if err := out.Encode(carryOut(o, home)); err != nil {
			return 1
		}
	}
}

// carryOut runs the program once as its own process would run it.
func carryOut(o order, home string) outcome {
	os.Clearenv()
	for _, v := range o.Env {
		name, value, _ := strings.Cut(v, "=")
		if err := os.Setenv(name, value); err != nil {
			return outcome{Stderr: err.Error(), Status: -1}
		}
	}
	if o.Dir == "" {
		o.Dir = home
	}
	if err := os.Chdir(o.Dir); err != nil {
		return outcome{Stderr: err.Error(), Status: -1}
	}
	var stdout, stderr captured
	status := Main(o.Args, strings.NewReader(o.Stdin), &stdout, &stderr)
	debug.SetMemoryLimit(math.MaxInt64) // which --memory may have set
	return outcome{stdout.String(), stderr.String(), status}
}

// captured keeps what is written to it, by several at a time.
type captured struct {
	sync.Mutex
	bytes.Buffer
}

func (s *captured) Write(p []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.Buffer.Write(p)
}

func (s *captured) String() string {
	s.Lock()
	defer s.Unlock()
	return s.Buffer.String()
}
