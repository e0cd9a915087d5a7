package verify

import (
	"context"
	"fmt"
	"testing"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/task"
	"tilsyn/topics"
)

// BenchmarkLook is a look at the whole control system over the facts of the full job, from nothing; no engine has
// written anything.
func BenchmarkLook(b *testing.B) {
	for _, size := range []struct{ persons, days int }{{60, 1095}, {1000, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.persons, size.days), func(b *testing.B) {
			w := newVerifyRig(b, 1, 4)
			last := duty.DateOf(2026, 4, 21)
			_, err := simulate.Run(simulate.Config{Seed: 1, Start: last - duty.Date(size.days-1), Days: size.days,
				Persons: size.persons, Ordinary: true}, simulate.SinkFunc(func(f simulate.Fact) error {
				value, err := w.codec.Encode(f.Topic, f.Record)
				w.now = f.ReceivedAt
				w.broker.Append(broker.Partition{Topic: f.Topic, Index: topics.Partition([]byte(f.Key), w.parts)},
					[]byte(f.Key), value)
				return err
			}))
			w.must(err)
			b.ReportAllocs()
			for b.Loop() {
				v := &verifier{cfg: VerifyConfig{Policy: w.policy, Judge: task.Core{}, At: duty.Some(last.Clock(22, 30))},
					codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
				a := &accounting{nowhere: map[Fault]int{}}
				_, err := v.control(context.Background(), nil, func(p *duty.Policy, at duty.Instant) ([]string, []control.Period) {
					centres := []string{control.All}
					for i := range p.Centres {
						centres = append(centres, p.Centres[i].ID)
					}
					return centres, control.Recomputed(at)
				}, a)
				w.must(err)
			}
		})
	}
}
