// Package invariant lets code check itself while it runs: what must always hold is asserted
// where it happens, and a violation ends the process at once, with the state that led to it.
//
// Assertions are active in every test (but for benchmarks), and in a program that is built with
//
//	go build -tags invariants .
//
// as .ci/run does for the fault campaign. In any other program [Enabled] is false, and whoever
// asserts keeps nothing: the engine's tasks have a nil pointer where their assertions would be.
//
// An assertion never replaces the handling of an error. It is for what no input, no broker and
// no disk can bring about, so that only a fault of the program can break it.
//
// # What it never does
//
// It changes nothing that the code around it sees, and puts no personal data into the text of
// a failure, nor of another panic that goes through it.
//
// # Files
//
//	invariant.go       asserting, and letting failures through
//	plain.go           what may be said of any panic
//	enabled.go         a program without the tag: active in tests alone
//	enabled_always.go  a program with the tag
package invariant
