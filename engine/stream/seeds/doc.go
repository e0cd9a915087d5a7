// Package seeds has what random tests of the engine's rooms share: one way to run over
// seeds, so that a failure names the one that replays it, and a few random records.
//
// Only tests import it.
//
// # Files
//
//	seeds.go        seeds, sizes from the environment, the beginning of the worlds
//	garbage.go      how often garbage is collected in tests that import the package
//	assignments.go  random card assignments
//	plain.go        what a plain run leaves out
//	waiting.go      how many tests run at a time in packages whose tests wait
package seeds
