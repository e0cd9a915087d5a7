// Package duty is the core: it judges every night and reporting day of one
// person from the facts known at an instant, and says what to tell.
//
//	Evaluate(Input, at) Result        the verdict on every unit
//	Revise(Input, Result, said)       the revisions that follow from what was told
//	Check(Violation, Centres, at)     the output validation before anything leaves
//	Routine.Advance(Input, rows, at)  the same nights as Evaluate, where nothing is unusual
//
// It guarantees that the result depends on nothing but its arguments: no I/O, no
// clock, no goroutine, no randomness, no log, no order of facts or of a map, no
// zone database. An evaluation at T uses nothing that was known after T. A test
// in engine/internal/house holds it to that.
//
// It never finds that somebody broke a duty: it indicates, and where a rule can
// be read in two ways that no document settles, it takes the one that does not
// accuse (.github/decisions/0003).
//
// A fact's way through, file by file:
//
//   - records_gen, facts, policy, api: what comes in and goes out;
//   - versions, lens, valid, block: which versions count, which make no sense,
//     what bad records hold (contract §1, DAT-08);
//   - identity, decisions, duties, places, permission: who is bound to what, and
//     where (chapter 3, RD-44, RD-46);
//   - paper, unassigned: what paper says, and paper that is nobody's (RD-35 to
//     RD-38, RD-41, RD-47);
//   - rows, passages, assisted, movements, observation, position, runs, silence: where
//     registrations show the card (chapter 2, RD-04, RD-09 to RD-14);
//   - stay, notify, notify_notices, notify_overrun, notice, slot, report: the
//     three duties, the paragraph on top;
//   - finding, caveats: a would-be record and its doubts (chapter 4);
//   - settle, lateness, lifted: when it may be told (LIF-02, contract §5);
//   - evaluate, reading, source, evaluation: how these are put together;
//   - revise, record, considered, weight, attachments, bounded, statement, check: the
//     record, how much it names, and its revisions (contract §3, EVD-14);
//   - quality, unknownperson, offclock, apb, observations: what else is worth knowing;
//   - routine, routine_row, routine_tail, routine_advance, routine_resume,
//     routine_unbound, routine_wire, quiet: nights of persons whose facts are
//     ordinary, without weighing all of them.
package duty
