package cli

import (
	"io"

	"tilsyn/engine/observe"
)

// observeCmd is `tilsyn observe`.
type observeCmd struct {
	Alerts    observeAlertsCmd    `cmd:"" help:"Print the alert rules for Prometheus."`
	Dashboard observeDashboardCmd `cmd:"" help:"Print the dashboard for Grafana, as JSON."`
	Runbook   observeRunbookCmd   `cmd:"" help:"Print what to do about each alert, as Markdown."`
	Events    observeEventsCmd    `cmd:"" help:"Print what each line of the log means and what to do, as Markdown."`
}

// observeAlertsCmd is `tilsyn observe alerts`.
type observeAlertsCmd struct {
	Runbook string `placeholder:"URL" help:"Address of the runbook in your installation, to which the anchor of each alert is added (default: runbook.md)."`
}

// Run implements the command.
func (cmd *observeAlertsCmd) Run(c *console) error {
	_, err := io.WriteString(c.stdout, observe.Alerts(cmd.Runbook))
	return err
}

// observeDashboardCmd is `tilsyn observe dashboard`.
type observeDashboardCmd struct{}

// Run implements the command.
func (observeDashboardCmd) Run(c *console) error {
	_, err := c.stdout.Write(observe.Dashboard())
	return err
}

// observeRunbookCmd is `tilsyn observe runbook`.
type observeRunbookCmd struct{}

// Run implements the command.
func (observeRunbookCmd) Run(c *console) error {
	_, err := io.WriteString(c.stdout, observe.Runbook)
	return err
}

// observeEventsCmd is `tilsyn observe events`.
type observeEventsCmd struct{}

// Run implements the command.
func (observeEventsCmd) Run(c *console) error {
	_, err := io.WriteString(c.stdout, observe.EventPage)
	return err
}
