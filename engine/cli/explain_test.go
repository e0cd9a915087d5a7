package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
)

// explainedVectors are units of the vectors whose explanations are kept, with the stage to explain at and
// the forms besides text.
var explainedVectors = []struct {
	id, unit string
	stage    int
	forms    string
}{
	{"TV-002", "NOTIFY:2026-02-03", 0, "json html"}, // away at 23:00
	{"TV-030", "STAY:2026-02-03", 0, ""},            // late return
	{"TV-052", "NOTIFY:2026-02-03", 0, ""},          // a permission ends in the night
	{"TV-061", "REPORT:2026-02-03", 0, ""},          // a report
	{"TV-070", "REPORT:2026-02-03", 1, "json"},      // an outage with forms
	{"TV-079", "STAY:2026-02-03", 1, ""},            // withdrawn by the assisted-passage log
	{"TV-094", "STAY:2026-02-03", 0, ""},            // an outage without forms
	{"TV-096", "STAY:2026-02-03", 0, "html"},        // an outage with forms, over the night
	{"TV-100", "STAY:2020-06-09", 1, "json html"},   // excluded data
	{"TV-107", "STAY:2026-02-03", 9, "json"},        // known too late
	{"TV-114", "NOTIFY:2026-10-24", 0, "html"},      // the night has eight hours
	{"TV-170", "NOTIFY:2026-02-03", 0, ""},          // logs are not proven
	{"TV-194", "NOTIFY:2026-02-03", 0, ""},          // notices in and out of time
	{"TV-255", "NOTIFY:2026-02-03", 0, ""},          // paper of nobody, at the first stage
}

// vectorOptions are what a vector is replayed with at one stage.
func vectorOptions(t *testing.T, v *vector, stage int) replay.Options {
	t.Helper()
	p := policy.Builtin()
	if v.Policy != "" {
		var err error
		if p, err = policy.Load(v.ID, []byte(v.Policy)); err != nil {
			t.Fatal(err)
		}
	}
	at, ok := duty.ParseInstant(v.AsOf[min(stage, len(v.AsOf)-1)])
	if !ok {
		t.Fatalf("%s: %v", v.ID, v.AsOf)
	}
	var text bytes.Buffer
	for _, f := range v.Facts {
		text.Write(f)
		text.WriteByte('\n')
	}
	return replay.Options{
		Facts:    []string{write(t, filepath.Join(t.TempDir(), v.ID), text.String())},
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}, AsOf: []duty.Instant{at}, TempDir: t.TempDir(),
	}
}

// TestExplainVectors keeps what is explained of units of the vectors.
func TestExplainVectors(t *testing.T) {
	t.Parallel()
	vectors := map[string]vector{}
	for _, v := range loadVectors(t) {
		vectors[v.ID] = v
	}
	for _, c := range explainedVectors {
		t.Run(c.id, func(t *testing.T) {
			v := vectors[c.id]
			w, err := wantedUnit(c.unit + ":" + v.PersonID)
			if err != nil {
				t.Fatal(err)
			}
			x, err := replay.Inspect(t.Context(), vectorOptions(t, &v, c.stage), w)
			if err != nil {
				t.Fatal(err)
			}
			e, err := explained(x, false, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, form := range append([]string{"text"}, strings.Fields(c.forms)...) {
				var b bytes.Buffer
				if err := writeExplanation(&b, e, form); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("explain", c.id+"."+strings.Replace(form, "text", "txt", 1)), b.String())
			}
		})
	}
}

// residentFacts are facts of one person under STAY and NOTIFY who is away in the night of 3 February 2026.
func residentFacts(person string) string {
	name, _ := json.Marshal(person)
	var b strings.Builder
	put := func(topic, fields string) {
		b.WriteString(
			`{"topic":"` + topic + `","value":{"person_id":` + string(name) + `,"received_at":"2026-01-05T00:00:00Z",` +
				fields + "}}\n",
		)
	}
	put("group-changes", `"id":"g","group":"EXPELLED_JUDGMENT","valid_from":"2026-01-05T00:00:00Z"`)
	for _, d := range []string{"STAY 13_2", "NOTIFY 13_4"} {
		kind, basis, _ := strings.Cut(d, " ")
		put("obligation-changes", `"id":"o`+kind+`","decision_id":"D`+kind+`","kind":"`+kind+
			`","action":"IMPOSE","legal_basis":"RETURN_ACT_`+basis+
			`","centre_id":"KH","served_at":"2026-01-05T00:00:00Z","valid_from":"2026-01-05T00:00:00Z"`)
	}
	for _, r := range []string{"a IN 2026-02-03T12:00:00Z", "b OUT 2026-02-03T19:00:00Z", "c IN 2026-02-04T13:00:00Z"} {
		f := strings.Fields(r)
		b.WriteString(
			`{"topic":"card-events","value":{"person_id":` + string(name) + `,"id":"` + f[0] + `","received_at":"` + f[2] +
				`","card_id":"C","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL",` +
				`"kind":"PASSAGE","direction":"` + f[1] + `","occurred_at":"` + f[2] + `"}}` + "\n",
		)
	}
	return b.String()
}

// TestExplainPageIsSafe: text of facts becomes no mark of the page, and the page needs nothing else.
func TestExplainPageIsSafe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	person := `<script>alert("1")</script>&'`
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts(person))
	page := program{dir: dir}.ok(t, "explain", "STAY:2026-02-03:"+person, "facts.jsonl", "--format", "html").stdout
	for _, bad := range []string{"<script", "http:", "https:", "src=", "href=", "@import", "alert(\"1\")"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;", `lang="da"`, "<svg", "23:00", "PROVISIONAL"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestExplainCommand: a unit is found by its id and by its name, at an earlier clock, from standard input,
// with what a log says was told; facts that are known later are not shown.
func TestExplainCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	facts := residentFacts("P-1")
	write(t, filepath.Join(dir, "facts.jsonl"), facts)
	p := program{dir: dir, stdin: facts}
	id := duty.UnitID(duty.KindStay, duty.DateOf(2026, 2, 3), "P-1")
	byName := p.ok(t, "explain", "stay:2026-02-03:P-1", "facts.jsonl").stdout
	if byID := p.ok(t, "explain", strings.ToUpper(id), "-").stdout; byID != byName {
		t.Errorf("by its id it is another:\n%s\n%s", byID, byName)
	}
	early := p.ok(t, "explain", id, "facts.jsonl", "--as-of", "2026-02-04T08:00:00+01:00").stdout
	if strings.Contains(early, "card-events c") || !strings.Contains(early, "OPEN_INTERVAL") ||
		!strings.Contains(early, "card-events b") {
		t.Errorf("at an earlier clock it shows what was not known, or not what was:\n%s", early)
	}
	// Nothing proves the logs, so two weeks later it is told for review.
	late := []string{"--as-of", "2026-02-20T08:00:00+01:00"}
	p.ok(t, append([]string{"replay", "facts.jsonl", "--violations", "said.jsonl"}, late...)...)
	var told struct {
		Revisions []struct {
			Revision int    `json:"revision"`
			Status   string `json:"status"`
			Digest   string `json:"digest"`
		} `json:"revisions"`
		From string `json:"revisions_from"`
	}
	text := p.ok(
		t,
		append([]string{"explain", id, "facts.jsonl", "--format", "json", "--said", "said.jsonl"}, late...)...).stdout
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		t.Fatal(err)
	}
	if told.From != "log" || len(told.Revisions) != 1 || told.Revisions[0].Status != "NEEDS_REVIEW" {
		t.Errorf("the log says something else: %+v", told)
	}
}
