package state_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tilsyn/state"
)

// TestLostTail does what a crash of the machine does and kill -9 does not: the newest log of the
// store loses its tail, or one of its pages is torn. A store that opens then has one whole, older
// commit; else it is reported as corrupt. It never has half of a commit.
func TestLostTail(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 4))
	whole, older := 0, 0
	var rests []string
	if os.Getenv("TILSYN_FULL") == "" {
		rests = []string{pauseVar + "=1ms"} // what is lost need not be much
	}
	for round := range 8 {
		dir := t.TempDir()
		acknowledged := killAfter(t, dir, time.Duration(20+r.IntN(200))*time.Millisecond, rests...)
		harm := loseTail
		if round%2 == 1 {
			harm = tearPage
		}
		harmNewestLog(t, r, dir, harm)
		n, err := wholeAt(t, dir)
		switch {
		case errors.Is(err, state.ErrCorrupt):
			t.Logf("round %d: %v", round, err)
		case err != nil:
			t.Errorf("seed %d round %d: %v, want ErrCorrupt", seed, round, err)
		default:
			whole++
			if n < acknowledged {
				older++
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d round %d", seed, round)
		}
	}
	t.Logf("%d states opened, %d of them of an older commit", whole, older)
	if whole == 0 || older == 0 {
		t.Errorf("seed %d: %d states opened, %d of them of an older commit: the test tests nothing", seed, whole, older)
	}
}

// loseTail removes the end of what was written.
func loseTail(r *rand.Rand, written []byte) {
	clear(written[len(written)/2+r.IntN(len(written)/2):])
}

// tearPage puts one page of 4 KiB back to zeros, as it was before anything was written.
func tearPage(r *rand.Rand, written []byte) {
	const size = 4096
	from := r.IntN(len(written)/size) * size
	clear(written[from : from+size])
}

// harmNewestLog changes what was written to the newest log of the store.
func harmNewestLog(t *testing.T, r *rand.Rand, dir string, harm func(*rand.Rand, []byte)) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no logs to harm: %v %v", logs, err)
	}
	file, err := os.OpenFile(logs[len(logs)-1], os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	// The log is as long as it may become; behind what was written are zeros.
	written := bytes.TrimRight(content, "\x00")
	if len(written) < 2*4096 {
		t.Logf("the newest log holds %d bytes only", len(written))
		return
	}
	harm(r, written)
	if _, err := file.WriteAt(written, 0); err != nil {
		t.Fatal(err)
	}
}

// wholeAt reads everything and returns the commit that it is of. A returned error is what a reader
// gets; a state that mixes commits fails the test.
func wholeAt(t *testing.T, dir string) (n uint64, err error) {
	t.Helper()
	db, err := state.Open(dir, small)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tk, err := db.Task(3)
	if err != nil {
		return 0, err
	}
	if n, err = lastCommit(tk); err != nil {
		return 0, err
	}
	for i := range 50 {
		p, err := tk.Person(victim(i), state.Undated)
		if err != nil {
			return 0, err
		}
		if n == 0 && (p.Header.Known || len(p.Facts)+len(p.Said) > 0) {
			t.Errorf("person %d has something of no commit", i)
		}
	}
	if n > 0 {
		checkWhole(t, db, 0)
	}
	return n, nil
}
