package verify

import (
	"context"
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/topics"
)

// knowsAll is the verdict with the facts of all persons, which must not differ from
// that with the facts that somebody was given.
type knowsAll struct {
	task.Core
	t     *testing.T
	seed  uint64
	all   *duty.Facts
	units int
}

func (k *knowsAll) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	got := duty.Evaluate(in, at)
	in.Person = k.all
	want := duty.Evaluate(in, at)
	if len(got.Units) != len(want.Units) {
		k.t.Errorf("seed %d: %s has %d units, want %d", k.seed, in.PersonID, len(got.Units), len(want.Units))
		return got
	}
	for i := range got.Units {
		g, w := &got.Units[i], &want.Units[i]
		if g.Kind != w.Kind || g.Date != w.Date || g.Outcome != w.Outcome || fmt.Sprint(g.Caveats) != fmt.Sprint(w.Caveats) {
			k.t.Errorf("seed %d: %s of %s on %s is %s %v, want %s %v", k.seed, g.Kind, in.PersonID, g.Date,
				g.Outcome, g.Caveats, w.Outcome, w.Caveats)
		}
	}
	k.units += len(got.Units)
	return got
}

// TestVerifyKnowsOneIDOfSeveralPersons: verify judges everybody as if it had the facts of all,
// where persons of several partitions have facts of one id and version (contract §1). Copies of
// records change nothing.
func TestVerifyKnowsOneIDOfSeveralPersons(t *testing.T) {
	for seed := range uint64(30) {
		w := newVerifyRig(t, seed, 4)
		judge := &knowsAll{t: t, seed: seed, all: &duty.Facts{}}
		v := &verifier{cfg: VerifyConfig{Policy: w.policy, Judge: judge, Found: func(telling.Difference) {}},
			codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
		put := func(topic, key string, record any) {
			value, err := w.codec.Encode(topic, record)
			w.must(err)
			for range 1 + w.rng.IntN(2) { // or a copy as well
				p := broker.Partition{Topic: topic, Index: topics.Partition([]byte(key), w.parts)}
				f := stored.Fact{Topic: topic, Known: w.now, Record: record,
					Pos: duty.Position{Partition: p.Index, Offset: int64(len(w.broker.Logs[p]))}}
				w.broker.Append(p, []byte(key), value)
				f.FileUnder(judge.all)
				w.now += duty.Instant(w.rng.IntN(3)) * duty.Minute
			}
		}
		who := func() string { return fmt.Sprintf("P-%d", w.rng.IntN(6)) }
		for i := range 6 {
			id := fmt.Sprintf("P-%d", i)
			put("group-changes", id, &duty.GroupChange{ID: "g" + id, Version: 1, ReceivedAt: w.now, PersonID: id,
				Group: duty.GroupExpelledJudgment, ValidFrom: w.now - 30*duty.Day})
			put("obligation-changes", id, &duty.ObligationChange{ID: "o" + id, Version: 1, ReceivedAt: w.now,
				DecisionID: "d" + id, PersonID: id, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(w.now), ValidFrom: w.now})
			if w.rng.IntN(2) == 0 {
				put(duty.TopicCardAssignments, id, &duty.CardAssignment{ID: fmt.Sprintf("a%d", w.rng.IntN(3)),
					Version: 1, ReceivedAt: w.now, CardID: "c" + id, PersonID: id, CardType: duty.CardTypeBiometric,
					ValidFrom: w.now, AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic})
			}
		}
		for range 60 {
			w.now += duty.Instant(w.rng.IntN(150)) * duty.Minute
			id, version := who(), int64(w.rng.IntN(6)/5+1)
			switch w.rng.IntN(8) {
			case 0:
				put("holds", id, &duty.Hold{ID: "h", Version: version, ReceivedAt: w.now,
					HoldID: fmt.Sprintf("H%d", w.rng.IntN(3)), PersonID: id, Kind: duty.HoldKindCustody,
					Retracted: w.rng.IntN(4) == 0, ValidFrom: w.now, ValidTo: duty.Some(w.now + duty.Day)})
			case 1:
				put("permissions", id, &duty.Permission{ID: "p", Version: version, ReceivedAt: w.now,
					PermissionID: fmt.Sprintf("PM%d", w.rng.IntN(3)), PersonID: id,
					Status: []duty.PermissionStatus{duty.PermissionStatusGranted,
						duty.PermissionStatusRevoked}[w.rng.IntN(2)], ValidFrom: w.now, ValidTo: w.now + duty.Day,
					DecidedAt: w.now, ReportEffect: duty.ReportEffectSilent})
			default:
				row := &duty.CardEvent{ID: fmt.Sprintf("r%d", w.rng.IntN(25)), Version: version, ReceivedAt: w.now,
					PersonID: duty.Some(id), CardID: "c" + id, CardType: duty.CardTypeBiometric,
					CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
					Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.Direction(1 + w.rng.IntN(2))),
					Scan: duty.ScanComplete, OccurredAt: w.now}
				key := id
				if w.rng.IntN(8) == 0 {
					row.PersonID, key = duty.None[string](), row.CardID
				}
				put(duty.TopicCardEvents, key, row)
			}
		}
		v.cfg.At = duty.Some(w.now + 2*duty.Day)
		if _, err := v.run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if judge.units < 12 {
			t.Errorf("seed %d: %d units were judged", seed, judge.units)
		}
	}
}
