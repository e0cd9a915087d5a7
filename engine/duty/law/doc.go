// Package law gives the text of a rule by its id, and when a caveat is set, as the law
// that lies beside it says.
//
// It guarantees that the text is the law's own, but for the marks of emphasis. It never
// decides what a rule means; package duty carries the rules out.
//
//	law.go  reading the tables of the law
package law
