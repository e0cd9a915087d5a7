// Package casefile is the one place that knows which key can be used, which person and
// centre a record concerns, and what becomes of a record that cannot be used (contract §1).
// `run` and `verify` ask it; `replay` asks the same of package schemas and package duty.
//
// It keeps nothing, and its errors name no person.
//
// # Files
//
//	about.go         whom a record concerns, and whether it lies where it belongs
//	keys.go          keys of what is kept of nobody, and hashes of names
//	deadletter.go    records that cannot be read: the hold and the dead letter
//	producertime.go  records that carry their producer's time
package casefile
