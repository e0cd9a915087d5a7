// Package projection keeps what the pages read: every fact of a person, what was told of every unit,
// and the work list in the order in which it is worked off. It is rebuilt from the topics.
//
// It guarantees that
//
//   - only committed records are in it, and each counts once, however often it is read again;
//   - a page of the work list costs as much at a million units as at ten: it is a range of keys;
//   - while it catches up it works at most half of the time, so that the engine beside it has the
//     other half; its memory is bounded and does not grow with the population;
//   - it is thrown away and built anew when it is not of these topics.
//
// It writes to no topic, and judges nothing: verdicts are asked of the core by who reads it.
//
// Files:
//
//	store.go   opening, keys, one batch of changes
//	follow.go  reading the topics
//	apply.go   what a record changes
//	unit.go    the row of a unit, and what people did with it
//	account.go   whose account is to be taken anew, and the last one of everybody
//	worklist.go  pages of units
//	person.go  everything of one person
//	lists.go   recalls, control reports, data quality, entries that wait for a second person
package projection
