package console_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tilsyn/engine/console"
	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// away is somebody who was out all of a night, without a notice; late came home in time.
const (
	away = "EN\nIN 2026-02-01T10:00\nOUT 2026-02-03T20:00\nIN 2026-02-04T09:00"
	home = "EN\nIN 2026-02-01T10:00\nOUT 2026-02-03T18:00\nIN 2026-02-03T22:59"
)

// TestAnEntryChangesAnOutcome: a unit that is indicated is on the list; a guard enters that the person was seen, and
// the unit is withdrawn; it was filed, and is shown first among what was taken back.
func TestAnEntryChangesAnOutcome(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away, "P-2": home})
	b := r.browser()
	var row *struct{ unit string }
	r.until("the night is on the list", func() bool {
		for _, x := range b.list("duty=STAY").Rows {
			if x.PersonID == "P-1" && x.Date == "2026-02-03" && x.Status == "INDICATED" {
				row = &struct{ unit string }{x.UnitID}
			}
		}
		return row != nil
	})
	if l := b.list("person=P-2"); len(l.Rows) != 0 {
		t.Errorf("who came home is on the list: %+v", l.Rows)
	}
	_, page := b.get("/persons/P-1/STAY/2026-02-03")
	for _, want := range []string{"Opholdspligt, 3. feb. 2026", "Hvad ville frikende", "<svg", "3. feb. 2026 kl. 20.00",
		"(7 timer)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the night's page lacks %q", want)
		}
	}
	r.clearing(b, row.unit)
	b.enter("handling", url.Values{"person": {"P-1"}, "unit": {row.unit}, "revision": {"1"}, "kind": {"REPORT_FILED"},
		"document": {"2026-17"}})
	r.until("the unit is handled", func() bool { return len(b.list("queue=handled&duty=STAY").Rows) == 1 })
	if len(b.list("duty=STAY").Rows) != 0 {
		t.Error("a handled unit is still among those that nobody has handled")
	}
	before := r.count(duty.TopicManualEntries)
	check := url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-03T23:30"}, "result": {"PRESENT"}}
	seal := b.enter("presence-check", check)
	if status, _ := b.post("/desk/presence-check/send", url.Values{"seal": {seal}}); status != http.StatusOK {
		t.Errorf("a second click: %d", status)
	}
	if n := r.count(duty.TopicManualEntries) - before; n != 1 {
		t.Errorf("two clicks wrote %d records", n)
	}
	r.until("the unit is withdrawn, and stands first", func() bool {
		l := b.list("queue=withdrawn")
		return len(l.Filed) == 1 && l.Filed[0].UnitID == row.unit && l.Filed[0].Status == "WITHDRAWN"
	})
	_, page = b.get("/worklist?queue=withdrawn")
	if !strings.Contains(page, "træk anmeldelsen tilbage") {
		t.Error("the list does not say that the report is to be taken back")
	}
	var p console.PersonPage
	b.json("/persons/P-1?as_of=2026-02-05T11:59", &p)
	if p.PersonID != "P-1" || len(p.Registrations) < 3 || len(p.Duties) < 2 {
		t.Errorf("the person's page: %+v", p)
	}
	r.accounts(b)
	r.audited(t)
	if s := r.log.String(); strings.Contains(s, "P-1") || strings.Contains(s, row.unit) {
		t.Error("the log names a person or a unit")
	}
}

// clearing: the list and the person's page say shortly what would clear a unit that nobody has handled, in the
// language of the reader, and a program may do without.
func (r *rig) clearing(b *browser, unit string) {
	r.t.Helper()
	var person console.PersonPage
	b.json("/persons/P-1", &person)
	for page, list := range map[string][]console.Cleared{"list": b.list("duty=STAY").Clearing, "person": person.Clearing} {
		i := slices.IndexFunc(list, func(c console.Cleared) bool { return c.UnitID == unit })
		if i < 0 || len(list[i].Facts) == 0 || !list[i].Facts[0].Clears || list[i].Facts[0].Outcome != "COMPLIANT" {
			r.t.Errorf("the %s says of what would clear: %+v", page, list)
		}
	}
	const check, checkEn = "en værelseskontrol, der fandt personen til stede", "a room check that found the person present"
	for _, path := range []string{"/worklist?duty=STAY", "/persons/P-1"} {
		if _, text := b.get(path); !strings.Contains(text, check) || strings.Contains(text, checkEn) {
			r.t.Errorf("%s does not say what would clear, in Danish", path)
		}
		if _, text := b.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=en"); !strings.
			Contains(text, checkEn) {
			r.t.Errorf("%s does not say what would clear, in English", path)
		}
	}
	if l := b.list("duty=STAY&clearing=no"); len(l.Clearing) != 0 || len(l.Rows) == 0 {
		r.t.Errorf("a list without it has %d answers and %d rows", len(l.Clearing), len(l.Rows))
	}
	r.filters(b)
}

