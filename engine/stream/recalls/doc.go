// Package recalls follows what was told, acknowledged and handled over all partitions of a
// prefix, and how its recalls stand (EXC-07, contract-case 8). One cause may take back units of
// persons of many partitions, so that no task could count them alone. The counting is package
// recall; this package keeps up with the logs.
//
// A [Reader] reads the logs of violations, acknowledgements and handlings from their start, and
// keeps of them what recalls rest on. It keeps nothing on disk: what it says follows from the
// logs and a clock, so that whoever reads them says the same (decision 0029).
//
// # What it never does
//
// It writes nothing: the task of partition 0 writes the topic recalls in its transactions. It
// changes no verdict, and nothing waits for it.
//
// # Files
//
//	told.go     what was told of persons, as the logs have it
//	book.go     the recalls of all persons, counted again where something changed
//	reader.go   reading the logs
//	unusable.go acknowledgements on their way to the dead letters
package recalls
