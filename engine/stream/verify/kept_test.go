package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/watching"
)

// putFact appends a fact when it is known.
func (w *verifyRig) putFact(f simulate.Fact) {
	w.t.Helper()
	w.now = max(w.now, f.ReceivedAt)
	w.put(f.Topic, f.Key, f.Record)
}

// commit lets every task say that it has judged up to an instant.
func (w *verifyRig) commit(at duty.Instant) {
	w.t.Helper()
	w.now = max(w.now, at)
	for part := range w.parts {
		p := stored.Progress{Task: part, Seq: 1, Clock: at, CaughtUp: at}
		value, err := p.Encode()
		w.must(err)
		w.broker.Append(stored.CommitPartition(part), stored.CommitKey(part), value)
	}
}

// verifier returns one that has read nothing.
func (w *verifyRig) verifier(parse func(string) (*duty.Policy, error)) *verifier {
	all, err := w.broker.Topics(context.Background())
	w.must(err)
	parts := slices.DeleteFunc(w.centrePartitions(), func(p broker.Partition) bool {
		return p.Index >= all[p.Topic].Partitions
	})
	return &verifier{cfg: VerifyConfig{Policy: w.policy, Judge: task.Core{}, ParsePolicy: parse}, codec: w.codec,
		broker: w.broker, parts: w.parts, centres: parts}
}

// overseen is all that a look says, with the inconsistent pairs that it found.
func (w *verifyRig) overseen(o *Overseer) string {
	w.t.Helper()
	v := w.verifier(o.parse)
	got, err := o.look(context.Background(), v, nil)
	w.must(err)
	var text strings.Builder
	for _, p := range v.policiesBy(got.At) {
		fmt.Fprintln(&text, p.Version, v.watch.pairs[p])
	}
	fmt.Fprintln(&text, got.At, got.Faults, got.Doubts.OK)
	for _, q := range got.Doubts.V {
		fmt.Fprintf(&text, "%s\n", q.AppendCanonical(nil))
	}
	for i := range got.Reports {
		fmt.Fprintf(&text, "%s\n", got.Reports[i].AppendCanonical(nil))
	}
	return text.String()
}

// anew makes a topic anew with the records that it had.
func (w *verifyRig) anew(topic string, generation int) {
	state := broker.TopicState{ID: fmt.Sprint(topic, " made anew ", generation), Partitions: w.parts,
		Epochs: make([]int32, w.parts)}
	if w.broker.States == nil {
		w.broker.States = map[string]broker.TopicState{}
	}
	w.broker.States[topic] = state
}

