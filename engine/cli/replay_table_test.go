package cli

import (
	"bytes"
	"strings"
	"testing"

	"tilsyn/engine/replay"
)

// On a terminal the lines are a table that fits 80 columns, whatever the pieces
// that they come in; what is no line of a unit is left as it is.
func TestReplayTable(t *testing.T) {
	lines := `{"as_of":"2026-02-05T07:00:00.000Z","caveats":["LATE_NOTICE"],"centre_id":"KH","instant":"2026-02-03T22:00:00.000Z","kind":"NOTIFY","person_id":"P-1001","status":"INDICATED","unit_date":"2026-02-03","withdrawn_outcome":null}
{"as_of":"2026-02-09T11:00:00.000Z","caveats":[],"centre_id":"KH","instant":"2026-02-04T05:00:00.000Z","kind":"STAY","person_id":"P-1001","status":"WITHDRAWN","unit_date":"2026-02-03","withdrawn_outcome":"EXCUSED"}
{"as_of":"2026-02-09T11:00:00.000Z","caveats":[],"instant":null,"kind":"STAY","outcome":"NOT_APPLICABLE","person_id":"P-1001","unit_date":"2026-02-04"}
{"code":"SEQ_GAP"}
`
	want := `as of 2026-02-05 08:00
DATE        DUTY    STATUS          AT                PERSON     CENTRE  NOTES
2026-02-03  NOTIFY  INDICATED       2026-02-03 23:00  P-1001     KH      LATE_NOTICE

as of 2026-02-09 12:00
DATE        DUTY    STATUS          AT                PERSON     CENTRE  NOTES
2026-02-03  STAY    WITHDRAWN       2026-02-04 06:00  P-1001     KH      EXCUSED
2026-02-04  STAY    NOT_APPLICABLE                    P-1001
{"code":"SEQ_GAP"}
`
	for _, size := range []int{1, 7, 1 << 20} {
		out := &bytes.Buffer{}
		table := &lineTable{w: out}
		for rest := lines; rest != ""; {
			n := min(size, len(rest))
			if _, err := table.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if out.String() != want {
			t.Errorf("in pieces of %d:\n%s", size, out)
		}
	}
}

// A replay that judged nothing says so and why, in a pipe too; one that did says
// how much to who looks.
func TestReplayOfNothing(t *testing.T) {
	p := program{dir: t.TempDir()}
	hold := write(t, p.dir+"/hold.jsonl", `{"topic":"holds","value":{"id":"h1","received_at":"2026-02-03T20:00:00Z","hold_id":"h","person_id":"p","kind":"CUSTODY","valid_from":"2026-02-03T20:00:00Z"}}`+"\n")
	if r := p.run(t, "replay", hold); r.status != 0 || r.stdout != "" ||
		!strings.Contains(r.stderr, "nothing was judged: no duty in the 1 facts") {
		t.Errorf("status %d, %q, %q", r.status, r.stdout, r.stderr)
	}
	judged := &bytes.Buffer{}
	facts := "testdata/one-night.jsonl"
	c := &console{ctx: t.Context(), stdout: &bytes.Buffer{}, stderr: judged}
	if err := execute(c, []string{"replay", facts}); err != nil || judged.Len() > 0 {
		t.Errorf("%v: %s", err, judged)
	}
	sum, err := replay.Run(t.Context(), mustOptions(t, facts))
	if err != nil {
		t.Fatal(err)
	}
	sayJudged(judged, &sum, true)
	if !strings.Contains(judged.String(), "units of 1 persons judged as of ") {
		t.Errorf("it says %q", judged)
	}
}

func mustOptions(t *testing.T, facts string) replay.Options {
	t.Helper()
	cmd := replayCmd{Facts: []string{facts}, Violations: replay.Stdio, Memory: "16MiB"}
	opts, err := cmd.options(&console{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	return opts
}
