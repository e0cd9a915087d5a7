// Package centres reads the topics that every instance reads whole, and offers pictures of
// what is known of the centres, of policies, links, cards and dead letters.
//
// A [Picture] never changes; tasks share it. What is new in one against an earlier one are
// its touches, in the order read. A reader may be behind the logs, never beyond them: a
// task compares the positions. It judges nothing and writes to no topic.
//
// # Files
//
//	centres.go    the reader and its pictures
//	picture.go    what a picture says besides
//	policies.go   activations, and which can be used
//	identities.go      links and assignments
//	keep.go       taking up the register that an earlier run kept; save.go writing it
//	letter.go     dead letters that concern everybody, or somebody elsewhere
//	letter_paper.go  paper that cannot be read and may be a centre's
//	misplaced.go  records in the wrong partition
//	beats.go      which heartbeats matter; feeds.go how far feeds have told everything
//	watch.go      what the watch reads, and what its owner has said
//	speaks.go     from when on a record may change a verdict
//	quality.go    the data quality of the facts of centres
//	epochs.go     logs that lost their end and have grown again
//	grow.go       partitions that are added
//	invariants.go what a later picture must have, asserted in tests
package centres
