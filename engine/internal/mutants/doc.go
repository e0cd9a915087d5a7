// Command mutants checks the tests of the core: it changes one rule at a time
// and wants a test to fail.
//
//	go run ./engine/internal/mutants                     what .ci/run checks, with the tests that it names
//	go run ./engine/internal/mutants duty/stay.go        the rules of one file
//	go run ./engine/internal/mutants -list watch         names every mutant of a package
//	go run ./engine/internal/mutants -only 'closed' duty/routine_resume.go
//
// An argument is a package below engine, or a file pattern in one. A mutant is
// one change to one expression of a function:
//
//   - a comparison with its bound on the other side (< and <=, > and >=);
//   - a condition that always or never holds, or an operand of && or || left out;
//   - true and false, or an outcome and the next of its kind, exchanged;
//   - a limit or number one larger, min and max exchanged;
//   - a case of a switch that is never met; a rule or caveat under another name.
//
// All mutants of a package are compiled into its test binary, and into that of the
// package beside it that holds further tests (duty/dutytest), from an overlay: no file of
// the repository is touched. TILSYN_MUTANT in the environment says which of them acts. The
// tests run in the order of the time that they take, and the test that killed a mutant the
// last time comes first.
//
// A mutant that no test can kill, since it changes nothing that anybody could
// see, stands in equivalent.txt with the reason. Every other survivor fails the
// check, and so does a line of equivalent.txt that names no mutant.
//
// Files: main (arguments, what is printed), load (syntax and types), find (which
// mutants there are), render (the overlay), judge (which test kills), equivalent
// and killers (what is known of earlier runs).
package main
