package dutytest

import (
	"testing"

	"tilsyn/engine/duty"
)

// TestSenselessOfTheWatch: a heartbeat from more than a day ahead, and a reconciliation that
// makes no sense, are named and were not sent (W-41, W-56).
func TestSenselessOfTheWatch(t *testing.T) {
	at := duty.DateOf(2026, 2, 3).Clock(12, 0)
	beat := duty.Heartbeat{ID: "b", Version: 1, SourceID: "KH-carousel", At: at + duty.Day, ReceivedAt: at}
	count := duty.Reconciliation{
		ID: "c", Version: 1, DeviceID: "KH-carousel", From: at, To: at + duty.Hour, ReceivedAt: at,
	}
	named := func() map[string]bool {
		c := duty.NewCentres(duty.CentreFacts{
			Heartbeats:      []duty.Known[duty.Heartbeat]{{Fact: beat, At: at}},
			Reconciliations: []duty.Known[duty.Reconciliation]{{Fact: count, At: at}},
		}).WithWatch(func(*duty.Policy) *duty.Watched { return &duty.Watched{} })
		out := map[string]bool{}
		for _, q := range duty.CentreQuality(c, builtin, at) {
			out[q.Code.String()+" "+q.Subject] = true
		}
		return out
	}
	if got := named(); len(got) > 0 {
		t.Errorf("both make sense: %v", got)
	}
	beat.At++
	count.To = at - 1
	if got := named(); len(got) != 2 || !got["FACT_INVALID KH-carousel"] || !got["FACT_INVALID c"] {
		t.Errorf("named are %v", got)
	}
}
