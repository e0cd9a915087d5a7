package integration

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tilsyn/engine/simulate"
	"tilsyn/integration/kafkaproc"
	"tilsyn/integration/netfault"
)

// The flags of the campaign, as in
//
//	go test ./integration -run Campaign -campaign 1h -timeout 80m -seed 7
//
// The seed chooses facts, faults, their order and their places. What comes to
// pass between two processes is the machine's, so a seed replays the same
// attempts, and not always the same failure.
var (
	campaignFor       = flag.Duration("campaign", 30*time.Second, "how long the fault campaign goes on")
	campaignSeed      = flag.Uint64("seed", 0, "seed of the fault campaign (default: another one each time)")
	campaignInstances = flag.Int("instances", 2, "instances of the engine in the fault campaign")
	campaignLogs      = flag.String("logs", "", "directory for everything that the engines of the fault campaign say")
)

// sessionTimeout of the engines, short so that a zombie need not sleep long.
const sessionTimeout = 8 * time.Second

// campaign is a cluster behind proxies, some engines, facts that flow, and a
// plan of what goes wrong.
type campaign struct {
	*rig
	seed    uint64
	cluster *kafkaproc.Cluster
	proxies []*netfault.Proxy
	engines []*instance
	feed    *feeder
	deck    *deck

	// records are all violations so far, next the offsets after them; told are
	// the digests of each unit's revisions at the last check.
	records []said
	next    map[int32]int64
	told    map[string][]string
	// faults are counted by kind; ended says how engines ended by themselves.
	faults map[string]int
	ended  map[string]int
	// variants counts starts of engines by their settings, done what the engines
	// say that they did.
	variants, done map[string]int
	counts         sync.Mutex
	steps          int
	checks         int
	// skipped are kinds of faults that are not possible here, with the reason.
	skipped []string
}

// TestCampaign lets facts flow through several engines on a cluster of three
// nodes while, again and again, some of it is killed, paused, cut off, filled,
// damaged or deleted. The devices number their rows and say that they are well,
// and some of that is lost too, visibly. After each round a reader that is not ours must find sound
// histories and no revision of the round before missing, nothing that was
// acknowledged may be lost, and the last revisions must be what replay says of
// the inputs. At the end nobody who complied is INDICATED.
func TestCampaign(t *testing.T) {
	c := newCampaign(t)
	defer func() { t.Log(c.summary(t.Failed())) }()
	end := time.Now().Add(*campaignFor)
	if limit, ok := t.Deadline(); ok && limit.Before(end.Add(4*time.Minute)) {
		t.Fatalf("-campaign %s needs -timeout %s or more", *campaignFor, (*campaignFor + 6*time.Minute).Round(time.Minute))
	}
	each := max(1, int(float64(len(c.feed.facts))*0.6/campaignFor.Seconds()))
	for time.Now().Before(end) && !t.Failed() {
		c.step(t, each)
		c.check(t)
	}
	c.complete(t)
	if t.Failed() {
		return
	}
	for _, e := range c.engines {
		e.reviveNow(t)
		e.stop(t)
	}
	c.verify(t)
}

// complete lets everything come in that the devices ever sent, and requires that nobody who complied is
// INDICATED then, whatever the devices lost and whatever befell the engines.
func (c *campaign) complete(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	if err := c.feed.send(t.Context(), c.feed.left()); err != nil {
		t.Fatal(err)
	}
	c.check(t)
	if !t.Failed() {
		checkCompliant(t, histories(t, c.records, partitions), c.feed.truth)
	}
}

