// Package notation reads facts in the notation of domain §10.1, so that tests of the core and of
// the engine are written alike: "OUT 2026-02-03T20:00", "NOTICE 2026-02-03T22:30".
//
// The lines, the profiles and what stands in brackets are described in
// engine/duty/dutytest/testdata/scripts/README.md, for readers who know no Go. A [Person] takes them, one
// by one or as a whole, and keeps the facts in the order of the lines, each with when it became
// known. It judges nothing and sends nothing: package duty evaluates the facts, and the scripts of
// engine/stream/task send them to a broker.
//
// Only tests import it.
//
// # Files
//
//	notation.go  profiles, lines, local times, decisions
//	facts.go     rows, paper, notices and what has a start and an end
//	places.go    groups, operating dates of centres, paper of nobody
//	settle.go    annulments, assessments, cards, and the logs that are proven
//	added.go     facts in their order; fields of records by name
package notation
