// Proof holds what replay says of simulated residents against what they really
// did:
//
//	go run ./bench/proof                                  # full size
//	go run ./bench/proof -persons 60 -days 40 -seeds 1    # some minutes
//
// It has three parts, each with a table of its own.
//
// Stopped by Ctrl-C, it tells what it has so far.
//
// Without faults: -persons residents (1,000) over -days days (365), once with
// heartbeats, numbers and counts, and once without them but with outages, lost
// rows and an exclusion. Every breach that the facts can carry must be INDICATED,
// and nobody else: precision 1, recall 1.
//
// With faults: each plan of `tilsyn simulate --fault`, -seeds times (100), judged at noon of every
// day. A resident who complied and is INDICATED at any of these times is one
// wrongly accused. Told is what `run` would tell: while a feed is silent for
// longer than staleness.stop_after it accuses nobody (REL-06). Of a plan whose loss the data
// show there must be none; of the others they are counted, with the caveats that their records carried. Beside it
// stands what became of the breaches of these days, with the fault and without it:
// silence must not buy precision.
//
// The summer of 2020: residents of both centres from May to September, of whose
// registrations a part is lost on 9-10 June, 2-3 July and 17 July as it was then.
// Nobody knows of it until an exclusion is declared. Each judging takes
// the violations of the one before as what was said. The table says who was told of wrongly,
// and that the declaration took all of it back at once.
//
// It ends with status 1 where one of these does not hold, and names the cases.
//
//   - main.go    flags, and the three parts
//   - judge.go   one simulation, replayed
//   - whole.go   without faults; faults.go with them; summer.go 2020
package main
