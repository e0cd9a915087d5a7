package watch

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// steady is a carousel that beats every minute for two hours, numbers its rows
// and loses none.
func steady(start duty.Instant) Facts {
	var f Facts
	for i := range int64(120) {
		at := start + duty.Instant(i)*duty.Minute
		f.Heartbeats = append(f.Heartbeats, duty.Known[duty.Heartbeat]{At: at, Fact: duty.Heartbeat{
			ID: fmt.Sprint("H", i), Version: 1, SourceID: "KH-carousel", At: at, ReceivedAt: at, LastSeq: duty.Some(i / 10),
		}})
		if i%10 == 0 {
			f.Rows = append(f.Rows, Row{
				ID: fmt.Sprint("R", i), Version: 1, DeviceID: "KH-carousel", CentreID: "KH", Seq: duty.Some(i / 10),
				OccurredAt: at, ReceivedAt: at, Known: at,
			})
		}
	}
	return f
}

// FuzzHeartbeats adds heartbeats that say anything at all to a steady world.
// What the register does not know, and what claims to come from more than a day
// ahead, must change no incident; whatever else comes, the watch and the dumb
// evaluator agree, and nothing lasts but the silence of a registered source.
func FuzzHeartbeats(f *testing.F) {
	f.Add([]byte("KH-carousel, an hour ahead"))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 1, 7, 3})
	f.Add([]byte{4, 255, 255, 255, 255, 255, 255, 255, 127, 1, 200, 3, 1, 0, 0, 0, 0, 0, 0, 9, 9, 9})
	p := policy.Builtin()
	start := duty.DateOf(2026, 2, 3).Clock(22, 0)
	v := View{At: start + 2*duty.Hour}
	names := []string{"KH-carousel", "SJ-stand", "KH-room", "KH-carousell", "feed:unheard", "feed:card-events",
		"feed:permissions", "", "auto:silence:KH"}
	f.Fuzz(func(t *testing.T, data []byte) {
		facts := steady(start)
		calm := incidentsOf(New(facts, p), v)
		quiet := true
		for i := 0; len(data) >= 11 && i < 20; i++ {
			h := duty.Heartbeat{
				ID: fmt.Sprint("X", i), Version: 1, SourceID: names[int(data[0])%len(names)], ReceivedAt: v.At,
				At: duty.Instant(binary.LittleEndian.Uint64(data[1:])), SourceEpoch: int64(int8(data[9])),
				LastSeq: duty.Opt[int64]{V: int64(int8(data[10])), OK: data[10] != 0},
			}
			if data[9]%2 == 0 {
				h.At = v.At - duty.Instant(int16(binary.LittleEndian.Uint16(data[1:])))*duty.Second
			}
			known := v.At - duty.Instant(data[8])*duty.Minute/8
			facts.Heartbeats = append(facts.Heartbeats, duty.Known[duty.Heartbeat]{Fact: h, At: known})
			unheard := h.SourceID != "KH-carousel" && h.SourceID != "SJ-stand" && h.SourceID != "feed:card-events"
			quiet = quiet && (unheard || outOfTime(h.At) || h.At-known > 24*duty.Hour)
			data = data[11:]
		}
		got := incidentsOf(New(facts, p), v)
		if quiet && !slices.Equal(got, calm) {
			t.Errorf("what nobody knows, or what comes from the future, makes\n%s\nof\n%s", strings.Join(got, "\n"),
				strings.Join(calm, "\n"))
		}
		for _, line := range got {
			if strings.Contains(line, " null ") && !strings.HasPrefix(line, "auto:silence:") {
				t.Errorf("%s lasts for ever", line)
			}
		}
		want := (&dumb{f: facts, p: p, v: v, limit: 3 * duty.Minute, late: 14 * duty.Day}).run()
		if !slices.Equal(got, want) {
			t.Errorf("incidents\n%s\nand the dumb evaluator says\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
