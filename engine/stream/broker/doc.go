// Package broker is what the engine needs of Kafka, and what stands behind it.
//
// [Broker] and [Producer] are all that tasks and readers know of a cluster: ends, fetches
// in an order by time, marks of batches, transactions with fencing. [NewKafka] gives them
// by package topics, package testkit by a model. It decides nothing of what the records
// say, and keeps nothing beyond what was fetched and not taken yet.
//
// # Files
//
//	broker.go     the interfaces, and what passes through them
//	offsets.go    positions in partitions; offsetsjson.go how they and marks are stored
//	topicsets.go  topics by what the engine does with them
//	codec.go      records as bytes
//	kafka.go      package topics behind the interfaces
//	fetched.go    in which order what was fetched is handed out
//	scan.go       reading a range of a log
package broker