// TestLooksGoOn: a look that goes on from what the last one kept says what one that reads everything says, while facts
// of all kinds come, cards change hands, rows are corrected, nobody can read some records, a policy is activated, and
// topics are made anew or lose what is old.
func TestLooksGoOn(t *testing.T) {
	const interval = duty.Hour
	p, err := policy.Load("simulated", []byte(simulate.PolicyText(interval)))
	if err != nil {
		t.Fatal(err)
	}
	later := func(string) (*duty.Policy, error) {
		q := *p
		q.Version, q.Digest, q.Steps = "later", "digest of later", slices.Clone(p.Steps)
		for i := range q.Steps {
			q.Steps[i].Params.LateAccusation += duty.Hour
		}
		return &q, nil
	}
	start := duty.DateOf(2026, 2, 2)
	plans := []simulate.Plan{simulate.IdentitySplit, simulate.LostRows, simulate.DelayedRows, simulate.ServerOutage,
		simulate.DuplicatedRows, simulate.DeviceClock}
	wentOn, anew, pairs := 0, 0, 0
	for i := range seeds.AtLeast(t, 5*len(plans), 2) {
		rng := rand.New(rand.NewPCG(uint64(i), 33))
		w := newVerifyRig(t, uint64(i), 2)
		w.policy, w.broker.Parts, w.now = p, 2, (start - 40).Start()
		var facts []simulate.Fact
		_, err := simulate.Run(simulate.Config{Seed: uint64(i), Start: start, Days: 10, Persons: 15, Numbered: true,
			Heartbeats: interval, Reconciled: true, Undisturbed: i%2 == 0, Ordinary: i%2 == 1,
			Faults: simulate.Faults{Plans: []simulate.Plan{plans[i%len(plans)]}}},
			simulate.SinkFunc(func(f simulate.Fact) error { facts = append(facts, f); return nil }))
		w.must(err)
		facts = append(facts, strangers(start-3)...)
		slices.SortStableFunc(facts, func(a, b simulate.Fact) int { return int(a.ReceivedAt - b.ReceivedAt) })
		o := NewOverseer(OverseeConfig{Policy: p, ParsePolicy: later, Keep: 1 << 30, Between: func() {
			if len(facts) > 0 && rng.IntN(400) == 0 {
				w.putFact(facts[0])
				facts = facts[1:]
			}
		}})
		for len(facts) > 0 {
			n := min(len(facts), 1+rng.IntN(600))
			for j := range facts[:n] {
				w.putFact(facts[j])
				switch rng.IntN(60) {
				case 0: // delivered twice
					w.putFact(facts[j])
				case 1: // nobody can read it
					w.broker.Append(broker.Partition{Topic: facts[j].Topic, Index: int32(rng.IntN(2))}, []byte(facts[j].Key),
						[]byte("damaged"))
				case 2: // corrected
					if row, ok := facts[j].Record.(*duty.CardEvent); ok {
						again := *row
						again.Version++
						again.OccurredAt += duty.Minute
						w.put(facts[j].Topic, facts[j].Key, &again)
					}
				case 3: // somebody else's as well, or instead
					other := facts[rng.IntN(n)].Key
					if row, ok := facts[j].Record.(*duty.CardEvent); ok && row.PersonID.OK && strings.HasPrefix(other, "P") {
						again := *row
						again.Version += int64(rng.IntN(2))
						again.PersonID = duty.Some(other)
						w.put(facts[j].Topic, other, &again)
					}
				case 4: // two passages in one direction
					if row, ok := facts[j].Record.(*duty.CardEvent); ok && row.PersonID.OK {
						for k := range 2 {
							f := passed(fmt.Sprintf("pair-%d-%d-%d", len(facts), j, k), row.PersonID.V, row.CardID, row.CentreID,
								w.now-duty.Instant(2-k)*duty.Minute)
							w.put(f.Topic, f.Key, f.Record)
						}
					}
				}
			}
			last := facts[n-1].ReceivedAt
			facts = facts[n:]
			w.commit(last - duty.Instant(rng.IntN(3))*duty.Hour)
			switch rng.IntN(8) {
			case 0:
				w.anew([]string{duty.TopicCardEvents, duty.TopicNotices, duty.TopicIncidents}[rng.IntN(3)], n)
			case 1:
				w.put(duty.TopicPolicies, "policy", &duty.PolicyActivation{ID: fmt.Sprint("activation-", n), Version: 1,
					ReceivedAt: w.now, PolicyVersion: "later", Digest: "digest of later", Text: "later", ActivatedAt: w.now,
					By: "a test"})
			}
			before := o.kept.gathered
			came := len(facts)
			got := w.overseen(o)
			if came > len(facts) {
				continue // one that reads everything knows more; what came shows in the next look
			}
			if o.kept.gathered == before {
				wentOn++
			} else {
				anew++
			}
			pairs += len(o.kept.gathered.pairs)
			want := w.overseen(NewOverseer(OverseeConfig{Policy: p, ParsePolicy: later}))
			if got != want {
				t.Fatalf("%s, seed %d: a look that goes on says\n%s\none that reads everything\n%s", plans[i%len(plans)], i,
					got, want)
			}
		}
	}
	t.Logf("%d looks went on, %d began anew; %d times the pairs of a person were kept", wentOn, anew, pairs)
	if wentOn == 0 || anew == 0 || pairs == 0 {
		t.Error("all looks were of one kind")
	}
}

