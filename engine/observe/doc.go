// Package observe has what people need to watch a running engine with tools of their own: alert rules for
// Prometheus, what to do when one fires, a dashboard for Grafana, and what each line of the log means.
//
// # What it guarantees
//
// Every metric that a rule or a panel names is one that the engine publishes, with the labels that are asked
// for; every alert has a severity, a sentence for the operator, a section in the runbook, and a test that sees it
// fire and stay still. Every log line of the program has an event with a name that stays, a meaning and what to do.
// Tests hold this.
//
// # What it never does
//
// It reads nothing of the engine, and nothing in it names a person.
//
// # Files
//
//	alerts.yaml   the rules; alerts.go prints them; testdata/alerts_test.yaml for promtool
//	runbook.md    a section for each alert
//	events.go     what the log says: a name for each event; eventlist.go the list, events.md the page
//	dashboard.go  the form of the dashboard; panels.go what its panels show
package observe
