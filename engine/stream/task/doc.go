// Package task adjudicates the persons of one partition number: it reads their facts,
// keeps what it knows, evaluates with package duty and writes revisions, so that a crash
// at any moment changes nothing that anybody sees.
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
// where one topic has a thousand times as many records as another (broker/fetched.go).
// Nothing rests on that order but speed.
//
// # What it never does
//
// It decides nothing about the law, puts no personal data into logs, metrics or errors,
// and writes nothing outside a transaction. It joins no group and knows of no other task
// but by what they write.
//
// # Files
//
//	task.go       a task and its cycle; cycle.go what a cycle gathers, and its commit;
//	              budget.go what bounds a cycle; floor.go a history that is short
//	recover.go    recovery; again.go giving again what an older version did not give
//	taskgroup.go  one group writes a prefix; follows.go nobody writes in between;
//	              taskpolicy.go the policy of the settings; signs.go signs of life
//	apply.go      a record on its way to its person
//	decide.go     one person: verdict, what is held back, what is told; knowledge.go what
//	              is known for it; side.go what is told beside; held.go what is held back
//	routine.go    persons whose facts are ordinary, roster.go what is in memory of each,
//	              ordinary.go their rows, lag.go their ledger
//	clock.go      clocks and caught_up; newest.go how far partitions are read,
//	              brokertime.go what confirms the clock
//	unstamped.go  records that carry their producers' time
//	divergence.go logs that lost their end and have grown again; errors_logs.go what
//	              recovery asks of the logs; errors.go what follows from which error
//	topicwatch.go topics that change under the engine
//	sweep.go      what follows for the persons from facts of the centres
//	handover.go   facts that concern persons of other partitions; handover_wire.go their
//	              form, handover_mark.go what caught_up needs of other tasks
//	moved.go      versions of a fact that name somebody else than the others do,
//	              moved_add.go adding them to a person's facts; withheld.go what is known of
//	              a card that everybody holds
//	claims.go     who claims the name of a fact, claims_examine.go finding one that several
//	              claim; contested.go what follows from that
//	paper.go      paper without a person; parked.go card rows without one
//	sidelines.go  lines of data quality and observations, open and closed
//	centrelines.go those of facts of centres
//	letters.go    what is counted of dead letters; letters_open.go which of them are open
//	snapshot.go   writing the state for other instances; snapshot_take.go beginning
//	              from it
//	report.go     how a task stands; stats.go counters
//
// # Hand-over
//
// A fact may concern others than the person it is filed under: persons of an
// identity link, holders of a card. Every instance knows all links and
// assignments (package register), of which a start reads only what came since the
// register was last written to the data directory (centres/keep.go); the task that
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
package task