// filters: every filter finds the unit or leaves it out, dates are read as people write them, and what is wrong
// stands at its field.
func (r *rig) filters(b *browser) {
	r.t.Helper()
	has := func(query string) bool {
		return slices.ContainsFunc(b.list(query).Rows, func(x projection.Row) bool {
			return x.PersonID == "P-1" && x.Kind == "STAY" && x.Date == "2026-02-03"
		})
	}
	for query, want := range map[string]bool{"centre=KH": true, "centre=SJ": false, "duty=STAY": true,
		"duty=REPORT":      false,
		"status=INDICATED": true, "status=NEEDS_REVIEW": false, "caveat=TAINTED": false, "person=P-1": true,
		"person=P-2": false, "from=2026-02-03&to=2026-02-03": true, "from=3.2.2026&to=03-02-2026": true,
		"from=2026-02-04": false, "to=2.2.2026": false, "person=P-1&centre=KH&duty=STAY&status=INDICATED": true} {
		if has(query) != want {
			r.t.Errorf("%s: the unit is there: %t", query, !want)
		}
	}
	for query, field := range map[string]string{"from=02/03/26": "from", "to=31.2.2026": "to",
		"from=2026-02-04&to=2026-02-03": "to", "person=%00": "person", "centre=XX": "centre", "caveat=NONE": "caveat",
		"status=GUILTY": "status", "duty=NAP": "duty"} {
		s, text := b.get("/worklist?" + query)
		if s != http.StatusBadRequest || !strings.Contains(text, `href="#f-`+field+`"`) ||
			!strings.Contains(text, `id="f-from"`) {
			r.t.Errorf("%s: %d, without a message at the field %s", query, s, field)
		}
		if s, text := b.get("/api/worklist?" + query); s != http.StatusBadRequest || !strings.Contains(text, `"`+field+`"`) {
			r.t.Errorf("/api %s: %d %s", query, s, text)
		}
	}
}

// accounts holds the identity: all that is due is somewhere.
func (r *rig) accounts(b *browser) {
	r.t.Helper()
	var a *console.Accounts
	r.until("the accounts are taken after the withdrawal", func() bool {
		a = b.list("").Accounts
		return a != nil && a.Whole && a.All.Withdrawn > 0
	})
	x := a.All
	sum := x.Compliant + x.Excused + x.NotApplicable + x.Undetermined + x.Excluded + x.Provisional + x.Pending +
		x.Handled +
		x.Unhandled + x.Withdrawn + x.Nowhere
	if x.Due == 0 || sum != x.Due || x.Nowhere != 0 {
		r.t.Errorf("accounts: %+v sum up to %d", x, sum)
	}
}

// audited looks for the lines of what was looked at and entered.
func (r *rig) audited(t *testing.T) {
	t.Helper()
	if n := r.count(duty.TopicAudit); n < 5 {
		t.Errorf("the audit topic has %d lines", n)
	}
}

