package cli

import (
	"context"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/tracing"
)

// tracesWithin bounds how long the end of the program waits for the last traces.
const tracesWithin = 2 * time.Second

// traces makes the engine send traces where --otlp-endpoint is given. The function that it returns sends the last.
func (cmd *runCmd) traces(c *console, cfg *stream.Config) (end func(), err error) {
	if cmd.OTLPEndpoint == "" {
		return func() {}, nil
	}
	t, err := tracing.New(tracing.Config{Endpoint: cmd.OTLPEndpoint, Version: duty.EngineVersion, Failed: func(err error) {
		c.log.Warn().Err(err).Msg("the collector of --otlp-endpoint does not take traces: these are lost; " +
			"the engine is not affected")
	}})
	if err != nil {
		return nil, wrong("--otlp-endpoint %w", err)
	}
	cfg.Traced = t.Cycle
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), tracesWithin)
		defer cancel()
		_ = t.Close(ctx) // what is left is lost, as what cannot be sent is
	}, nil
}
