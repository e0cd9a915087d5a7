package watch

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// BenchmarkLook measures a look at a year of heartbeats, one a minute from each of twenty sources, and
// 600,000 rows: when nothing but the clock has moved, when a heartbeat has come from one source, and
// when one has come from every source and a row with it. TILSYN_WATCH_DAYS says how many days
// instead. It reports the bytes that the log takes, and how long it took to fill it.
func BenchmarkLook(b *testing.B) {
	y := newYear(b)
	for _, m := range []struct {
		name           string
		sources, every int
		look           func()
	}{
		{"clock", 0, 0, y.look}, {"heartbeat", 1, 0, y.look}, {"minute", len(y.devices), 4, y.look},
		{"timely/clock", 0, 0, y.timely}, {"timely/heartbeat", 1, 0, y.timely},
	} {
		b.Run(m.name, func(b *testing.B) {
			m.look()
			b.ResetTimer()
			for range b.N {
				y.tick(m.sources, m.every)
				m.look()
			}
			b.ReportMetric(float64(y.size)/1e6, "MB")
			b.ReportMetric(y.fill.Seconds(), "s/fill")
		})
	}
}

// year is a log of many sources.
type year struct {
	log     *Log
	live    *Live
	devices []duty.Device
	seq     map[string]int64
	at      duty.Instant
	n       int
	size    uint64
	fill    time.Duration
}

func newYear(b *testing.B) *year {
	days := 365
	if s := os.Getenv("TILSYN_WATCH_DAYS"); s != "" {
		if _, err := fmt.Sscan(s, &days); err != nil {
			b.Fatalf("TILSYN_WATCH_DAYS=%s is no number", s)
		}
	}
	y := &year{log: NewLog(), seq: map[string]int64{}, at: duty.DateOf(2026, 1, 1).Start()}
	p := *policy.Builtin()
	for _, d := range p.Devices {
		if d.Type != duty.DeviceTypeOfflineLock && d.To > y.at && len(y.devices) < 20 {
			y.devices = append(y.devices, d)
		}
	}
	for i := 0; len(y.devices) < 20; i++ {
		d := y.devices[i]
		d.ID += "-2"
		p.Devices = append(p.Devices, d)
		y.devices = append(y.devices, d)
	}
	y.live = y.log.Under(&p)
	before := heap()
	start := time.Now()
	for i := range days * 24 * 60 {
		// 600,000 rows a year of 525,600 minutes; the last source is silent for three hours every month,
		// and for the twenty days of one.
		sources := len(y.devices)
		if i%(30*24*60) < 180 || i/(24*60) >= 60 && i/(24*60) < 80 {
			sources--
		}
		y.tick(sources, 17)
	}
	y.look()
	y.fill = time.Since(start)
	y.size = heap() - before
	return y
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// tick moves the clock: without sources by a second, else by a minute in which some of them send a
// heartbeat, and one of every so many a row.
func (y *year) tick(sources, every int) {
	if sources == 0 {
		y.at += duty.Second
		return
	}
	y.at += duty.Minute
	for i := range sources {
		d := &y.devices[i]
		y.n++
		jitter := duty.Instant(y.n*7919%2000) - 1000
		at := y.at - 2*duty.Second + jitter
		if every > 0 && (y.n/len(y.devices)+i)%every == 0 {
			y.seq[d.ID]++
			y.log.AddRow(Row{
				ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", y.n, y.n*31), Version: 1, DeviceID: d.ID, CentreID: d.CentreID,
				Seq: duty.Some(y.seq[d.ID]), OccurredAt: at - duty.Second, ReceivedAt: at, Known: at + 40,
			})
		}
		y.log.AddBeat(&duty.Known[duty.Heartbeat]{At: at + 70 + jitter/50, Fact: duty.Heartbeat{
			ID: fmt.Sprintf("beat-%s-%d", d.ID, y.n), Version: 1, SourceID: d.ID, At: at, ReceivedAt: at + 40 + jitter/50,
			LastSeq: duty.Some(y.seq[d.ID]),
		}})
	}
}

func (y *year) look() { y.live.Look(y.at, nil, nil) }

func (y *year) timely() { y.live.Timely(y.at, nil, nil, []int{15 * 60}) }
