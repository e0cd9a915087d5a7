package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/console"
	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// line is a record of a topic with its key, in the form of FACTS.
type line struct {
	key  string
	fact map[string]any
	json string
}

// lines reads all records of a topic.
func (r *rig) lines(topic string) []line {
	r.t.Helper()
	parts, err := r.client.AllPartitions(r.t.Context(), topic)
	if err != nil {
		r.t.Fatal(err)
	}
	ends, err := r.client.Offsets(r.t.Context(), parts, topics.LastStable)
	if err != nil {
		r.t.Fatal(err)
	}
	schema, _ := schemas.Lookup(topic)
	store, fetcher := schemas.NewStore(), r.client.NewFetcher(topics.FetchOptions{})
	var out []line
	for _, p := range parts {
		for next := int64(0); next < ends[p]; {
			got, err := fetcher.Fetch(r.t.Context(), []topics.Position{{Topic: p.Topic, Partition: p.Partition, Offset: next}})
			if err != nil {
				r.t.Fatal(err)
			}
			for i := range got {
				err := got[i].Each(func(x *topics.Record) error {
					l := line{key: string(x.Key), json: string(x.Value)}
					if schema != nil {
						record, err := store.Decode(schema, x.Value)
						if err != nil {
							return err
						}
						l.json = string(schema.AppendJSON(nil, record))
					}
					out = append(out, l)
					return json.Unmarshal([]byte(l.json), &out[len(out)-1].fact)
				})
				if err != nil {
					r.t.Fatal(err)
				}
				next = got[i].Next
			}
		}
	}
	return out
}

