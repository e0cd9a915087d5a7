// Package sanction counts: it turns the outcomes of one person's units, the last
// revisions that were told of them and the convictions into a case summary
// (domain chapter 5, contract-case 7). It is pure, as package duty is.
//
//	Summarise(Case) CaseSummary          what `case-summaries` and --summaries say
//	Quality(Case) []DataQuality          what about the convictions is worth knowing
//
// It gives counts and the guideline's starting points for each entry by itself.
// It never adds entries up, never predicts a sentence and never recommends
// anything (SAN-01, DET-07, AMB-28). Nothing here changes an outcome or a
// revision. Doubt is shown beside the counts and never in them (CNT-04).
//
// Files:
//
//	case.go         what goes in; which units are open
//	conviction.go   which convictions count, and what they judge (7.1, 7.2)
//	month.go        counts per calendar month and duty (7.3)
//	entry.go        which regime a unit belongs to, and the entries (7.4)
//	table.go        reading one table of the guideline (5.3)
//	detention.go    windows of Return Act §15 (7.5)
//	section143.go   figures for Penal Code §143 (7.6)
//	quality.go      convictions by link, judged units that were withdrawn
//	compare.go      whether a live engine and the facts agree
package sanction
