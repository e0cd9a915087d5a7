// Package simulate plays the life of two departure centres and knows the
// truth about it. It writes what the source systems would have written (card
// rows, paper forms, notices, decisions, markers), each with the time at which
// it would have been known, and beside it what every resident really did and
// which records an honest engine ought to hold at the end.
//
// It guarantees: the same Config gives the same facts and the same truth on
// every machine (no wall clock, no map order, no global randomness); facts come
// out ascending by received_at unless a fault plan reorders them; memory and
// output are bounded by the limits of Config. A fault plan takes nothing away that
// the truth about it does not name. It never judges with the rules of
// package duty: the expectation comes from what the residents did and from a
// list of reasons for which data cannot answer, so that the core can be held
// against something that was not derived from it.
//
// Files:
//
//	config.go     what a caller can choose, with limits and defaults
//	calendar.go   local time in Denmark, days of a simulation
//	fact.go       one fact on its way to a topic; sinks
//	people.go     residents, their groups, cards and decisions
//	cast.go       who gets which rare story
//	stories.go    the rare stories, one function each
//	sheets.go     the stories about paper: names, numbers, observations
//	day.go        an ordinary day: outings, reporting
//	evening.go    evenings and nights
//	gate.go       passages and reports as the devices and guards record them
//	desk.go       notices, permissions, holds and other paper from the offices
//	office.go     completeness markers of the paper logs
//	events.go     outages, lost data, exclusion
//	sources.go    devices and feeds: row numbers, heartbeats, counts of rows
//	faults.go     faults on the way: lose, delay, duplicate, reorder, feeds that wait
//	plan.go       the fault plans, what of each the data show
//	planmake.go   faults of devices, servers and feeds; planpeople.go of people
//	faulttruth.go what each fault did to whom
//	run.go        the loop over the days
//	truth.go      what really happened, per unit
//	judge.go      what the residents did about each night
//	slots.go      what they did about each occasion to report
//	reasons.go    why facts cannot carry a record of it
//	score.go      comparison of what was said with the truth
//	write.go      JSON Lines files
package simulate