// TestEveryForm: each form of the desk writes the one fact that it is for, under its key and however often it is
// sent, and shows it again.
func TestEveryForm(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away})
	b := r.browser()
	var unit string
	r.until("the night is on the list", func() bool {
		for _, x := range b.list("duty=STAY").Rows {
			unit = x.UnitID
		}
		return unit != ""
	})
	paper := url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-01-05T10:00"}, "document": {"J-1"}}
	with := func(v url.Values, more ...string) url.Values {
		out := url.Values{}
		for k, list := range v {
			out[k] = list
		}
		for i := 0; i < len(more); i += 2 {
			out.Set(more[i], more[i+1])
		}
		return out
	}
	of := url.Values{"person": {"P-1"}, "unit": {unit}, "revision": {"1"}}
	asked := map[string]bool{}
	for _, x := range []struct {
		form, topic, key string
		values           url.Values
		want             map[string]any
	}{
		{"outage-passage", duty.TopicManualEntries, "P-1", with(paper, "direction", "IN", "name", "no"),
			map[string]any{"form": "OUTAGE_PASSAGE", "direction": "IN", "name_matches": false, "person_id": "P-1",
				"local_time": "2026-01-05T10:00", "document_ref": "J-1", "result": nil, "apb": nil}},
		{"barcode-log", duty.TopicManualEntries, "P-1", with(paper, "direction", "OUT"),
			map[string]any{"form": "BARCODE_LOG", "direction": "OUT", "name_matches": nil}},
		{"assisted-passage", duty.TopicManualEntries, "P-1", with(paper, "direction", "IN", "apb", "no"),
			map[string]any{"form": "ASSISTED_PASSAGE", "apb": false}},
		{"outage-report", duty.TopicManualEntries, "P-1", paper, map[string]any{"form": "OUTAGE_REPORT", "direction": nil}},
		{"police-log", duty.TopicManualEntries, "P-1", with(paper, "centre", "POLICE"),
			map[string]any{"form": "POLICE_REPORT", "centre_id": "POLICE"}},
		{"temporary-registration", duty.TopicManualEntries, "P-1", with(paper, "direction", "OUT"),
			map[string]any{"form": "TEMPORARY_REGISTRATION", "direction": "OUT"}},
		{"presence-check", duty.TopicManualEntries, "P-1", with(paper, "result", "NOT_FOUND"),
			map[string]any{"form": "PRESENCE_CHECK", "result": "NOT_FOUND"}},
		{"observation", duty.TopicManualEntries, "P-1", paper, map[string]any{"form": "OBSERVATION", "result": nil}},
		{"notice", duty.TopicNotices, "P-1", url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-05T10:00"},
			"channel": {"PHONE"}, "by": {"SELF"}, "recipient": {"OPERATOR"}, "clarity": {"CLEAR"}, "nights": {"1"},
			"from": {"23:00"}, "to": {"06:00"}, "date": {"2026-02-05"}},
			map[string]any{"channel": "PHONE", "given_by": "SELF", "recipient": "OPERATOR", "clarity": "CLEAR",
				"range_from": "23:00", "range_to": "06:00", "target_date": "2026-02-05"}},
		{"departure-assessment", duty.TopicDepartureAssessments, "P-1", url.Values{"person": {"P-1"},
			"date": {"2026-02-05"}, "outcome": {"NOT_DEPARTED"}},
			map[string]any{"from_date": "2026-02-05", "outcome": "NOT_DEPARTED"}},
		{"handling", duty.TopicHandlings, "P-1", with(of, "kind", "ASSESSED", "outcome", "REPORT"),
			map[string]any{"kind": "ASSESSED", "outcome": "REPORT", "unit_id": unit, "by_role": "officer"}},
		{"police-report", duty.TopicHandlings, "P-1", with(of, "kind", "REPORT_FILED", "document", "2026-17"),
			map[string]any{"kind": "REPORT_FILED", "document_ref": "2026-17", "outcome": nil, "unit_id": unit}},
		{"acknowledgement", duty.TopicAcknowledgements, "P-1", with(of, "consumer", "prosecution"),
			map[string]any{"consumer": "prosecution", "unit_id": unit, "revision": 1.0}},
		{"log-complete", duty.TopicSettlements, "KH", url.Values{"centre": {"KH"}, "date": {"2026-01-05"},
			"log": {"BARCODE_LOG"}, "through": {"2026-01-05T22:00"}},
			map[string]any{"log_type": "BARCODE_LOG", "complete": true, "local_date": "2026-01-05",
				"through": "2026-01-05T21:00:00.000Z"}},
		{"incident", duty.TopicIncidents, "KH", url.Values{"centre": {"KH"}, "kind": {"SERVER"}, "from": {"2026-01-05T10:00"},
			"to": {"2026-01-05T11:00"}, "state": {"ACTIVE"}},
			map[string]any{"kind": "SERVER", "origin": "HUMAN", "forms_status": "PENDING"}},
		{"control-action", duty.TopicControlActions, duty.AllCentres, url.Values{"control": {"HEARTBEAT"},
			"kind": {"FOLLOW_UP"}, "at": {"2026-02-05T10:00"}, "ok": {"yes"}, "ref": {"J-9"}},
			map[string]any{"control": "HEARTBEAT", "kind": "FOLLOW_UP", "ok": true, "ref": "J-9", "centre_id": "ALL"}},
	} {
		asked[x.form] = true
		before := r.lines(x.topic)
		seal := b.enter(x.form, x.values)
		if s, _ := b.post("/desk/"+x.form+"/send", url.Values{"seal": {seal}}); s != http.StatusOK {
			t.Errorf("%s: a second click: %d", x.form, s)
		}
		all := r.lines(x.topic)
		if len(all) != len(before)+1 {
			t.Errorf("%s: two clicks wrote %d records", x.form, len(all)-len(before))
			continue
		}
		l := added(before, all)
		if l.key != x.key {
			t.Errorf("%s: the key is %q, not %q", x.form, l.key, x.key)
		}
		for name, want := range x.want {
			if have := l.fact[name]; have != want {
				t.Errorf("%s: %s is %v, not %v", x.form, name, have, want)
			}
		}
		id, _ := l.fact["id"].(string)
		r.until(x.form+" is shown again", func() bool {
			s, text := b.get("/desk/" + x.form + "/entries/" + id + "?key=" + x.key)
			return s == http.StatusOK && strings.Contains(text, `name="retract"`)
		})
	}
	r.formsComplete(b)
	r.noneLeft(b, asked)
}

// added is the line that is not among those before.
func added(before, after []line) line {
	for _, l := range after {
		if !slices.ContainsFunc(before, func(o line) bool { return o.json == l.json }) {
			return l
		}
	}
	return line{}
}

// formsComplete says of the incident that its forms are in: a higher version of it.
func (r *rig) formsComplete(b *browser) {
	r.t.Helper()
	var c console.CentrePage
	r.until("the incident is shown", func() bool {
		b.json("/centres/KH", &c)
		return len(c.Incidents) == 1
	})
	b.enter("forms-complete", url.Values{"incident": {c.Incidents[0].IncidentID}})
	all := r.lines(duty.TopicIncidents)
	i := slices.IndexFunc(all, func(l line) bool { return l.fact["version"] == 2.0 })
	if i < 0 || all[i].fact["forms_status"] != "COMPLETE" || all[i].fact["incident_id"] != c.Incidents[0].IncidentID {
		r.t.Errorf("forms-complete wrote %v", all)
	}
}

