package stream

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
)

// TestRunWritesControlReports: the topic control-reports has what `report control` works out, of each
// centre and period that is worked out again; a second engine on the same topics writes none of them
// again, and no fault is alarmed.
func TestRunWritesControlReports(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "two engines in turn, and reports of every centre and period")
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(4, 4)), 12, 9))
	log := &safeBuffer{}
	begin := func() *running {
		cfg := r.config(seeds.Start + 20*duty.Day)
		cfg.Leave = true // the next is another member
		cfg.ReportEvery, cfg.overseeShare, cfg.Log = 80*time.Millisecond, 1, zerolog.New(log)
		return start(t, cfg)
	}
	e := begin()
	e.rest()
	want := r.controlReports()
	got := map[string]string{}
	all := len(want) * (1 + len(policy.Builtin().Centres))
	agree := func() bool {
		for key, report := range want {
			if got[key] != report {
				return false
			}
		}
		return len(got) == all
	}
	for began := time.Now(); !agree(); time.Sleep(100 * time.Millisecond) {
		if got = r.reportsWritten(); time.Since(began) > within {
			t.Fatalf("%d reports on the topic, want %d: %v\nworked out: %v\n%s", len(got), all, got, want, log)
		}
	}
	// The passes that began before the engine was at rest are over, and what they found is written.
	for began, last := time.Now(), e.cfg.Stats.Overseen.Load(); e.cfg.Stats.Overseen.Load() < last+3; {
		if time.Sleep(50 * time.Millisecond); time.Since(began) > within {
			t.Fatal("no pass ends")
		}
	}
	e.rest()
	e.end()
	again := begin()
	for began := time.Now(); again.cfg.Stats.Overseen.Load() == 0 && time.Since(began) < within; {
		time.Sleep(50 * time.Millisecond)
	}
	again.rest()
	if n := again.cfg.Stats.Reports.Load(); n != 0 {
		t.Errorf("another engine wrote %d reports again", n)
	}
	if n := again.cfg.Stats.Nowhere.Load() + again.cfg.Stats.Unjudged.Load(); n != 0 {
		t.Errorf("%d faults\n%s", n, log)
	}
	again.end()
}

// controlReports works out the reports of all centres together, without their clock.
func (r *rig) controlReports() map[string]string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	list, err := verify.Control(ctx, verify.ControlConfig{Kafka: r.cfg, Policy: policy.Builtin(),
		ParsePolicy: readPolicy, Centre: control.All, Periods: control.Recomputed(seeds.Start + 20*duty.Day)})
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]string{}
	for i := range list {
		list[i].AsOf = 0
		out[control.All+":"+list[i].Period] = string(list[i].AppendCanonical(nil))
	}
	return out
}

// reportsWritten are the newest reports on the topic, without their clock.
func (r *rig) reportsWritten() map[string]string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	out := map[string]string{}
	s := broker.Scan{From: broker.NewKafka(r.client, "", verify.VerifyWait, verify.VerifyBytes),
		Most: verify.VerifyRecords, Wait: verify.VerifyWait}
	parts := []broker.Partition{{Topic: duty.TopicControlReports}, {Topic: duty.TopicControlReports, Index: 1}}
	err := s.All(ctx, parts, func(rec *broker.Record) error {
		record, err := r.codec.Decode(duty.TopicControlReports, rec.Value)
		if err != nil {
			return err
		}
		v := record.(*duty.ControlReport)
		v.AsOf = 0
		out[string(rec.Key)] = string(v.AppendCanonical(nil))
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// TestOverseeingNeedsRoom: where the facts do not fit into the memory that there is, no reports are worked
// out, and the log says so once.
func TestOverseeingNeedsRoom(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(4, 4)), 12, 9))
	log := &safeBuffer{}
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.ReportEvery, cfg.Log, cfg.Memory = 20*time.Millisecond, zerolog.New(log), 1<<10
	e := start(t, cfg)
	e.rest()
	if n := strings.Count(log.String(), "too little memory to work out control"); n != 1 {
		t.Errorf("said %d times\n%s", n, log)
	}
	if n := e.cfg.Stats.Overseen.Load(); n != 0 {
		t.Errorf("%d looks", n)
	}
	e.end()
}

// TestFaultsLast: a fault is alarmed once two looks found it, and said once for every change.
func TestFaultsLast(t *testing.T) {
	stay := verify.Fault{CentreID: "KH", Kind: duty.KindStay, Nowhere: 3}
	report := verify.Fault{CentreID: "SJ", Kind: duty.KindReport, Unjudged: true}
	if got := lasting(nil, []verify.Fault{stay}); got != nil {
		t.Errorf("one look: %+v", got)
	}
	less := stay
	less.Nowhere = 2
	got := lasting([]verify.Fault{stay, report}, []verify.Fault{less, report})
	if len(got) != 2 || got[0] != less || got[1] != report {
		t.Errorf("%+v", got)
	}
	log := &safeBuffer{}
	e := &engine{cfg: Config{Log: zerolog.New(log)}}
	e.cfg, _ = e.cfg.withDefaults()
	e.cfg.Log = zerolog.New(log)
	said := e.tellFaults(got, "")
	if said = e.tellFaults(got, said); e.cfg.Stats.Nowhere.Load() != 2 || e.cfg.Stats.Unjudged.Load() != 1 {
		t.Errorf("%+v", e.cfg.Stats)
	}
	if said = e.tellFaults(nil, said); said != "" || e.cfg.Stats.Nowhere.Load() != 0 {
		t.Errorf("%q", said)
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines: %s", n, log)
	}
}

// TestLooksRest: a look works its share of the time, and owes the rest that it did not take.
func TestLooksRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, began := newRest(20), time.Now()
		work := func(d time.Duration) { time.Sleep(d) } // passes for work in a bubble
		for range 5 {
			work(2 * time.Millisecond)
			r.between(t.Context())
		}
		if took := time.Since(began); took != 200*time.Millisecond || r.owed() != 0 {
			t.Errorf("worked %v of %v, owes %v", r.worked, took, r.owed())
		}
		r.between(t.Context()) // nothing was worked
		work(time.Second)
		r.between(t.Context())
		if took := time.Since(began); took != 1200*time.Millisecond+overseeRest || r.owed() != 19*time.Second-overseeRest {
			t.Errorf("%v, owes %v", took, r.owed())
		}
		began, r = time.Now(), newRest(20)
		for range 4 { // little work, and an answer that takes long
			work(time.Millisecond / 2)
			r.between(t.Context())
			time.Sleep(time.Minute)
			r.waited()
		}
		if took := time.Since(began) - 4*time.Minute; took != 40*time.Millisecond {
			t.Errorf("%v beside what was waited for", took)
		}
	})
}
