package cli

import (
	"bytes"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// TestAccountsAsText: sums by centre and duty without what is zero, and each date with a fault.
func TestAccountsAsText(t *testing.T) {
	day, _ := duty.ParseDate("2026-02-03")
	var out bytes.Buffer
	err := printAccounts(&out, &verify.Accounts{Tasks: 2, Idle: 1, Ahead: 3, Lines: []verify.Account{
		{CentreID: "KH", Kind: duty.KindStay, Date: day, Due: 3, Compliant: 2, Handled: 1},
		{CentreID: "KH", Kind: duty.KindStay, Date: day + 1, Due: 4, Compliant: 3, Nowhere: 1},
		{Kind: duty.KindReport, Date: day, Due: 1, NotApplicable: 1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := `KH STAY: 7 due = 5 compliant + 1 told and handled + 1 NOWHERE
no centre REPORT: 1 due = 1 not applicable
FAULT: 1 units of STAY at KH on 2026-02-04 are due and nowhere
read: 2 tasks, 1 tasks have not committed yet; left out: 3 persons with facts after the clock
Figures describe the control system. They say nothing about persons, and no number of violations is a target.
`
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
}

// TestReportAccounting: what no engine has judged yet is nowhere, at the clock that is asked for.
func TestReportAccounting(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
	none := "read: 0 tasks, 2 tasks have not committed yet"
	if got := p.ok(t, "report", "accounting").stdout; !strings.HasPrefix(got, none) {
		t.Errorf("before any commit: %s", got)
	}
	v := loadVectors(t)[2] // TV-003: out all night
	var facts strings.Builder
	for _, f := range v.Facts {
		facts.Write(append(f, '\n'))
	}
	write(t, p.dir+"/facts.jsonl", facts.String())
	p.ok(t, "load", "facts.jsonl")
	asOf := []string{"report", "accounting", "--as-of", "2026-02-05T12:00:00Z"}
	r := p.run(t, asOf...)
	if r.status != 1 || !strings.Contains(r.stdout, "FAULT: 1 units of STAY at KH on 2026-02-03 are due and nowhere") {
		t.Errorf("without an engine: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	r = p.run(t, append(asOf, "--format", "json", "--from", "2026-02-03", "--to", "2026-02-03")...)
	if r.status != 1 || !strings.Contains(r.stdout, `{"kind":"STAY","unit_date":"2026-02-03","centre_id":"KH","due":1,`) {
		t.Errorf("as JSON: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, bad := range [][]string{
		{"--from", "soon"}, {"--from", "2026-02-03", "--to", "2026-02-02"}, {"--as-of", "noon"},
	} {
		if r := p.run(t, append([]string{"report", "accounting"}, bad...)...); r.status != 2 {
			t.Errorf("%v: status %d, %s", bad, r.status, r.stderr)
		}
	}
}
