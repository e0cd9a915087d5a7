package watch

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// BenchmarkLook measures one look at facts of several sizes, when a heartbeat has come in since the
// one before.
func BenchmarkLook(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 800_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			at := duty.DateOf(2026, 2, 3).Clock(22, 0)
			l := NewLog()
			p := policy.Builtin()
			device := p.Devices[0].ID
			beat := func() {
				at += duty.Minute
				l.AddBeat(&duty.Known[duty.Heartbeat]{At: at, Fact: duty.Heartbeat{
					ID: fmt.Sprint("H", at), Version: 1, SourceID: device, At: at, ReceivedAt: at,
				}})
			}
			for i := range n {
				if i%8 > 0 {
					beat()
					continue
				}
				l.AddRow(Row{
					ID: fmt.Sprint("R", i), Version: 1, DeviceID: device, CentreID: p.Devices[0].CentreID,
					OccurredAt: at, ReceivedAt: at, Known: at, Seq: duty.Some(int64(i / 8)),
				})
			}
			v := l.Under(p)
			b.ResetTimer()
			for range b.N {
				beat()
				v.Look(at, nil, nil)
			}
		})
	}
}
