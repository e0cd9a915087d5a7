// Package task adjudicates the persons of one partition number: it reads their facts, keeps
// what it knows, evaluates with package duty and writes revisions, so that a crash at any
// moment changes nothing that anybody sees.
//
// # Tasks and cycles
//
// A [Task] is one partition number across all person-keyed topics, and one goroutine. Its cycle
// ([Task.Step]) goes like this: take the newest picture of the centres and turn what is new in it
// into sweeps; walk sweeps over persons of whom something was told; read; evaluate persons of
// whom something was told and about whom a fact arrived; move the clock; evaluate who is due;
// go on with the sweeps. Then come one Kafka transaction with everything to be told and the
// record of progress on task-commits, and the checkpoint of the local state in one atomic
// commit. A cycle that changes only when persons are next due stays local. Recovery
// ([Task.Recover]) follows design.md word by word.
//
// # Two clocks: accuse late, clear at once
//
// caught_up is the task's watermark: everything that was in the inputs by that clock has been
// read (package watermark). A record is applied as soon as it is read, so facts may be known
// later than caught_up. A person is evaluated at the newer of caught_up and the newest of the
// person's facts, and:
//
//   - what is as harsh as what was told, or milder, is told at once;
//   - what is harsher is held back unless the verdict at caught_up, which sees only facts known
//     by then, is as harsh too. So a new INDICATED or NEEDS_REVIEW rests on two verdicts: one
//     for which nothing is unread, and one that knows everything that has arrived since;
//   - a person evaluated ahead of caught_up is due again when caught_up gets there. So the last
//     word is always the verdict at caught_up with all facts, whatever was told on the way, and
//     that is what `replay` says at that clock.
//
// Evaluating at caught_up alone would be wrong, since it would accuse again what a fact known a
// moment later has cleared. Evaluating at the newest fact alone would be wrong too, since it
// would accuse with facts unread. Only if nothing was told of a person, so that nothing can be
// cleared, is the verdict at caught_up enough, unless it would tell something.
//
// # When persons are evaluated
//
// The store keeps for every person the earliest instant at which something can change:
// duty.Result.Next, or the time of a fact that is not evaluated yet. 23:00, 06:00 and the ends
// of slots are such instants. Due persons are walked in the order of the store's keys. An
// evaluated person is no longer due, so the walk needs no stored cursor. Sweeps for facts of
// centres have one.
//
// # In which order facts are read
//
// Topics are read side by side, in order of time as far as it is known. What became known of a
// person together, such as a decision, a group and a card, then comes in one cycle even if one
// topic holds a thousand times as many records as another (broker/fetched.go). Only speed
// depends on this order.
//
// # What it never does
//
// It decides nothing about the law, puts no personal data into logs, metrics or errors, and
// writes nothing outside a transaction. It joins no consumer group, and knows of other tasks
// only through what they write.
//
// # Files
//
//	task.go       a task and its cycle; config.go what it is made of; cycle.go what a cycle
//	              gathers; commit.go its commit; budget.go what bounds a cycle; floor.go a
//	              history that is incomplete
//	recover.go    recovery and its order; recover_state.go its fourth step, recover_read.go
//	              its fifth and sixth; rebuild.go a state that is built again; again.go handing
//	              over again what an older version did not
//	taskgroup.go  one group writes a prefix; writer.go what the task knows of what it writes,
//	              and that nobody writes in between; taskpolicy.go the policy of the settings
//	revisionlog.go  the log of revisions, by which others see that none was changed
//	apply.go      a record on its way to its person
//	urgent.go     persons to evaluate at once
//	decide.go     one person: verdict, what is held back, what is told; knowledge.go what
//	              is known for it; side.go what is told beside; silent.go the brake on what is
//	              told while a feed is silent; held.go counts of what is
//	              held back
//	carried.go    what a verdict on everything carries to later ones, which then judge only the
//	              newer units; carried_rest.go these verdicts
//	summaries.go  case summaries; changes.go what units were before
//	routine.go    persons whose facts are ordinary, routines.go what decides them from their
//	              rows alone, roster.go what is in memory of each,
//	              ordinary.go their rows, ledger.go their ledger
//	unstamped.go  records that carry their producers' time
//	divergence.go logs that lost their end and have grown again; logcheck.go what
//	              recovery checks in the logs; errors.go the remedy for an error
//	topicwatch.go topics that change under the engine
//	sweep.go      what follows for the persons from facts of the centres
//	handover.go   facts that concern persons of other partitions; handover_wire.go their
//	              form
//	moved.go      versions of a fact that name somebody else than the others do,
//	              moved_add.go adding them to a person's facts; withheld.go facts of a
//	              card that everybody holds
//	forward.go    what every task forwards to the owner of the watch; pairs.go inconsistent
//	              pairs, inturn.go the rows that change none, weighed.go, keptpairs.go
//	              and pairsteps.go what need not be looked for again
//	contested.go  what follows where package claims finds a name with several claims
//	paper.go      paper without a person; parked.go card rows without one
//	sidelines.go  lines of data quality and observations, open and closed
//	centrelines.go those about facts of centres
//	owner.go      the watch of the prefix, in the task that owns it; upkeep.go what people have
//	              not done for the centres
//	published.go  topics that one task writes for the whole prefix: recalls.go the topic
//	              recalls, reports.go the topic control-reports, doubts.go the data quality that
//	              comes with it
//	views.go      the persons, for whoever asks about them
//	letters.go    counts of dead letters for the log; letters_open.go which of them are open
//	snapshot.go   writing the state for other instances; snapshot_take.go beginning
//	              from it
//	invariants.go what a task must never do, asserted in tests; invariants_tell.go of what
//	              is told, invariants_routine.go of routines and the roster,
//	              invariants_carried.go of what is carried
//	report.go     how a task stands; stats.go counters; laps.go where the time of a
//	              cycle goes
//
// # Hand-over
//
// A fact may concern others than the person it is filed under: persons of an identity link,
// holders of a card. Every instance knows all links and assignments (package register). A start
// reads only those that came since the register was last written to the data directory
// (centres/keep.go). The task that reads a fact gives it to the others, through the hand-over
// topic if they are of another partition, and caught_up covers what is under way
// (watermark/hops.go, decision 0005).
//
// A version of a fact may name somebody else than the others do. If its earlier versions lie
// elsewhere it is given to all tasks, and counts wherever they are looked at (moved.go,
// decision 0015). One version of a fact may come under several persons: every fact is claimed
// for its key, at the task that its name belongs to, and if there are two claims, all its
// versions travel likewise (package claims, decision 0020).
//
// # Case summaries
//
// A case summary is made from each full evaluation at caught_up, and at once from one that tells
// something ahead of it; the commit writes it if it is another one than before (decision 0025).
//
// # Handlings
//
// What people did with a unit is kept with the facts of its person, for later recalls. It
// changes no verdict, and caught_up does not wait for it (contract §2).
package task
