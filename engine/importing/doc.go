// Package importing turns rows of exports of other systems into facts: the event log of access control, the
// daily BI export, IBS, Public360, CARL2, and whatever else has columns (`tilsyn import`).
//
// What it guarantees:
//
//   - Nothing is guessed. A code that the mapping does not list, a time that happens twice and of which
//     nothing says which, an empty cell that must not be empty: the row is rejected, with every reason.
//   - Nothing is lost in silence. For a rejected row whose loss could accuse stands a fact of doubt, which
//     holds what the row may speak of until it is imported right (contract §1), and no marker says that a
//     log is complete (LIF-02) in an import that rejected anything.
//   - The same rows give the same facts, with the same ids: importing an overlapping export again changes
//     nothing, and with the earlier facts at hand a row that has changed is a higher version.
//
// It is pure: it reads no file, no clock and no map in its own order. Package sheet beside it reads the
// files. It holds the facts of one import in memory.
//
// Files:
//
//	mapping.go    what a mapping says, and whether it makes sense
//	value.go      one field of one row; times.go times, dates and the hour that happens twice
//	facts.go      a row as a record of the contract
//	doubt.go      what stands for a row that cannot be read
//	importing.go  many rows: repeated, changed, rejected
//	examples/     a mapping and a small made-up export of each system
package importing
