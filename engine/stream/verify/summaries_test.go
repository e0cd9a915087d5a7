package verify

import (
	"context"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/sanction"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/telling"
	"tilsyn/topics"
)

// TestVerifySummaries: a summary that is missing, or says something else than what was told, is a
// difference; one that only counts what was withdrawn is none.
func TestVerifySummaries(t *testing.T) {
	w := newVerifyRig(t, 5, 2)
	at := w.now + 6*duty.Day
	w.put(duty.TopicGroupChanges, "P", &duty.GroupChange{
		ID: "g", Version: 1, ReceivedAt: w.now, PersonID: "P", Group: duty.GroupExpelledJudgment,
		ValidFrom: w.now - duty.Day,
	})
	w.put(duty.TopicConvictions, "P", &duty.Conviction{
		ID: "c", Version: 1, ReceivedAt: w.now, PersonID: "P", DecidedAt: w.now, Statute: "RETURN_ACT_23_2",
	})
	seen := &resultOf{}
	found := func() []string {
		t.Helper()
		var lines []string
		cfg := VerifyConfig{Policy: w.policy, Judge: seen, At: duty.Some(at),
			Found: func(d telling.Difference) { lines = append(lines, d.Of+": "+d.What) }}
		v := &verifier{cfg: cfg, codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
		got, err := v.run(context.Background())
		w.must(err)
		if got.Summaries == 0 || got.Differences != len(lines) {
			t.Errorf("%+v, with the lines %q", got, lines)
		}
		return lines
	}
	write := func(key string, s *duty.CaseSummary) {
		value, err := w.codec.Encode(duty.TopicCaseSummaries, s)
		w.must(err)
		part := topics.Partition([]byte(key), w.parts)
		w.broker.Append(broker.Partition{Topic: duty.TopicCaseSummaries, Index: part}, []byte(key), value)
	}
	expect := func(what string, want ...string) {
		t.Helper()
		got := found()
		ok := len(got) == len(want)
		for i := range want {
			ok = ok && strings.Contains(got[i], want[i])
		}
		if !ok {
			t.Errorf("%s: differences %q, want %q", what, got, want)
		}
		for _, line := range got {
			if strings.Contains(line, "P:") || strings.Contains(line, "Nobody") {
				t.Errorf("%s: %q names a person", what, line)
			}
		}
	}
	expect("no summary", "the person of conviction c: no case summary, the facts give one")
	right := sanction.Summarise(sanction.Case{PersonID: "P", At: at, Standing: seen.res.Standing()})
	if right.Time != 2 {
		t.Fatalf("the summary is %+v", right)
	}
	write("P", &right)
	expect("the right one")
	wrong := right
	wrong.Months = []duty.MonthCount{{Month: "2026-01", Kind: duty.KindStay, Indicated: 1}}
	write("P", &wrong)
	expect("one that counts too much", "offset 1: months have 2026-01 STAY")
	withdrawn := right
	withdrawn.Months = []duty.MonthCount{{Month: "2026-01", Kind: duty.KindStay, Withdrawn: 1}}
	write("P", &withdrawn)
	expect("one with a withdrawn unit")
	write("Nobody", &duty.CaseSummary{PersonID: "Nobody", Time: 1, Months: wrong.Months})
	expect("one of whom nothing is known", "a case summary counts something, the facts give none")
}
