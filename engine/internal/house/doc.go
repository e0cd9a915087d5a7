// Package house holds the house rules as ordinary tests, so that a rule that
// nobody checks does not decay. It has no code of its own.
//
// It guarantees that the arrows of the layout point one way, that the core is
// pure, that every package says what it is, and that nothing unfinished and
// nothing of one machine is left in a file. The copies of the specification are
// whole, what is cited of it is there, and every rule is carried out or has a
// reason not to be. A failure names the fix. It never checks style that a linter
// checks (.golangci.yml).
//
// Files:
//
//	tree_test.go       finding and parsing the files
//	arrows_test.go     who may import whom
//	purity_test.go     what the pure packages may not do
//	renames_test.go    who may rename
//	recovers_test.go   who may recover from panics
//	words_test.go      words and paths that must not be left behind
//	names_test.go      guides, lint and CI name what is there
//	shape_test.go      top level, length of files, doc.go, documented names and types
//	lines_test.go      length of lines
//	law_text_test.go   the specification in the repository, whole and the newest
//	law_rules_test.go  reading its rules, sections and sources
//	law_cite_test.go   what comments cite is there
//	law_index_test.go  from a rule to its code and its tests
//
// A range over a map in the pure packages needs a comment on its line or the
// line above that begins with //house:order-free and says why the order does
// not matter.
package house
