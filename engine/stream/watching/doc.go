// Package watching is how the tasks of a prefix watch its centres together. One task owns the
// watch (OwnerTask). Every task tells it what it needs to know, on the owner's partition of the
// hand-over topic: the rows that the task read, the inconsistent pairs of its persons, and the
// times of day at which units fall due. The owner tells all tasks what it sees and up to which
// clock, on the topic coverage; nobody is accused beyond that.
//
// # What it never does
//
// It reads and writes no topic and no state: records are passed to the task, whose transaction
// they are part of, and come from it. It holds no facts of persons but their pairs.
//
// # Files
//
//	sheet.go      what a cycle forwards, as records
//	decode.go     reading them; without.go the same without some persons
//	owner.go      the watch itself: what it knows, sees and has said; facts.go what it reads
//	              besides
//	coverage.go   what it says to all tasks, and how that is read; chunk.go the records of it;
//	              content.go what verdicts take from it
//	invariants.go what the owner must never do, asserted in tests
package watching
