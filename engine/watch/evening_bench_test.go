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
// TILSYN_WATCH_ROWS says how many instead, TILSYN_WATCH_DEVICES of how many devices (default all).
func BenchmarkEvening(b *testing.B) {
	rows, devices := 1_000_000, 0
	for name, n := range map[string]*int{"TILSYN_WATCH_ROWS": &rows, "TILSYN_WATCH_DEVICES": &devices} {
		if s := os.Getenv(name); s != "" {
			if _, err := fmt.Sscan(s, n); err != nil {
				b.Fatalf("%s=%s is no number", name, s)
			}
		}
	}
	list := eveningRows(rows, devices)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		evening(list)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

// eveningBegins is the midnight before the evening.
var eveningBegins = duty.DateOf(2026, 3, 1).Start()

// eveningRows are the rows of so many devices of the register, all if that is 0, in the order in which
// four tasks forward them.
func eveningRows(rows, most int) []Row {
	const tasks, share = 4, 500
	var devices []duty.Device
	for _, d := range policy.Builtin().Devices {
		if d.Type != duty.DeviceTypeOfflineLock && (most == 0 || len(devices) < most) {
			devices = append(devices, d)
		}
	}
	at := func(i int) duty.Instant {
		return eveningBegins + 20*duty.Hour + duty.Instant(int64(i)*int64(8*duty.Hour)/int64(rows))
	}
	var out []Row
	for from := 0; from < rows; from += tasks * share {
		for task := range tasks {
			for i := from + task; i < min(from+tasks*share, rows); i += tasks {
				d := &devices[i%len(devices)]
				out = append(out, Row{ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i*31), Version: 1, DeviceID: d.ID,
					CentreID: d.CentreID, OccurredAt: at(i), ReceivedAt: at(i) + duty.Second, Known: at(i) + 2*duty.Second})
			}
		}
	}
	return out
}

// evening fills a log with rows, looks at it, and returns the watch.
func evening(rows []Row) *Live {
	log := NewLog()
	live := log.Under(policy.Builtin())
	live.Look(eveningBegins, nil, nil)
	for i := range rows {
		log.AddRow(rows[i])
	}
	for _, clock := range []duty.Instant{eveningBegins + duty.Hour, eveningBegins + 30*duty.Hour} {
		live.Look(clock, nil, nil)
		live.Timely(clock, nil, nil, []int{6 * 60})
	}
	return live
}
