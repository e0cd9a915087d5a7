// Replay measures `tilsyn replay` on simulated facts, without Kafka:
//
//	go run ./bench/replay                       # 2,000 residents, 30 days, all forms, 1 and all cores
//	go run ./bench/replay -persons 200 -runs 1  # a small one
//	go run ./bench/replay -affected KH          # whom a loss at KH concerns (report affected), of the same facts
//	go run ./bench/replay -avro                 # Avro containers alone
//
// The simulator's facts are written as JSON Lines and as Avro containers, one for
// each topic. Each form is replayed on one core and on all, with the outputs that
// the flags choose; a run counts only if its outputs are, byte for byte, those of the
// first run. Printed are the facts a second and the CPU that a fact took, each the
// median of the runs, and how much faster all cores are.
//
//   - main.go     flags, runs, tables
//   - facts.go    the facts in both forms
//   - cpu_*.go    the CPU that this process took
package main
