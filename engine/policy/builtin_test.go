package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
)

// specified are the rows of domain §9.2 and contract §5, written down a second
// time so that a slip in the list of parameters is seen.
var specified = map[string]string{
	"notice.deadline_minute_inclusive": "true", "notice.exit_tolerance": "PT5M", "notice.partial_overrun": "IGNORE",
	"notice.wrong_recipient": "REVIEW", "notify.max_per_night": "1", "return.boundary_tolerance": "PT5M",
	"stay.presence_rule": "ANY_IN_WINDOW", "stay.late_return_until": "08:00", "stay.open_interval_status": "INDICATED",
	"permission.partial": "REVIEW", "permission.report_when_silent": "REVIEW", "hold.effect": "EXCUSED",
	"transfer.effect": "EITHER_CENTRE_THEN_REVIEW", "report.slot_default": "LOCAL_DAY", "report.grace": "PT15M",
	"report.auto_daily_2026": "false", "attribution.night": "EVENING_DATE", "passage.sluice_max": "PT180S",
	"passage.collapse": "PT120S", "assist.match": "PT5M", "settle.max_wait": "P14D", "data.late_accusation": "P14D",
	"incident.scope": "CENTRE", "incident.taint_forward": "true", "departure.open_nights": "7",
	"departure.closed_nights": "30", "departure.silent_days": "30", "suspension.from": "2020-12-01",
	"suspension.to":              "2024-03-22",
	"suspension.requires_manual": "true", "direction_risk.until": "2022-03-01", "two_cards.until": "2022-12-12",
	"practice.reference_date": "2022-11-22", "exclusion.adjoining_nights": "true", "sanction.lookup_enabled": "false",
	"sanction.clearly_more_than_10": "20",
	"staleness.stop_after":          "PT15M", "emit.grace": "BY_MARKERS", "heartbeat.interval": "PT1M",
	"heartbeat.missed": "3",
	"ledger.lag":       "PT5M", "recall.overdue": "P3D",
	"recall.consumers": "[benefits, case-management, counters, police-reports, prosecution, statistics]",
	"settle.required":  "[ASSISTED_PASSAGE, BARCODE_LOG, NOTICE_LOG, OUTAGE_FORMS, POLICE_LOG]",
}

func TestBuiltinParameters(t *testing.T) {
	got := map[string]string{}
	for _, v := range BuiltinBook().Values {
		got[v.Parameter] = v.Value
		if v.Unit == "" || v.Source == "" || v.Rule == "" || v.Meaning == "" {
			t.Errorf("%s lacks its unit, source, rule or meaning: %+v", v.Parameter, v)
		}
		if v.Parameter != settleName && (v.From != FirstDate || v.To != LastDate) {
			t.Errorf("%s is not valid at all times", v.Parameter)
		}
	}
	if !reflect.DeepEqual(got, specified) {
		t.Errorf("built-in values\n%v\nspecified\n%v", got, specified)
	}
}

func TestBuiltinPlain(t *testing.T) {
	p := Builtin()
	want := duty.Params{
		NoticeDeadlineMinuteInclusive: true, NoticeExitToleranceMinutes: 5, NoticePartialOverrun: duty.Ignore,
		NoticeWrongRecipient: duty.Review, ReturnToleranceMinutes: 5, StayLateReturnUntilMinute: 480,
		ReportGraceMinutes: 15, SluiceMax: 180 * duty.Second, CollapseMax: 120 * duty.Second, AssistMatchMinutes: 5,
		SettleMaxWait: 14 * duty.Day, LateAccusation: 14 * duty.Day, IncidentTaintForward: true,
		DepartureOpenNights: 7, DepartureClosedNights: 30, DepartureSilentDays: 30, SuspensionFrom: duty.DateOf(2020, 12, 1),
		SuspensionTo: duty.DateOf(2024, 3, 22), SuspensionRequiresManual: true,
		DirectionRiskUntil: duty.DateOf(2022, 3, 1), DirectionRiskCentre: "KH", TwoCardsUntil: duty.DateOf(2022, 12, 12),
		PracticeReferenceDate: duty.DateOf(2022, 11, 22), ExclusionAdjoiningNights: true,
		SanctionClearlyMoreThan10: 20, StalenessStopAfter: 15 * duty.Minute, HeartbeatInterval: duty.Minute,
		HeartbeatMissed: 3,
		LedgerLag:       5 * duty.Minute, RecallOverdue: 3 * duty.Day,
	}
	if len(p.Steps) != 1 || p.Steps[0].Params != want {
		t.Errorf("steps %+v\nwant one of %+v", p.Steps, want)
	}
	if got, want := settleText(p), " UNKNOWN 0001-01-01..2023-03-19 [ASSISTED_PASSAGE, NOTICE_LOG, "+
		"OUTAGE_FORMS, POLICE_LOG]\n"+
		" UNKNOWN 2023-03-20..9999-12-31 [ASSISTED_PASSAGE, BARCODE_LOG, NOTICE_LOG, OUTAGE_FORMS, POLICE_LOG]"; got != want {
		t.Errorf("settle\n%s\nwant\n%s", got, want)
	}
	if p.Version != BuiltinVersion || p.Digest != digest(BuiltinBook().YAML()) {
		t.Errorf("version %q, digest %q", p.Version, p.Digest)
	}
}

// settleText writes the rules on settle.required one a line.
func settleText(p *duty.Policy) string {
	var out []string
	for _, s := range p.Settle {
		out = append(out, s.CentreID+" "+s.Kind.String()+" "+FormatDate(s.From)+".."+FormatDate(s.To)+" "+formatLogs(s.Logs))
	}
	return strings.Join(out, "\n")
}

