package policy

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "rewrite testdata/errors.txt with what the loader says now")

// TestErrors reads testdata/errors.txt: texts, each followed after a line =>
// by what the loader says of it, blocks apart by a line ===. Run the test with
// -rewrite after a change of wording and read the difference.
func TestErrors(t *testing.T) {
	const path = "testdata/errors.txt"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, block := range strings.Split(string(text), "\n===\n") {
		input, want, ok := strings.Cut(strings.TrimSuffix(block, "\n"), "\n=>")
		want = strings.TrimPrefix(want, "\n")
		if !ok && !*rewrite {
			t.Fatalf("a block of %s lacks its line =>:\n%s", path, block)
		}
		_, err := Load("policy.yaml", []byte(input+"\n"))
		if err == nil {
			t.Errorf("no error for:\n%s", input)
			continue
		}
		for _, p := range AsProblems(err) {
			if p.Line == 0 && !strings.Contains(p.Text, "the file") {
				t.Errorf("without a line: %v", p)
			}
		}
		if got := err.Error(); got != want && !*rewrite {
			t.Errorf("for:\n%s\nthe loader says\n%s\nwant\n%s", input, got, want)
		}
		out = append(out, input+"\n=>\n"+err.Error())
	}
	if *rewrite {
		if err := os.WriteFile(path, []byte(strings.Join(out, "\n===\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLawIsNotAParameter is TX-30 with every spelling that comes to mind.
func TestLawIsNotAParameter(t *testing.T) {
	for text, source := range map[string]string{
		"night.start: \"22:00\"":                 "TIM-02",
		"parameters: {night.start: \"22:00\"}":   "TIM-02",
		"night: {start: \"22:00\"}":              "TIM-02",
		"parameters: {night: {from: \"22:00\"}}": "TIM-02",
		"night: 22:00-06:00":                     "TIM-02",
		"night_start: \"22:00\"":                 "TIM-02",
		"nightStart: \"22:00\"":                  "TIM-02",
		"night-end: \"07:00\"":                   "TIM-02",
		"night.to: \"07:00\"":                    "TIM-02",
		"night.window: \"22:00/06:00\"":          "TIM-02",
		"curfew: \"22:00\"":                      "TIM-02",
		"notice.deadline: \"22:00\"":             "TIM-02",
		"notice: {deadline: \"22:00\"}":          "TIM-02",
		"notify.from: \"22:00\"":                 "TIM-02",
		"stay.window: \"22:00\"":                 "TIM-02",
		"\"23:00\": \"22:00\"":                   "TIM-02",
		"\"06:00\": \"07:00\"":                   "TIM-02",
		"notice.personal: false":                 "NTC-10",
		"notice.third_party: COUNTS":             "NTC-10",
		"notice.given_by_other: true":            "NTC-10",
		"notice.max_nights: 3":                   "NTC-11",
		"notice.first_coming_night: false":       "NTC-11",
		"group.duties: {}":                       "OBL-09",
		"obligation.matrix: {}":                  "OBL-09",
		"counting.unit: WEEK":                    "CNT-01",
		"violation.unit: WEEK":                   "CNT-01",
		"attachments.mandatory: false":           "EVD-06",
		"attachment.pwc_note: false":             "EVD-06",
		"offline.use: true":                      "DEV-07",
		"data.offline: FOR_PERSON":               "DEV-07",
		"centres: [{id: KH, stand_side: INSIDE, night_start: \"22:00\"}]": "TIM-02",
	} {
		_, err := Load("p.yaml", []byte(text))
		var p *Problem
		if !errors.As(err, &p) || !strings.Contains(p.Text, "is law") || !strings.Contains(p.Text, source) ||
			p.Line != 1 || p.Key == "" {
			t.Errorf("%s: %v; want a refusal that names the law and %s", text, err, source)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(BuiltinBook().YAML())
	if text, err := os.ReadFile("testdata/errors.txt"); err == nil {
		for _, block := range strings.Split(string(text), "\n===\n") {
			input, _, _ := strings.Cut(block, "\n=>")
			f.Add([]byte(input))
		}
	}
	f.Add([]byte("report.grace: [{value: PT20M, valid_from: 2026-03-01}]\nsettle.required: []\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := LoadBook("p.yaml", text)
		if err != nil {
			if len(AsProblems(err)) == 0 {
				t.Fatalf("an error that is no Problem: %v", err)
			}
			return
		}
		again, err := LoadBook("p.yaml", b.YAML())
		if err != nil {
			t.Fatalf("what was loaded does not load again: %v\n%s", err, b.YAML())
		}
		if string(again.YAML()) != string(b.YAML()) {
			t.Fatalf("printed twice, the policy differs:\n%s\n%s", b.YAML(), again.YAML())
		}
	})
}
