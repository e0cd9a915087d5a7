// Package extsort sorts more records than fit in memory.
//
// A Sorter takes records (a key and a value, both any bytes) in any order and
// gives them back ascending by key, then value, each distinct record once. Up
// to a limit it works in memory; beyond it writes sorted runs to files in a
// directory of the caller and merges them. It never opens more than maxRuns
// files at a time.
//
// It knows nothing of what the bytes mean, logs nothing, and leaves removing
// the directory to the caller.
//
// Files:
//   - sorter.go: collecting, spilling and merging runs
//   - order.go: the order of what is in memory, on all cores
//   - run.go: the files
//   - iter.go: reading in order
package extsort
