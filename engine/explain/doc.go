// Package explain says how a unit came to its verdict, afterwards, from what the core judged it by
// (contract §4, explain). It is pure, as package duty is: it reads no clock and does no I/O.
//
//	Explain(Case) (*Explanation, error)     everything about one unit
//	Soon(Case, kinds, questions) (Clearing, error)  what would clear it, shortly
//	(*Explanation).Text, JSON, HTML         in three forms
//
// It guarantees that
//
//   - the verdict is the core's own: nothing here judges;
//   - it shows no registration that the evidence of a record would not show (EVD-14), and
//     nothing known after its clock;
//   - every fact of which it says that it would clear or lower the unit was asked of the core:
//     with it, the core does;
//   - what it cannot say it says.
//
// Files:
//
//	case.go      what goes in
//	explanation.go  what comes out
//	build.go     from one to the other; rules.go what each rule read and concluded; settlement.go what is missing
//	timeline.go  all that lies around the unit, in order
//	revisions.go what was told, when, and what changed
//	candidates.go, papers.go  facts that may clear; clearing.go asking for each, soon.go for few
//	words.go     headings and phrases, in English and Danish; danish.go rules and caveats in Danish
//	text.go, page.go, drawing.go  the forms
package explain
