package replay

import (
	"fmt"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// away writes the night of 10 January that A spends outside, settled on the 12th at
// 00:30, and back at 10:00.
func away(s *story) {
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-01-10T19:00:00Z")
	s.passes("A", "c", "IN", "2026-01-11T09:00:00Z")
	for _, d := range []string{"10", "11"} {
		for _, log := range []string{"ASSISTED_PASSAGE", "BARCODE_LOG", "NOTICE_LOG", "OUTAGE_FORMS"} {
			s.fact("settlements", `"centre_id":"KH","local_date":"2026-01-%s","log_type":%q,"complete":true,"received_at":"2026-01-11T23:30:00Z"`, d, log)
		}
	}
}

func (s *story) beat(id, source, at, known, more string) {
	s.fact("heartbeats", `"id":%q,"source_id":%q,"at":%q,"received_at":%q%s`, id, source, at, known, more)
}

// TestCoverage: a unit waits for the feeds as far as it rests on registrations, what was covered
// only late is late data, and what had its proof and lost it needs review (contract-watch 6.6).
func TestCoverage(t *testing.T) {
	const feed = "feed:permissions"
	for _, c := range []struct {
		name  string
		beats func(*story)
		// stay are the outcomes of STAY at the as-ofs.
		stay [3]string
	}{
		{"covered", func(s *story) { s.beat("b", feed, "2026-01-11T09:00:00Z", "2026-01-11T09:00:01Z", "") },
			[3]string{"INDICATED", "INDICATED", "INDICATED"}},
		{"to the due instant only, before the return was", func(s *story) {
			s.beat("b", feed, "2026-01-11T05:00:00Z", "2026-01-11T05:00:01Z", "")
		}, [3]string{"PROVISIONAL", "PROVISIONAL", "PROVISIONAL"}},
		{"of the other centre", func(s *story) {
			s.beat("b", feed, "2026-01-11T05:00:00Z", "2026-01-11T05:00:01Z", `,"centre_id":"SJ"`)
		}, [3]string{"INDICATED", "INDICATED", "INDICATED"}},
		{"covered within fourteen days", func(s *story) {
			s.beat("b", feed, "2026-01-11T05:00:00Z", "2026-01-11T05:00:01Z", "")
			s.beat("c", feed, "2026-01-14T05:00:00Z", "2026-01-14T05:00:01Z", "")
		}, [3]string{"PROVISIONAL", "INDICATED", "INDICATED"}},
		{"covered after twenty days", func(s *story) {
			s.beat("b", feed, "2026-01-11T05:00:00Z", "2026-01-11T05:00:01Z", "")
			s.beat("c", feed, "2026-01-31T05:00:00Z", "2026-01-31T05:00:01Z", "")
		}, [3]string{"PROVISIONAL", "PROVISIONAL", "NEEDS_REVIEW"}},
		{"lost afterwards", func(s *story) {
			s.beat("a", feed, "2026-01-09T09:00:00Z", "2026-01-09T09:00:01Z", "")
			s.beat("b", feed, "2026-01-11T09:00:00Z", "2026-01-11T09:00:01Z", "")
			s.beat("b", feed, "2026-01-11T09:00:00Z", "2026-01-13T09:00:00Z", `,"version":2,"retracted":true`)
		}, [3]string{"INDICATED", "NEEDS_REVIEW", "NEEDS_REVIEW"}},
		{"all taken back", func(s *story) {
			s.beat("b", feed, "2026-01-09T09:00:00Z", "2026-01-09T09:00:00Z", "")
			s.beat("b", feed, "2026-01-09T09:00:00Z", "2026-01-13T09:00:00Z", `,"version":2,"retracted":true`)
		}, [3]string{"PROVISIONAL", "INDICATED", "INDICATED"}},
		{"a feed that nobody listed", func(s *story) {
			s.beat("b", "feed:weather", "2026-01-09T09:00:00Z", "2026-01-09T09:00:00Z", "")
		}, [3]string{"INDICATED", "INDICATED", "INDICATED"}},
		{"from the year 2099", func(s *story) {
			s.beat("b", feed, "2099-01-09T09:00:00Z", "2026-01-09T09:00:00Z", "")
		}, [3]string{"INDICATED", "INDICATED", "INDICATED"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &story{}
			away(s)
			c.beats(s)
			asOf := []string{"2026-01-12T07:00:00Z", "2026-01-20T07:00:00Z", "2026-02-05T07:00:00Z"}
			f, _ := replayText(t, s.String(), func(o *Options) {
				for _, at := range asOf {
					o.AsOf = append(o.AsOf, instant(t, at))
				}
			})
			var got [3]string
			for i, at := range asOf {
				var lines strings.Builder
				for line := range strings.Lines(f.outcomes) {
					if strings.HasPrefix(line, fmt.Sprintf(`{"as_of":%q`, instant(t, at).String())) {
						lines.WriteString(line)
					}
				}
				got[i] = stay(files{outcomes: lines.String()}, "A", "2026-01-10")
			}
			if got != c.stay {
				t.Errorf("STAY is %v, want %v\n%s", got, c.stay, f.outcomes)
			}
		})
	}
}

// TestUnwatched: where nobody watches, neither a silent feed nor a silent device holds anything back.
func TestUnwatched(t *testing.T) {
	s := &story{}
	away(s)
	s.beat("f", "feed:permissions", "2026-01-11T05:00:00Z", "2026-01-11T05:00:01Z", "")
	s.beat("d", "KH-carousel", "2026-01-10T12:00:00Z", "2026-01-10T12:00:01Z", `,"centre_id":"KH"`)
	for unwatched, want := range map[bool]string{false: "UNDETERMINED", true: "INDICATED"} {
		f, _ := replayText(t, s.String(), func(o *Options) {
			o.AsOf, o.Unwatched = []duty.Instant{instant(t, "2026-01-12T07:00:00Z")}, unwatched
		})
		if got := stay(f, "A", "2026-01-10"); got != want {
			t.Errorf("unwatched %v: STAY is %s, want %s", unwatched, got, want)
		}
	}
}

// TestNoBadHeartbeatMatters: one heartbeat of whatever time, epoch, number or source neither makes a
// record nor takes one away for ever: with those that follow, the unit is judged as without it, or
// as under an incident that people can close.
func TestNoBadHeartbeatMatters(t *testing.T) {
	verdict := func(more func(*story)) string {
		s := &story{}
		away(s)
		for h := range 48 {
			at := fmt.Sprintf("2026-01-%02dT%02d:30:00Z", 10+h/24, h%24)
			s.beat(fmt.Sprint("f", h), "feed:permissions", at, at, "")
		}
		if more != nil {
			more(s)
		}
		f, _ := replayText(t, s.String(), func(o *Options) { o.AsOf = []duty.Instant{instant(t, "2026-02-05T07:00:00Z")} })
		return stay(f, "A", "2026-01-10")
	}
	if got := verdict(nil); got != "INDICATED" {
		t.Fatalf("without it: %s", got)
	}
	for name, x := range map[string][2]string{
		"a feed of 2099":          {"feed:permissions", `"2099-01-01T00:00:00Z"`},
		"a device of 2099":        {"KH-carousel", `"2099-01-01T00:00:00Z"`},
		"a device of 2001":        {"KH-carousel", `"2001-01-01T00:00:00Z"`},
		"an unregistered feed":    {"feed:weather", `"2026-01-10T00:00:00Z"`},
		"an unregistered device":  {"KH-nobodys", `"2026-01-10T00:00:00Z"`},
		"a feed of an epoch of 9": {"feed:permissions", `"2026-01-10T12:00:00Z","source_epoch":9,"last_seq":7`},
	} {
		got := verdict(func(s *story) {
			s.fact("heartbeats", `"id":"bad","source_id":%q,"at":%s,"received_at":"2026-01-10T12:00:00Z"`, x[0], x[1])
		})
		if got != "INDICATED" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
