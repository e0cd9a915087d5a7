// Package watermark moves caught_up, the watermark of a task: everything that was in the inputs
// by that clock has been read, by this task and by all others that may hold something which
// clears one of its persons. Nobody is newly accused at a later clock.
//
// It moves by marks. A mark notes the clock, asks where all inputs end (their high watermarks,
// since a record in an open transaction has its time already), and is reached when everything
// up to these ends is read and the other tasks have handed over what concerns it. The clock of a
// mark is never later than what a broker has shown (decision 0008). Waiting is data: nothing
// blocks, and what clears waits for none of this.
//
// # What it never does
//
// It reads no record of an input and knows of no person. It writes nothing: it says when a
// commit is needed ([Watermark.StampDue], [Watermark.Awaited]) and is told of it
// ([Watermark.Committed]). Of the task's progress it changes Clock and CaughtUp, and nothing
// else; neither ever goes back.
//
// # Files
//
//	watermark.go  the watermark: marks, and when they are reached
//	read.go       how far the task has read; readtimes.go when the newest records were known
//	stamp.go      the brokers' time, which confirms the clock
//	hops.go       what a mark needs of other tasks; commits.go the last commit of a task
//	invariants.go what it must never do, asserted in tests
//	clock.go      the machine's clock and the one driven by what was read; virtual.go how far
//	              the latter knows that tasks have handed over
package watermark
