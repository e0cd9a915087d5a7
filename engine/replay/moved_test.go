package replay

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// movedBase is two persons of whom a night is to be judged: P-1 is in all night,
// P-2 goes out at 20:00 and comes back the next afternoon.
func movedBase() []string {
	var out []string
	put := func(topic, format string, args ...any) {
		out = append(out, fmt.Sprintf(`{"topic":%q,"value":{%s}}`, topic, fmt.Sprintf(format, args...)))
	}
	const early = `"received_at":"2026-01-05T08:00:00Z"`
	for i := 1; i <= 2; i++ {
		put("group-changes", `"id":"g%d",%s,"person_id":"P-%d","group":"EXPELLED_JUDGMENT","valid_from":"2026-01-05T00:00:00+01:00"`, i, early, i)
		for _, d := range []string{"STAY:13_2", "NOTIFY:13_4"} {
			kind, basis, _ := strings.Cut(d, ":")
			put("obligation-changes", `"id":"o%s%d",%s,"decision_id":"D%s-%d","person_id":"P-%d","kind":%q,"action":"IMPOSE","legal_basis":"RETURN_ACT_%s","centre_id":"KH","served_at":"2026-01-05T09:00:00+01:00","valid_from":"2026-01-05T09:00:00+01:00"`,
				kind, i, early, kind, i, i, kind, basis)
		}
		put("card-assignments", `"id":"a%d",%s,"card_id":"C-%d","person_id":"P-%d","card_type":"BIOMETRIC","valid_from":"2026-01-05T09:00:00+01:00","anti_passback":"ON","created":"AUTOMATIC"`, i, early, i, i)
	}
	out = append(out, movedRow("i1", 1, 1, "IN", "2026-02-03T12:00", "2026-02-03T12:00", 1),
		movedRow("i2", 2, 2, "IN", "2026-02-03T12:00", "2026-02-03T12:00", 1),
		movedRow("w2", 2, 2, "OUT", "2026-02-03T20:00", "2026-02-03T20:00", 1),
		movedRow("r2", 2, 2, "IN", "2026-02-04T14:00", "2026-02-04T14:00", 1))
	for _, d := range []string{"2026-02-03", "2026-02-04"} {
		for _, log := range []string{"ASSISTED_PASSAGE", "BARCODE_LOG", "NOTICE_LOG", "OUTAGE_FORMS"} {
			put("settlements", `"id":"s%s%s","received_at":"%sT23:30:00Z","centre_id":"KH","local_date":%q,"log_type":%q,"complete":true`, d, log, d, d, log)
		}
	}
	return out
}

func movedRow(id string, person, card int, direction, at, received string, version int) string {
	return fmt.Sprintf(`{"topic":"card-events","value":{"id":%q,"received_at":"%s:00+01:00","person_id":"P-%d","card_id":"C-%d","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":%q,"occurred_at":"%s:00+01:00","version":%d}}`,
		id, received, person, card, direction, at, version)
}

