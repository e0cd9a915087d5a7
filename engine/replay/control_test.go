package replay

import (
	"fmt"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// TestMarkerMissing: a log that nobody has said to be complete is OPEN data quality of its centre, and
// CLOSED at a later as-of once a marker has come (REL-12); outcomes stay as they are without it.
func TestMarkerMissing(t *testing.T) {
	marker := func(id, date, log, known string) string {
		return fmt.Sprintf(`{"topic":"settlements","value":{"id":%q,"received_at":%q,"centre_id":"KH","local_date":%q,`+
			`"log_type":%q,"complete":true}}`+"\n", id, known, date, log)
	}
	var facts strings.Builder
	for _, log := range []string{"ASSISTED_PASSAGE", "BARCODE_LOG", "OUTAGE_FORMS"} {
		facts.WriteString(marker(log, "2026-02-03", log, "2026-02-04T08:00:00Z"))
	}
	facts.WriteString(marker("NOTICE_LOG", "2026-02-03", "NOTICE_LOG", "2026-02-06T08:00:00Z"))
	out, _ := replayText(t, facts.String(), func(o *Options) {
		o.AsOf = []duty.Instant{
			instant(t, "2026-02-04T22:00:00Z"), instant(t, "2026-02-05T12:00:00Z"), instant(t, "2026-02-06T12:00:00Z"),
		}
	})
	var got []string
	for _, line := range strings.Split(out.quality, "\n") {
		if !strings.Contains(line, `"value":"2026-02-03"`) {
			continue
		}
		state := "CLOSED"
		if strings.Contains(line, `"state":"OPEN"`) {
			state = "OPEN"
		}
		if !strings.Contains(line, `"code":"MARKER_MISSING"`) || !strings.Contains(line, `"subject":"KH"`) ||
			!strings.Contains(line, `{"name":"log_type","value":"NOTICE_LOG"}`) {
			t.Errorf("the line does not name centre and log: %s", line)
		}
		got = append(got, line[len(`{"as_of":"`):len(`{"as_of":"2026-02-05`)]+" "+state)
	}
	if want := "2026-02-05 OPEN, 2026-02-06 CLOSED"; strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestUnlinkedRows: rows of a card that nobody holds are counted among all rows of their week (IDN-10).
func TestUnlinkedRows(t *testing.T) {
	text := simulated(t, 10, 9)
	for i := range 40 {
		text += fmt.Sprintf(`{"topic":"card-events","value":{"id":"n%d","received_at":"2026-01-07T12:%02d:00Z","person_id":null,`+
			`"card_id":"lost","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL",`+
			`"kind":"PASSAGE","direction":"IN","occurred_at":"2026-01-07T12:%02d:00Z"}}`+"\n", i, i, i)
	}
	out, _ := replayText(t, text, func(o *Options) { o.AsOf = []duty.Instant{instant(t, "2026-01-13T12:00:00Z")} })
	want := `{"name":"unlinked","value":"40"}],"from":"2026-01-04T23:00:00.000Z"`
	if !strings.Contains(out.quality, `"code":"UNLINKED_SHARE"`) || !strings.Contains(out.quality, want) {
		t.Errorf("no UNLINKED_SHARE of forty rows in\n%s", out.quality)
	}
}
