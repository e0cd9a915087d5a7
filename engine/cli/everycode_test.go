package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// codeCase is a line of data quality, what opens it and what ends it.
type codeCase struct {
	code, subject string
	opens, ends   []string
}

// febFact is a fact of February as a line of an input file.
func febFact(topic, id string, version int, rest string) string {
	return fmt.Sprintf(`{"topic":%q,"value":{"id":%q,"version":%d,"received_at":"2026-02-03T12:00:00Z",%s}}`, topic, id, version, rest)
}

// takenBack is what ends most lines: the fact is taken away.
func takenBack(topic, id, rest string) []string {
	return []string{febFact(topic, id, 2, rest+`,"retracted":true`)}
}

// taken is a case that a fact opens and its withdrawal ends.
func taken(code, subject, topic, id, rest string, beside ...string) codeCase {
	return codeCase{code, subject, append(beside, febFact(topic, id, 1, rest)), takenBack(topic, id, rest)}
}

func passageOf(person, card, device, kind, way, at string) string {
	return fmt.Sprintf(`"person_id":%s,"card_id":%q,"card_type":"BIOMETRIC","centre_id":"KH","device_id":%q,"device_type":%q,"kind":"PASSAGE","direction":%q,"occurred_at":%q`,
		person, card, device, kind, way, at)
}

func cardOf(card, person, apb string) string {
	return fmt.Sprintf(`"card_id":%q,"person_id":%q,"card_type":"BIOMETRIC","valid_from":"2026-01-01T00:00:00Z","anti_passback":%q,"created":"AUTOMATIC"`, card, person, apb)
}

func decisionOf(person, kind, basis, centre, more string) string {
	return fmt.Sprintf(`"decision_id":"d-%s","person_id":%q,"kind":%q,"action":"IMPOSE","legal_basis":%q,"centre_id":%q,"served_at":"2026-01-05T00:00:00Z","valid_from":"2026-01-05T00:00:00Z"%s`,
		person, person, kind, basis, centre, more)
}

func groupOf(person, group string) string {
	return febFact("group-changes", "g-"+person, 1, fmt.Sprintf(`"person_id":%q,"group":%q,"valid_from":"2026-01-01T00:00:00Z"`, person, group))
}

