// Package deadletter makes of a record that cannot be used the hold that it opens and the
// dead letter that keeps it (contract §1, §3). Whom a record concerns, and whether it lies
// where it belongs, package casefile knows.
//
// It keeps nothing, and its errors name no person.
//
// # Files
//
//	deadletter.go    records that cannot be read: the hold and the dead letter
//	producertime.go  records that carry their producer's time
package deadletter
