package producer

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/state/statetest"
)

// childDir names the buffer of a process that TestKill starts and kills, childFrom the first row it puts.
const (
	childDir  = "TILSYN_PRODUCER_DIR"
	childFrom = "TILSYN_PRODUCER_FROM"
)

// TestMain is the process that is killed where the environment says so.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(putForEver(dir, os.Getenv(childFrom)))
	}
	seeds.TestsThatWait()
	statetest.InMemory()
	m.Run()
}

// putForEver puts one row after the other and says which of them are on disk.
func putForEver(dir, from string) int {
	n, err := strconv.Atoi(from)
	if err != nil {
		return 2
	}
	b, err := Open(Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for ; ; n++ {
		if err := b.Put(row(fmt.Sprint("r", n), 0)); err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println("put", n)
	}
}

// TestKill kills a process with kill -9 while it writes, again and again. Each one begins with the row that
// the one before did not promise, whether it was written or not. In the end each row is there once, under
// numbers without a gap.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir, next := t.TempDir(), 1
	for range 6 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir, childFrom+"="+strconv.Itoa(next))
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		after := random.IntN(40)
		for s := bufio.NewScanner(out); s.Scan(); {
			n, err := strconv.Atoi(strings.TrimPrefix(s.Text(), "put "))
			if err != nil || n != next {
				t.Fatalf("the process says %q, want row %d", s.Text(), next)
			}
			next++
			if after--; after < 0 {
				_ = cmd.Process.Kill() // it may have ended
			}
		}
		_ = cmd.Wait() // killed
	}
	d := &bench{dir: dir, now: duty.Instant(time.Now().UnixMilli())}
	b := d.open(t, nil)
	must(t, b.Put(row(fmt.Sprint("r", next), 0)))
	var rows []string
	for n := 1; n <= next; n++ {
		rows = append(rows, fmt.Sprintf("%d:%d r%d", b.state.Epoch, n, n))
	}
	want(t, "after kill -9", d.send(t, b), rows...)
}