// everyCode are the codes of data quality that `run` can tell, each with a person or
// place of its own.
func everyCode() []codeCase {
	carousel := func(person, at string) string {
		return passageOf(`"`+person+`"`, "c-"+person, "KH-carousel", "CAROUSEL", "OUT", at)
	}
	paper := func(person, form, more string) string {
		return fmt.Sprintf(`"person_id":%s,"centre_id":"KH","form":%q,"direction":"IN","local_time":"2026-02-03T12:00"%s`, person, form, more)
	}
	log := func(id, kind string) string {
		return febFact("settlements", id, 1, `"centre_id":"KH","local_date":"2026-02-03","log_type":"`+
			kind+`","complete":true`)
	}
	permission := func(to string) string {
		return `"permission_id":"p-inv","person_id":"P-inv","status":"GRANTED","valid_from":"2026-02-03T12:00:00Z","valid_to":"` + to +
			`","report_effect":"EXCUSED","decided_at":"2026-02-01T12:00:00Z"`
	}
	beat := func(source, centre string) string {
		return fmt.Sprintf(`"source_id":%q,"centre_id":%q,"at":"2026-02-03T12:00:00Z"`, source, centre)
	}
	return []codeCase{
		taken("APB_INCONSISTENT", "P-apb", "card-events", "apb2", carousel("P-apb", "2026-02-03T11:00:00Z"),
			febFact("card-assignments", "k-apb", 1, cardOf("c-P-apb", "P-apb", "ON")), log("s-apb", "ASSISTED_PASSAGE"),
			febFact("card-events", "apb1", 1, carousel("P-apb", "2026-02-03T09:00:00Z"))),
		taken("OFFLINE_EVENT_REJECTED", "P-off", "card-events", "off", passageOf(`"P-off"`, "c-off", "KH-room", "OFFLINE_LOCK", "IN", "2026-02-03T11:00:00Z")),
		taken("OBLIGATION_NOT_PERMITTED_FOR_GROUP", "P-per", "obligation-changes", "per", decisionOf("P-per", "STAY", "RETURN_ACT_13_2", "KH", ""), groupOf("P-per", "REJECTED")),
		taken("OBLIGATION_INCONSISTENT", "P-inc", "obligation-changes", "inc", decisionOf("P-inc", "STAY", "RETURN_ACT_13_2", "KH", "")),
		{"UNKNOWN_PERSON", "P-unk", []string{febFact("card-events", "unk", 1, carousel("P-unk", "2026-02-03T11:00:00Z"))}, []string{groupOf("P-unk", "REJECTED")}},
		{"UNKNOWN_PERSON", "c-row",
			[]string{febFact("card-events", "row", 1, passageOf("null", "c-row", "KH-carousel", "CAROUSEL", "IN", "2026-02-03T11:00:00Z"))},
			[]string{febFact("card-assignments", "k-row", 1, cardOf("c-row", "P-row", "OFF"))}},
		taken("UNKNOWN_PERSON", "pap", "manual-entries", "pap", paper("null", "OUTAGE_PASSAGE", "")),
		taken("ASSIST_UNMATCHED", "P-ass", "manual-entries", "ass", paper(`"P-ass"`, "ASSISTED_PASSAGE", "")),
		taken("LOG_MISMATCH", "P-log", "card-events", "log",
			strings.Replace(passageOf(`"P-log"`, "c-log", "KH-barcode", "BARCODE_SCANNER",
				"IN", "2026-02-03T11:00:00Z"), "BIOMETRIC", "BARCODE", 1), log("s-log", "BARCODE_LOG")),
		// A row that is taken back has still arrived; a better time ends it.
		{"CLOCK_OFFSET", "KH-carousel", []string{febFact("card-events", "clo", 1, carousel("P-clo", "2026-02-03T12:01:00Z"))},
			[]string{febFact("card-events", "clo", 2, carousel("P-clo", "2026-02-03T11:30:00Z"))}},
		{"FACT_INVALID", "inv", []string{febFact("permissions", "inv", 1, permission("2026-02-03T11:00:00Z"))}, []string{febFact("permissions", "inv", 2, permission("2026-02-03T13:00:00Z"))}},
		taken("FACT_INVALID", "s-inv", "settlements", "s-inv", `"centre_id":"KX","local_date":"2026-02-03","log_type":"NOTICE_LOG","complete":true`),
		taken("FACT_INVALID", "plc", "obligation-changes", "plc", decisionOf("P-plc", "STAY", "RETURN_ACT_13_2", "KX", ""), groupOf("P-plc", "EXPELLED_JUDGMENT")),
		taken("CARD_CONFLICT", "P-con", "card-events", "con", carousel("P-con", "2026-02-03T11:00:00Z"), febFact("card-assignments", "k-con", 1, cardOf("c-P-con", "P-oth", "OFF"))),
		taken("TWO_CARDS", "P-two", "card-assignments", "k-two2", cardOf("c-two2", "P-two", "OFF"), febFact("card-assignments", "k-two1", 1, cardOf("c-two1", "P-two", "OFF"))),
		taken("IDENTITY_CYCLE", "P-cyc", "identity-links", "l2", `"person_id":"P-cy2","alias_person_id":"P-cyc","action":"MERGE","at":"2026-02-03T12:00:00Z"`,
			febFact("identity-links", "l1", 1, `"person_id":"P-cyc","alias_person_id":"P-cy2","action":"MERGE","at":"2026-02-02T12:00:00Z"`)),
		taken("UNKNOWN_DEVICE", "P-dev", "card-events", "dev", passageOf(`"P-dev"`, "c-dev", "nobodys", "CAROUSEL", "IN", "2026-02-03T11:00:00Z")),
		taken("UNKNOWN_SOURCE", "nobodys", "heartbeats", "h-unk", beat("nobodys", "KH")),
		taken("SCHEDULE_UNUSUAL", "P-sch", "obligation-changes", "sch",
			decisionOf("P-sch", "REPORT", "RETURN_ACT_12_2", "KH", `,"schedule":{"type":"WEEKDAYS","weekdays":["MON"],"quota_per_week":0,"dates":[]}`), groupOf("P-sch", "TOLERATED")),
		taken("NAME_MISMATCH", "P-nam", "manual-entries", "nam", paper(`"P-nam"`, "OUTAGE_PASSAGE", `,"name_matches":false`)),
		taken("ACKNOWLEDGEMENT_INVALID", "P-ack", "acknowledgements", "ack", `"consumer":"prosecution","unit_id":"u","revision":1,"person_id":"P-ack","at":"2026-02-03T12:00:00Z"`),
		taken("RECONCILIATION_MISSING", "SJ", "change-marks", "chg", `"system":"AMS","at":"2026-02-03T12:00:00Z","description":"d"`),
		// The rows of the other cases open it.
		{"MARKER_MISSING", "KH", nil, []string{log("s-1", "ASSISTED_PASSAGE"), log("s-2", "BARCODE_LOG"),
			log("s-3", "NOTICE_LOG"), log("s-4", "OUTAGE_FORMS")}},
		{"CONFLICTING_FACT", "P-cof", []string{groupOf("P-cof", "REJECTED"), groupOf("P-cof", "TOLERATED")}, nil},
		// both forms stay known
		{"UNREADABLE", "P-bad", nil, nil},
	}
}

// A code that `run` does not tell, since nothing writes it any more, and those that it tells with the look at the
// whole control system, minutes later (README; TestDoubtsAreToldAndClosed).
var notAtOnce = []duty.DataQualityCode{
	duty.DataQualityCodeWatchMissing,
	duty.DataQualityCodeTrafficLow, duty.DataQualityCodeNetDrift, duty.DataQualityCodeSameDirectionShare,
	duty.DataQualityCodeUnlinkedShare,
}

