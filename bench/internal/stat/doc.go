// Package stat holds the little statistics that the benchmarks print.
//
// It guarantees the usual definitions; it never changes what it is given.
//
// Files: median.go, percentile.go.
package stat
