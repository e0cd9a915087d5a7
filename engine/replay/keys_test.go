package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhoIsHeld: a record of which nobody can tell whom it names holds the units of all (contract
// §1). The inputs were reported: each once led to an accusation.
func TestWhoIsHeld(t *testing.T) {
	for name, persons := range map[string][]string{
		"fused.jsonl": {"P-1", "P-2"}, // two records on one line
		"tail.jsonl":  {"P-1"},        // a key with a registry frame, as tail once printed it
		"nul.jsonl":   {"P-1"},        // a PersonID with U+0000
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "keys", name))
			if err != nil {
				t.Fatal(err)
			}
			f, _ := replayText(t, string(text), func(o *Options) { o.SkipBad = filepath.Join(t.TempDir(), "bad") })
			for _, p := range persons {
				if got := stay(f, p, "2026-02-03"); got != "PROVISIONAL" {
					t.Errorf("STAY of %s is %q, want PROVISIONAL", p, got)
				}
			}
			if f.violations != "" {
				t.Errorf("somebody was accused:\n%s", f.violations)
			}
		})
	}
}

// TestUnusableKeyIsNamed: the line of a record whose key is not usable says which
// field and why, as that of `run` does.
func TestUnusableKeyIsNamed(t *testing.T) {
	row := func(person, card string) string {
		return `{"topic":"card-events","value":{"id":"home","received_at":"2026-02-03T20:00:00Z","person_id":` + person + `,"card_id":"` + card +
			`","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":"IN","occurred_at":"2026-02-03T20:00:00Z"}}`
	}
	paper := `{"topic":"manual-entries","value":{"id":"home","received_at":"2026-02-03T20:00:00Z","person_id":null,"centre_id":"","form":"OBSERVATION","local_time":"2026-02-03T20:00"}}`
	for _, c := range []struct{ line, want string }{
		{row(`"A "`, "c"), `{"name":"topic","value":"card-events"},{"name":"field","value":"person_id"},{"name":"value","value":"blank at an edge"},{"name":"rule","value":"contract §1"},{"name":"scope","value":"ALL"}]`},
		{row(`"A\u0085"`, "c"), `{"name":"field","value":"person_id"},{"name":"value","value":"control character"}`},
		{row("null", "c "), `{"name":"field","value":"card_id"},{"name":"value","value":"blank at an edge"}`},
		{paper, `{"name":"field","value":"centre_id"},{"name":"value","value":"empty"}`},
	} {
		f, _ := replayText(t, c.line+"\n", nil)
		if !strings.Contains(f.quality, `"code":"FACT_INVALID"`) ||
			!strings.Contains(f.quality, `[{"name":"fact_id","value":"home"},`) || !strings.Contains(f.quality, c.want) {
			t.Errorf("%s\nis named\n%s\nwant %s", c.line, f.quality, c.want)
		}
	}
}

