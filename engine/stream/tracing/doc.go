// Package tracing sends what the cycles of tasks took to an OpenTelemetry collector: one trace for each cycle in which
// something was done, with a span for each part.
//
// # What it guarantees
//
// Spans have names of parts and numbers, nothing else: what a task tells (task.Cycle) holds no text of a record. A
// collector that is away or slow costs spans and nothing else; the engine never waits for it.
//
// # What it never does
//
// It is not there unless somebody asks for it. It sends nothing of the machine but name and version of the
// program, and what OTEL_RESOURCE_ATTRIBUTES names.
//
// # Files
//
//	tracing.go   cycles as spans
//	otlp.go      spans as OTLP over HTTP, in JSON
package tracing
