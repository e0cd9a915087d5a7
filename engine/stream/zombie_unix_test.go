//go:build unix

package stream

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// An engine is stopped (SIGSTOP) for longer than its session and continues: it finds itself
// fenced, tells nothing, joins again, and goes on. At the end it does all the work alone.
func TestZombie(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a process that is halted while another takes over")
	r, c, ps := twoProcesses(t)
	feeds := testkit.Residents(rand.New(rand.NewPCG(4, 9)), 12, 9)
	r.load(feeds[:len(feeds)/3])
	signal := func(p *process, s os.Signal) {
		t.Helper()
		if err := p.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	signal(ps[0], syscall.SIGSTOP)
	r.load(feeds[len(feeds)/3 : len(feeds)*2/3])
	r.agree(c.End) // the other one has taken over
	signal(ps[0], syscall.SIGCONT)
	r.load(feeds[len(feeds)*2/3:])
	r.agree(c.End)
	ps[1].kill()
	r.load(testkit.Residents(rand.New(rand.NewPCG(5, 9)), 12, 9))
	r.agree(c.End)
}
