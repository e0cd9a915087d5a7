package cli

import (
	"fmt"

	"tilsyn/engine/stream"
)

// healthCmd is `tilsyn health`.
type healthCmd struct {
	DataDir string `placeholder:"DIR" required:"" help:"Data directory of the instance (run --data-dir)."`
	Ready   bool   `help:"Also whether it is ready, as /readyz of run --listen says."`
}

// Help is shown under the flags.
func (healthCmd) Help() string {
	return `Asks the engine over the socket in its data directory, so it needs no port, certificate or login: for the health check of a container, which runs it as the engine's user. Exit status 0: the tasks make progress, or wait for brokers, as /healthz says; 1: they do not, or no engine answers.`
}

// Run implements the command.
func (cmd *healthCmd) Run(c *console) error {
	if err := stream.Health(c.ctx, cmd.DataDir, cmd.Ready); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.stdout, "ok")
	return err
}
