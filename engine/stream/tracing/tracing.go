package tracing

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"tilsyn/engine/stream/task"
)

// Config says where traces go.
type Config struct {
	// Endpoint is the URL of the collector, http or https, as http://collector:4318; /v1/traces is added.
	Endpoint string
	// Version is that of the program.
	Version string
	// Failed is told why traces could not be sent, at growing intervals, and must not block (default: nobody is).
	Failed func(error)
}

// Traces sends cycles as traces.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// New returns a sender to a collector, which need not be there. The error says what is wrong with the endpoint.
func New(cfg Config) (*Traces, error) {
	u, err := url.Parse(cfg.Endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return nil, fmt.Errorf("%q is not the URL of a collector, as http://collector:4318", cfg.Endpoint)
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/v1/traces"
	if cfg.Failed == nil {
		cfg.Failed = func(error) {}
	}
	out := &exporter{url: u.String(), client: &http.Client{Timeout: sendWithin}, failed: cfg.Failed, now: time.Now}
	p := sdk.NewTracerProvider(sdk.WithBatcher(out), sdk.WithSampler(sdk.AlwaysSample()),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "tilsyn"),
			attribute.String("service.version", cfg.Version))))
	return &Traces{provider: p, tracer: p.Tracer("tilsyn/engine")}, nil
}

// Cycle sends a cycle: a span for it and one below it for each of its parts. It may be called by several tasks at
// once, and does not wait.
func (t *Traces) Cycle(c *task.Cycle) {
	ctx, whole := t.tracer.Start(context.Background(), "cycle", trace.WithTimestamp(c.Began),
		trace.WithAttributes(attribute.Int("task", int(c.Task))))
	for i := range c.Laps {
		l := &c.Laps[i]
		_, part := t.tracer.Start(ctx, l.Name, trace.WithTimestamp(l.Began),
			trace.WithAttributes(attribute.Int("count", l.Count)))
		part.End(trace.WithTimestamp(l.Ended))
	}
	if c.Failed {
		whole.SetStatus(codes.Error, "")
	}
	whole.End(trace.WithTimestamp(c.Ended))
}

// Close sends what is left, within the context.
func (t *Traces) Close(ctx context.Context) error { return t.provider.Shutdown(ctx) }
