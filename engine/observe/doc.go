// Package observe has what people need to watch a running engine with tools of their own: alert rules for
// Prometheus, what to do when one fires, and a dashboard for Grafana.
//
// # What it guarantees
//
// Every metric that a rule or a panel names is one that the engine publishes, with the labels that are asked
// for; every alert has a severity, a sentence for the operator, a section in the runbook, and a test that sees it
// fire and stay still. Tests hold this.
//
// # What it never does
//
// It reads nothing of the engine, and nothing in it names a person.
//
// # Files
//
//	alerts.yaml   the rules; alerts.go prints them; testdata/alerts_test.yaml for promtool
//	runbook.md    a section for each alert
//	dashboard.go  the form of the dashboard; panels.go what its panels show
package observe
