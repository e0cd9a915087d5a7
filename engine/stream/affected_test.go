package stream

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/affected"
	"tilsyn/engine/affected/lines"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
)

// TestRunningEngineSaysWhomALossConcerns: what a running engine answers from its state is what the topics
// show, for intervals, incidents and exclusions, with persons who are linked, share cards or have facts under
// several keys, and with what was told.
func TestRunningEngineSaysWhomALossConcerns(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "three worlds, and every answer worked out from the topics too")
	seed := uint64(seeds.EnvInt(t, "TILSYN_SEED", 7))
	t.Logf("TILSYN_SEED=%d", seed)
	for name, world := range map[string]func(rng *rand.Rand) []testkit.Feed{
		"residents":  func(rng *rand.Rand) []testkit.Feed { return testkit.Residents(rng, 30, 9) },
		"neighbours": func(rng *rand.Rand) []testkit.Feed { return testkit.Neighbours(rng, 10, 9) },
		"wanderers":  func(rng *rand.Rand) []testkit.Feed { return testkit.Wanderers(rng, 20, 9) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 24))
			r := newRig(t, 3)
			r.load(world(rng))
			e := start(t, r.config(seeds.Start+20*duty.Day))
			e.rest()
			persons, units, told := 0, 0, 0
			for range 8 {
				from := seeds.Start + duty.Instant(rng.IntN(8*24))*duty.Hour
				h := r.sameAnswer(e, affected.What{CentreID: []string{"KH", "SJ"}[rng.IntN(2)],
					Span: duty.Span{From: from, To: from + duty.Instant(1+rng.IntN(20))*duty.Hour}})
				persons, units, told = persons+h.Persons, units+h.Units, told+h.Told
			}
			t.Logf("%d persons, %d units, %d told", persons, units, told)
			if persons == 0 || units == 0 || told == 0 && name == "residents" {
				t.Error("the test tests little")
			}
			e.end()
		})
	}
}

// TestAskingARunningEngine: by the id of an incident and of an exclusion, and what is refused.
func TestAskingARunningEngine(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(5, 24)), 12, 7))
	day, known := seeds.Start+3*duty.Day, seeds.Start+8*duty.Day
	r.load([]testkit.Feed{
		{At: day, Topic: duty.TopicIncidents, Key: "KH", Record: &duty.Incident{ID: "loss", Version: 1, ReceivedAt: day,
			IncidentID: "loss", CentreID: "KH", From: day, To: duty.Some(day + duty.Day), Kind: duty.IncidentKindServer,
			FormsStatus: duty.FormsStatusPending, State: duty.IncidentStateActive, Origin: duty.OriginHuman}},
		{At: known, Topic: duty.TopicExclusions, Key: "SJ", Record: &duty.Exclusion{ID: "gone", Version: 1, ReceivedAt: known,
			ExclusionID: "gone", CentreID: "SJ", FromDate: day.Date(), ToDate: day.Date() + 1,
			Status: duty.ExclusionStatusDeclared, Reason: "LOSS", DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: known}},
	})
	e := start(t, r.config(seeds.Start+20*duty.Day))
	e.rest()
	for _, what := range []affected.What{{IncidentID: "loss"}, {ExclusionID: "gone"}} {
		if h := r.sameAnswer(e, what); h.Persons == 0 || h.Units == 0 {
			t.Errorf("%+v concerns nobody: the test tests little", h)
		}
	}
	for _, what := range []affected.What{{IncidentID: "none"}, {ExclusionID: "none"},
		{CentreID: "XX", Span: duty.Span{From: seeds.Start, To: seeds.Start + 1}}} {
		_, err := Affected(t.Context(), []string{e.cfg.DataDir}, what, func(*Concerned) error { return nil })
		if !errors.Is(err, affected.ErrQuestion) {
			t.Errorf("%+v: %v", what, err)
		}
	}
	e.end()
	if _, err := Affected(t.Context(), []string{e.cfg.DataDir}, affected.What{IncidentID: "none"}, nil); !errors.Is(err,
		ErrConfig) || !strings.Contains(err.Error(), "no engine runs on this data directory") {
		t.Errorf("asked after its end: %v", err)
	}
}

// sameAnswer compares what an engine answers with what the topics show at the same clock.
func (r *rig) sameAnswer(e *running, what affected.What) affected.Header {
	r.t.Helper()
	var got, want []string
	var counts, counted affected.Totals
	ask := func() (affected.Header, error) {
		return Affected(r.t.Context(), []string{e.cfg.DataDir}, what, func(s *Concerned) error {
			counts.Merge(s.Counts)
			got = append(got, string(s.Text))
			return nil
		})
	}
	head, err := ask()
	for began := time.Now(); errors.Is(err, ErrStarting) && time.Since(began) < within; head, err = ask() {
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	q, caughtUp, err := verify.Affected(r.t.Context(), verify.AffectedConfig{Kafka: r.cfg, Policy: policy.Builtin(),
		ParsePolicy: readPolicy, What: what, At: duty.Some(head.AsOf)}, func(s *affected.Share) error {
		counted.Add(s)
		want = append(want, string(lines.Of(s)))
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("%+v: the engine says\n%s\nthe topics\n%s", what, strings.Join(got, ""), strings.Join(want, ""))
	}
	head.Persons, head.Units, head.Told = counts.Persons, counts.Units, counts.Told
	if by := q.Header(counted, caughtUp); head != by {
		r.t.Errorf("the engine says %+v, the topics %+v", head, by)
	}
	return head
}

// TestLookingMakesNobodyWait: a viewer who takes nothing more, or goes away, keeps no task from its work, and the
// next one is answered.
func TestLookingMakesNobodyWait(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(3, 24)), 12, 9)
	r.load(feeds[:len(feeds)/2])
	e := start(t, r.config(seeds.Start+20*duty.Day))
	e.rest()
	what := affected.What{CentreID: "KH", Span: duty.Span{From: seeds.Start, To: seeds.Start + 5*duty.Day}}
	gone := errors.New("gone")
	began := time.Now()
	_, err := Affected(t.Context(), []string{e.cfg.DataDir}, what, func(*Concerned) error {
		if time.Since(began) < time.Second {
			r.load(feeds[len(feeds)/2:])
			e.rest()
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Errorf("gone: %v", err)
	}
	r.agree(seeds.Start + 20*duty.Day)
	if h := r.sameAnswer(e, what); h.Persons == 0 {
		t.Error("nobody is concerned: the test tests little")
	}
	e.end()
}
