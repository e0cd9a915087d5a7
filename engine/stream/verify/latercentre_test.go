package verify

import (
	"context"
	"errors"
	"slices"
	"testing"

	"tilsyn/engine/stream/deadletter"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/topics"
)

// outcomesOf is the core, which notes what it says.
type outcomesOf struct {
	task.Core
	seen map[duty.Outcome]int
}

func (o *outcomesOf) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	res := o.Core.Evaluate(in, at)
	for i := range res.Units {
		o.seen[res.Units[i].Outcome]++
	}
	return res
}

// Paper that cannot be read, under the key of a centre that only an activated policy names, holds
// the centre's units in verify too, whichever of the two was written first.
func TestVerifyPaperOfALaterCentre(t *testing.T) {
	for name, c := range map[string]struct {
		steps []string
		held  bool
	}{
		"no paper":        {[]string{"activation"}, false},
		"paper first":     {[]string{"paper", "activation"}, true},
		"paper last":      {[]string{"activation", "paper"}, true},
		"paper elsewhere": {[]string{"paper elsewhere", "activation"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newVerifyRig(t, 3, 3)
			judge := &outcomesOf{seen: map[duty.Outcome]int{}}
			later := *w.policy
			base := later
			base.Centres = slices.DeleteFunc(slices.Clone(later.Centres), func(c duty.Centre) bool { return c.ID == "SJ" })
			later.Digest = "digest of later"
			own := topics.Partition([]byte("SJ"), w.parts)
			for _, step := range c.steps {
				switch step {
				case "paper":
					w.badPaper("SJ", own)
				case "paper elsewhere":
					w.badPaper("SJ", (own+1)%w.parts)
				default:
					w.put(duty.TopicPolicies, "policy",
						&duty.PolicyActivation{ID: "later", Version: 1, ReceivedAt: w.now, PolicyVersion: "later",
							Digest: later.Digest, Text: "later", ActivatedAt: w.now, By: "a test"})
				}
				w.now += duty.Hour
			}
			w.put("group-changes", "Qa", &duty.GroupChange{ID: "g", Version: 1, ReceivedAt: w.now, PersonID: "Qa",
				Group: duty.GroupExpelledJudgment, ValidFrom: w.now - 30*duty.Day})
			w.put("obligation-changes", "Qa", &duty.ObligationChange{ID: "o", Version: 1, ReceivedAt: w.now,
				DecisionID: "d", PersonID: "Qa", Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132, CentreID: "SJ", ServedAt: duty.Some(w.now), ValidFrom: w.now})
			w.put(duty.TopicCardEvents, "Qa", &duty.CardEvent{ID: "r", Version: 1, ReceivedAt: w.now,
				PersonID: duty.Some("Qa"), CardID: "c", CardType: duty.CardTypeBiometric, CentreID: "SJ",
				DeviceID: deviceOf(&later, "SJ", duty.DeviceTypeCarousel), DeviceType: duty.DeviceTypeCarousel,
				Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete,
				OccurredAt: w.now})
			parse := func(text string) (*duty.Policy, error) {
				if text != "later" {
					return nil, errors.New("no such policy")
				}
				return &later, nil
			}
			v := &verifier{cfg: VerifyConfig{Policy: &base, ParsePolicy: parse, Judge: judge,
				Found: func(telling.Difference) {}, At: duty.Some(w.now + 3*duty.Day)},
				codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
			if _, err := v.run(context.Background()); err != nil {
				t.Fatal(err)
			}
			held, indicated := judge.seen[duty.OutcomeProvisional] > 0, judge.seen[duty.OutcomeIndicated] > 0
			if held != c.held || indicated == c.held {
				t.Errorf("outcomes %v", judge.seen)
			}
		})
	}
}

func (w *verifyRig) put(topic, key string, record any) {
	value, err := w.codec.Encode(topic, record)
	w.must(err)
	w.broker.Append(broker.Partition{Topic: topic, Index: topics.Partition([]byte(key), w.parts)}, []byte(key), value)
}

// badPaper writes paper that cannot be read, and its dead letter.
func (w *verifyRig) badPaper(key string, index int32) {
	p := broker.Partition{Topic: duty.TopicManualEntries, Index: index}
	w.broker.Append(p, []byte(key), []byte{0xff})
	log := w.broker.Committed(p)
	rec := &log[len(log)-1]
	_, err := w.codec.Decode(p.Topic, rec.Value)
	if err == nil {
		w.t.Fatal("the record can be read")
	}
	out := deadletter.Of(rec, deadletter.HoldOf(w.codec, rec, ""), err).Out(index)
	w.broker.Put(out.Partition, broker.Record{Key: out.Key, Value: out.Value, Headers: out.Headers}, nil, false)
}

// deviceOf is the first device of a type at a centre.
func deviceOf(p *duty.Policy, centre string, kind duty.DeviceType) string {
	for _, d := range p.Devices {
		if d.CentreID == centre && d.Type == kind {
			return d.ID
		}
	}
	return ""
}
