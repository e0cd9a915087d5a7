package seeds

import "flag"

// waitingAtOnce is how many tests that wait for brokers and clocks run at a time.
const waitingAtOnce = "10"

// TestsThatWait lets ten parallel tests of a package run at a time, however few cores there
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
	if err := flag.Set(name, waitingAtOnce); err != nil {
		panic(err)
	}
}
