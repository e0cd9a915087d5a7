// Package telling compares what a verdict says with what was told: how harsh each is
// (TX-22), and whether the two agree (contract §3).
//
// It is pure: no I/O, no clock.
//
// # Files
//
//	ranks.go    ranks, and units in verdicts and in what was told
//	compare.go  contract §3: whether what was told is what the verdict says
package telling
