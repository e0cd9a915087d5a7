package watch

import (
	"fmt"
	"os"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// BenchmarkEvening measures a log that is given an evening of a million rows in the order in which four
// tasks forward them, and is then looked at: first at a clock before all of them, then after.
// TILSYN_WATCH_ROWS says how many instead.
func BenchmarkEvening(b *testing.B) {
	rows := 1_000_000
	if s := os.Getenv("TILSYN_WATCH_ROWS"); s != "" {
		if _, err := fmt.Sscan(s, &rows); err != nil {
			b.Fatalf("TILSYN_WATCH_ROWS=%s is no number", s)
		}
	}
	b.ReportAllocs()
	for range b.N {
		evening(rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

// evening fills a log with rows and looks at it.
func evening(rows int) {
	const tasks, share = 4, 500
	begin := duty.DateOf(2026, 3, 1).Start()
	var devices []duty.Device
	for _, d := range policy.Builtin().Devices {
		if d.Type != duty.DeviceTypeOfflineLock {
			devices = append(devices, d)
		}
	}
	log := NewLog()
	live := log.Under(policy.Builtin())
	live.Look(begin, nil, nil)
	at := func(i int) duty.Instant {
		return begin + 20*duty.Hour + duty.Instant(int64(i)*int64(8*duty.Hour)/int64(rows))
	}
	for from := 0; from < rows; from += tasks * share {
		for task := range tasks {
			for i := from + task; i < min(from+tasks*share, rows); i += tasks {
				d := &devices[i%len(devices)]
				log.AddRow(Row{ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i*31), Version: 1, DeviceID: d.ID,
					CentreID: d.CentreID, OccurredAt: at(i), ReceivedAt: at(i) + duty.Second, Known: at(i) + 2*duty.Second})
			}
		}
	}
	for _, clock := range []duty.Instant{begin + duty.Hour, begin + 30*duty.Hour} {
		live.Look(clock, nil, nil)
		live.Timely(clock, nil, nil, []int{6 * 60})
	}
}
