package integration

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// kind is a kind of fault.
type kind string

// What can go wrong. The first group befalls an engine, the second a node of the
// cluster, the third the network between them.
const (
	killEngine  kind = "kill-engine"
	stopEngine  kind = "stop-engine"
	zombie      kind = "zombie"
	fillDisk    kind = "fill-disk"
	damageState kind = "damage-state"
	deleteState kind = "delete-state"
	// restoreBackup deletes the state and brings back an older one.
	restoreBackup kind = "restore-backup"

	killBroker  kind = "kill-broker"
	pauseBroker kind = "pause-broker"
	moveLeaders kind = "move-leaders"

	cutAnswers  kind = "cut-answers"
	loseAnswers kind = "lose-answers"
	delay       kind = "delay"
	silence     kind = "silence"
	refuse      kind = "refuse"
)

var allKinds = []kind{
	killEngine, stopEngine, zombie, fillDisk, damageState, deleteState, restoreBackup,
	killBroker, pauseBroker, moveLeaders,
	cutAnswers, loseAnswers, delay, silence, refuse,
}

// place says what a kind of fault befalls.
func (k kind) place() string {
	switch k {
	case killEngine, stopEngine, zombie, fillDisk, damageState, deleteState, restoreBackup:
		return "engine"
	case killBroker, pauseBroker, moveLeaders:
		return "node"
	}
	return "network"
}

// keysToLose are API keys whose answers are worth losing: Produce, Heartbeat,
// JoinGroup, SyncGroup, InitProducerId, AddPartitionsToTxn, EndTxn and
// TxnOffsetCommit. EndTxn is there more than once: it is what cannot be repeated
// blindly.
var keysToLose = []int16{0, 12, 11, 14, 22, 24, 26, 26, 26, 28}

// fault is one fault of a plan.
type fault struct {
	kind kind
	// target is the engine or node that it befalls.
	target int
	// after is when in its round it begins, lasts how long it goes on.
	after, lasts time.Duration
	// n is a number of answers, apiKey whose, seed chooses places in files.
	n      int
	apiKey int16
	seed   uint64
}

// String is a line for the log.
func (f fault) String() string {
	s := fmt.Sprintf("%s %d after %s for %s", f.kind, f.target, f.after, f.lasts)
	switch f.kind {
	case cutAnswers:
		s += fmt.Sprintf(", %d answers", f.n)
	case loseAnswers:
		s += fmt.Sprintf(", %d answers to API key %d", f.n, f.apiKey)
	case damageState, deleteState, restoreBackup:
		s += fmt.Sprintf(", seed %d", f.seed)
	}
	return s
}

// deck deals faults: every kind comes once before one comes again.
type deck struct {
	random *rand.Rand
	kinds  []kind
	left   []kind
}

func newDeck(random *rand.Rand, kinds []kind) *deck { return &deck{random: random, kinds: kinds} }

// next deals the next kind that is not refused.
func (d *deck) next(refused func(kind) bool) (kind, bool) {
	if len(d.left) == 0 {
		d.left = slices.Clone(d.kinds)
		d.random.Shuffle(len(d.left), func(i, j int) { d.left[i], d.left[j] = d.left[j], d.left[i] })
	}
	i := slices.IndexFunc(d.left, func(k kind) bool { return !refused(k) })
	if i < 0 {
		return "", false
	}
	k := d.left[i]
	d.left = slices.Delete(d.left, i, i+1)
	return k, true
}

// round deals the faults of one round, one to three, in the order in which they begin. No engine
// has two of them, and at most one affects a node, since two of the three nodes must run.
func (d *deck) round(engines, nodes int) []fault {
	var out []fault
	taken := map[string]bool{}
	for range 1 + d.random.IntN(3) {
		target := d.random.IntN(engines)
		place := func(k kind) string {
			if k.place() == "engine" {
				return fmt.Sprintf("engine %d", target)
			}
			return k.place()
		}
		k, ok := d.next(func(k kind) bool { return taken[place(k)] })
		if !ok {
			continue
		}
		taken[place(k)] = true
		if k.place() != "engine" {
			target = d.random.IntN(nodes)
		}
		out = append(out, d.fault(k, target))
	}
	slices.SortStableFunc(out, func(a, b fault) int { return int(a.after - b.after) })
	return out
}

// fault chooses what is open about a fault.
func (d *deck) fault(k kind, target int) fault {
	between := func(low, high time.Duration) time.Duration {
		return (low + time.Duration(d.random.Int64N(int64(high-low)))).Round(time.Millisecond)
	}
	f := fault{kind: k, target: target, after: between(0, 4*time.Second), seed: d.random.Uint64()}
	f.lasts = between(0, 3*time.Second)
	switch k {
	case zombie:
		f.lasts = between(sessionTimeout+2*time.Second, sessionTimeout+5*time.Second)
	case fillDisk, delay, silence:
		f.lasts = between(2*time.Second, 7*time.Second)
	case pauseBroker:
		f.lasts = between(time.Second, 10*time.Second)
	case killBroker:
		f.lasts = between(0, 6*time.Second)
	case cutAnswers:
		f.n, f.lasts = 1+d.random.IntN(12), between(time.Second, 4*time.Second)
	case loseAnswers:
		f.n, f.lasts = 1+d.random.IntN(3), between(3*time.Second, 6*time.Second)
		f.apiKey = keysToLose[d.random.IntN(len(keysToLose))]
	}
	return f
}

// TestCampaignPlan: one seed always gives the same plan, every kind of fault is in it, and there
// are never two faults where only one is allowed.
func TestCampaignPlan(t *testing.T) {
	plan := func(seed uint64) (rounds [][]fault) {
		d := newDeck(rand.New(rand.NewPCG(seed, 1)), allKinds)
		for range 100 {
			rounds = append(rounds, d.round(2, 3))
		}
		return rounds
	}
	a := plan(5)
	if !reflect.DeepEqual(a, plan(5)) || reflect.DeepEqual(a, plan(6)) {
		t.Error("the plan is not that of its seed")
	}
	count := map[kind]int{}
	for i, r := range a {
		taken := map[string]bool{}
		for _, f := range r {
			count[f.kind]++
			at := f.kind.place()
			if at == "engine" {
				at = fmt.Sprintf("engine %d", f.target)
			}
			if taken[at] {
				t.Errorf("round %d has two faults of %s: %v", i, at, r)
			}
			taken[at] = true
		}
		if len(r) == 0 {
			t.Errorf("round %d has no fault", i)
		}
	}
	for _, k := range allKinds {
		if count[k] < 5 {
			t.Errorf("%s comes %d times in 100 rounds", k, count[k])
		}
	}
}