// TestWhatIsKeptIsOfUse: only for as long as the logs are those that were read, and nothing was deleted from them.
func TestWhatIsKeptIsOfUse(t *testing.T) {
	row := broker.Partition{Topic: duty.TopicCardEvents, Index: 1}
	beat := broker.Partition{Topic: duty.TopicHeartbeats}
	logs := func(change func(*logsThere)) logsThere {
		l := logsThere{starts: broker.Offsets{row: 3, beat: 0}, ends: broker.Offsets{row: 9, beat: 5},
			topics: map[string]broker.TopicState{
				row.Topic:  {ID: "a", Partitions: 2, Epochs: []int32{0, 4}},
				beat.Topic: {ID: "b", Partitions: 1, Epochs: []int32{2}},
			}}
		if change != nil {
			change(&l)
		}
		return l
	}
	state := func(topic string, s broker.TopicState) func(*logsThere) {
		return func(l *logsThere) { l.topics[topic] = s }
	}
	for name, c := range map[string]struct {
		change func(*logsThere)
		want   bool
	}{
		"the same":                  {nil, true},
		"more was written":          {func(l *logsThere) { l.ends[row], l.ends[beat] = 20, 30 }, true},
		"what is old was deleted":   {func(l *logsThere) { l.starts[row] = 4 }, false},
		"less rows than were read":  {func(l *logsThere) { l.ends[row] = 8 }, false},
		"less beats than were read": {func(l *logsThere) { l.ends[beat] = 4 }, false},
		"the topic is another":      {state(row.Topic, broker.TopicState{ID: "c", Partitions: 2, Epochs: []int32{0, 4}}), false},
		"another leader":            {state(row.Topic, broker.TopicState{ID: "a", Partitions: 2, Epochs: []int32{0, 5}}), false},
		"no ids":                    {state(beat.Topic, broker.TopicState{Partitions: 1, Epochs: []int32{2}}), false},
		"no leaders":                {state(beat.Topic, broker.TopicState{ID: "b", Partitions: 1}), false},
		"a topic is gone":           {func(l *logsThere) { delete(l.topics, beat.Topic) }, false},
	} {
		k := &kept{logs: logs(nil), gathered: newGathered(true),
			packs: map[int32]*packs{1: {next: broker.Offsets{row: 9}}}}
		k.gathered.centres[beat] = 5
		if name == "no ids" { // nor were there any before
			k.logs.topics[beat.Topic] = broker.TopicState{Partitions: 1, Epochs: []int32{2}}
		}
		if got := k.goesOn(logs(c.change)); got != c.want {
			t.Errorf("%s: of use %v", name, got)
		}
	}
	v := &verifier{}
	v.keep = &kept{logs: logs(nil), gathered: newGathered(true), packs: map[int32]*packs{}, parts: 2, trust: true, at: 100}
	for _, c := range []struct {
		parts int32
		trust bool
		at    duty.Instant
		want  bool
	}{{2, true, 100, true}, {2, true, 101, true}, {2, true, 100, false}, {3, true, 200, false}, {3, false, 200, false},
		{3, false, 200, true}} {
		had := v.keep.gathered
		v.parts, v.trust = c.parts, c.trust
		if v.resume(logs(nil), &watching.CentreFacts{}, c.at); (v.gathered == had) != c.want {
			t.Errorf("%+v: of use %v", c, v.gathered == had)
		}
	}
}

// TestNothingIsKeptWithoutRoom: a look keeps nothing where there is no room for it, nor after an error.
func TestNothingIsKeptWithoutRoom(t *testing.T) {
	w := newVerifyRig(t, 1, 2)
	w.broker.Parts = 2
	for _, f := range strangers(duty.DateOf(2026, 2, 2)) {
		w.putFact(f)
	}
	w.commit(w.now)
	o := NewOverseer(OverseeConfig{Policy: w.policy, Keep: 1 << 30})
	w.overseen(o)
	needs := o.kept.bytes()
	if o.kept.gathered == nil || needs == 0 {
		t.Fatal("nothing is kept")
	}
	o.cfg.Keep = needs - 1
	if w.overseen(o); o.kept.gathered != nil {
		t.Error("more is kept than there is room for")
	}
	o.cfg.Keep = needs
	if w.overseen(o); o.kept.gathered == nil {
		t.Error("nothing is kept although there is room")
	}
	v := w.verifier(o.parse)
	w.broker.Fail = func(what string) error { return fmt.Errorf("no %s", what) }
	if _, err := o.look(context.Background(), v, nil); err == nil || o.kept.gathered != nil {
		t.Errorf("after an error (%v) something is kept: %v", err, o.kept.gathered != nil)
	}
}
