// Package wire is the form in which the engine's rooms store small values: varints, and
// texts with their length in front.
//
// It guarantees that reading what was cut short or comes from elsewhere is an error and
// never a panic or a large allocation. It knows nothing of what the values mean.
//
// # Files
//
//	wire.go  Writer and Reader, and views on bytes
package wire