func newCampaign(t *testing.T) *campaign {
	t.Helper()
	c := &campaign{seed: *campaignSeed, told: map[string][]string{}, next: map[int32]int64{},
		faults: map[string]int{}, ended: map[string]int{}, variants: map[string]int{}, done: map[string]int{}}
	if c.seed == 0 {
		c.seed = uint64(time.Now().UnixNano())
	}
	t.Logf("campaign of %s from seed %d", *campaignFor, c.seed)
	if _, err := kafkaproc.Home(); err != nil {
		kafkaproc.Missing(t, err)
	}
	var behind []string
	for i := range 3 {
		p, err := netfault.Listen(c.seed + uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
		c.proxies, behind = append(c.proxies, p), append(behind, p.Address())
	}
	c.rig, c.cluster = newClusterRig(t, kafkaproc.ClusterConfig{Proxies: behind})
	for i, p := range c.proxies {
		p.To(c.cluster.Behind(i))
	}
	c.behind = strings.Join(behind, ",")
	// As many facts as keep flowing for the whole time, and no more: every check
	// reads all of them.
	persons := min(900, max(60, int(campaignFor.Minutes()*20)))
	c.usePolicy(t)
	c.feed = newFeeder(t, c.brokers, watched(simulate.Config{Seed: c.seed, Days: 24, Persons: persons,
		Faults: simulate.Faults{Plans: lossyPlans, Duplicate: 0.01, Delay: 0.03, Reorder: 20}}))
	c.deck = newDeck(rand.New(rand.NewPCG(c.seed, 1)), c.prepareEngines(t))
	return c
}

// prepareEngines starts the engines and returns the kinds of faults that are
// possible here.
func (c *campaign) prepareEngines(t *testing.T) []kind {
	t.Helper()
	mounted := true
	for i := range *campaignInstances {
		e := &instance{campaign: c, number: i, dir: filepath.Join(c.dir, fmt.Sprintf("engine%d", i))}
		if err := os.MkdirAll(e.dir, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := e.mount(t); err != nil {
			mounted = false
			if i == 0 {
				c.skipped = append(c.skipped, fmt.Sprintf("%s: %v", fillDisk, err))
			}
		}
		e.start(t)
		c.engines = append(c.engines, e)
		t.Cleanup(func() { e.finish(t) })
	}
	kinds := slices.Clone(allKinds)
	if !mounted {
		kinds = slices.DeleteFunc(kinds, func(k kind) bool { return k == fillDisk })
		t.Logf("left out: %s", strings.Join(c.skipped, "; "))
	}
	return kinds
}

// step lets facts flow while some faults happen, and ends when all are over.
func (c *campaign) step(t *testing.T, each int) {
	t.Helper()
	c.steps++
	faults := c.deck.round(len(c.engines), c.cluster.Size())
	for _, f := range faults {
		t.Logf("step %d: %s", c.steps, f)
		c.count(c.faults, string(f.kind))
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	wait := c.feed.flow(ctx, each, 200*time.Millisecond)
	results := make(chan error, len(faults))
	for _, f := range faults {
		go func() { results <- c.do(ctx, t, f) }()
	}
	for range faults {
		if err := <-results; err != nil {
			t.Errorf("step %d: %v", c.steps, err)
		}
	}
	stop()
	if err := wait(); err != nil {
		t.Errorf("step %d: writing facts: %v", c.steps, err)
	}
	for _, p := range c.proxies {
		p.Restore()
	}
}

func (c *campaign) count(m map[string]int, what string) {
	c.counts.Lock()
	defer c.counts.Unlock()
	m[what]++
}

// summary is one line about the whole campaign.
func (c *campaign) summary(failed bool) string {
	list := func(m map[string]int) string {
		var out []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			out = append(out, fmt.Sprintf("%s %d", k, m[k]))
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	var net netfault.Done
	for _, p := range c.proxies {
		d := p.Done()
		net.Cut, net.Lost, net.Delayed, net.Refused = net.Cut+d.Cut, net.Lost+d.Lost, net.Delayed+
			d.Delayed, net.Refused+d.Refused
	}
	revisions := 0
	for _, h := range c.told {
		revisions += len(h)
	}
	kills := 0
	for _, k := range []kind{killEngine, killBroker, damageState, deleteState, restoreBackup} {
		kills += c.faults[string(k)]
	}
	findings := "none"
	if failed {
		findings = "see above"
	}
	sent := 0
	if c.feed != nil {
		sent = c.feed.sent
	}
	return fmt.Sprintf("campaign: seed %d, %d engines, %d steps, %d checks, %d kills, faults %s, answers cut %d, "+
		"lost %d, delayed %d, connections refused %d; "+
		"engines that ended by themselves %s, started %s, did %s; %d facts, %d revisions of %d units; findings: %s",
		c.seed, len(c.engines), c.steps, c.checks, kills, list(c.faults), net.Cut, net.Lost, net.Delayed, net.Refused,
		list(c.ended), list(c.variants), list(c.done), sent, revisions, len(c.told), findings)
}
