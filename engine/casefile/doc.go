// Package casefile is the one place that knows which key can be used, which person, card
// and centre a record concerns, and into which list of the core a fact goes (contract §1,
// §2). `run`, `replay`, `verify`, `load` and `tail` ask it.
//
// It is pure: it keeps nothing, reads no clock and does no I/O, and its errors name no person.
//
// # Files
//
//	about.go      whom a record concerns
//	recordkey.go  the key that a record must have
//	check.go      whether a record lies where it belongs
//	lost.go       whom a record may concern that cannot be read
//	file.go       facts in the lists of the core
//	policies.go   the policy that an activation brings
//	keys.go       keys of what is kept of nobody, and hashes of names
package casefile