// noneLeft: the desk has no form that was not tried, and none asks for a place or a reason (NTC-19).
func (r *rig) noneLeft(b *browser, asked map[string]bool) {
	r.t.Helper()
	var d console.Desk
	b.json("/desk", &d)
	elsewhere := []string{"forms-complete", "exclusion", "paper-irrelevant"} // tested on their own
	for _, f := range d.Forms {
		if !asked[f.Form] && !slices.Contains(elsewhere, f.Form) {
			r.t.Errorf("no test fills in %s", f.Form)
		}
		for _, x := range f.Fields {
			if x.Name == "place" || x.Name == "reason" && f.Form != "exclusion" {
				r.t.Errorf("%s has a field %s", f.Form, x.Name)
			}
		}
	}
}

// TestPaperWithoutANumber: paper whose number nobody can read holds back the centre (RD-47); the number is read, and
// the entry lies under both keys (contract §2); another piece is said to matter to nobody.
func TestPaperWithoutANumber(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away})
	b := r.browser()
	status := func(want, caveat string) func() bool {
		return func() bool {
			l := b.list("duty=STAY&person=P-1").Rows
			return len(l) == 1 && l[0].Status == want && (caveat == "" || slices.Contains(l[0].Caveats, caveat))
		}
	}
	r.until("the night is indicated", status("INDICATED", ""))
	form := url.Values{"unreadable": {"yes"}, "centre": {"KH"}, "time": {"2026-02-03T22:30"}, "direction": {"IN"}}
	both := url.Values{"person": {"P-1"}}
	for k, v := range form {
		both[k] = v
	}
	if s, text := b.post("/desk/outage-passage", both); s != http.StatusUnprocessableEntity ||
		!strings.Contains(text, `id="unreadable-wrong"`) {
		t.Errorf("a number that is there and cannot be read: %d", s)
	}
	b.enter("outage-passage", form)
	r.until("the night is for review", status("NEEDS_REVIEW", "UNASSIGNED_PAPER"))
	id := r.paperShown(b, 1)
	all := r.lines(duty.TopicManualEntries)
	if len(all) != 1 || all[0].key != "KH" || all[0].fact["person_id"] != nil {
		t.Fatalf("written: %v", all)
	}
	if s, _ := b.get("/desk/barcode-log?correct=" + id + "&key=KH"); s != http.StatusNotFound {
		t.Errorf("another form takes the paper for its own: %d", s)
	}
	named := url.Values{"correct": {id}, "key": {"KH"}, "person": {"P-1"}, "centre": {"SJ"}, "time": {"2026-02-03T22:30"},
		"direction": {"IN"}, "confirmed": {"yes"}}
	if s, text := b.post("/desk/outage-passage", named); s != http.StatusUnprocessableEntity ||
		!strings.Contains(text, `id="centre-wrong"`) {
		t.Errorf("paper moves to another centre: %d", s)
	}
	named.Set("centre", "KH")
	b.enter("outage-passage", named)
	var keys []string
	for _, l := range r.lines(duty.TopicManualEntries) {
		if l.fact["version"] == 2.0 && l.fact["person_id"] == "P-1" {
			keys = append(keys, l.key)
		}
	}
	slices.Sort(keys)
	if !slices.Equal(keys, []string{"KH", "P-1"}) {
		t.Errorf("the version that names the person lies under %v", keys)
	}
	r.until("the night is withdrawn", func() bool {
		l := b.list("queue=withdrawn&duty=STAY").Rows
		return len(l) == 1 && l[0].PersonID == "P-1"
	})
	r.irrelevantPaper(b)
}

// irrelevantPaper enters a piece and says that it matters to nobody.
func (r *rig) irrelevantPaper(b *browser) {
	r.t.Helper()
	b.enter("barcode-log", url.Values{"unreadable": {"yes"}, "centre": {"KH"}, "time": {"2026-02-01T22:30"},
		"direction": {"OUT"}})
	id := r.paperShown(b, 1)
	b.enter("paper-irrelevant", url.Values{"paper": {id}})
	r.paperShown(b, 0)
	all := r.lines(duty.TopicResolutions)
	if len(all) != 1 || all[0].key != "KH" || all[0].fact["outcome"] != "IRRELEVANT" ||
		all[0].fact["topic"] != duty.TopicManualEntries {
		r.t.Errorf("written: %v", all)
	}
	if s, text := b.post("/desk/paper-irrelevant", url.Values{"paper": {id}}); s != http.StatusUnprocessableEntity ||
		!strings.Contains(text, `id="paper-wrong"`) {
		r.t.Errorf("decided twice: %d", s)
	}
}

