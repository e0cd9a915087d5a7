// Package bed is what the benchmarks against a real broker share: they start the engine as a process,
// follow what it tells, and print what it took.
//
// It guarantees that a process that it started ends with the one that started it, on Linux,
// and that what was told is what a read_committed reader could see at that moment. It
// measures by /proc and the engine's own metrics, never by the engine's clock.
//
//   - build.go    the engine from these sources; sizes, appending to a file
//   - engine.go   the engine's process; tie_*.go what ties it to this one
//   - usage.go    CPU, memory and disk of a process
//   - site.go     a directory with a broker of its own
//   - follow.go   records as they become readable; watch.go the reader of violations
//   - figures.go  named figures, medians, tables
package bed
