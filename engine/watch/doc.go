// Package watch proves that silence is silence. From heartbeats, the numbers and
// times of rows, what people declared and counted, it finds where registrations
// may be missing, and makes an automatic incident of each such place (contract
// §6, contract-watch). It is pure, as package duty is.
//
//	New(Facts, *duty.Policy) *Watch
//	(*Watch).Look(View, []Pair) Report     incidents, coverage, data quality
//	(*Watch).Feeds, Supervised             what verdicts need besides
//	NewTimely(...).Incidents, Spans        the incidents without late facts (DAT-08)
//	NewLog(), (*Log).Under(*duty.Policy)   the same for facts that keep coming in
//
// It guarantees that the report depends on the facts known at the view's clock
// and on that clock alone, and on no order of them. What the register does not
// know is named and changes nothing; no single bad record silences a centre for
// ever. It never says that somebody was absent or present.
//
// It takes no notice of automatic incidents that stand on a topic, nor of any
// incident or exclusion where it looks for bursts, so that nothing feeds back.
//
// Files:
//
//	facts.go      what goes in, which versions count at a view
//	register.go   which sources are supervised, and where a device stands (6.1)
//	sign.go       rows and heartbeats of a device in order of time (6.1)
//	silence.go    heartbeats that stay away, and their proof (6.2)
//	numbering.go  epochs, and numbers that fall (6.3)
//	gap.go        numbers that are missing (6.3)
//	clock.go      clocks that are off (6.5)
//	count.go      reconciliations (6.5)
//	burst.go      inconsistent pairs of several persons (6.5)
//	people.go     what people say of an automatic incident (6.4)
//	late.go       for which units late facts change nothing (DAT-08)
//	timely.go     the incidents without late facts, for one unit (DAT-08)
//	spans.go      the same for all due times, where it differs
//	seen.go       the inconsistent pairs that a view shows
//	live.go       facts that keep coming in, packed by source and day
//	waiting.go    rows that are known after the clock; merge.go several leaves, read as one
//	arrive.go     what becomes of a fact that comes in
//	block.go      the records of one day, in leaves; pack.go the leaves, packed
//	stream.go     the days of one source, and facts with several records
//	filter.go     which names have been seen
//	fold.go       what look finds, read sign by sign
//	tail.go       the numbers that a numbering may still miss
//	chain.go      the fold of one source, day by day
//	prove.go      whether the numbers show that a silence was nothing
//	seer.go       what is seen of one device
//	under.go      looks at a log under a policy
//	due.go        looks without late facts at a log
//	coverage.go   how far feeds have told everything (6.6)
//	report.go     what comes out, ids and data quality (6.7)
//	signs.go      what devices and feeds gave over a span, for who checks it
//	verdict.go    the same as the core takes it, and how far feeds had told
//	              everything at any time (6.6)
package watch
