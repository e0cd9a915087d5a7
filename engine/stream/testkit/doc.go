// Package testkit has the brokers that tests of the engine run against: a model that
// loses answers, tears transactions and fences, and a log in memory for benchmarks.
//
// Only tests import it.
//
// # Files
//
//	broker.go  the model: partitions, transactions, fencing, faults; producer.go its producer
//	topics.go  what it says of topics
//	memory.go  the log in memory
package testkit
