package importing

import (
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// field makes a checked field.
func field(t *testing.T, x Field) *Field {
	t.Helper()
	if err := x.check(false); err != nil {
		t.Fatal(err)
	}
	return &x
}

// TestTimes: times as exports write them, the hour that happens twice, and the one that does not happen.
func TestTimes(t *testing.T) {
	t.Parallel()
	season := &Season{Column: "S", Summer: []string{"Ja"}, Standard: []string{"Nej"}}
	for _, c := range []struct {
		x          Field
		text       string
		season     string
		want, fail string
	}{
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm:ss"}}, text: "03-02-2026 20:00:31", want: "2026-02-03T19:00:31.000Z"},
		{x: Field{As: asTime, Formats: []string{"d/M-yyyy H.mm"}}, text: "3/7-2026 9.05", want: "2026-07-03T07:05:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"yyyy-MM-dd", "dd.MM.yy HH:mm"}}, text: "03.02.26 20:00", want: "2026-02-03T19:00:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"iso"}}, text: "2026-02-03T20:00:00+01:00", want: "2026-02-03T19:00:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"excel"}, Zone: "UTC"}, text: "46056.79202546296", want: "2026-02-03T19:00:31.000Z"},
		{x: Field{As: asTime, Formats: []string{"excel"}}, text: "46056.5", want: "2026-02-03T11:00:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy"}, Day: "start"}, text: "29-03-2026", want: "2026-03-28T23:00:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy"}, Day: "after"}, text: "29-03-2026", want: "2026-03-29T22:00:00.000Z"},
		{x: Field{As: asDate, Formats: []string{"dd-MM-yyyy"}}, text: "03-02-2026", want: "2026-02-03"},
		{x: Field{As: asClock, Formats: []string{"HH.mm"}}, text: "08.30", want: "08:30"},
		// Paper has no offset, and the core reads both readings (TIM-06): nothing is decided here.
		{x: Field{As: asLocal, Formats: []string{"dd-MM-yyyy HH:mm"}}, text: "25-10-2026 02:30", want: "2026-10-25T02:30"},
		{x: Field{As: asLocal, Formats: []string{"dd-MM-yyyy HH:mm:ss"}}, text: "25-10-2026 02:30:09", want: "2026-10-25T02:30:09"},
		// 25 October 2026 has two hours from 02:00, 29 March none.
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}}, text: "25-10-2026 02:30", fail: "happens twice"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}, Season: season}, text: "25-10-2026 02:30", fail: "does not say"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}, Season: season}, text: "25-10-2026 02:30", season: "Ja", want: "2026-10-25T00:30:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}, Season: season}, text: "25-10-2026 02:30", season: "Nej", want: "2026-10-25T01:30:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}}, text: "25-10-2026 03:00", want: "2026-10-25T02:00:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}}, text: "25-10-2026 01:59", want: "2026-10-24T23:59:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}, Season: season}, text: "29-03-2026 02:30", season: "Ja", fail: "does not exist"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}}, text: "29-03-2026 03:00", want: "2026-03-29T01:00:00.000Z"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}}, text: "31-02-2026 03:00", fail: "formats"},
		{x: Field{As: asTime, Formats: []string{"dd-MM-yyyy HH:mm"}}, text: "2026-02-03 20:00", fail: "formats"},
		{x: Field{As: asTime, Formats: []string{"excel"}}, text: "#N/A", fail: "formats"},
	} {
		c.x.Column = "T"
		got, err := field(t, c.x).timeValue(c.text, c.season)
		if c.fail != "" {
			if err == nil || !strings.Contains(err.Error(), c.fail) {
				t.Errorf("%s: %q, %v, want an error with %q", c.text, got, err, c.fail)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.text, got, err, c.want)
		}
	}
}

// TestShown: every minute of a year is shown by the clock where it says so, and twice or never only in the
// hours of change.
func TestShown(t *testing.T) {
	t.Parallel()
	instants := map[[2]int64]int{}
	first, last := duty.DateOf(2026, 1, 1).Start(), duty.DateOf(2027, 1, 1).Start()
	const quarter = 15 * duty.Minute
	for at := first; at < last; at += quarter {
		d := at.Date()
		ms := at - d.Start()
		if d == duty.DateOf(2026, 3, 29) && at >= d.Start()+2*duty.Hour {
			ms += duty.Hour
		}
		if d == duty.DateOf(2026, 10, 25) && at >= d.Start()+3*duty.Hour {
			ms -= duty.Hour
		}
		instants[[2]int64{int64(d), int64(ms)}]++
	}
	for d := duty.DateOf(2026, 1, 1); d < duty.DateOf(2027, 1, 1); d++ {
		for ms := duty.Instant(0); ms < duty.Day; ms += quarter {
			if got, want := len(d.Shown(ms)), instants[[2]int64{int64(d), int64(ms)}]; got != want {
				t.Errorf("%s + %d min: %d instants, want %d", d, ms/duty.Minute, got, want)
			}
		}
	}
}

// TestNumbers: whole numbers as Danish programs write them.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, decimal string
		want          int64
		fail          bool
	}{
		{"12", "", 12, false}, {"-3", "", -3, false}, {"1.234", ",", 1234, false}, {"1.234,00", ",", 1234, false},
		{"2,0", ",", 2, false}, {"1,234", ".", 1234, false}, {"2,5", ",", 0, true}, {"1.2", ",", 0, true},
		{"12.34", ",", 0, true}, {"1.234", "", 0, true}, {"", ",", 0, true}, {"x", "", 0, true}, {"1234.567", ",", 0, true},
	} {
		x := field(t, Field{Column: "N", As: asNumber, Decimal: c.decimal})
		got, err := x.number(c.text)
		if (err != nil) != c.fail || !c.fail && got != c.want {
			t.Errorf("%q with %q: %d, %v", c.text, c.decimal, got, err)
		}
	}
}
