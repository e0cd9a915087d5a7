package task

import (
	"testing"
	"tilsyn/engine/stream/deadletter"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/testkit"
)

// letters are how the dead letters of all tasks stand.
func (w *world) letters() DeadLetters {
	w.t.Helper()
	for range 3 { // what was read is looked at in the next cycle
		w.turn()
	}
	w.rest()
	var all DeadLetters
	for _, task := range w.tasks {
		d := task.letters.report()
		all.Total, all.Open, all.Oldest = all.Total+d.Total, all.Open+d.Open, append(all.Oldest, d.Oldest...)
	}
	return all
}

// A dead letter of whatever topic is open until it is sent again or resolved, and is
// shown with what it holds and since when; a process that starts again knows it too.
func TestOpenLetters(t *testing.T) {
	t.Parallel()
	holds := map[string]centres.LetterHolds{"paper of a centre": centres.HoldsCentre, "a handling": centres.HoldsNobody, "a change mark": centres.HoldsNobody, "a resolution": centres.HoldsNobody, "a policy": centres.HoldsNobody,
		"an incident": centres.HoldsCentre, "an exclusion": centres.HoldsCentre, "a settlement": centres.HoldsCentre, "a heartbeat": centres.HoldsCentre, "a reconciliation": centres.HoldsCentre, "a supervision": centres.HoldsCentre}
	for name := range lostCases(0) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newCoreWorld(t, 14, 3)
			w.boot()
			w.sendStay("Qa")
			w.rest()
			f := lostCases(w.now)[name]
			f.At = w.now
			w.sendBroken(&f)
			broken := w.lastOffset(f.Topic, f.Key)
			w.now += duty.Hour
			w.rest()
			want := holds[name]
			if want == "" {
				want = centres.HoldsPerson
			}
			for range 2 {
				d := w.letters()
				if d.Total != 1 || d.Open != 1 || len(d.Oldest) != 1 {
					t.Fatalf("%+v", d)
				}
				l := d.Oldest[0]
				if l.Topic != f.Topic || l.Partition != w.partitionOf(f.Key) || l.Offset != broken || l.Reason != deadletter.ReasonUnreadable ||
					l.Holds != string(want) || (l.Centre != "") != (want == centres.HoldsCentre) || l.Since.UnixMilli() != int64(f.At) {
					t.Errorf("%+v", l)
				}
				w.restore()
				w.boot()
				w.rest()
			}
			w.now += duty.Hour
			w.send(&f)
			w.rest()
			for range 2 {
				if d := w.letters(); d.Total != 1 || d.Open != 0 || len(d.Oldest) != 0 {
					t.Errorf("after it was sent again: %+v", d)
				}
				w.restore()
				w.boot()
				w.rest()
			}
		})
	}
}

// A Resolution closes a letter of a person, of everybody and of somebody elsewhere, and
// one that is taken back opens it again.
func TestLettersAreResolved(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 15, 3)
	w.boot()
	w.sendStay("Qa")
	w.rest()
	notice := lostCases(w.now)["a notice"]
	_, value := w.encode(&notice)
	own, other := w.partitionOf("Qa"), (w.partitionOf("Qa")+1)%w.parts
	places := []broker.Partition{{Topic: "notices", Index: own}, {Topic: "notices", Index: other}, {Topic: "permissions", Index: 0}}
	w.broker.Append(places[0], []byte("Qa"), []byte{0xff})
	w.broker.Append(places[1], []byte("Qa"), value)
	w.broker.Append(places[2], nil, []byte{0xff})
	w.now += duty.Hour
	w.rest()
	for n, p := range places {
		if d := w.letters(); d.Total != len(places) || d.Open != len(places)-n {
			t.Fatalf("%d resolved: %+v", n, d)
		}
		w.now += duty.Hour
		w.send(&testkit.Feed{Topic: duty.TopicResolutions, Key: "Qa", Record: &duty.Resolution{ID: p.Topic + string('0'+p.Index), Version: 1, ReceivedAt: w.now, Topic: p.Topic,
			Partition: p.Index, Offset: 0, Outcome: duty.ResolutionOutcomeIrrelevant, By: "x", At: w.now}})
		w.rest()
	}
	if d := w.letters(); d.Open != 0 {
		t.Errorf("all are resolved: %+v", d)
	}
	w.now += duty.Hour
	w.send(&testkit.Feed{Topic: duty.TopicResolutions, Key: "Qa", Record: &duty.Resolution{ID: places[0].Topic + string('0'+own), Version: 2, Retracted: true, ReceivedAt: w.now, Topic: "notices",
		Partition: own, Offset: 0, Outcome: duty.ResolutionOutcomeIrrelevant, By: "x", At: w.now}})
	w.rest()
	if d := w.letters(); d.Open != 1 {
		t.Errorf("a resolution is taken back: %+v", d)
	}
}
