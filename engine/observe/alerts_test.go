package observe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"tilsyn/engine/observe"
)

// rule is an alert rule as Prometheus reads it.
type rule struct {
	Alert, Expr, For string
	Labels           map[string]string
	Annotations      map[string]string
}

// rules are all rules of a file.
func rulesOf(t *testing.T, text string) (all []rule) {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string
			Rules []rule
		}
	}
	if err := yaml.UnmarshalWithOptions([]byte(text), &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// alarms are what an operator must be told of (issue "Ready for others", 6), with the rule that does.
var alarms = map[string]string{
	"overdue recall": "TilsynRecallOverdue", "units nowhere": "TilsynUnitsNowhere",
	"duties uncontrolled": "TilsynDutyUncontrolled", "coverage stuck": "TilsynCoverageStuck",
	"backlog": "TilsynBacklog", "dead letters": "TilsynDeadLettersWaiting", "disk full": "TilsynDiskFull",
	"disk low": "TilsynDiskLow", "restarts": "TilsynRestarts", "tasks that restart": "TilsynTasksStartAgain",
	"broker waits": "TilsynBrokersSilent", "no instance": "TilsynAbsent", "not ready": "TilsynNotReady",
}

// Each alert has a name of its own, a severity, a sentence, a section in the runbook that says something, and
// tests in which it fires and in which it does not; and the runbook has no section of an alert that is gone.
func TestAlerts(t *testing.T) {
	all := rulesOf(t, observe.Alerts(""))
	tested, err := os.ReadFile(filepath.Join("testdata", "alerts_test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range strings.Split(observe.Runbook, "\n## ")[1:] {
		name, text, _ := strings.Cut(s, "\n")
		sections[name] = strings.TrimSpace(text)
	}
	for _, r := range all {
		if len(sections[r.Alert]) < 60 {
			t.Errorf("%s: runbook.md has no section that says what to do", r.Alert)
		}
		if _, ok := sections[r.Alert]; !ok {
			t.Errorf("%s has a second rule, or no section in runbook.md", r.Alert)
		}
		delete(sections, r.Alert)
		if s := r.Labels["severity"]; s != "critical" && s != "warning" {
			t.Errorf("%s: severity %q", r.Alert, s)
		}
		if s := r.Annotations["summary"]; !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") || len(s) < 30 {
			t.Errorf("%s: %q is no sentence for an operator", r.Alert, s)
		}
		if want := "runbook.md#" + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want {
			t.Errorf("%s: runbook_url is %s, want %s", r.Alert, r.Annotations["runbook_url"], want)
		}
		if !strings.Contains(string(tested), "- name: "+r.Alert+"\n") {
			t.Errorf("%s has no test in testdata/alerts_test.yaml", r.Alert)
		}
	}
	for name := range sections {
		t.Errorf("runbook.md has a section %s, of which there is no rule", name)
	}
	for what, name := range alarms {
		if !slices.ContainsFunc(all, func(r rule) bool { return r.Alert == name }) {
			t.Errorf("nobody is told of %s: there is no rule %s", what, name)
		}
	}
}

// Every test of an alert has a deployment for which it fires and one for which it does not.
func TestAlertsHaveBothTests(t *testing.T) {
	var file struct {
		Tests []struct {
			Name   string
			Series []struct{ Series string } `yaml:"input_series"`
			Asked  []struct {
				Expr    string
				Samples []struct{ Labels string } `yaml:"exp_samples"`
			} `yaml:"promql_expr_test"`
		}
	}
	text, err := os.ReadFile(filepath.Join("testdata", "alerts_test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	fires, stays := map[string]bool{}, map[string]bool{}
	for _, g := range file.Tests {
		good := strings.Contains(string(text), `job="good"`) && slices.ContainsFunc(g.Series,
			func(s struct{ Series string }) bool { return strings.Contains(s.Series, `job="good"`) })
		for _, a := range g.Asked {
			if !strings.Contains(a.Expr, `alertname="`+g.Name+`"`) {
				t.Errorf("%s asks %s", g.Name, a.Expr)
			}
			fires[g.Name] = fires[g.Name] || len(a.Samples) == 1
			stays[g.Name] = stays[g.Name] || good
		}
	}
	for _, r := range rulesOf(t, observe.Alerts("")) {
		if !fires[r.Alert] || !stays[r.Alert] {
			t.Errorf("%s: a test sees it fire: %v, and not fire: %v", r.Alert, fires[r.Alert], stays[r.Alert])
		}
	}
}

// promtool, where it is there, accepts the rules and their tests pass.
func TestAlertsByPromtool(t *testing.T) {
	tool := os.Getenv("TILSYN_PROMTOOL")
	if tool == "" {
		var err error
		if tool, err = exec.LookPath("promtool"); err != nil {
			t.Skip("promtool of Prometheus is not there: give its path in TILSYN_PROMTOOL, as .ci/run alerts does")
		}
	}
	printed := filepath.Join(t.TempDir(), "alerts.yaml")
	rules := observe.Alerts("https://wiki.example/tilsyn/runbook.md")
	if err := os.WriteFile(printed, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", "rules", printed},
		{"test", "rules", filepath.Join("testdata", "alerts_test.yaml")}} {
		if out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// The address of the runbook stands before every anchor.
func TestRunbookAddress(t *testing.T) {
	for _, r := range rulesOf(t, observe.Alerts("https://wiki.example/runbook")) {
		if want := "https://wiki.example/runbook#" + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want {
			t.Errorf("%s, want %s", r.Annotations["runbook_url"], want)
		}
	}
}
