// Package state keeps what a task knows between two cycles: the facts of its
// persons, what was last told of each unit, when each person is next due, and
// the checkpoint that says how far the logs were read. It is everything in
// this program that touches Badger.
//
// What it guarantees:
//
//   - [Task.Commit] is atomic whatever its size: after a crash either the whole
//     [Batch] is there (facts, said, headers, meta, checkpoint) or nothing of
//     it. Commits of a task are kept in order: losing the tail of an unsynced
//     log loses the newest commits, never one in the middle.
//   - Facts are a set. Adding the same bytes again for the same person and day
//     changes nothing, so a tail of the logs may be read twice.
//   - Bounded memory: nothing that is held in memory grows with the number of
//     persons or with history, but some bytes a page.
//   - Opening a task reads the facts committed since the last merge (a few
//     megabytes) and one summary, whatever the size of the rest.
//
// What it never does: look into the bytes of a fact, log or name a person, read
// the clock, or serve two processes at once.
//
// Badger is a checkpoint and not the truth: on [ErrCorrupt] discard the task
// ([Task.Discard]) and read the logs again (design.md, "Recovery of a task").
//
// Layout (decision record 0002-state-layout). Persons are hashed into pages;
// the number of pages is fixed when a task is first opened. A commit is one
// packed delta and the checkpoint. Deltas are merged in the background, in key
// order, into one value per page and day for facts and said, and one per page
// for headers. Days that lie far back are put together into one value per page
// and month. Facts of [Aside] lie in the same pages, on a day that no walk reads.
//
//   - store.go    the interfaces that the engine codes against, and their types
//   - batch.go    what one cycle changes; ops.go lists it for other stores
//   - errors.go   the errors a caller can act on
//   - options.go  options, and Badger's with bounded memory
//   - db.go       one directory: open, close, sync; recover.go and logsize.go what
//     a kill leaves; footer.go and tablelist.go what a disk damaged and Badger would
//     not survive, or not notice; datakeys.go which key it is encrypted with
//   - task.go     one task: open, checkpoint, meta; load.go its deltas
//   - commit.go   a cycle into Badger; disk.go refuses when space is short,
//     usage.go says what is written and taken; system_*.go what the operating system does
//   - trim.go     keeps mapped tables out of the memory of the process
//   - pending.go  what was committed and waits for a merge, in memory that tasks share
//     (arena.go); order.go the order of persons
//   - merge.go    deltas into pages; summary.go says how far; fresh.go walks what is new, compact.go puts
//     segments together, month.go those of old days, dedup.go drops what is there twice, writer.go writes
//   - read.go     one person; scan.go finds segments and headers of pages
//   - due.go      lists persons and headers; walk.go shows persons as views
//     (view.go), some pages together (pagegroup.go), each in one pass (pagereader.go)
//   - discard.go  forgetting a task
//   - snapshot.go one task, carried to another store
//   - backup.go   backup and restore; inspect.go, verify.go look at a store
//   - keys.go, record.go, segment.go, headers.go, seal.go, codec.go  keys and encodings
//
// Package statetest has a model of the same interfaces in memory, with crashes.
package state
