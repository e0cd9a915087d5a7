package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

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
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource("mem:///openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	b.enter("notice", url.Values{"person": {"P-1"}, "centre": {"KH"}, "time": {"2026-02-05T10:00"}, "channel": {"PHONE"},
		"by": {"SELF"}, "recipient": {"OPERATOR"}, "clarity": {"CLEAR"}, "nights": {"1"}})
	paths := doc.(map[string]any)["paths"].(map[string]any)
	asked := map[string]string{
		"/api/worklist": "/api/worklist?duty=STAY", "/api/persons/{person}": "/api/persons/P-1",
		"/api/persons/{person}/{kind}/{date}": "/api/persons/P-1/STAY/2026-02-03", "/api/desk": "/api/desk",
		"/api/desk/{form}":              "/api/desk/notice",
		"/api/desk/{form}/entries/{id}": "/api/desk/notice/entries/x?key=P-1&version=1",
		"/api/centres/{centre}":         "/api/centres/KH", "/api/engine": "/api/engine",
	}
	for path := range paths {
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
			at := fmt.Sprintf("mem:///openapi.json#/paths/%s/get/responses/%d/content/application~1json/schema",
				strings.ReplaceAll(path, "/", "~1"), status)
			schema, err := compiler.Compile(strings.NewReplacer("{", "%7B", "}", "%7D").Replace(at))
			if err != nil {
				t.Fatal(err)
			}
			var v any
			if v, err = jsonschema.UnmarshalJSON(strings.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%s is not as described: %v", x.ask, err)
			}
		}
	}
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
