package task

import (
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
)

// lines are the states of the lines of a code on a topic, in order.
func (w *world) lines(topic string, code string) []string {
	var out []string
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: topic, Index: i}) {
			switch r := w.decoded(topic, rec.Value).(type) {
			case *duty.DataQuality:
				if r.Code.String() == code {
					out = append(out, r.State.String())
				}
			case *duty.Observation:
				if r.Code.String() == code {
					out = append(out, r.State.String())
				}
			}
		}
	}
	return out
}

// Dead letters are logged by topic and reason, at once and then at growing intervals.
func TestDeadLettersAreToldByKind(t *testing.T) {
	t.Parallel()
	var l letters
	begin := time.Unix(1000, 0)
	var told []int64
	for s := range 600 {
		l.add("notices", deadletter.ReasonUnreadable)
		if s == 300 {
			l.add("permissions", deadletter.ReasonProducerTime)
		}
		for _, x := range l.Tell(begin.Add(time.Duration(s) * time.Second)) {
			told = append(told, x.N)
		}
	}
	if want := []int64{1, 61, 181, 1, 421}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
}
