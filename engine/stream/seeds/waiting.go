package seeds

import (
	"flag"
	"strconv"
	"testing"
)

// How many tests that wait for brokers and clocks run at a time: with -short, as under the race detector, and at
// full size each of them computes so much that more would make each other late.
const (
	waitingAtOnce = 20
	largeAtOnce   = 10
)

// TestsThatWait lets twenty parallel tests of a package run at a time, or ten larger ones, however few cores there
// are: it is for packages whose tests wait for brokers and clocks far more than they compute.
// What -parallel says counts for more. A TestMain calls it before it runs the tests.
func TestsThatWait() {
	if !flag.Parsed() {
		flag.Parse()
	}
	const name = "test.parallel"
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	n := waitingAtOnce
	if testing.Short() || Full() {
		n = largeAtOnce
	}
	if err := flag.Set(name, strconv.Itoa(n)); err != nil {
		panic(err)
	}
}
