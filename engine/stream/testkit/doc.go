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
//
// and what comes into their logs:
//
//	feeds.go       records with their times, and the model's days
//	residents.go   the facts of some persons over some days
//	neighbours.go  persons who are linked or share cards
//	wanderers.go   facts whose versions name others; contenders.go one id for several
//	convicts.go    residents about whom courts decide
//	lossy.go       devices that number and say that they are well, and lose some of it
//	paper.go       paper under its centre, and of nobody
//	out.go         a person who is away
package testkit