// paperShown waits until the centre's page shows so many pieces without a person, and returns the id of the first.
func (r *rig) paperShown(b *browser, n int) string {
	r.t.Helper()
	var c console.CentrePage
	r.until("the paper is shown at the centre", func() bool {
		c = console.CentrePage{}
		b.json("/centres/KH", &c)
		return len(c.Paper) == n
	})
	if n == 0 {
		return ""
	}
	return c.Paper[0].ID
}

// TestAnotherPersonIsAnotherFact: a correction under another number would stand beside the old entry; it is refused,
// of people and of programs.
func TestAnotherPersonIsAnotherFact(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": home, "P-2": home})
	b := r.browser()
	r.until("the persons are known", func() bool {
		one, _ := b.get("/persons/P-1")
		two, _ := b.get("/persons/P-2")
		return one == http.StatusOK && two == http.StatusOK
	})
	good := url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-04T10:00"}, "direction": {"IN"}}
	b.enter("outage-passage", good)
	id, _ := r.lines(duty.TopicManualEntries)[0].fact["id"].(string)
	r.until("the entry is read", func() bool {
		s, _ := b.get("/desk/outage-passage?correct=" + id + "&key=P-1")
		return s == http.StatusOK
	})
	good["person"], good["correct"], good["key"] = []string{"P-2"}, []string{id}, []string{"P-1"}
	if s, text := b.post("/desk/outage-passage", good); s != http.StatusUnprocessableEntity ||
		!strings.Contains(text, `id="person-wrong"`) {
		t.Errorf("an entry moves to another person: %d", s)
	}
	program := `{"id":"` + id + `","version":2,"received_at":"2026-02-05T10:00:00Z","values":{"person":"P-2",` +
		`"centre":"KH","time":"2026-02-04T10:00","direction":"IN"}}`
	if s, _ := b.do("POST", "/api/desk/outage-passage", strings.NewReader(program), "application/json"); s !=
		http.StatusUnprocessableEntity {
		t.Errorf("a program moves an entry to another person: %d", s)
	}
	if n := r.count(duty.TopicManualEntries); n != 1 {
		t.Errorf("%d records", n)
	}
}

// TestReportOfAWithdrawnUnit: the form asks before it takes a report of a unit that is withdrawn, says so again
// before it is sent, and refuses nothing.
func TestReportOfAWithdrawnUnit(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away})
	b := r.browser()
	r.until("the night is indicated", func() bool { return len(b.list("duty=STAY").Rows) == 1 })
	unit := b.list("duty=STAY").Rows[0].UnitID
	report := url.Values{"person": {"P-1"}, "unit": {unit}, "revision": {"1"}, "kind": {"REPORT_RECALLED"}}
	asks := func(field, words string) {
		t.Helper()
		s, text := b.post("/desk/police-report", report)
		if s != http.StatusUnprocessableEntity || !strings.Contains(text, `id="`+field+`-wrong"`) ||
			!strings.Contains(text, words) || !strings.Contains(text, `name="confirmed"`) {
			t.Errorf("%v: %d, without %q at %s", report, s, words, field)
		}
	}
	asks("kind", "Der står ingen anmeldelse")
	b.enter("presence-check", url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-03T23:30"},
		"result": {"PRESENT"}})
	r.until("the unit is withdrawn", func() bool { return len(b.list("queue=withdrawn&duty=STAY").Rows) == 1 })
	report.Set("kind", "REPORT_FILED")
	asks("revision", "Udgave 2 er kommet siden")
	report.Set("revision", "2")
	asks("kind", "Enheden er tilbagekaldt")
	if n := r.count(duty.TopicHandlings); n != 0 {
		t.Fatalf("%d handlings before anybody said that it was checked", n)
	}
	report.Set("confirmed", "yes")
	if _, text := b.post("/desk/police-report", report); !strings.Contains(text, "Enheden er tilbagekaldt") {
		t.Error("what is shown before it is sent does not say that the unit is withdrawn")
	}
	b.enter("police-report", report)
	r.until("the unit stands first among what was taken back", func() bool {
		l := b.list("queue=withdrawn").Filed
		return len(l) == 1 && l[0].UnitID == unit && l[0].Filed
	})
	report.Del("confirmed")
	report.Set("kind", "REPORT_RECALLED")
	r.set("2026-02-05T12:01") // of two at one time the one with the higher id would count
	b.enter("police-report", report)
	r.until("the report is taken back", func() bool { return len(b.list("queue=withdrawn").Filed) == 0 })
}
