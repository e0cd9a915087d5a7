// Package claims finds the names of facts that came under two keys. Whoever reads a version of a
// fact claims its name for the key that it was read under, at the task to which the name belongs;
// that task keeps all claims on disk and compares them (decision 0020).
//
// # What it never does
//
// It knows hashes only, no fact and no person, and decides nothing about what a contested name
// means. It writes to no topic: records for other tasks, and names that are found, are passed to
// functions of its owner, whose transaction they are part of.
//
// # Files
//
//	claims.go     claims, kept and handed to other tasks
//	examine.go    comparing them; when a pass may begin
//	contested.go  the names that are claimed for several keys
package claims