// TestMovedFacts: the highest version of a fact counts everywhere, whomever its versions name and
// in whatever order the lines come (contract §1).
func TestMovedFacts(t *testing.T) {
	// fact is a line of a topic about a person, in a version.
	type fact func(person string, version int) string
	of := func(topic, format string) fact {
		return func(person string, version int) string {
			return fmt.Sprintf(`{"topic":%q,"value":{%s,"person_id":%q,"received_at":"2026-02-0%dT09:00:00+01:00","version":%d}}`, topic, format, person, 3+version, version)
		}
	}
	permission := of("permissions", `"id":"p","permission_id":"PM","status":"GRANTED","valid_from":"2026-02-02T00:00:00+01:00","valid_to":"2026-02-06T00:00:00+01:00","report_effect":"SILENT","decided_at":"2026-02-03T08:00:00+01:00"`)
	hold := of("holds", `"id":"h","hold_id":"H","kind":"CUSTODY","valid_from":"2026-02-02T00:00:00+01:00","valid_to":"2026-02-06T00:00:00+01:00"`)
	left := of("departure-assessments", `"id":"d","from_date":"2026-02-01","outcome":"DEPARTED","decided_at":"2026-02-03T08:00:00+01:00"`)
	notice := of("notices", `"id":"n","centre_id":"KH","local_time":"2026-02-03T19:00","channel":"GUARD","given_by":"SELF","recipient":"OPERATOR","clarity":"CLEAR"`)
	paper := of("manual-entries", `"id":"m","centre_id":"KH","form":"OUTAGE_PASSAGE","direction":"IN","local_time":"2026-02-03T21:00"`)
	group := of("group-changes", `"id":"gx","group":"REJECTED","valid_from":"2026-01-06T00:00:00+01:00"`)
	stay := of("obligation-changes", `"id":"ox","decision_id":"DSTAY-2","kind":"STAY","action":"CORRECT","legal_basis":"RETURN_ACT_13_2","centre_id":"KH","served_at":"2026-01-05T09:00:00+01:00","valid_from":"2026-01-05T09:00:00+01:00"`)
	retracted := func(line string) string { return strings.Replace(line, `"version":`, `"retracted":true,"version":`, 1) }
	const clear, indicated = "NOTIFY COMPLIANT STAY COMPLIANT", "NOTIFY INDICATED STAY INDICATED"
	for _, c := range []struct {
		name string
		more []string
		want [2]string
	}{
		{"nothing moves", nil, [2]string{clear, indicated}},
		{"row", []string{movedRow("w2", 1, 1, "OUT", "2026-02-03T20:00", "2026-02-04T09:00", 2), movedRow("r2", 1, 1, "IN", "2026-02-04T14:00", "2026-02-04T15:00", 2)}, [2]string{indicated, clear}},
		{"row moves and moves back",
			[]string{movedRow("w2", 1, 1, "OUT", "2026-02-03T20:00", "2026-02-04T09:00", 2),
				movedRow("r2", 1, 1, "IN", "2026-02-04T14:00", "2026-02-04T15:00", 2),
				movedRow("w2", 2, 2, "OUT", "2026-02-03T20:00", "2026-02-04T16:00", 3),
				movedRow("r2", 2, 2, "IN", "2026-02-04T14:00", "2026-02-04T16:00", 3)}, [2]string{clear, indicated}},
		{"row taken back under another person", []string{retracted(movedRow("w2", 1, 1, "OUT", "2026-02-03T20:00", "2026-02-04T09:00", 2))}, [2]string{clear, "NOTIFY UNDETERMINED STAY UNDETERMINED"}},
		// One version that names two persons, after a first version of one of them: the smaller
		// form counts (contract §1).
		{"row of two persons in one version",
			[]string{movedRow("w2", 1, 1, "OUT", "2026-02-03T20:00", "2026-02-03T20:00", 2), movedRow("w2", 2, 2, "OUT", "2026-02-03T20:00", "2026-02-03T20:00", 2)},
			[2]string{"NOTIFY NEEDS_REVIEW STAY NEEDS_REVIEW", "NOTIFY UNDETERMINED STAY UNDETERMINED"}},
		{"decision", []string{stay("P-3", 2)}, [2]string{clear, ""}},
		{"decision taken back under another person", []string{retracted(stay("P-1", 2))}, [2]string{clear, ""}},
		{"permission leaves", []string{permission("P-2", 1), permission("P-1", 2)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"permission comes", []string{permission("P-1", 1), permission("P-2", 2)}, [2]string{clear, "NOTIFY EXCUSED STAY EXCUSED"}},
		{"hold leaves", []string{hold("P-2", 1), hold("P-1", 2)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"hold taken back under another person", []string{hold("P-2", 1), retracted(hold("P-1", 2))}, [2]string{clear, indicated}},
		{"assessment leaves", []string{left("P-2", 1), left("P-1", 2)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"notice comes", []string{notice("P-1", 1), notice("P-2", 2)}, [2]string{clear, "NOTIFY COMPLIANT STAY INDICATED"}},
		{"notice leaves", []string{notice("P-2", 1), notice("P-1", 2)}, [2]string{clear, indicated}},
		{"paper leaves", []string{paper("P-2", 1), paper("P-1", 2)}, [2]string{clear, indicated}},
		{"group leaves", []string{group("P-2", 1), group("P-1", 2)}, [2]string{"", indicated}},
		// One version of two persons: the smaller form counts, and that is P-1's.
		{"row in one version", []string{movedRow("w2", 1, 1, "OUT", "2026-02-03T20:00", "2026-02-03T20:00", 1)},
			[2]string{"NOTIFY NEEDS_REVIEW STAY NEEDS_REVIEW", "NOTIFY UNDETERMINED STAY UNDETERMINED"}},
		{"decision in one version", []string{stay("P-3", 1)}, [2]string{clear, ""}},
		{"permission in one version", []string{permission("P-1", 1), permission("P-2", 1)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"permission in version 0", []string{permission("P-1", 0), permission("P-2", 0)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"permission in version -2", []string{permission("P-1", -2), permission("P-2", -2)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"permission in version 5", []string{permission("P-1", 5), permission("P-2", 5)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"permission in one version, taken back", []string{retracted(permission("P-1", 1)), permission("P-2", 1)}, [2]string{clear, indicated}},
		{"permission in one version, below one of P-2", []string{permission("P-1", 1), permission("P-2", 1), permission("P-2", 2)}, [2]string{clear, "NOTIFY EXCUSED STAY EXCUSED"}},
		{"permission in two versions of both", []string{permission("P-1", 1), permission("P-1", 2), permission("P-2", 1), permission("P-2", 2)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"hold in one version", []string{hold("P-2", 1), hold("P-1", 1)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"assessment in one version", []string{left("P-2", 1), left("P-1", 1)}, [2]string{"NOTIFY EXCUSED STAY EXCUSED", indicated}},
		{"notice in one version", []string{notice("P-2", 1), notice("P-1", 1)}, [2]string{clear, indicated}},
		{"paper in one version", []string{paper("P-2", 1), paper("P-1", 1)}, [2]string{clear, indicated}},
		{"group in one version", []string{group("P-2", 1), group("P-1", 1)}, [2]string{"", indicated}},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := append(movedBase(), c.more...)
			lines = append(lines, lines[len(lines)-1], lines[0]) // copies are nothing
			var first files
			for i := range 3 {
				got, _ := replayText(t, strings.Join(lines, "\n"), func(o *Options) {
					o.AsOf = []duty.Instant{instant(t, "2026-02-10T11:00:00Z")}
				})
				if i == 0 {
					first = got
				} else if got != first {
					t.Error("another order of the lines gives something else")
				}
				slices.Reverse(lines)
				if i == 1 {
					lines = append(lines[7:], lines[:7]...)
				}
			}
			told := strings.Count(first.quality, `"code":"CONFLICTING_FACT"`)
			if once := strings.Contains(c.name, "one version") ||
				strings.Contains(c.name, "in version"); once && told != 1 || strings.Contains(c.name, "two versions") && told != 2 {
				t.Errorf("CONFLICTING_FACT is told %d times:\n%s", told, first.quality)
			}
			for i, person := range []string{"P-1", "P-2"} {
				var got []string
				for _, line := range strings.Split(first.outcomes, "\n") {
					for _, kind := range []string{"NOTIFY", "STAY"} {
						if strings.Contains(line, `"person_id":"`+person+`"`) &&
							strings.Contains(line, `"unit_date":"2026-02-03"`) && strings.Contains(line, `"kind":"`+kind+`"`) {
							_, rest, _ := strings.Cut(line, `"outcome":"`)
							outcome, _, _ := strings.Cut(rest, `"`)
							if outcome != "NOT_APPLICABLE" {
								got = append(got, kind+" "+outcome)
							}
						}
					}
				}
				if text := strings.Join(got, " "); text != c.want[i] {
					t.Errorf("%s: %q, want %q", person, text, c.want[i])
				}
			}
		})
	}
}
