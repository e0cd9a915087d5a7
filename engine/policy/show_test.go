package policy

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

func TestShow(t *testing.T) {
	b, err := LoadBook("p.yaml", []byte(`
report.grace: [{value: PT20M, valid_from: 2026-03-01, source: circular 7}]
devices: [{id: KH-room, centre: KH, type: OFFLINE_LOCK, valid_to: 2021-05-06}]
recall: {consumers: [{value: [benefits], valid_from: 2026-03-01}]}
settle.required: [{value: [], centre: SJ}, {value: [POLICE_LOG], duty: REPORT}, {value: [NOTICE_LOG], centre: SJ, duty: REPORT}]
`))
	if err != nil {
		t.Fatal(err)
	}
	show := func(on duty.Opt[duty.Date]) string {
		var w bytes.Buffer
		if err := b.Show(&w, on); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(w.String()), " ")
	}
	all := show(duty.None[duty.Date]())
	before := show(duty.Some(duty.DateOf(2021, 5, 6)))
	after := show(duty.Some(duty.DateOf(2026, 3, 1)))
	for i := range parameters {
		if !strings.Contains(after, parameters[i].name+" ") {
			t.Errorf("%s is not shown", parameters[i].name)
		}
	}
	for _, c := range []struct {
		text, part string
		want       bool
	}{
		{all, "report.grace PT15M duration, whole minutes ..2026-02-28 RPT-07 AMB-09", true},
		{all, "report.grace PT20M duration, whole minutes 2026-03-01.. RPT-07 circular 7", true},
		{before, "report.grace PT20M", false},
		{after, "report.grace PT15M", false},
		{before, "KH-room KH OFFLINE_LOCK PASSAGE - ..2021-05-06", true},
		{after, "KH-room", false},
		{after, "settle.required (SJ) []", true},
		{after, "recall.consumers [benefits] set of names 2026-03-01.. EXC-07", true},
		{before, "recall.consumers [benefits, case-management, counters, police-reports, prosecution, statistics]", true},
		{after, "settle.required (REPORT) [POLICE_LOG]", true},
		{after, "settle.required (SJ, REPORT) [NOTICE_LOG]", true},
		{after, "POLICE Police POLICE_STATION - always", true},
		{after, "KH-report-barcode KH BARCODE_SCANNER REPORT - always", true},
		{before, "KH-handheld", false},
		{after, "KH-handheld KH HANDHELD PASSAGE - 2023-02-01.. 000 §3.2; AMB-17; RD-45", true},
		{after, "EXC-01-KH-2020-06-09 KH 2020-06-09..2020-06-10 2021-08-25T22:00:00.000Z", true},
		{after, "start of the night 23:00 local time 001 §5.7; TIM-02", true},
		{before, "SKEMA2", true},
		{after, "SKEMA2", false},
		{after, "SKEMA3 001 §7.2.3 (skema 3) 2021-06-01..", true},
	} {
		if strings.Contains(c.text, c.part) != c.want {
			t.Errorf("shown %v, want %v: %s", !c.want, c.want, c.part)
		}
	}
}

// brokenPipe is a writer that takes nothing.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestShowReportsAWriterThatFails(t *testing.T) {
	if err := BuiltinBook().Show(brokenPipe{}, duty.None[duty.Date]()); err == nil {
		t.Error("no error from a writer that fails")
	}
}
