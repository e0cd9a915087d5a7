package state_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"tilsyn/state"
	"tilsyn/state/statetest"
)

// killVar makes the test binary a process that commits until it is killed.
const killVar = "TILSYN_STATE_KILL_DIR"

// pauseVar is how long that process rests after each commit; not at all where it is not set.
const pauseVar = "TILSYN_STATE_KILL_PAUSE"

// TestMain lets the test binary be its own victim.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killVar); dir != "" {
		opt := small
		if os.Getenv(sealVar) != "" {
			opt = sealed
		}
		if err := commitForever(dir, opt); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if dir := os.Getenv(largeLogVar); dir != "" {
		fmt.Fprintln(os.Stderr, leaveLargeLog(dir))
		os.Exit(1)
	}
	statetest.InMemory()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // these tests make much garbage and keep little
	}
	leakMain(m)
}

// commitForever prints the number of each commit once it is acknowledged. Commit n adds fact n to
// 50 persons and sets their header and one said to n; every tenth is so large that it is written
// in several parts.
func commitForever(dir string, opt state.Options) error {
	db, err := state.Open(dir, opt)
	if err != nil {
		return err
	}
	task, err := db.Task(3)
	if err != nil {
		return err
	}
	n, err := lastCommit(task)
	if err != nil {
		return err
	}
	pause, _ := time.ParseDuration(os.Getenv(pauseVar))
	var b state.Batch
	for n++; ; n++ {
		b.Reset()
		fillCommit(&b, n)
		if err := task.Commit(&b); err != nil {
			return err
		}
		fmt.Println(n)
		time.Sleep(pause)
	}
}

func lastCommit(task state.Task) (uint64, error) {
	check, found, err := task.Checkpoint()
	if err != nil || !found {
		return 0, err
	}
	return binary.BigEndian.Uint64(check), nil
}

func fillCommit(b *state.Batch, n uint64) {
	size := 0
	if n%10 == 0 {
		size = 20_000
	}
	fillFacts(b, n, size)
}

// fillFacts is fillCommit with facts of at least a size.
func fillFacts(b *state.Batch, n uint64, size int) {
	number := binary.BigEndian.AppendUint64(nil, n)
	fact := append(append([]byte{}, number...), mark...)
	fact = append(fact, make([]byte, size)...)
	for i := range 50 {
		who := victim(i)
		b.AddFact(who, int32(n/7), fact)
		b.SetHeader(who, int64(n), number)
		b.SetSaid(who, 1, 10_000, number) // behind all facts
	}
	b.SetMeta("number", number)
	b.SetCheckpoint(number)
}

func victim(i int) string { return fmt.Sprintf("%sP%02d", mark, i) }

// TestKill kills the process at random moments, again and again with one directory: the last
// acknowledged commit is complete, and no other is there in part.
func TestKill(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 2))
	dir := t.TempDir()
	for round := range size(8) {
		acknowledged := killAfter(t, dir, time.Duration(1+r.IntN(400))*time.Millisecond)
		db, err := state.Open(dir, small)
		if err != nil {
			t.Fatalf("seed %d round %d: %v", seed, round, err)
		}
		checkWhole(t, db, acknowledged)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("seed %d round %d", seed, round)
		}
	}
}

// killAfter runs the victim and returns the last commit that it acknowledged.
func killAfter(t *testing.T, dir string, after time.Duration, env ...string) (acknowledged uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), killVar+"="+dir), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	kill := func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
	}
	var timer *time.Timer
	for lines.Scan() {
		if timer == nil { // the clock runs from the first commit
			timer = time.AfterFunc(after, kill)
		}
		if acknowledged, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
			t.Errorf("reading the victim: %v", err)
		}
	}
	if timer == nil {
		t.Error("the victim ended before its first commit")
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Errorf("the victim was not killed: %v", cmd.ProcessState)
	}
	return acknowledged
}

// checkWhole checks that everything is of one commit, not before acknowledged.
func checkWhole(t *testing.T, db *state.DB, acknowledged uint64) {
	t.Helper()
	task, err := db.Task(3)
	if err != nil {
		t.Fatal(err)
	}
	n, err := lastCommit(task)
	if err != nil {
		t.Fatal(err)
	}
	if n < acknowledged {
		t.Errorf("commit %d was acknowledged, the checkpoint is of %d", acknowledged, n)
	}
	if meta, _, err := task.Meta("number"); err != nil || binary.BigEndian.Uint64(meta) != n {
		t.Errorf("meta %v %v, want %d", meta, err, n)
	}
	for i := range 50 {
		p, err := task.Person(victim(i), state.Undated)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Said) != 1 || binary.BigEndian.Uint64(p.Said[0].Data) != n || p.Header.Next != int64(n) {
			t.Errorf("person %d: header %v said %v, want commit %d", i, p.Header, p.Said, n)
		}
		seen := map[uint64]bool{}
		for _, f := range p.Facts {
			seen[binary.BigEndian.Uint64(f)] = true
		}
		if uint64(len(p.Facts)) != n || uint64(len(seen)) != n {
			t.Errorf("person %d has %d facts of %d commits, want %d", i, len(p.Facts), len(seen), n)
		}
	}
}
