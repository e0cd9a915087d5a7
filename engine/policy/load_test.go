package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

func load(t *testing.T, text string) *duty.Policy {
	t.Helper()
	p, err := Load("p.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return p
}

// others are a second value for every parameter that has one.
var others = map[string]string{
	"notice.deadline_minute_inclusive": "false", "notice.exit_tolerance": "PT6M", "notice.partial_overrun": "BREACH",
	"return.boundary_tolerance": "PT0S", "stay.presence_rule": "MIN_DURATION PT2H", "stay.late_return_until": "09:30",
	"stay.open_interval_status": "NEEDS_REVIEW", "report.grace": "PT30M", "report.auto_daily_2026": "true",
	"passage.sluice_max": "PT90S", "passage.collapse": "PT1M", "assist.match": "PT10M", "settle.max_wait": "P1W",
	"data.late_accusation": "P30D", "incident.taint_forward": "false", "departure.open_nights": "8",
	"departure.closed_nights": "31", "departure.silent_days": "31", "suspension.from": "2020-12-02",
	"suspension.to":              "2024-03-23",
	"suspension.requires_manual": "false", "direction_risk.until": "2022-02-15", "two_cards.until": "2022-11-30",
	"practice.reference_date": "2022-11-23", "exclusion.adjoining_nights": "false", "sanction.lookup_enabled": "true",
	"sanction.clearly_more_than_10": "25",
	"staleness.stop_after":          "PT20M", "emit.grace": "PT1H", "heartbeat.interval": "PT30S", "heartbeat.missed": "5",
	"ledger.lag": "PT1M", "recall.overdue": "P1D",
}

func TestEveryParameterCanBeReplaced(t *testing.T) {
	builtin := Builtin().Steps[0].Params
	for i := range parameters {
		q := &parameters[i]
		other, ok := others[q.name]
		if q.set == nil || q.name == "notice.wrong_recipient" {
			// One alternative only: it can be written, and no other.
			load(t, q.name+": "+q.initial)
			if _, err := Load("p.yaml", []byte(q.name+": OTHER")); err == nil {
				t.Errorf("%s takes a value that the specification does not know", q.name)
			}
			continue
		}
		if !ok {
			t.Errorf("%s: the test lacks a second value", q.name)
			continue
		}
		section, name, _ := strings.Cut(q.name, ".")
		forms := []string{
			"parameters:\n  " + q.name + ": " + other,
			q.name + ": \"" + other + "\"",
			section + ":\n  " + name + ": " + other,
			"parameters: {" + q.name + ": {value: " + other + ", source: somebody}}",
			"parameters:\n  " + q.name + ":\n  - value: " + other,
		}
		var first duty.Params
		for n, form := range forms {
			p := load(t, form)
			if len(p.Steps) != 1 || p.Steps[0].Params == builtin {
				t.Errorf("%s changes nothing:\n%s", q.name, form)
			}
			if n == 0 {
				first = p.Steps[0].Params
			}
			if p.Steps[0].Params != first {
				t.Errorf("%s: the forms differ in meaning:\n%s", q.name, form)
			}
		}
		// The change must be in the one field of the parameter.
		changed := 0
		a, b := reflect.ValueOf(builtin), reflect.ValueOf(first)
		for f := range a.NumField() {
			if !a.Field(f).Equal(b.Field(f)) {
				changed++
			}
		}
		if changed != 1 {
			t.Errorf("%s changes %d fields", q.name, changed)
		}
	}
}

func TestDatedValuesBecomeSteps(t *testing.T) {
	p := load(t, `
parameters:
  report.grace:
    - {value: PT20M, valid_from: 2026-03-01, valid_to: 2026-03-31}
    - {value: PT25M, valid_from: 2026-05-01}
  notice.exit_tolerance: {value: PT7M, valid_to: 2026-03-15}
`)
	type step struct {
		from          string
		grace, notice int
	}
	var got []step
	for _, s := range p.Steps {
		got = append(got, step{FormatDate(s.From), s.Params.ReportGraceMinutes, s.Params.NoticeExitToleranceMinutes})
	}
	want := []step{
		{"0001-01-01", 15, 7}, {"2026-03-01", 20, 7}, {"2026-03-16", 20, 5}, {"2026-04-01", 15, 5}, {"2026-05-01", 25, 5},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
}

func TestSettleRequired(t *testing.T) {
	for _, form := range []string{"settle.required: []", "parameters: {settle.required: []}",
		"settle: {required: []}", "settle.required: {value: []}"} {
		p := load(t, form)
		if got := settleText(p); got != " UNKNOWN 0001-01-01..9999-12-31 []" {
			t.Errorf("%s: %s", form, got)
		}
	}
	p := load(t, `
settle.required:
  - {value: [OUTAGE_FORMS, NOTICE_LOG], valid_from: 2026-01-01}
  - {value: [], centre: SJ, valid_from: 2026-06-01, valid_to: 2026-06-30}
  - {value: [POLICE_LOG], duty: REPORT}
  - {value: [OUTAGE_FORMS], centre: SJ, duty: REPORT, valid_to: 2026-03-31}
`)
	want := `SJ REPORT 0001-01-01..2026-03-31 [OUTAGE_FORMS]
SJ UNKNOWN 2026-06-01..2026-06-30 []
 REPORT 0001-01-01..9999-12-31 [POLICE_LOG]
 UNKNOWN 0001-01-01..2023-03-19 [ASSISTED_PASSAGE, NOTICE_LOG, OUTAGE_FORMS, POLICE_LOG]
 UNKNOWN 2023-03-20..2025-12-31 [ASSISTED_PASSAGE, BARCODE_LOG, NOTICE_LOG, OUTAGE_FORMS, POLICE_LOG]
 UNKNOWN 2026-01-01..9999-12-31 [NOTICE_LOG, OUTAGE_FORMS]`
	if got := settleText(p); got != want {
		t.Errorf("settle\n%s\nwant\n%s", got, want)
	}
}

func TestRegisterIsReplacedAndExtended(t *testing.T) {
	p := load(t, `
devices:
  - {id: SJ-stand, centre: SJ, type: REPORTING_STAND, valid_to: 2026-04-30}
  - {id: SJ-stand, centre: SJ, type: REPORTING_STAND, valid_from: 2026-06-01}
  - {id: AV-in, centre: AV, type: CAROUSEL, paired_with: AV-out, side: INNER}
  - {id: AV-staff, centre: AV, type: BARCODE_SCANNER, rows: REPORT}
  - {id: AV-out, centre: AV, type: CAROUSEL, paired_with: AV-in, side: OUTER}
centres:
  - {id: SJ, name: Sjælsmark, stand_side: OUTSIDE, valid_from: 2025-01-01}
  - {id: AV, stand_side: INSIDE, zone: Europe/Copenhagen}
  - {id: HOTEL, kind: OTHER}
  - {id: CAMP, kind: ASYLUM_CENTRE, stand_side: INSIDE, valid_to: 2024-12-31}
  - {id: STATION, kind: POLICE_STATION}
`)
	var kinds []string
	for _, c := range p.Centres {
		kinds = append(kinds, fmt.Sprint(c.ID, " ", c.Kind, " ", c.NoStand))
	}
	if got := strings.Join(kinds, ", "); got != "AV DEPARTURE_CENTRE false, CAMP ASYLUM_CENTRE false, HOTEL OTHER true, "+
		"KH DEPARTURE_CENTRE false, POLICE POLICE_STATION true, SJ DEPARTURE_CENTRE false, STATION POLICE_STATION true" {
		t.Errorf("places %s", got)
	}
	p.Centres = slices.DeleteFunc(p.Centres, func(c duty.Centre) bool { return c.Kind != duty.PlaceDepartureCentre })
	if len(p.Centres) != 3 || p.Centres[0].ID != "AV" || !p.Centres[0].StandInside || p.Centres[0].Name != "AV" ||
		p.Centres[2].Name != "Sjælsmark" || p.Centres[2].From != duty.DateOf(2025, 1, 1).Start() ||
		p.Centres[2].To != duty.Forever {
		t.Errorf("centres %+v", p.Centres)
	}
	var stands []duty.Device
	for _, d := range p.Devices {
		if d.ID == "SJ-stand" {
			stands = append(stands, d)
		}
	}
	if len(p.Devices) != 15+1+3 || len(stands) != 2 || stands[0].From != duty.Beginning ||
		stands[0].To != duty.DateOf(2026, 5, 1).Start() || stands[1].From != duty.DateOf(2026, 6, 1).Start() {
		t.Errorf("stands %+v of %d devices", stands, len(p.Devices))
	}
}

func TestExclusionsAreAdded(t *testing.T) {
	p := load(t, `
exclusions:
  - exclusion_id: X1
    centre_id: SJ
    from_date: 2026-02-03
    to_date: 2026-02-04
    reason: data loss
    declared_by: A
    approved_by: B
    declared_at: 2026-02-20T10:00:00+01:00
`)
	if len(p.Exclusions) != 6 {
		t.Fatalf("%d exclusions, want the five built-in ones and one", len(p.Exclusions))
	}
	x := p.Exclusions[5]
	if x.Fact.ExclusionID != "X1" || FormatDate(x.Fact.ToDate) != "2026-02-04" ||
		formatInstant(x.At) != "2026-02-20T09:00:00.000Z" {
		t.Errorf("added %+v", x)
	}
}

func TestVersionAndDigest(t *testing.T) {
	p := load(t, "version: 2026.10\n")
	if p.Version != "2026.10" || p.Digest != "69bd614dea8b7b49a31c9f2ee4f5f85d32a3ae8c55bbfac7b3ba5e7d3ae9d3f0" &&
		p.Digest != digest([]byte("version: 2026.10\n")) {
		t.Errorf("version %s, digest %s", p.Version, p.Digest)
	}
	q := load(t, "report.grace: PT1M\n")
	if q.Version != "file-"+q.Digest[:12] {
		t.Errorf("derived version %s of digest %s", q.Version, q.Digest)
	}
	// SHA-256 of no bytes at all.
	if e := load(t, ""); e.Digest != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("digest of the empty file %s", e.Digest)
	}
}

func TestPrintedYAMLLoadsWithEqualMeaning(t *testing.T) {
	builtin := BuiltinBook()
	again, err := LoadBook("p.yaml", builtin.YAML())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, builtin) {
		t.Errorf("the built-in policy, printed and loaded, differs:\n%+v\n%+v", again, builtin)
	}
	text := []byte(`
version: test-1
report.grace: [{value: PT20M, valid_from: 2026-03-01, valid_to: 2026-03-31, source: "a \"quoted\" source: æ"}]
stay.presence_rule: MIN_DURATION PT90M
emit.grace: PT10M
settle.required: [{value: [NOTICE_LOG], centre: SJ, valid_from: 2026-01-01}, {value: [], valid_to: 2026-02-01}]
centres: [{id: AV, stand_side: INSIDE, valid_to: 2026-12-31}]
devices: [{id: AV-stand, centre: AV, type: REPORTING_STAND}]
`)
	first, err := LoadBook("p.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	second, err := LoadBook("q.yaml", first.YAML())
	if err != nil {
		t.Fatalf("%v\n%s", err, first.YAML())
	}
	second.Digest = first.Digest
	if !reflect.DeepEqual(first, second) {
		t.Errorf("printed and loaded, the policy differs:\n%+v\n%+v", first, second)
	}
	if string(second.YAML()) != string(first.YAML()) {
		t.Error("the printed text is not stable")
	}
}

// TestByteOrderMark: one at the start is no content; elsewhere it is.
func TestByteOrderMark(t *testing.T) {
	p := load(t, "\xef\xbb\xbfparameters:\n  report.grace: PT30M\n")
	if q := load(t, "parameters:\n  report.grace: PT30M\n"); !reflect.DeepEqual(p.Steps, q.Steps) || p.Digest == q.Digest {
		t.Error("the mark changes what a policy says, or is no part of its text")
	}
	if _, err := Load("p.yaml", []byte("parameters:\n  \xef\xbb\xbfreport.grace: PT30M\n")); err == nil {
		t.Error("a mark in the middle is passed over")
	}
}