// TestWrongEntriesWriteNothing: every field that is wrong has its message, and nothing is written.
func TestWrongEntriesWriteNothing(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": home})
	b := r.browser()
	r.until("the person is known", func() bool { s, _ := b.get("/persons/P-1"); return s == http.StatusOK })
	good := url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-04T10:00"}, "direction": {"IN"}}
	before := r.count(duty.TopicManualEntries)
	for _, x := range []struct{ field, value, message string }{
		{"time", "2026-02-06T10:00", "Tidspunktet ligger i fremtiden"},
		{"time", "i går", "Tidspunktet kan ikke læses"},
		{"time", "", "Feltet skal udfyldes"},
		{"centre", "SJ", "Personens pligt er på KH"},
		{"centre", "XX", "Registeret kender ikke det center"},
		{"person", "P-9", "Ingen oplysning nævner det nummer"},
		{"direction", "SIDEWAYS", "Vælg en af mulighederne"},
		{"name", "MATCH", "Vælg en af mulighederne"},
		{"card", "C-OF-ANOTHER", "Kortet er ikke personens"},
		{"document", strings.Repeat("x", 201), "Højst 200 tegn"},
	} {
		v := url.Values{}
		for k, list := range good {
			v[k] = list
		}
		v.Set(x.field, x.value)
		status, text := b.post("/desk/outage-passage", v)
		if status != http.StatusUnprocessableEntity || !strings.Contains(text, x.message) ||
			!strings.Contains(text, `id="`+x.field+`-wrong"`) {
			t.Errorf("%s %q: %d, without %q at the field", x.field, x.value, status, x.message)
		}
	}
	status, _ := b.post("/desk/outage-passage/send", url.Values{"seal": {"AAAA"}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a seal of nobody: %d", status)
	}
	if n := r.count(duty.TopicManualEntries) - before; n != 0 {
		t.Errorf("wrong entries wrote %d records", n)
	}
	for _, path := range []string{"/persons/P-9", "/persons/P-1/STAY/2031-01-01", "/persons/P-1/NAP/2026-02-03",
		"/desk/nonsense",
		"/centres/XX", "/nonsense"} {
		if s, text := b.get(path); s != http.StatusNotFound || !strings.Contains(text, "alert error") {
			t.Errorf("%s: %d", path, s)
		}
	}
	r.strangers(b)
	// Nobody is asked for a place or a reason (NTC-19).
	_, form := b.get("/desk/notice")
	for _, no := range []string{`name="place"`, `name="reason"`, "<textarea"} {
		if strings.Contains(form, no) {
			t.Errorf("the form of a notice has %s", no)
		}
	}
	r.corrections(t, b, good)
}

// corrections: an entry is corrected by a higher version, and taken away.
func (r *rig) corrections(t *testing.T, b *browser, good url.Values) {
	t.Helper()
	b.enter("outage-passage", good)
	var p console.PersonPage
	var id string
	r.until("the entry is read", func() bool {
		b.json("/persons/P-1?month=2026-02", &p)
		for _, x := range p.Registrations {
			if strings.HasPrefix(x.ID, "desk-") {
				id = x.ID
			}
		}
		return id != ""
	})
	path := "/desk/outage-passage/entries/" + id + "?key=P-1"
	if _, page := b.get("/persons/P-1?month=2026-02"); !strings.Contains(page, path) {
		t.Error("the person's page does not lead to the entry")
	}
	next := url.Values{"correct": {id}, "key": {"P-1"}}
	for k, list := range good {
		next[k] = list
	}
	next.Set("time", "2026-02-04T10:05")
	b.enter("outage-passage", next)
	var out console.Receipt
	r.until("the second version is read", func() bool {
		b.json("/desk/outage-passage/entries/"+id+"?key=P-1", &out)
		return len(out.Versions) == 2
	})
	b.enter("outage-passage", url.Values{"correct": {id}, "key": {"P-1"}, "retract": {"yes"}})
	r.until("the entry is taken away", func() bool {
		b.json("/desk/outage-passage/entries/"+id+"?key=P-1", &out)
		return len(out.Versions) == 3 && out.Versions[2].Retracted
	})
}

// TestWhoMayDoWhat: nobody comes in without a token that is known, and a role opens what it is for.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	sum := func(s string) string { x := sha256.Sum256([]byte(s)); return hex.EncodeToString(x[:]) }
	list, err := access.ParseList([]byte("tokens:\n- {name: gate, sha256: " + sum("gate-token") + ", roles: [entry]}\n" +
		"- {name: reader, sha256: " + sum("reader-token") + ", roles: [reader]}\n" +
		"- {name: ops, sha256: " + sum("ops-token") + ", roles: [operator]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, &access.Guard{List: list}, "2026-02-05T12:00", map[string]string{"P-1": home})
	b := r.browser()
	if s, _ := b.get("/worklist"); s != http.StatusUnauthorized {
		t.Errorf("nobody: %d", s)
	}
	b.bearer = "wrong"
	if s, _ := b.get("/api/worklist"); s != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", s)
	}
	b.bearer = "reader-token"
	r.until("the pages are open", func() bool { s, _ := b.get("/persons/P-1"); return s == http.StatusOK })
	for _, x := range []struct {
		token, path string
		status      int
	}{
		{"reader-token", "/worklist", 200}, {"reader-token", "/desk/notice", 403}, {"reader-token", "/engine", 200},
		{"gate-token", "/worklist", 403}, {"gate-token", "/persons/P-1", 403}, {"gate-token", "/desk/notice", 200},
		{"gate-token", "/desk/handling", 403}, {"ops-token", "/persons/P-1/STAY/2026-02-03", 403}, {"ops-token",
			"/centres/KH", 200},
		{"ops-token", "/desk/log-complete", 200}, {"ops-token", "/desk/exclusion", 403},
	} {
		b.bearer = x.token
		if s, _ := b.get(x.path); s != x.status {
			t.Errorf("%s %s: %d, not %d", x.token, x.path, s, x.status)
		}
	}
	r.hidden(b)
	b.bearer = "gate-token"
	entry := `{"id":"gate-1","version":1,"received_at":"2026-02-05T10:00:00Z","values":{"person":"P-1","centre":"KH",` +
		`"time":"2026-02-04T10:00","direction":"IN"}}`
	before := r.count(duty.TopicManualEntries)
	for i, want := range []int{http.StatusCreated, http.StatusOK} {
		if s, text := b.do("POST", "/api/desk/barcode-log", strings.NewReader(entry), "application/json"); s != want {
			t.Errorf("entry %d of a program: %d %s", i, s, text)
		}
	}
	if n := r.count(duty.TopicManualEntries) - before; n != 1 {
		t.Errorf("the same entry twice wrote %d records", n)
	}
	future := strings.Replace(entry, "2026-02-04T10:00", "2026-03-04T10:00", 1)
	if s, text := b.do("POST", "/api/desk/barcode-log", strings.NewReader(strings.Replace(future, "gate-1", "gate-2", 1)),
		"application/json"); s != http.StatusUnprocessableEntity || !strings.Contains(text, `"field": "time"`) {
		t.Errorf("an entry from the future: %d %s", s, text)
	}
}

// hidden: the cause of late data is a person, whom an operator does not see.
func (r *rig) hidden(b *browser) {
	r.t.Helper()
	recall := &duty.Recall{Cause: duty.RecallCauseLateData, CauseID: "LATE_DATA:P-1", Units: 1,
		OpenedAt: 1_770_000_000_000}
	schema, _ := schemas.Of(recall)
	if _, err := r.producer.Produce(r.t.Context(), []topics.Out{{Topic: schema.Topic(), Partition: topics.ByKey,
		Key: []byte(recall.CauseID), Value: schema.AppendValue(nil, recall)}}); err != nil {
		r.t.Fatal(err)
	}
	b.bearer = "reader-token"
	r.until("a reader sees the recall", func() bool {
		_, text := b.get("/api/engine")
		return strings.Contains(text, "LATE_DATA:P-1")
	})
	b.bearer = "ops-token"
	for _, path := range []string{"/engine", "/api/engine", "/centres/KH", "/api/centres/KH"} {
		if _, text := b.get(path); strings.Contains(text, "P-1") {
			r.t.Errorf("%s shows an operator a person", path)
		}
	}
}

// strangers: a form that another site sends is refused, a page needs nothing from elsewhere, and who asks too much is
// told to come again.
func (r *rig) strangers(b *browser) {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.base+"/desk/notice", strings.NewReader("person=P-1"))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://elsewhere.example")
	resp, err := b.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		r.t.Errorf("a form from another site: %d", resp.StatusCode)
	}
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") ||
		strings.Contains(csp, "unsafe") {
		r.t.Errorf("the policy is %q", csp)
	}
	for _, path := range []string{"/worklist", "/persons/P-1", "/desk/notice", "/centres/KH", "/engine"} {
		_, text := b.get(path)
		for _, no := range []string{`src="http`, `href="http`, "<script", " style=", "@import"} {
			if strings.Contains(text, no) {
				r.t.Errorf("%s has %s", path, no)
			}
		}
	}
	other := r.browser()
	other.post("/settings", url.Values{"person": {"hasty"}, "back": {"/desk"}})
	// All at once: asked one after the other, a slow machine would answer them all.
	var refused atomic.Int32
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.base+"/desk", nil)
			if err != nil {
				r.t.Error(err)
				return
			}
			if resp, err := other.client.Do(req); err == nil {
				resp.Body.Close()
				if resp.StatusCode == http.StatusTooManyRequests {
					refused.Add(1)
				}
			}
		})
	}
	all.Wait()
	if refused.Load() == 0 {
		r.t.Error("two hundred requests at once are all answered")
	}
}
