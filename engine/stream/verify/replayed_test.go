package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/telling"
	"tilsyn/topics"
)

// replayed are the verdicts of replay on all units of some facts, as unitsOf writes them.
func replayed(t *testing.T, facts []byte, p *duty.Policy, at duty.Instant) map[string]string {
	t.Helper()
	var lines bytes.Buffer
	_, err := replay.Run(context.Background(), replay.Options{
		Facts: []string{replay.Stdio}, Stdin: bytes.NewReader(facts), Stdout: &lines, Outcomes: replay.Stdio,
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}, AsOf: []duty.Instant{at}, TempDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(lines.String()) {
		var u struct {
			Person  string   `json:"person_id"`
			Kind    string   `json:"kind"`
			Date    string   `json:"unit_date"`
			Outcome string   `json:"outcome"`
			Instant *string  `json:"instant"`
			Caveats []string `json:"caveats"`
		}
		if err := json.Unmarshal([]byte(line), &u); err != nil {
			t.Fatal(err)
		}
		text := u.Outcome
		if u.Instant != nil {
			text += " @" + *u.Instant
			if len(u.Caveats) > 0 {
				text += " {" + strings.Join(u.Caveats, ",") + "}"
			}
		}
		out[fmt.Sprintf("%s %s %s", u.Person, u.Kind, u.Date)] = text
	}
	return out
}

// TestVerifyAndReplayJudgeAlike: of residents whose devices and feeds send heartbeats, and under each
// plan of faults, verify comes from the logs to the verdicts to which replay comes from the files.
func TestVerifyAndReplayJudgeAlike(t *testing.T) {
	const interval = 30 * duty.Minute
	p, err := policy.Load("simulated", []byte(simulate.PolicyText(interval)))
	if err != nil {
		t.Fatal(err)
	}
	plans := simulate.Plans()
	n, harsh, held := seeds.Size(t, len(plans)), 0, 0
	for i := range n {
		plan := plans[i*len(plans)/n]
		w := newVerifyRig(t, uint64(i), 3)
		w.policy = p
		var lines bytes.Buffer
		to := simulate.NewLines(&lines)
		cfg := simulate.Config{Seed: uint64(i), Start: duty.DateOf(2026, 2, 2), Days: 10, Persons: 15, Numbered: true,
			Heartbeats: interval, Reconciled: true, Undisturbed: true, Faults: simulate.Faults{Plans: []simulate.Plan{plan}}}
		truth, err := simulate.Run(cfg, simulate.SinkFunc(func(f simulate.Fact) error {
			value, err := w.codec.Encode(f.Topic, f.Record)
			w.must(err)
			w.now = f.ReceivedAt
			w.broker.Append(broker.Partition{Topic: f.Topic, Index: topics.Partition([]byte(f.Key), w.parts)},
				[]byte(f.Key), value)
			return to.Put(f)
		}))
		w.must(err)
		w.must(to.Flush())
		judge := &unitsOf{seen: map[string]string{}}
		v := &verifier{cfg: VerifyConfig{Policy: p, Judge: judge, At: duty.Some(truth.Until),
			Found: func(telling.Difference) {}}, codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
		got, err := v.run(context.Background())
		w.must(err)
		want := replayed(t, lines.Bytes(), p, truth.Until)
		if got.Ahead > 0 || len(want) < 100 {
			t.Fatalf("%s: %d units of replay, %+v of verify", plan, len(want), got)
		}
		for unit, text := range want {
			if judge.seen[unit] != text {
				t.Errorf("%s: %s is %q by verify, %q by replay", plan, unit, judge.seen[unit], text)
			}
			if strings.HasPrefix(text, duty.OutcomeIndicated.String()) {
				harsh++
			}
		}
		held += got.Incidents
	}
	t.Logf("%d plans, %d INDICATED, %d automatic incidents", n, harsh, held)
	if harsh == 0 || held == 0 {
		t.Error("nobody is INDICATED, or nothing was lost")
	}
}
