package integration

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/simulate"
	"tilsyn/topics"
)

// TestSixWays brings the same facts to an engine on Apache Kafka in five ways:
// one instance, three with rebalances, processes that are killed again and
// again, a restore from a backup, and a rebuild from nothing. The sixth is
// replay of what tail prints of the inputs, which each of them must equal by
// contract §3, with sound histories, and with what the simulated residents did.
// Devices number their rows, say that they are well, and lose some.
func TestSixWays(t *testing.T) {
	if testing.Short() {
		t.Skip("starts brokers and engines")
	}
	var facts []simulate.Fact
	for _, w := range []struct {
		name string
		run  func(t *testing.T, w *wayRig)
	}{
		{"one instance", oneInstance}, {"three instances", threeInstances}, {"killed", killedOften},
		{"restored", restoredFromBackup}, {"rebuilt", rebuiltFromNothing},
	} {
		t.Run(w.name, func(t *testing.T) {
			r := &wayRig{rig: newRig(t)}
			if facts == nil {
				r.feeder = newFeeder(t, r.brokers, watched(simulate.Config{Seed: uint64(time.Now().UnixNano()), Days: 20,
					Persons: 40, Faults: simulate.Faults{Plans: lossyPlans[:4]}}))
				facts = r.facts
			} else {
				r.feeder = feederOf(t, r.brokers, facts)
			}
			r.usePolicy(t)
			w.run(t, r)
		})
	}
}

// wayRig is a broker and the facts for it.
type wayRig struct {
	*rig
	*feeder
}

// feederOf writes facts that there are already.
func feederOf(t *testing.T, brokers string, facts []simulate.Fact) *feeder {
	t.Helper()
	client, err := topics.Connect(t.Context(),
		topics.Config{Brokers: strings.Split(brokers, ","), Prefix: prefix, GiveUpAfter: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &feeder{producer: client.NewProducer(topics.ProducerConfig{Compression: topics.Zstd}), facts: facts}
}

// data is the data directory of an instance.
func (w *wayRig) data(name string) string { return filepath.Join(w.dir, name) }

// instance starts an engine on a data directory.
func (w *wayRig) instance(t *testing.T, name string, more ...string) *service {
	t.Helper()
	return serve(t, w.program, append(w.engineArgs(w.data(name)), more...)...)
}

// part sends one of so many parts of the facts.
func (w *wayRig) part(t *testing.T, of int) {
	t.Helper()
	if err := w.send(t.Context(), (len(w.facts)+of-1)/of); err != nil {
		t.Fatal(err)
	}
}

// equals waits until the engine has said what replay says of the facts that are
// there.
func (w *wayRig) equals(t *testing.T, engine *service) {
	t.Helper()
	input := w.inputs(t)
	tailed := lines(t, input)
	if len(tailed) != w.sent {
		t.Fatalf("%d facts were written, tail prints %d", w.sent, len(tailed))
	}
	live := w.agree(t, engine, input)
	if len(live) < 10 {
		t.Errorf("only %d units were told; the comparison proves little", len(live))
	}
}

// verified ends the test where the program itself finds a difference.
func (w *wayRig) verified(t *testing.T) { w.verify(t) }

func oneInstance(t *testing.T, w *wayRig) {
	w.part(t, 1)
	e := w.instance(t, "one")
	w.equals(t, e)
	e.stop(t)
	w.verified(t)
}

// threeInstances adds an instance while facts come in, and another, kills one,
// and starts it again.
func threeInstances(t *testing.T, w *wayRig) {
	names := []string{"one", "two", "three"}
	var all []*service
	for _, name := range names {
		all = append(all, w.instance(t, name, "--session-timeout", "6s"))
		w.part(t, 5)
		time.Sleep(2 * time.Second)
	}
	all[1].kill(t)
	w.part(t, 5)
	time.Sleep(8 * time.Second) // longer than its session
	all[1] = w.instance(t, names[1], "--session-timeout", "6s")
	w.part(t, 5)
	w.equals(t, all[0])
	for _, e := range all {
		e.stop(t)
	}
	w.verified(t)
}

func killedOften(t *testing.T, w *wayRig) {
	const kills = 8
	seed := uint64(time.Now().UnixNano())
	t.Logf("moments of killing from seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range kills {
		e := w.instance(t, "one")
		w.part(t, kills)
		time.Sleep(time.Duration(random.IntN(1500)) * time.Millisecond)
		e.kill(t)
	}
	e := w.instance(t, "one")
	w.equals(t, e)
	e.stop(t)
	w.verified(t)
}

// restoredFromBackup goes back to a backup after more was read and told.
func restoredFromBackup(t *testing.T, w *wayRig) {
	e := w.instance(t, "one")
	w.part(t, 2)
	w.equals(t, e)
	output(t, nil, w.program, "state", "backup", "--data-dir", w.data("one"), "--to", w.data("backup"))
	w.part(t, 2)
	w.equals(t, e)
	e.stop(t)
	output(t, nil, w.program, "state", "restore", "--data-dir", w.data("restored"), "--same-instance", w.data("backup"))
	w.saysNothingNew(t, "restored")
}

func rebuiltFromNothing(t *testing.T, w *wayRig) {
	w.part(t, 2)
	e := w.instance(t, "one")
	w.part(t, 2)
	w.equals(t, e)
	e.stop(t)
	if err := os.RemoveAll(w.data("one")); err != nil {
		t.Fatal(err)
	}
	w.saysNothingNew(t, "one")
}

// saysNothingNew starts an engine that has nothing new to read, and requires it to come to the
// same result without a new revision.
func (w *wayRig) saysNothingNew(t *testing.T, name string) {
	t.Helper()
	summaries := func() int {
		return len(lines(t, w.tilsyn(t, nil, "tail", topics.CaseSummaries, "--from-beginning", "--exit-at-end")))
	}
	before, counted := len(w.saidFrom(t, nil)), summaries()
	e := w.instance(t, name)
	time.Sleep(10 * time.Second)
	w.equals(t, e)
	if after := len(w.saidFrom(t, nil)); after != before {
		t.Errorf("%d violations before, %d after", before, after)
	}
	if after := summaries(); after != counted || counted == 0 {
		t.Errorf("%d case summaries before, %d after", counted, after)
	}
	e.stop(t)
	w.verified(t)
}
