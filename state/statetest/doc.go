// Package statetest has a model of package state for tests: the same
// interfaces, in memory, with everything that a disk can do to a store: a crash
// that loses the tail since the last sync, a snapshot that is older than the
// logs, commits that fail.
//
//   - model.go    the store, its crashes and its snapshots
//   - task.go     one task of it
//
// Beside it holes.go, for tests that look into the files of the store itself, and memory.go, for packages
// whose tests open it often.
package statetest
