// Package register knows who is linked with whom and who was ever given which card, over
// all partitions (IDN-06, IDN-07).
//
// It only grows, as the facts do that it is made of; what a link or an assignment means at
// a clock is the core's to judge. Memory holds of an assignment only what every row asks
// for; the assignments lie in a log on the disk where there is a directory for it. One
// goroutine adds, any may ask. A file that is not what was written is found out and never
// answered from.
//
// # Files
//
//	register.go   links, assignments, and whom a fact concerns
//	cardtable.go  cards in memory; crowds.go cards that everybody holds
//	log.go        assignments on the disk
//	file.go       the files in which an earlier run kept it
package register
