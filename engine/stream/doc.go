// Package stream is the running engine: it reads facts from the input topics,
// keeps what it knows per person, evaluates with package duty, and writes
// revisions, so that a crash at any moment changes nothing that anybody sees.
//
// # Tasks and cycles
//
// A [Task] is one partition number across all person-keyed topics and one
// goroutine. Its cycle ([Task.Step]) is: take the newest [Snapshot] of the
// centres and turn what is new in it into sweeps; walk sweeps over persons of
// whom something was told; read; evaluate persons of whom something was told
// and about whom a fact arrived; move the clock; evaluate who is due; go on with
// the sweeps; then one Kafka transaction with everything to be told and the
// record of progress on task-commits, then the checkpoint of the local state in
// one atomic commit. A cycle that changes only when persons are next due stays
// local. Recovery ([Task.Recover]) follows design.md word by word.
//
// # Two clocks: accuse late, clear at once
//
// caught_up is a clock at which the ends of all inputs were asked for and which
// has been reached since: everything that was in the log by then is read. Facts
// may be known later than that, since a record is applied as soon as it is read.
// A person is evaluated at the newer of caught_up and the newest of its facts,
// and:
//
//   - what is milder than what was told, or as harsh, is told at once;
//   - what is harsher is held back unless the verdict at caught_up, which sees
//     only facts known by then, is as harsh as well. So a new INDICATED or
//     NEEDS_REVIEW rests on a verdict for which nothing is unread, and on one
//     that knows everything that has arrived since;
//   - a person evaluated ahead of caught_up is due again when caught_up gets
//     there. So the last word is always the verdict at caught_up with all facts,
//     whatever was told on the way, which is what `replay` says at that clock.
//
// Evaluating at caught_up alone would be wrong, since it would accuse anew what
// a fact known a moment later has cleared; so would evaluating at the newest
// fact alone, since it would accuse with facts unread. Only of whom nothing was
// told, so that nothing can be cleared, is the verdict at caught_up enough, unless
// it would tell something.
//
// The ends asked for are high watermarks: a record in an open transaction has
// its time already, and nobody is accused before it can be read.
//
// # When persons are evaluated
//
// The store keeps for every person the earliest instant at which something can
// change (duty.Result.Next, or the time of a fact that is not evaluated yet).
// 23:00, 06:00 and the ends of slots are such instants. Who is due is walked in
// the order of the store's keys; being evaluated makes a person not due, so that
// the walk needs no cursor of its own. Sweeps of centre facts have one.
//
// # In which order facts are read
//
// Side by side over the topics, in order of time as far as it is known: what became
// known of a person together, a decision, a group and a card, is in one cycle also
// where one topic has a thousand times as many records as another (fetched.go).
// Nothing rests on that order but speed.
//
// # What it never does
//
// It decides nothing about the law, puts no personal data into logs, metrics or
// errors, and writes nothing outside a transaction.
//
// # Files
//
//	run.go        Run: from the settings to running tasks; config.go the settings
//	examine.go    what may be refused, looked at before joining; prefixgroup.go the group
//	              that writes the prefix; follows.go nobody writes in between;
//	              owners.go whether every task of the prefix has an owner that moves
//	taken.go      a group that others are in
//	member.go     membership of the group; crew.go the tasks it assigns; identity.go, identify.go, openstate.go the data directory
//	loop.go       a task's life; errors.go what follows from which error,
//	              errors_logs.go logs that are not what they were, errors_hanging.go
//	              transactions that stay open; datadir*.go one process on a directory,
//	              dirs.go a refused run leaves directories as they were
//	task.go       a task and its cycle; cycle.go what a cycle gathers, and its commit;
//	              budget.go what bounds a cycle; floor.go a history that is short
//	snapshot.go   writing the state of a task for other instances; snapshot_take.go
//	              beginning from it
//	recover.go    recovery; commit.go the record of progress
//	apply.go      a record on its way to its person; about.go what is known of a record
//	decide.go     one person: verdict, what is held back, what is told; knowledge.go what
//	              is known for it; side.go what is told beside
//	routine.go    persons whose facts are ordinary, roster.go what is in memory of each,
//	              ordinary.go their rows, month.go and ledger.go their ledger
//	clock.go      clocks and caught_up; newest.go how far partitions are read,
//	              brokertime.go what confirms the clock
//	unstamped.go  records that carry their producers' time
//	divergence.go logs that lost their end and have grown again
//	topicwatch.go topics that change under the engine; centres_grow.go partitions that
//	              are added
//	centres.go    snapshots of the centres; sweep.go what follows for the persons;
//	              centres_letter.go dead letters that concern everybody or somebody
//	              elsewhere, centres_joins.go links and assignments, misplaced.go records in the
//	              wrong partition; centres_keep.go taking up the register that an
//	              earlier run kept, centres_save.go writing it, registerfile.go its files
//	handover.go   facts that concern persons of other partitions; handover_wire.go their
//	              form, handover_mark.go what caught_up needs of other tasks,
//	              register.go who is linked with whom and was given which card,
//	              cardtable.go in memory, recordlog.go on the disk; crowds.go cards that
//	              are everybody's
//	moved.go      versions of a fact that name somebody else than the others do,
//	              moved_add.go adding them to a person's facts
//	claims.go     who claims the name of a fact, claims_examine.go names with two claims,
//	              contested.go what follows from one
//	paper.go      paper without a person; parked.go card rows without one
//	sidelines.go  lines of data quality and observations, open and closed
//	centrelines.go  those of facts of centres; beats.go which heartbeats matter to them
//	deadletter.go records that cannot be read; letters.go what is told of them,
//	              letters_open.go which are open
//	basepolicy.go another policy in the settings than before; policies.go which one
//	              is in force, and what traces it leaves
//	fact.go, row.go, header.go, wire.go, codec.go   stored forms
//	broker.go     what is needed of Kafka; kafka.go package topics behind it,
//	              embedded.go its own broker, topicsets.go which topics; fetched.go in which
//	              order they are read, scan.go reading a range
//	verify.go     Verify; outsiders.go facts of others; compare.go contract §3
//	away.go       brokers that do not answer
//	http.go       /healthz, /readyz, /metrics; status.go, report.go how instance and
//	              tasks stand; metrics.go names; stats.go, lag.go, metered.go counters
//	admin.go      the socket in the data directory; backup.go Backup and Restore,
//	              backupfile.go the file; inspect.go Inspect
//
// Several instances share the tasks by the group; the state of a task that moves
// is taken from a snapshot or built from the topics.
//
// # Hand-over
//
// A fact may concern others than the person it is filed under: persons of an
// identity link, holders of a card. Every instance knows all links and
// assignments (register.go), of which a start reads only what came since the
// register was last written to the data directory (centres_keep.go); the task that
// reads a fact gives it to the others, through the hand-over topic where they are of
// another partition, and caught_up covers what is under way (handover_mark.go,
// decision 0005).
//
// A version of a fact may name somebody else than the others do. Where its earlier
// ones lie elsewhere it is given to all tasks, and counts against them wherever they
// are looked at (moved.go, decision 0015). One version of a fact may come under several
// persons: every fact is claimed for its key at the task that its name belongs to, and
// where there are two claims all forms of it travel likewise (claims.go, decision 0020).
//
// # Handlings
//
// What people did with a unit is kept with the facts of its person, for whom recalls
// will need it; it changes no verdict and caught_up does not wait for it (contract §2).
//
// Not yet here: the watch of contract §6, acknowledgements. No
// recovery reads the ledger (contract §3): a month of outcomes that lost all its
// units while the local state was lost is not written again.
package stream
