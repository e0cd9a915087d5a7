package state_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"tilsyn/state"
)

// largeLogVar makes the test binary fill a log of a large write buffer and kill
// itself.
const largeLogVar = "TILSYN_STATE_LARGE_LOG_DIR"

// largeLogCommits is so many that a write buffer of 3 MiB does not hold them.
const largeLogCommits = 12

// leaveLargeLog commits with a write buffer of 16 MiB until the process dies.
func leaveLargeLog(dir string) error {
	db, err := state.Open(dir, state.Options{MemTableBytes: 16 << 20, MergeBytes: 64 << 20})
	if err != nil {
		return err
	}
	task, err := db.Task(0)
	if err != nil {
		return err
	}
	var b state.Batch
	for n := range uint64(largeLogCommits) {
		b.Reset()
		for i := range uint64(5_000) {
			b.AddFact(fmt.Sprintf("P%04d", i), 1, noise(n, i, 100))
		}
		b.SetCheckpoint(binary.BigEndian.AppendUint64(nil, n))
		if err := task.Commit(&b); err != nil {
			return err
		}
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	return err
}

// noise is n bytes that do not compress.
func noise(a, b uint64, n int) (out []byte) {
	for x := a<<32 | b; len(out) < n; {
		x = x*6364136223846793005 + 1442695040888963407
		out = binary.BigEndian.AppendUint64(out, x^x>>29)
	}
	return out[:n]
}

// TestLargerLogs opens what a killed process with larger write buffers left, twice. Badger alone
// would end the process.
func TestLargerLogs(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), largeLogVar+"="+dir)
	if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the victim was not killed: %v %s", err, out)
	}
	for range 2 {
		db := open(t, dir, state.Options{})
		tk := task(t, db, 0)
		if n, err := lastCommit(tk); err != nil || n != largeLogCommits-1 {
			t.Errorf("the checkpoint is of commit %d %v", n, err)
		}
		if p, err := tk.Person("P0000", state.Undated); err != nil || len(p.Facts) != largeLogCommits {
			t.Errorf("%d facts %v", len(p.Facts), err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLargestTransaction commits as much as one transaction may have: a fact of the largest size
// that is kept in the tree, and as much meta as a commit may have.
func TestLargestTransaction(t *testing.T) {
	db := open(t, t.TempDir(), state.Options{})
	tk := task(t, db, 0)
	var b state.Batch
	b.AddFact("P", 1, noise(1, 1, 192<<10-100))
	b.SetMeta("k", noise(2, 2, 128<<10-64))
	b.SetCheckpoint(noise(3, 3, 128<<10-64))
	if err := tk.Commit(&b); err != nil {
		t.Fatal(err)
	}
	if p, err := tk.Person("P", 1); err != nil || len(p.Facts) != 1 {
		t.Errorf("%d facts %v", len(p.Facts), err)
	}
}