// TestDamagedLines: two persons were out all night, and their way home is on a line
// that cannot be read. Whoever the line may speak of is held, and nobody else.
func TestDamagedLines(t *testing.T) {
	s := &story{}
	for _, p := range []string{"A", "B"} {
		s.resident(p)
		s.holds(p, "c"+p, "2026-01-05T00:00:00Z", "")
		s.passes(p, "c"+p, "OUT", "2026-02-03T19:00:00Z")
		s.passes(p, "c"+p, "IN", "2026-02-04T13:00:00Z")
	}
	s.settled("2026-02", 9)
	row := func(person, more string) string {
		return `{"topic":"card-events","value":{"id":"home-` + person +
			`","received_at":"2026-02-03T20:00:00Z","person_id":"` + person + `","card_id":"c` + person +
			`","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":"IN","occurred_at":"2026-02-03T20:00:00Z"` + more
	}
	whole := row("A", "}}")
	paper := `{"topic":"manual-entries","value":{"id":"m","received_at":"2026-02-03T20:00:00Z","person_id":null,"centre_id":"KH"`
	handling := `{"topic":"handlings","value":{"id":"h","handling_id":"h","received_at":"2026-02-04T08:00:00Z","person_id":"A","unit_id":"u","revision":1,"kind":"ASSESSED"`
	for _, c := range []struct{ name, line, held string }{
		{"nothing wrong", whole, ""},
		// Nothing waits for a handling (contract §2).
		{"a handling broken off", handling, ""},
		{"a handling of a kind that nobody knows", strings.Replace(handling, "ASSESSED", "TOASTED", 1) + `,"by_role":"r","at":"2026-02-04T08:00:00Z"}}`, ""},
		{"a handling of an unusable person", strings.Replace(handling, `"A"`, `"A "`, 1) + `,"by_role":"r","at":"2026-02-04T08:00:00Z"}}`, ""},
		{"a handling of a time that is none", strings.Replace(handling, `"value":`, `"logged_at":"9999-01-01T00:00:00Z","value":`, 1) + `,"by_role":"r","at":"2026-02-04T08:00:00Z"}}`, ""},
		{"a handling and a row on one line", handling + `}}` + whole, "AB"},
		{"a row in a handling", handling + `,"x":` + whole, "AB"},
		{"a row behind a handling broken off", handling + whole, "AB"},
		{"broken off", row("A", ""), "A"},
		{"broken off in the card", row("A", "")[:strings.Index(row("A", ""), `"card_type"`)], "A"},
		{"broken off in the person", row("A", "")[:strings.Index(row("A", ""), `A","card_id"`)], "AB"},
		{"two on one line", whole + row("B", "}}"), "AB"},
		{"one broken off, one behind it", row("A", "") + row("B", "}}"), "AB"},
		{"one in the value of the other", row("A", `,"x":`) + row("B", "}}"), "AB"},
		{"an array", "[" + whole + "," + row("B", "}}") + "]", "AB"},
		{"a missing brace between", strings.Replace(whole, "}}", "}", 1) + row("B", "}}"), "AB"},
		{"two persons", row("A", `,"person_id":"B"}}`), "AB"},
		{"two cards", row("A", `,"card_id":"cB"}}`), "AB"},
		{"something else twice", row("A", `,"scan":"COMPLETE","scan":"COMPLETE"}}`), "A"},
		{"half a surrogate", strings.Replace(whole, `"A"`, `"A\ud800"`, 1), "AB"},
		{"not UTF-8", strings.Replace(whole, `"A"`, "\"A\xff\"", 1), "AB"},
		{"not UTF-8 elsewhere", strings.Replace(whole, `"KH"`, "\"KH\xff\"", 1), "A"},
		{"a blank behind the person", strings.Replace(whole, `"A"`, `"A "`, 1), "AB"},
		{"a blank before the person", strings.Replace(whole, `"A"`, `"\tA"`, 1), "AB"},
		{"a control character", strings.Replace(whole, `"A"`, `"A\u0085x"`, 1), "AB"},
		{"a blank behind the card", strings.Replace(whole, `"cA"`, `"cA "`, 1), "A"},
		{"a blank behind the device", strings.Replace(whole, `"KH-carousel"`, `"KH-carousel "`, 1), "A"},
		{"a blank behind the centre", strings.Replace(whole, `"KH"`, `"KH "`, 1), "A"},
		{"a blank behind the id", strings.Replace(whole, `"home-A"`, `"home-A "`, 1), "A"},
		{"a blank behind the card of nobody", strings.NewReplacer(`"A"`, "null", `"cA"`, `"cA "`).Replace(whole), "AB"},
		{"of tail, another person than its key", `{"topic":"card-events","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key":"A","error":"x","value":{"id":"i","person_id":"B"},"value_base64":"AA=="}`, "AB"},
		{"of tail, a key of a person", `{"topic":"card-events","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key":"A","error":"x","value":{},"value_base64":"AA=="}`, "A"},
		{"of tail, a key of a card", `{"topic":"card-events","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key":"cB","error":"x","value":{},"value_base64":"AA=="}`, "B"},
		{"of tail, a key that is no text", `{"topic":"card-events","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key_base64":"Qf8=","error":"x","value":{},"value_base64":"AA=="}`, "AB"},
		{"of tail, no key", `{"topic":"card-events","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key":null,"error":"x","value":{},"value_base64":"AA=="}`, "AB"},
		{"of tail, a Resolution under a person", `{"topic":"resolutions","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key":"A","error":"x","value":{},"value_base64":"AA=="}`, "A"},
		{"of tail, a Resolution under a centre", `{"topic":"resolutions","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key":"KH","error":"x","value":{},"value_base64":"AA=="}`, "AB"},
		{"a Resolution of which no key is left", `{"topic":"resolutions","value":{"id":"i","received_at":"2026-02-03T20:00:00Z","topic":"notices","partition":0}}`, "AB"},
		{"of tail, paper under its centre", `{"topic":"manual-entries","partition":0,"offset":1,"logged_at":"2026-02-03T20:00:00Z","key":"KH","error":"x","value":{},"value_base64":"AA=="}`, "AB"},
		{"paper without person", paper + `}}`, "AB"},
		{"paper of another centre", strings.Replace(paper, "KH", "SJ", 1) + `}}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, _ := replayText(t, s.String()+c.line+"\n", func(o *Options) {
				asOfFebruary(t)(o)
				o.SkipBad = filepath.Join(t.TempDir(), "bad")
			})
			held := ""
			for _, p := range []string{"A", "B"} {
				switch got := stay(f, p, "2026-02-03"); got {
				case "PROVISIONAL":
					held += p
				case "INDICATED", "UNDETERMINED":
				default:
					t.Errorf("STAY of %s is %q", p, got)
				}
			}
			if held != c.held {
				t.Errorf("held: %q, want %q\n%s", held, c.held, f.quality)
			}
		})
	}
}
