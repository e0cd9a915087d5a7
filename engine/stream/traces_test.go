package stream

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/tracing"
)

// aSpan is a span as a collector is sent it.
type aSpan struct {
	TraceID, SpanID, ParentSpanID, Name string
	StartTimeUnixNano, EndTimeUnixNano  string
	Attributes                          []struct{ Key string }
	Status                              struct{ Code int }
}

// collector is a collector of OTLP over HTTP.
type collector struct {
	mu    sync.Mutex
	text  strings.Builder
	spans []aSpan
	wrong []string
}

// ServeHTTP takes spans.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var got struct {
		ResourceSpans []struct {
			ScopeSpans []struct{ Spans []aSpan }
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		err = json.Unmarshal(body, &got)
	}
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" ||
		r.Header.Get("Content-Type") != "application/json" {
		c.wrong = append(c.wrong, r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type"))
	}
	c.text.Write(body)
	for _, of := range got.ResourceSpans {
		for _, in := range of.ScopeSpans {
			c.spans = append(c.spans, in.Spans...)
		}
	}
	_, _ = io.WriteString(w, "{}") // nobody is left to tell
}

// An engine that works sends its cycles to a collector: spans from fetch to commit, each within its cycle, with
// counts and nothing of anybody.
func TestTraces(t *testing.T) {
	t.Parallel()
	c := &collector{}
	server := httptest.NewServer(c)
	defer server.Close()
	traces, err := tracing.New(tracing.Config{Endpoint: server.URL, Version: "test",
		Failed: func(err error) { t.Errorf("a trace was lost: %v", err) }})
	must(t, err)
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(37, 37)), 10, 5))
	r.load([]testkit.Feed{{At: seeds.Start, Topic: "notices", Key: "Qperson1"}})
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Traced = traces.Cycle
	e := start(t, cfg)
	e.rest()
	e.end()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	must(t, traces.Close(ctx))
	if len(c.wrong) > 0 {
		t.Errorf("what came is no OTLP: %v", c.wrong)
	}
	if text := c.text.String(); strings.Contains(text, "Qperson") || strings.Contains(text, "Qcard") {
		t.Error("a trace names somebody")
	}
	whole, parts := map[string]aSpan{}, map[string]int{}
	for _, s := range c.spans {
		if s.Name == "cycle" && s.ParentSpanID == "" {
			whole[s.SpanID] = s
		}
	}
	for _, s := range c.spans {
		for _, a := range s.Attributes {
			if a.Key != "count" && a.Key != "task" {
				t.Errorf("%s has the attribute %s", s.Name, a.Key)
			}
		}
		if s.Name == "cycle" {
			continue
		}
		parts[s.Name]++
		in, ok := whole[s.ParentSpanID]
		if !ok || in.TraceID != s.TraceID {
			t.Errorf("%s lies in no cycle", s.Name)
			continue
		}
		if at(t, s.StartTimeUnixNano) < at(t, in.StartTimeUnixNano) || at(t, s.EndTimeUnixNano) > at(t, in.EndTimeUnixNano) ||
			at(t, s.EndTimeUnixNano) < at(t, s.StartTimeUnixNano) {
			t.Errorf("%s lies outside its cycle", s.Name)
		}
	}
	for _, name := range []string{task.LapFetch, task.LapFile, task.LapJudge, task.LapPublish, task.LapCommit} {
		if parts[name] == 0 {
			t.Errorf("there is no span %s among %v", name, parts)
		}
	}
	if n := len(whole); n == 0 || n != len(slices.DeleteFunc(c.spans, func(s aSpan) bool { return s.Name != "cycle" })) {
		t.Errorf("%d cycles", n)
	}
}

// at is an instant of a span.
func at(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	must(t, err)
	return n
}
