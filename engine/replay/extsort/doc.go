// Package extsort sorts more records than fit in memory.
//
// A Sorter takes records (a key and a value, both any bytes) in any order and
// gives them back ascending by key, then value, each distinct record once. Up
// to a limit it works in memory and touches no disk. Beyond it the records are
// divided, by bounds taken from those that are there, into buckets that follow
// one another and each fit in memory: what is added is written once, each to
// its bucket, and each time that it is read back the buckets are sorted in
// memory, several at a time, the next ones while one is read. A bucket that became too large
// is divided again when it is read first.
//
// A sorter has one file, and open buckets take a quarter of its memory.
//
// It knows nothing of what the bytes mean, logs nothing, and leaves removing
// the directory to the caller.
//
// Files:
//   - sorter.go: collecting, and dividing into buckets
//   - bounds.go: where one bucket ends and the next begins
//   - bucket.go: what lies in one, in memory and on disk
//   - order.go: the order of what is in memory
//   - iter.go: reading in order, and reading in parts
package extsort
