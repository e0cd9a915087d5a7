// Package policy holds what may be decided about the rules, as data: every
// parameter of domain §9.2 and contract §5 with unit, value, validity, rule and
// source; the register of centres and devices; the preloaded exclusions; and
// the guideline's sanction tables.
//
// It guarantees that a file can replace exactly what is a parameter, that all
// else keeps its built-in value, and that every error names file, line and key
// and says what to do. It never lets a file change what is law (TX-30), never
// reads a clock, and never guesses at a value that it does not understand.
//
// Builtin and Load give the plain duty.Policy that the core reads. BuiltinBook
// and LoadBook give the Book behind it, for `policy show` and `policy check`.
//
// Files:
//
//	book.go        Book and Dated: values with their validity, and the duty.Policy made of them
//	parameter.go   what a parameter is, and the list of all of them
//	kind.go        the kinds of values and how each is read
//	iso8601.go     durations
//	dates.go       local dates and instants as text
//	register.go    built-in centres and devices
//	exclusion.go   preloaded exclusions (EXC-01)
//	note.go        the note that goes with every record (EVD-06)
//	settle.go      settle.required, the one parameter that differs per centre
//	law.go         what is not a parameter, and why
//	load.go        reading a file: top level and parameters
//	loadvalue.go   reading a file: one parameter's values
//	loadlist.go    reading a file: centres, devices, exclusions
//	syntax.go      the YAML that is understood, with its places
//	problem.go     errors
//	yaml.go        a Book as YAML that loads again with an equal meaning
//	show.go        a Book as a table for people
//	compare.go     what two policies say differently
//	tables.go      sanction tables of the guideline (001 §7)
package policy
