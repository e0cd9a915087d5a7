// Package erase copies the topics of a prefix to another one without the records of some persons, so that nothing of
// them can be read there (decision 0046).
//
// # What it guarantees
//
//   - All other records of topics that are not compacted keep their offsets, keys, values, headers and times. Of
//     compacted topics the newest record of each key is copied.
//   - The engine goes on under the new prefix where it was: the records of progress name the same positions, and it
//     builds its state again as one that has lost it.
//   - Nothing is copied that names one of the persons, a card that only they had, a fact or a unit of theirs. Where a
//     record of somebody else does, the copy is refused.
//   - The verdicts on everybody else are the same from both prefixes at the clock of the last commits, and so is what
//     [tilsyn/engine/stream/verify] finds. Otherwise the copy is refused.
//   - Until all of that is known, the records of progress of the copy name a group that no engine has, so that none
//     runs on half a copy.
//   - Error texts name no person, card, key or fact. Who has to be named as well is passed to [Config.Linked].
//
// # What it never does
//
// It changes nothing under the old prefix and deletes nothing.
//
// # Files
//
//	erase.go     the steps, in their order
//	subject.go   what belongs to the persons: cards, facts, units
//	survey.go    finding that out, and who else is concerned
//	fate.go      what becomes of a record of an input topic, fateout.go of an output, fatehanded.go of what tasks
//	             give each other
//	strangers.go who a row is said to be of that must stay, since others' proof counts it
//	mention.go   whether a record speaks of them
//	copying.go   copying logs with the same offsets
//	logs.go      logs of revisions; progress.go records of progress
//	compare.go   the verdicts on everybody else, before and after
package erase
