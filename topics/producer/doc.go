// Package producer is for programs at the centres that send facts: it keeps them on disk until the
// brokers have them, numbers the rows of each device, and says by heartbeats that a device is well
// (contract §1, §2 and §6; contract-watch §6.1 and §6.3).
//
// What it guarantees:
//
//   - What [Buffer.Put] has taken is on disk, flushed, and is sent sooner or later, over kill -9, a
//     write cut short and a link that is down for days. What is sent twice is sent with the same
//     bytes: the same id, version, number and time of receipt, so that it counts once.
//   - A fact that is put twice with one id, by a program that does not know how far it came, is kept
//     once (as long as it is among the newest [Remembered] ones).
//   - The rows of a device have numbers without gaps, from 1, in an epoch that is higher than all before.
//     The epoch rises when the numbering may have been set back: the directory is new, damaged, or
//     cut shorter than what was sent, or [Config.Restored] says that it comes from a backup.
//   - A row that the buffer refuses because it is full has its number all the same, durably. Put it
//     again and it gets that number; drop it and the watch sees that a row is missing, so that
//     nobody is accused for want of it (W-15).
//   - A heartbeat is sent when everything that was put before it is acknowledged (W-54).
//   - Records lie under the keys of contract §2, in partitions by murmur2, in single-object frames.
//
// What it never does: it throws nothing away, reads no topic, and says no person, card, key or id in an
// error. It does not know whether a row that nobody put has happened.
//
// # Use
//
//	b, err := producer.Open(producer.Config{Dir: "buffer"})
//	go b.Run(ctx, topics.Config{Brokers: brokers}, func(err error) { … })
//
//	err = b.Put(&duty.CardEvent{ID: id, …})     // as soon as the device has told it; no number
//	err = b.Beat("KH-carousel", "KH")           // each minute, while the device answers
//
// One directory belongs to one process. A program that takes over from another one, or from
// a backup, opens a directory of its own, or this one with [Config.Restored]: the engine cannot see a
// counter that was set back to a number that it has not heard of.
//
// # Files
//
//	buffer.go    opening, putting, heartbeats, closing
//	fact.go      a record becomes an entry: key, number, bytes
//	entry.go     entries as bytes; what is cut short and what is damaged
//	state.go     epoch, numbers and how much is sent, in a file
//	memory.go    ids that were put
//	log.go       the files that entries are appended to
//	recover.go   what Open finds in them
//	send.go      to the brokers
package producer
