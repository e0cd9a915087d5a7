// Package dutytest holds the tests of the law that see package duty as everybody else does: the vectors of the
// specification, its scripts, random persons' weeks against the second evaluator, and the laws that hold for any
// facts. Tests of what duty keeps to itself, its routines above all, stand beside it.
//
// It holds nothing but tests, and nothing imports it. The tests use packages that stand on duty: beside duty's own
// tests all of those would have to be compiled a second time.
//
// Files:
//
//	vectors, later_vectors, other_vectors  the vectors of the specification
//	script, script_notation                scripts in the notation of domain §10.1 (testdata/scripts)
//	cases                                  facts that once were judged wrong (testdata/cases)
//	prop_*                                 random facts: what makes them (prop_gen_*), and the laws
//	all others                             one subject each, by their names
package dutytest
