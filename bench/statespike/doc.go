// Statespike measures the layout of package state with real Badger: how many
// facts a second it takes, how long a sweep over everybody lasts, how soon a
// process is ready after kill -9, and what memory all this needs. A naive
// layout, one key per event, is measured beside it on the same events.
//
//	go run ./bench/statespike -tasks 4 -cycle 20000
//
// Each run is three processes on one directory: load (which kills itself with
// SIGKILL at the end), restart, sweep. Figures go to standard output as one
// line per process and a summary of medians with their spread.
//
// It never runs as a part of the program, and says nothing about Kafka: the
// events are made up in memory.
//
//   - main.go     flags, processes, medians
//   - steps.go    what each process does and measures
//   - source.go   the events
//   - pages.go    the layout of package state
//   - keys.go     one key per event
//   - profile.go  profiles of a step
package main
