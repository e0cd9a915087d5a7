package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// TestTwins holds every twin of a running server against its description.
func TestTwins(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away})
	b := r.browser()
	r.until("the night is on the list and the accounts are taken", func() bool {
		l := b.list("")
		return len(l.Rows) > 0 && l.Accounts != nil
	})
	_, text := b.get("/api/openapi.json")
	doc := readDescription(t, text)
	b.enter("notice", url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-05T10:00"}, "channel": {"PHONE"},
		"by": {"SELF"}, "recipient": {"OPERATOR"}, "clarity": {"CLEAR"}, "nights": {"1"}})
	asked := map[string]string{
		"/api/worklist": "/api/worklist?duty=STAY", "/api/persons/{person}": "/api/persons/P-1",
		"/api/persons/{person}/{kind}/{date}": "/api/persons/P-1/STAY/2026-02-03", "/api/desk": "/api/desk",
		"/api/desk/{form}":              "/api/desk/notice",
		"/api/desk/{form}/entries/{id}": "/api/desk/notice/entries/x?key=P-1&version=1",
		"/api/centres/{centre}":         "/api/centres/KH", "/api/engine": "/api/engine",
	}
	for path, described := range doc.Paths {
		ask, ok := asked[path]
		if !ok {
			t.Errorf("%s is described and not asked here", path)
			continue
		}
		for _, x := range []struct {
			ask    string
			status int
		}{{ask, 200}, {strings.Replace(strings.Replace(ask, "P-1", "P-9", 1), "KH", "XX", 1), 404}} {
			status, text := b.get(x.ask)
			if status != x.status {
				if x.status == http.StatusNotFound {
					continue // it names nobody
				}
				t.Errorf("%s: %d %s", x.ask, status, text)
				continue
			}
			schema := doc.schema(t, described.Get.Responses[strconv.Itoa(status)].Content["application/json"].Schema)
			var v any
			if err := json.Unmarshal([]byte(text), &v); err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%s is not as described: %v", x.ask, err)
			}
		}
	}
}

// description is what a test reads of an OpenAPI document.
type description struct {
	Paths map[string]struct {
		Get struct {
			Responses map[string]struct {
				Content map[string]struct{ Schema *jsonschema.Schema }
			}
		}
	}
	Components struct{ Schemas map[string]*jsonschema.Schema }
}

// readDescription reads an OpenAPI document. What its schemas refer to is looked for among their definitions, since a
// JSON Schema knows of no components.
func readDescription(t *testing.T, text string) (d description) {
	t.Helper()
	text = strings.ReplaceAll(text, "#/components/schemas/", "#/$defs/")
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// schema returns one of the schemas, ready to validate.
func (d *description) schema(t *testing.T, s *jsonschema.Schema) *jsonschema.Resolved {
	t.Helper()
	if s == nil {
		t.Fatal("an answer is not described")
	}
	whole := &jsonschema.Schema{AllOf: []*jsonschema.Schema{s.CloneSchemas()}, Defs: map[string]*jsonschema.Schema{}}
	for name, def := range d.Components.Schemas {
		whole.Defs[name] = def.CloneSchemas()
	}
	resolved, err := whole.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

// TestTwoPeopleExclude: nobody approves their own suggestion, and nothing is written before a second person does.
func TestTwoPeopleExclude(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away})
	anna, bo := r.browser(), r.browser()
	anna.post("/settings", url.Values{"person": {"anna"}, "back": {"/desk"}})
	bo.post("/settings", url.Values{"person": {"bo"}, "back": {"/desk"}})
	r.until("the night is on the list", func() bool { return len(anna.list("duty=STAY").Rows) == 1 })
	anna.enter("exclusion", url.Values{"centre": {"KH"}, "from": {"2026-02-03"}, "to": {"2026-02-04"},
		"status": {"DECLARED"},
		"reason": {"Serveren tabte rækker."}})
	id := ""
	r.until("the suggestion is shown", func() bool {
		var c struct {
			Suggestions []struct {
				ID   string          `json:"suggestion_id"`
				Fact json.RawMessage `json:"fact"`
			}
		}
		anna.json("/centres/KH", &c)
		if len(c.Suggestions) == 1 {
			id = c.Suggestions[0].ID
		}
		return id != ""
	})
	if s, _ := anna.post("/suggestions/"+id, url.Values{"decision": {"approve"}}); s != http.StatusForbidden {
		t.Errorf("who suggests approves: %d", s)
	}
	if n := r.count(duty.TopicExclusions); n != 0 {
		t.Fatalf("%d exclusions before anybody approved", n)
	}
	if s, text := bo.post("/suggestions/"+id, url.Values{"decision": {"approve"}}); s != http.StatusOK {
		t.Fatalf("a second person: %d %s", s, text)
	}
	if n := r.count(duty.TopicExclusions); n != 1 {
		t.Errorf("%d exclusions after the approval", n)
	}
	r.until("the night is withdrawn as excluded", func() bool {
		l := anna.list("queue=withdrawn&duty=STAY").Rows
		return len(l) == 1 && l[0].WithdrawnOutcome == "EXCLUDED"
	})
}
