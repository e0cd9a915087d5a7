package stream

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
)

// sixEnd is the clock at which the ways are compared.
const sixEnd = seeds.Start + 20*duty.Day

// way brings the facts to an engine and lets it come to rest.
type way struct {
	name string
	run  func(t *testing.T, r *rig, feeds []testkit.Feed)
}

// The same facts go through one instance, three instances with rebalances, processes that are
// killed, a restore from a backup, and a rebuild from nothing, each with its own broker. Each must
// tell what follows from the facts, which is how `replay` judges them, so all are equal (contract
// §3). The package integration does the same on Apache Kafka, with the command replay.
func TestSixWays(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "five ways, each with a broker of its own")
	if testing.Short() {
		t.Skip("starts processes and waits for rebalances")
	}
	seed := uint64(seeds.EnvInt(t, "TILSYN_SEED", 11))
	t.Logf("TILSYN_SEED=%d", seed)
	feeds := testkit.Residents(rand.New(rand.NewPCG(seed, 6)), 30, 9)
	var first map[string]string
	for _, w := range []way{{"one instance", oneWay}, {"three instances", threeWay}, {"killed", killedWay},
		{"restored", restoredWay}, {"rebuilt", rebuiltWay}} {
		t.Run(w.name, func(t *testing.T) {
			r := newRig(t, 3)
			w.run(t, r, feeds)
			r.agree(sixEnd)
			stands := r.stands(3)
			if first == nil {
				first = stands
			}
			compareStands(t, first, stands)
		})
	}
	if len(first) < 10 {
		t.Errorf("only %d records stand: the test tests little", len(first))
	}
}

func oneWay(t *testing.T, r *rig, feeds []testkit.Feed) {
	r.load(feeds)
	e := start(t, r.config(sixEnd))
	r.agree(sixEnd)
	e.end()
}

// threeWay starts two more instances while facts come in, ends one, and starts
// it again.
func threeWay(t *testing.T, r *rig, feeds []testkit.Feed) {
	part := len(feeds) / 5
	var all []*running
	configs := []Config{r.config(sixEnd), r.config(sixEnd), r.config(sixEnd)}
	for i := range configs {
		all = append(all, start(t, configs[i]))
		r.load(feeds[i*part : (i+1)*part])
	}
	all[1].end()
	r.load(feeds[3*part : 4*part])
	again := configs[1]
	again.Stats = &task.Stats{}
	all[1] = start(t, again)
	r.load(feeds[4*part:])
	r.agree(sixEnd)
	for _, e := range all {
		e.end()
	}
}

// killedWay kills the process with kill -9 while facts come in.
func killedWay(t *testing.T, r *rig, feeds []testkit.Feed) {
	const kills = 5
	rng := rand.New(rand.NewPCG(uint64(len(feeds)), 8))
	c := childSettings{Brokers: r.cfg.Brokers, DataDir: t.TempDir(), Epoch: time.Now().UnixMilli(), Base: sixEnd,
		End: sixEnd, Speed: 1}
	part := len(feeds) / kills
	for n := range kills {
		c.Records = 1 + rng.IntN(300)
		p := spawn(t, c)
		r.load(feeds[n*part : (n+1)*part])
		if n%2 == 0 {
			<-p.ready
		}
		time.Sleep(time.Duration(rng.IntN(500)) * time.Millisecond)
		p.kill()
	}
	r.load(feeds[kills*part:])
	p := spawn(t, c)
	defer p.kill()
	r.agree(sixEnd)
}

// restoredWay goes back to a backup after more was read and told.
func restoredWay(t *testing.T, r *rig, feeds []testkit.Feed) {
	cfg, file := r.config(sixEnd), filepath.Join(t.TempDir(), "backup")
	r.load(feeds[:len(feeds)/2])
	e := start(t, cfg)
	r.agree(sixEnd)
	backUp(t, cfg.DataDir, file, "")
	r.load(feeds[len(feeds)/2:])
	r.agree(sixEnd)
	e.end()
	next := r.config(sixEnd)
	next.DataDir = filepath.Join(t.TempDir(), "restored")
	if err := Restore(RestoreConfig{DataDir: next.DataDir, Files: []string{file}, SameInstance: true}); err != nil {
		t.Fatal(err)
	}
	restAndAgree(t, r, next)
}

// rebuiltWay loses the state after half of the facts.
func rebuiltWay(t *testing.T, r *rig, feeds []testkit.Feed) {
	cfg := r.config(sixEnd)
	r.load(feeds[:len(feeds)/2])
	e := start(t, cfg)
	r.agree(sixEnd)
	e.end()
	if err := os.RemoveAll(filepath.Join(cfg.DataDir, "state")); err != nil {
		t.Fatal(err)
	}
	r.load(feeds[len(feeds)/2:])
	next := r.config(sixEnd)
	next.DataDir = cfg.DataDir
	restAndAgree(t, r, next)
}

// restAndAgree runs an engine until it has nothing left to do, and compares what was told with
// replay.
func restAndAgree(t *testing.T, r *rig, cfg Config) {
	t.Helper()
	e := start(t, cfg)
	e.rest()
	r.agree(sixEnd)
	e.end()
}

// stands are the records that stand, in comparison form, by unit.
func (r *rig) stands(parts int32) map[string]string {
	r.t.Helper()
	histories := map[string][]duty.Violation{}
	for i := range parts {
		for _, v := range r.read(i) {
			histories[v.UnitID] = append(histories[v.UnitID], *v)
		}
	}
	out := map[string]string{}
	for id, h := range histories {
		if bad := telling.CheckHistory(h); bad != "" {
			r.t.Errorf("history of %s: %s", id, bad)
		}
		if v := &h[len(h)-1]; v.Status != duty.StatusWithdrawn {
			out[id] = fmt.Sprint(v.Kind, v.PersonID, v.UnitDate, v.Status, v.Instant, v.PeriodFrom, v.PeriodTo,
				v.CentreID, v.Group,
				v.ObligationIDs, v.LegalBasis, v.Basis, v.Shortfall, v.Caveats, v.Settled, v.PolicyDigest)
		}
	}
	return out
}

func compareStands(t *testing.T, want, got map[string]string) {
	t.Helper()
	for id, s := range want {
		if got[id] != s {
			t.Errorf("unit %s stands as %q, the first way has %q", id, got[id], s)
		}
	}
	for id, s := range got {
		if _, ok := want[id]; !ok {
			t.Errorf("unit %s stands as %q, the first way has nothing", id, s)
		}
	}
}
