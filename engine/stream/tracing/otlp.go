package tracing

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// sendWithin bounds one request to the collector.
const sendWithin = 10 * time.Second

// Pauses between two words about a collector that does not take traces; they double from the first to the last.
const (
	failedAgain = 10 * time.Second
	failedMost  = 10 * time.Minute
)

// exporter sends spans as OTLP over HTTP (opentelemetry-proto 1, JSON encoding). What cannot be sent is dropped: a
// trace is no record.
type exporter struct {
	url    string
	client *http.Client
	failed func(error)
	now    func() time.Time

	mu   sync.Mutex
	gap  time.Duration // pause before the next word about a failure; 0 after a success
	next time.Time
}

// export is a request in the JSON of OTLP. 64-bit numbers are texts, ids are hexadecimal.
type export struct {
	ResourceSpans []resourceSpans `json:"resourceSpans"`
}

// resourceSpans are the spans of one program.
type resourceSpans struct {
	Resource   attributed   `json:"resource"`
	ScopeSpans []scopeSpans `json:"scopeSpans"`
}

// attributed is something with attributes.
type attributed struct {
	Attributes []keyValue `json:"attributes"`
}

// scopeSpans are the spans of one part of it.
type scopeSpans struct {
	Scope struct {
		Name string `json:"name"`
	} `json:"scope"`
	Spans []span `json:"spans"`
}

// span is a span.
type span struct {
	TraceID      string     `json:"traceId"`
	SpanID       string     `json:"spanId"`
	ParentSpanID string     `json:"parentSpanId,omitempty"`
	Name         string     `json:"name"`
	Kind         int        `json:"kind"`
	Start        string     `json:"startTimeUnixNano"`
	End          string     `json:"endTimeUnixNano"`
	Attributes   []keyValue `json:"attributes,omitempty"`
	Status       struct {
		Code int `json:"code,omitempty"`
	} `json:"status"`
}

// keyValue is an attribute; its value stands under the name of its type.
type keyValue struct {
	Key   string            `json:"key"`
	Value map[string]string `json:"value"`
}

// Numbers of the protocol.
const (
	kindInternal = 1
	statusError  = 2
)

// ExportSpans implements sdk.SpanExporter. It returns no error: failed is told.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	body, err := json.Marshal(encode(spans))
	if err == nil {
		err = e.send(ctx, body)
	}
	e.note(err)
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// send sends one request.
func (e *exporter) send(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) // so that the connection can be used again
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answers %s", res.Status)
	}
	return nil
}

// note tells of a failure, at growing intervals as long as none succeeds.
func (e *exporter) note(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch now := e.now(); {
	case err == nil:
		e.gap, e.next = 0, time.Time{}
	case !now.Before(e.next):
		e.gap = min(max(2*e.gap, failedAgain), failedMost)
		e.next = now.Add(e.gap)
		e.failed(err)
	}
}

// encode returns spans of one program as a request.
func encode(spans []sdk.ReadOnlySpan) export {
	list := scopeSpans{Spans: make([]span, len(spans))}
	list.Scope.Name = spans[0].InstrumentationScope().Name
	for i, s := range spans {
		at := s.SpanContext()
		to := span{TraceID: at.TraceID().String(), SpanID: at.SpanID().String(), Name: s.Name(), Kind: kindInternal,
			Start: nanos(s.StartTime()), End: nanos(s.EndTime()), Attributes: values(s.Attributes())}
		if p := s.Parent(); p.SpanID().IsValid() {
			to.ParentSpanID = p.SpanID().String()
		}
		if s.Status().Code == codes.Error {
			to.Status.Code = statusError
		}
		list.Spans[i] = to
	}
	return export{[]resourceSpans{{attributed{values(spans[0].Resource().Attributes())}, []scopeSpans{list}}}}
}

// nanos is an instant as OTLP writes it.
func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

// values are attributes, which are numbers and texts.
func values(list []attribute.KeyValue) []keyValue {
	out := make([]keyValue, len(list))
	for i, a := range list {
		form := "stringValue"
		if a.Value.Type() == attribute.INT64 {
			form = "intValue"
		}
		out[i] = keyValue{string(a.Key), map[string]string{form: a.Value.String()}}
	}
	return out
}
