package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/topics"
)

// TestReportAffected: the lists from the topics are those from files with what was told, and they name
// who was told, what was acknowledged, and what followed.
func TestReportAffected(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir()}
	at := []string{"--brokers", strings.Join(broker.Brokers(), ",")}
	p.ok(t, append([]string{"topics", "create", "--partitions", "3", "--timestamps", "create"}, at...)...)
	v := loadVectors(t)[2] // TV-003: out all night of 3 February
	var facts strings.Builder
	for _, person := range []string{v.PersonID, "P-1", "P-2"} {
		for i, f := range v.Facts {
			line := strings.ReplaceAll(string(f), v.PersonID, person)
			line = strings.Replace(line, `"id":"`, fmt.Sprintf(`"id":"%s-%d-`, person, i), 1)
			facts.WriteString(line + "\n")
		}
	}
	unit := toldAndTakenBack(t, broker.Brokers(), "P-1")
	for i, f := range []string{
		`{"topic":"acknowledgements","value":{"id":"x","received_at":"2026-02-05T12:00:00Z","consumer":"prosecution",` +
			`"unit_id":%q,"revision":2,"person_id":"P-1","at":"2026-02-05T12:00:00Z"}}`,
		`{"topic":"handlings","value":{"id":"x","received_at":"2026-02-05T12:00:00Z","handling_id":"H","unit_id":%q,` +
			`"person_id":"P-1","revision":1,"kind":"REPORT_FILED","by_role":"officer","at":"2026-02-05T11:00:00Z"}}`,
	} {
		facts.WriteString(strings.Replace(fmt.Sprintf(f, unit), `"x"`, fmt.Sprintf(`"x%d"`, i), 1) + "\n")
	}
	write(t, filepath.Join(p.dir, "facts.jsonl"), facts.String())
	p.ok(t, append([]string{"load", "facts.jsonl"}, at...)...)
	tail := append([]string{"tail", "violations", "--from-beginning", "--exit-at-end"}, at...)
	write(t, filepath.Join(p.dir, "said.jsonl"), p.ok(t, tail...).stdout)

	ask := []string{"report", "affected", "--as-of", "2026-02-06T12:00:00Z"}
	gap := append(ask, "--centre", "KH", "--from", "2026-02-03T20:00:00Z", "--to", "2026-02-03T23:00:00Z")
	files := p.ok(t, append(gap, "--said", "said.jsonl", "facts.jsonl")...).stdout
	logs := p.ok(t, append(gap, at...)...).stdout
	// No task has committed here, so that the logs cannot be known to be whole.
	if strings.Replace(files, `"complete":true`, `"complete":false`, 1) != logs || !strings.Contains(files, `"complete":true`) {
		t.Errorf("from files\n%s\nfrom the topics\n%s", files, logs)
	}
	lines := strings.Split(strings.TrimSpace(files), "\n")
	for _, want := range []string{
		`"line":"header","cause":"INTERVAL","centre_id":"KH","from":"2026-02-03T20:00:00.000Z"`, `"persons":3,`, `"told":1,`,
	} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("the header lacks %s:\n%s", want, lines[0])
		}
	}
	for _, want := range []string{
		`"person_id":"P-1","aliases":[],`,
		`"unit_id":"` + unit + `","person_id":"P-1","kind":"STAY","unit_date":"2026-02-03","reach":"OVERLAPS",`,
		`"outcome_with":"UNDETERMINED","revision":2,"status":"WITHDRAWN","first_told_at":"2026-02-04T08:00:00.000Z"}`,
		`{"line":"told","unit_id":"` + unit + `","consumer":"prosecution","acknowledged_revision":2,"convictions":[],` +
			`"handlings":[{"handling_id":"H","kind":"REPORT_FILED","revision":1,"at":"2026-02-05T11:00:00.000Z"}]}`,
		`"consumer":"benefits","acknowledged_revision":null`,
	} {
		if !strings.Contains(files, want) {
			t.Errorf("the lists lack %s:\n%s", want, files)
		}
	}
	for list, line := range map[string]string{"persons": "person", "units": "unit", "told": "told"} {
		got := p.ok(t, append(gap, "--list", list, "--said", "said.jsonl", "facts.jsonl")...)
		for i, text := range strings.Split(strings.TrimSpace(got.stdout), "\n") {
			if i == 0 && text != lines[0] || i > 0 && !strings.HasPrefix(text, `{"line":"`+line+`"`) {
				t.Errorf("--list %s: line %d is %s", list, i, text)
			}
		}
	}
	got := p.ok(t, append(ask, "--exclusion", "EXC-01-KH-2020-06-09", "facts.jsonl")...).stdout
	if strings.Count(got, "\n") != 1 {
		t.Errorf("an exclusion of another time lists somebody: %s", got)
	}
}