func TestBuiltinRegister(t *testing.T) {
	p := Builtin()
	var centres, devices []string
	for _, c := range p.Centres {
		if c.From != duty.Beginning || c.To != duty.Forever {
			t.Errorf("%s is not valid at all times", c.ID)
		}
		centres = append(centres, fmt.Sprintf("%s %s inside %t none %t", c.ID, c.Kind, c.StandInside, c.NoStand))
	}
	for _, d := range p.Devices {
		s := d.CentreID + " " + d.ID + " " + d.Type.String()
		if d.PairedWith != "" {
			s += " " + d.PairedWith + " " + strconv.FormatBool(d.Outer)
		}
		if d.ForReports() {
			s += " reports"
		}
		if d.From > duty.Beginning {
			s += " from " + FormatDate(d.From.Date())
		}
		devices = append(devices, s)
	}
	if got := strings.Join(centres, ", "); got != "KH DEPARTURE_CENTRE inside true none false, "+
		"POLICE POLICE_STATION inside false none true, SJ DEPARTURE_CENTRE inside false none false" {
		t.Errorf("centres %s", got)
	}
	want := `KH KH-barcode BARCODE_SCANNER
KH KH-carousel CAROUSEL
KH KH-carousel-inner CAROUSEL KH-carousel-outer false
KH KH-carousel-outer CAROUSEL KH-carousel-inner true
KH KH-handheld HANDHELD from 2023-02-01
KH KH-report-barcode BARCODE_SCANNER reports
KH KH-room OFFLINE_LOCK
KH KH-stand REPORTING_STAND reports
SJ SJ-barcode BARCODE_SCANNER
SJ SJ-carousel CAROUSEL
SJ SJ-carousel-inner CAROUSEL SJ-carousel-outer false
SJ SJ-carousel-outer CAROUSEL SJ-carousel-inner true
SJ SJ-handheld HANDHELD
SJ SJ-report-barcode BARCODE_SCANNER reports
SJ SJ-stand REPORTING_STAND reports`
	if got := strings.Join(devices, "\n"); got != want {
		t.Errorf("devices\n%s\nwant\n%s", got, want)
	}
}

func TestBuiltinExclusions(t *testing.T) {
	known := duty.Instant(time.Date(2021, 8, 25, 22, 0, 0, 0, time.UTC).UnixMilli())
	var got []string
	for _, e := range Builtin().Exclusions {
		if e.At != known || e.Fact.DeclaredAt != known || e.Fact.ReceivedAt != known {
			t.Errorf("%s is not known since 2021-08-26T00:00 local", e.Fact.ExclusionID)
		}
		if e.Fact.Status != duty.ExclusionStatusDeclared || e.Fact.DeclaredBy == e.Fact.ApprovedBy ||
			e.Fact.ID == "" || e.Fact.Version != 1 {
			t.Errorf("not a declared exclusion: %+v", e.Fact)
		}
		got = append(got, e.Fact.CentreID+" "+FormatDate(e.Fact.FromDate)+" "+FormatDate(e.Fact.ToDate))
	}
	want := []string{
		"KH 2020-06-09 2020-06-10", "KH 2020-07-02 2020-07-03", "KH 2020-07-17 2020-07-17",
		"SJ 2020-07-02 2020-07-03", "SJ 2020-07-17 2020-07-17",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("exclusions %q, want %q", got, want)
	}
}

func TestSanctionTablesEqualTheSpecification(t *testing.T) {
	text, err := os.ReadFile("../duty/law/sanction-tables.json")
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Min   int      `json:"min"`
		Max   *int     `json:"max"`
		Cells []string `json:"cells"`
	}
	var want map[string]struct {
		Source        string   `json:"source"`
		AppliesFrom   *string  `json:"applies_from"`
		AppliesBefore *string  `json:"applies_before"`
		Regime        string   `json:"regime"`
		CountBasis    string   `json:"count_basis"`
		Condition     string   `json:"condition"`
		Columns       []string `json:"columns"`
		Rows          []row    `json:"rows"`
		Approximate   bool     `json:"approximate"`
		Note          string   `json:"note"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(SanctionTables()) {
		t.Fatalf("%d tables, specified %d", len(SanctionTables()), len(want))
	}
	for _, s := range SanctionTables() {
		w, ok := want[s.Name]
		if !ok {
			t.Fatalf("%s is not specified", s.Name)
		}
		from, to := FirstDate, LastDate
		if w.AppliesFrom != nil {
			from = mustDate(t, *w.AppliesFrom)
		}
		if w.AppliesBefore != nil {
			to = mustDate(t, *w.AppliesBefore) - 1
		}
		var rows []duty.SanctionRow
		for _, r := range w.Rows {
			top := 0
			if r.Max != nil {
				top = *r.Max
			}
			rows = append(rows, band(r.Min, top, r.Cells...))
		}
		specified := duty.SanctionTable{
			Name: s.Name, Source: w.Source, From: from, To: to, Regime: w.Regime, CountBasis: w.CountBasis,
			Condition:   w.Condition,
			Approximate: w.Approximate, Note: w.Note, Columns: w.Columns, Rows: rows,
		}
		if !reflect.DeepEqual(s, specified) {
			t.Errorf("%s\n%+v\nspecified\n%+v", s.Name, s, specified)
		}
	}
}

func mustDate(t *testing.T, s string) duty.Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
