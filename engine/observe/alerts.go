package observe

import (
	_ "embed"
	"strings"
)

//go:embed alerts.yaml
var alerts string

// Runbook says in Markdown what to do about each alert: a section under its name.
//
//go:embed runbook.md
var Runbook string

// runbookHere is where the rules say that the runbook is, as they lie in the repository.
const runbookHere = "runbook_url: runbook.md#"

// Alerts returns the alert rules for Prometheus as YAML. runbook is the address under which the
// installation keeps [Runbook], to which each alert's anchor is added; empty leaves "runbook.md".
func Alerts(runbook string) string {
	if runbook == "" {
		return alerts
	}
	return strings.ReplaceAll(alerts, runbookHere, "runbook_url: "+runbook+"#")
}
