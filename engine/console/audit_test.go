package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// TestEveryLookIsALine walks the table of routes: what names a person to somebody, and what is entered, is a line of
// the audit topic that says who, when and what, and no line of a log.
func TestEveryLookIsALine(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away})
	b := r.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	unit := ""
	r.until("the night is on the list", func() bool {
		for _, x := range b.list("duty=STAY").Rows {
			unit = x.UnitID
		}
		return unit != ""
	})
	check := url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-01T12:00"}, "result": {"PRESENT"}}
	b.enter2("presence-check", check)
	id, _ := r.lines(duty.TopicManualEntries)[0].fact["id"].(string)
	r.until("the entry is read", func() bool {
		s, _ := b.get("/desk/presence-check?correct=" + id + "&key=P-1")
		return s == http.StatusOK
	})
	program := `{"id":"x-1","version":1,"received_at":"2026-02-05T10:00:00Z","values":{"person":"P-1","centre":"KH",` +
		`"time":"2026-02-01T12:05","result":"PRESENT"}}`
	views := map[string]string{"/worklist": "/worklist?person=P-1", "/persons/{person}": "/persons/P-1",
		"/persons/{person}/{kind}/{date}": "/persons/P-1/STAY/2026-02-03", "/desk": "/desk",
		"/desk/{form}":              "/desk/presence-check?correct=" + id + "&key=P-1",
		"/desk/{form}/entries/{id}": "/desk/presence-check/entries/" + id + "?key=P-1",
		"/centres/{centre}":         "/centres/KH", "/engine": "/engine"}
	silent := []string{"GET /{$}", "GET /api/openapi.json", "POST /settings", "/", // they say nothing of anybody
		"POST /suggestions/{id}"} // exclusions name nobody; TestTwoPeopleExclude
	for _, pattern := range r.pages.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		page := strings.TrimPrefix(path, "/api")
		what, names := "VIEW", true
		var do func() (int, string)
		switch {
		case slices.Contains(silent, pattern):
			continue
		case method == http.MethodGet && views[page] != "":
			ask := strings.TrimSuffix(path, page) + views[page]
			do, names = func() (int, string) { return b.get(ask) }, strings.Contains(ask, "P-1")
		case pattern == "GET /units/{unit}":
			do = func() (int, string) { return b.get("/units/" + unit) }
		case pattern == "POST /desk/{form}":
			do = func() (int, string) { return b.post("/desk/presence-check", check) }
		case pattern == "POST /desk/{form}/send":
			_, text := b.post("/desk/presence-check", check)
			seal := sealIn.FindStringSubmatch(text)[1]
			do, what = func() (int, string) { return b.post("/desk/presence-check/send", url.Values{"seal": {seal}}) }, "ENTRY"
		case pattern == "POST /api/desk/{form}":
			do, what = func() (int, string) {
				return b.do("POST", "/api/desk/presence-check", strings.NewReader(program), "application/json")
			}, "ENTRY"
		default:
			t.Errorf("%s is not tried here: say whether it shows somebody", pattern)
			continue
		}
		before := r.lines(duty.TopicAudit)
		status, text := do()
		if status >= http.StatusBadRequest {
			t.Errorf("%s: %d", pattern, status)
		}
		after := fresh(before, r.lines(duty.TopicAudit))
		if names || strings.Contains(text, "P-1") {
			tells(t, pattern, what, after)
		}
	}
	wrong := url.Values{"person": {"P-1"}, "centre": {"SJ"}, "time": {"2026-02-01T12:00"}, "result": {"PRESENT"}}
	before := r.lines(duty.TopicAudit)
	if s, _ := b.post("/desk/presence-check", wrong); s != http.StatusUnprocessableEntity {
		t.Errorf("a wrong centre: %d", s)
	}
	tells(t, "a message at a field, which says where the duty is", "VIEW", fresh(before, r.lines(duty.TopicAudit)))
	if s := r.log.String(); strings.Contains(s, "P-1") || strings.Contains(s, unit) || strings.Contains(s, id) {
		t.Error("the log names a person, a unit or an entry")
	}
}

// fresh are the lines that come on top of those before.
func fresh(before, after []line) []line {
	count := map[string]int{}
	for _, l := range before {
		count[l.json]++
	}
	var out []line
	for _, l := range after {
		if count[l.json]--; count[l.json] < 0 {
			out = append(out, l)
		}
	}
	return out
}

// tells looks among lines for one of the kind about P-1 by who asked.
func tells(t *testing.T, route, what string, all []line) {
	t.Helper()
	for _, l := range all {
		persons, _ := l.fact["persons"].([]any)
		if l.fact["what"] == what && l.fact["by"] == "local" && l.fact["at"] != "" && l.fact["page"] != "" &&
			(l.fact["person_id"] == "P-1" || slices.Contains(persons, any("P-1"))) {
			return
		}
	}
	t.Errorf("%s: no line says %s of P-1 by local", route, what)
}

// enter2 fills a form in and sends it, without following where it leads.
func (b *browser) enter2(form string, values url.Values) {
	b.r.t.Helper()
	_, text := b.post("/desk/"+form, values)
	m := sealIn.FindStringSubmatch(text)
	if m == nil {
		b.r.t.Fatalf("%s shows nothing to send: %s", form, text)
	}
	if s, _ := b.post("/desk/"+form+"/send", url.Values{"seal": {m[1]}}); s != http.StatusSeeOther {
		b.r.t.Fatalf("%s is not sent: %d", form, s)
	}
}
