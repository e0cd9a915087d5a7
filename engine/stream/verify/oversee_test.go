package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/topics"
)

// doubtful are the codes of control.Implausible.
var doubtful = []string{"TRAFFIC_LOW", "NET_DRIFT", "SAME_DIRECTION_SHARE", "UNLINKED_SHARE"}

// replayedDoubts are the open lines of replay with those codes, by clock.
func replayedDoubts(t *testing.T, facts []byte, p *duty.Policy, at ...duty.Instant) map[string][]string {
	t.Helper()
	var lines bytes.Buffer
	_, err := replay.Run(context.Background(), replay.Options{
		Facts: []string{replay.Stdio}, Stdin: bytes.NewReader(facts), Stdout: &lines, DataQuality: replay.Stdio,
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}, AsOf: at, TempDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(lines.String()) {
		var q map[string]any
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		asOf := q["as_of"].(string)
		delete(q, "as_of")
		if slices.Contains(doubtful, q["code"].(string)) && q["state"] == "OPEN" {
			text, err := json.Marshal(q)
			if err != nil {
				t.Fatal(err)
			}
			out[asOf] = append(out[asOf], string(text))
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// passed is a row at a centre that is known a minute later; without a person it lies under its card.
func passed(id, person, card, centre string, at duty.Instant) simulate.Fact {
	row := &duty.CardEvent{ID: id, Version: 1, CardID: card, CardType: duty.CardTypeBiometric,
		CentreID: centre, DeviceID: centre + "-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete,
		OccurredAt: at, ReceivedAt: at + duty.Minute}
	if person == "" {
		return simulate.Fact{Topic: topics.CardEvents, Key: card, Record: row, ReceivedAt: row.ReceivedAt}
	}
	row.PersonID = duty.Some(person)
	return simulate.Fact{Topic: topics.CardEvents, Key: person, Record: row, ReceivedAt: row.ReceivedAt}
}

// strangers are rows of a week at KH under cards that nobody holds, or under a person of whom nothing else is
// known; and what is known of some two days after the week: who held a card, whose a row is, that one is no
// row. At SJ sixty persons come on one morning of each of four weeks, never go, and stay away on the
// fifth.
func strangers(week duty.Date) (out []simulate.Fact) {
	later := (week + 9).Start()
	for i := range 12 {
		person := ""
		if i%4 == 3 {
			person = "P-stranger"
		}
		f := passed(fmt.Sprintf("str-%d", i), person, fmt.Sprintf("stranger-%d", i%4), "KH",
			(week+duty.Date(i%7)).Clock(9, i))
		out = append(out, f)
		again := *f.Record.(*duty.CardEvent)
		again.Version, again.ReceivedAt = 2, later
		switch i {
		case 1:
			again.PersonID = duty.Some("P-named")
			out = append(out, simulate.Fact{Topic: f.Topic, Key: "P-named", Record: &again, ReceivedAt: later})
		case 2:
			again.Retracted = true
			out = append(out, simulate.Fact{Topic: f.Topic, Key: f.Key, Record: &again, ReceivedAt: later})
		}
	}
	given := &duty.CardAssignment{ID: "str-given", Version: 1, CardID: "stranger-0", PersonID: "P-given",
		CardType: duty.CardTypeBiometric, ValidFrom: week.Start(), AntiPassback: duty.AntiPassbackOff,
		Created: duty.CardCreationAutomatic, ReceivedAt: later}
	out = append(out, simulate.Fact{Topic: topics.CardAssignments, Key: given.PersonID, Record: given, ReceivedAt: later})
	for w := range 4 {
		for i := range 60 {
			who := fmt.Sprintf("P-morning-%d", i)
			out = append(out, passed(fmt.Sprintf("%s-%d", who, w), who, "c-"+who, "SJ",
				(week+1-28+duty.Date(7*w)).Clock(9, i%50)))
		}
	}
	return out
}

// TestDoubtsAreThoseOfReplay: what the look at the whole control system says of registrations at a clock, from
// logs that go on after it, is what replay says of the files, line for line.
func TestDoubtsAreThoseOfReplay(t *testing.T) {
	const interval = duty.Hour
	p, err := policy.Load("simulated", []byte(simulate.PolicyText(interval)))
	if err != nil {
		t.Fatal(err)
	}
	start := duty.DateOf(2026, 2, 2)
	plans := []simulate.Plan{simulate.IdentitySplit, simulate.LostRows, simulate.DelayedRows, simulate.ServerOutage,
		simulate.DuplicatedRows, simulate.DeviceClock}
	seen := map[string]int{}
	for i := range seeds.Size(t, len(plans)) {
		plan := plans[i%len(plans)]
		w := newVerifyRig(t, uint64(i), 3)
		w.policy = p
		facts := strangers(start)
		_, err := simulate.Run(simulate.Config{Seed: uint64(i), Start: start, Days: 11, Persons: 40, Numbered: true,
			Heartbeats: interval, Reconciled: true, Undisturbed: true,
			Faults: simulate.Faults{Plans: []simulate.Plan{plan}}},
			simulate.SinkFunc(func(f simulate.Fact) error { facts = append(facts, f); return nil }))
		w.must(err)
		slices.SortStableFunc(facts, func(a, b simulate.Fact) int { return int(a.ReceivedAt - b.ReceivedAt) })
		var lines bytes.Buffer
		to := simulate.NewLines(&lines)
		for _, f := range facts {
			value, err := w.codec.Encode(f.Topic, f.Record)
			w.must(err)
			w.now = f.ReceivedAt
			w.broker.Append(broker.Partition{Topic: f.Topic, Index: topics.Partition([]byte(f.Key), w.parts)},
				[]byte(f.Key), value)
			w.must(to.Put(f))
		}
		w.must(to.Flush())
		clocks := []duty.Instant{(start + 1).Clock(10, 59), (start + 1).Clock(11, 0), (start + 7).Start() + duty.Hour - 1,
			(start + 7).Start() + duty.Hour, (start + 9).Start() - 1, (start + 9).Start()}
		want := replayedDoubts(t, lines.Bytes(), p, clocks...)
		for _, at := range clocks {
			v := &verifier{cfg: VerifyConfig{Policy: p, Judge: task.Core{}, At: duty.Some(at)}, codec: w.codec, broker: w.broker,
				parts: w.parts, centres: w.centrePartitions()}
			got := w.doubts(v)
			if !slices.Equal(got, want[at.String()]) {
				t.Errorf("%s, at %s: the look says\n%s\nreplay\n%s", plan, at, strings.Join(got, "\n"),
					strings.Join(want[at.String()], "\n"))
			}
			for _, line := range got {
				for _, code := range doubtful {
					if strings.Contains(line, code) {
						seen[code]++
					}
				}
			}
		}
	}
	t.Log(seen)
	for _, code := range doubtful {
		if seen[code] == 0 {
			t.Errorf("%s was never there", code)
		}
	}
}

// doubts are the lines of one look, as replay writes them.
func (w *verifyRig) doubts(v *verifier) (out []string) {
	w.t.Helper()
	r, err := v.control(context.Background(), nil, func(*duty.Policy, duty.Instant) ([]string, []control.Period) {
		return nil, nil
	}, nil)
	w.must(err)
	for _, q := range r.common.Implausible() {
		var any map[string]any
		w.must(json.Unmarshal(q.AppendCanonical(nil), &any))
		text, err := json.Marshal(any)
		w.must(err)
		out = append(out, string(text))
	}
	slices.Sort(out)
	return out
}
