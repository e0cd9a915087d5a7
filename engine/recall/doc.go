// Package recall follows what was taken back until everybody who had been told
// knows: which units a cause took back, from whom, and who has acknowledged it
// (EXC-07, contract-case 8). It is pure, as package duty is.
//
//	Fold(Person, Consumers, Clock) ([]Part, []DataQuality)   one person's share
//	Merge(a, b Part) Part                                    of two persons, one cause
//	(Part).Recall() Recall, (Part).Overdue() DataQuality     what is written
//
// A recall is a function of the revisions and of the acknowledgements known at
// the clock; nothing of it changes an outcome or a revision, and nothing waits
// for it. Being told again closes nothing.
//
// Files:
//
//	person.go   what goes in: revisions, acknowledgements, who is owed
//	fold.go     one person's share of each recall
//	filed.go    reports that were filed of units that are taken back (TX-37)
//	informed.go who was told of each unit, for lists of what a loss may concern
//	part.go     putting shares together, and what is written of them
package recall
