package stream

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"tilsyn/engine/observe"
	"tilsyn/engine/stream/task"
)

// described are the labels of every metric that the engine can publish, by name.
func described(t *testing.T) map[string][]string {
	t.Helper()
	ch := make(chan *prometheus.Desc, 1000)
	exposition{}.Describe(ch)
	for _, c := range counters(&task.Stats{}) {
		c.Describe(ch)
	}
	close(ch)
	form := regexp.MustCompile(`fqName: "(\w+)", help: "(.+)", constLabels: \{\}, variableLabels: \{([\w,]*)\}`)
	out := map[string][]string{}
	for d := range ch {
		m := form.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatalf("%s has another form than this test knows", d)
		}
		out[m[1]] = strings.FieldsFunc(m[3], func(r rune) bool { return r == ',' })
	}
	for name, labels := range out {
		if strings.HasSuffix(name, "_seconds") && (name == "tilsyn_cycle_seconds" || name == "tilsyn_transaction_seconds") {
			out[name+"_bucket"] = append(labels, "le")
		}
	}
	return out
}

// Every metric that an alert or a panel asks for is one that the engine publishes, with the labels that are
// asked for; and every metric that the README gives an alarm has a rule.
func TestObserved(t *testing.T) {
	known := described(t)
	labels := []string{"job", "instance", "pod"} // of Prometheus, and of what runs the engine
	for _, l := range known {
		labels = append(labels, l...)
	}
	asks := regexp.MustCompile(`(tilsyn_[a-z_]+)(\{[^}]*\})?`)
	of := regexp.MustCompile(`(\w+)(=|!=|=~|!~)"`)
	grouped := regexp.MustCompile(`(?:by|without|on) \(([^)]*)\)`)
	named := regexp.MustCompile(`\{\{ ?(?:\$labels\.)?(\w+) ?\}\}`)
	for _, text := range []string{observe.Alerts(""), strings.ReplaceAll(string(observe.Dashboard()), `\"`, `"`)} {
		found := asks.FindAllStringSubmatch(text, -1)
		if len(found) < 30 {
			t.Errorf("%d metrics are asked for", len(found))
		}
		for _, m := range found {
			may, ok := known[m[1]]
			if !ok {
				t.Errorf("%s is asked for, and the engine does not publish it", m[1])
			}
			for _, l := range of.FindAllStringSubmatch(m[2], -1) {
				if l[1] != "job" && !slices.Contains(may, l[1]) {
					t.Errorf("%s has no label %s, which %s asks for", m[1], l[1], m[0])
				}
			}
		}
		for _, m := range slices.Concat(grouped.FindAllStringSubmatch(text, -1), named.FindAllStringSubmatch(text, -1)) {
			for l := range strings.SplitSeq(m[1], ", ") {
				if !slices.Contains(labels, l) {
					t.Errorf("no metric has the label %s of %s", l, m[0])
				}
			}
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", ".github", "docs", "watching.md"))
	must(t, err)
	// Seen by another rule on the same cause.
	elsewhere := map[string]string{
		"tilsyn_prefix_task_commit_age_seconds": "tilsyn_prefix_unproven_tasks", // counts tasks that commit no more
		"tilsyn_task_live":                      "tilsyn_ready",
		"tilsyn_watch_looks_total":              "tilsyn_task_coverage_age_seconds",
		"tilsyn_input_records_total":            "tilsyn_prefix_unproven_tasks",
		"tilsyn_dead_letters_total":             "tilsyn_dead_letters",
		"tilsyn_snapshots_taken_total":          "", // is no fault where no snapshots are kept: on the dashboard
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		alarm := strings.TrimSpace(strings.TrimSuffix(cells[len(cells)-1], "|"))
		if !strings.HasPrefix(line, "| `tilsyn_") || len(cells) < 3 || alarm == "" || alarm == "–" {
			continue
		}
		rows++
		metrics := regexp.MustCompile(`tilsyn_\w+`).FindAllString(cells[0], -1)
		if !slices.ContainsFunc(metrics, func(m string) bool {
			as, ok := elsewhere[m]
			return strings.Contains(observe.Alerts(""), m) || ok && strings.Contains(observe.Alerts(""), as)
		}) {
			t.Errorf("watching.md has an alarm on %s (%s), and there is no rule", cells[0], alarm)
		}
	}
	if rows < 20 {
		t.Errorf("watching.md has %d metrics with an alarm", rows)
	}
}