// Codes that tests of package task open and close: its scripts, and those of recalls.
var ofScripts = []duty.DataQualityCode{
	duty.DataQualityCodeConvictionByLink, duty.DataQualityCodeJudgedUnitWithdrawn,
	duty.DataQualityCodeSeqGap, duty.DataQualityCodeSeqReset, duty.DataQualityCodeHeartbeatLost,
	duty.DataQualityCodeRecallOverdue,
}

// TestEveryCodeIsClosed: what opens in data quality closes when it is over, for every
// code that can end, in `run` and in `replay` alike, and `verify` finds nothing.
func TestEveryCodeIsClosed(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "an engine that meets everything that can be wrong")
	cases := everyCode()
	var opening, ending strings.Builder
	listed := map[string]bool{}
	for _, c := range cases {
		listed[c.code] = true
		opening.WriteString(strings.Join(append(c.opens, ""), "\n"))
		ending.WriteString(strings.Join(append(c.ends, ""), "\n"))
	}
	for code := duty.DataQualityCodeApbInconsistent; code.String() != "UNKNOWN"; code++ {
		if listed[code.String()] == (slices.Contains(notAtOnce, code) || slices.Contains(ofScripts, code)) {
			t.Errorf("%s is in no case, or needs none", code)
		}
	}
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_LOG_LEVEL=error"}}
	p.ok(t, "topics", "create", "--partitions", "3")
	at := produceGarbage(t, broker.Brokers(), topics.Out{Key: []byte("P-bad"), Value: []byte("garbage")})
	ending.WriteString(febFact("resolutions", "r", 1, fmt.Sprintf(`"topic":"notices","partition":%d,"offset":%d,"outcome":"IRRELEVANT","by":"b","at":"2026-02-03T12:00:00Z"`, at.Partition, at.Offset)) + "\n")
	p.ok(t, "load", write(t, filepath.Join(p.dir, "opens.jsonl"), opening.String()))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	run := p.engine(t, "run", "--data-dir", "data", "--listen", address, "--report-every", "0")
	open := awaitLines(t, p, cases, "OPEN")
	letters := func(state string, n int) {
		t.Helper()
		want := fmt.Sprintf(`tilsyn_dead_letters{state=%q} %d`+"\n", state, n)
		for began := time.Now(); !strings.Contains(answer(t, address, "/metrics"), want); time.Sleep(100 * time.Millisecond) {
			if time.Since(began) > within {
				t.Fatalf("the metrics do not say %s", want)
			}
		}
	}
	letters("open", 1)
	first := time.Now().UTC().Add(time.Second)
	time.Sleep(2 * time.Second)
	p.ok(t, "load", write(t, filepath.Join(p.dir, "ends.jsonl"), ending.String()))
	closed := awaitLines(t, p, cases, "CLOSED")
	letters("open", 0)
	letters("total", 1)
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ends(t, run)
	p.ok(t, "verify")
	write(t, filepath.Join(p.dir, "all.jsonl"), tailAll(t, p))
	last := time.Now().UTC().Add(time.Minute)
	replayInto(t, p.dir, "all.jsonl", first.Format(time.RFC3339Nano), last.Format(time.RFC3339))
	lines := map[string][]shownLine{}
	for line := range strings.Lines(read(t, filepath.Join(p.dir, "q"))) {
		var s struct {
			shownLine
			AsOf string `json:"as_of"`
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		lines[s.AsOf] = append(lines[s.AsOf], s.shownLine)
	}
	for i, asOf := range slices.Sorted(maps.Keys(lines)) {
		want := []map[string]shownLine{open, closed}[i]
		got := map[string]shownLine{}
		for _, s := range lines[asOf] {
			got[s.ID] = s
		}
		for id, s := range want {
			if g, ok := got[id]; s.State == "OPEN" && g != s || s.State == "CLOSED" && ok && g.State != "CLOSED" {
				t.Errorf("as of %s run has %+v, replay %+v", asOf, s, g)
			}
			delete(got, id)
		}
		for _, s := range got {
			code, _ := duty.ParseDataQualityCode(s.Code)
			if s.State == "OPEN" && !slices.Contains(notAtOnce, code) {
				t.Errorf("as of %s replay has %+v, run nothing", asOf, s)
			}
		}
	}
}

// awaitLines waits until the line of every case has a state, but for those that nothing
// ends, and returns the newest of every line.
func awaitLines(t *testing.T, p program, cases []codeCase, state string) map[string]shownLine {
	t.Helper()
	for began := time.Now(); ; time.Sleep(300 * time.Millisecond) {
		newest := map[string]shownLine{}
		for line := range strings.Lines(tailOf(t, p, duty.TopicDataQuality)) {
			var s shownLine
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatal(err)
			}
			newest[s.ID] = s
		}
		var missing []string
		for _, c := range cases {
			found := false
			for _, s := range newest {
				found = found || s.Code == c.code && s.Subject == c.subject &&
					(s.State == state || c.code == "CONFLICTING_FACT" && s.State == "OPEN")
			}
			if !found {
				missing = append(missing, c.code+" "+c.subject)
			}
		}
		if len(missing) == 0 {
			return newest
		}
		if time.Since(began) > within {
			t.Fatalf("not %s: %v", state, missing)
		}
	}
}
