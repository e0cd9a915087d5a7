// Package duty is the core: it judges every night and reporting day of one
// person from the facts known at an instant, and says what to tell.
//
//	Evaluate(Input, at) Result        the verdict on every unit
//	Verdicts(Input, at) Result        the same without what else is worth knowing
//	Revise(Input, Result, said)       the revisions that follow from what was told
//	Check(Violation, Centres, at)     the output validation before anything leaves
//	Pairs(Input, Policy, at)          the inconsistent pairs, for the watch
//	Support(Input, from)              the input without what no unit from a date on depends on
//	Carry(Input, Result, from)        what later verdicts need to know of the units before a date
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
//   - versions, lens, valid, block, lost: which versions count, which make no sense,
//     what bad records hold and how they are named (contract §1, DAT-08);
//   - identity, decisions, duties, places, permission: who is bound to what, and
//     where (chapter 3, RD-44, RD-46);
//   - paper, paper_times, unassigned: what paper says, and paper that is nobody's (RD-35 to
//     RD-38, RD-41, RD-47);
//   - rows, passages, assisted, movements, observation, position, runs, silence, track: where
//     registrations show the card (chapter 2, RD-04, RD-09 to RD-14);
//   - stay, notify, notify_notices, notify_overrun, notice, slot, report: the
//     three duties, the paragraph on top;
//   - finding, caveats: a would-be record and its doubts (chapter 4);
//   - proof, lateness, lifted: when it may be told (LIF-02, contract §5);
//   - watched, coverage, pairs, inturn: what the watch says, what it asks of persons
//     (contract-watch §6), and of whom it need not ask;
//   - evaluate, units, readings, source, evaluation: how these are put together;
//   - support, pairseam: what of a person's facts the units and pairs from some time on depend on;
//   - carried, idset: what a verdict on everything says for later ones, until something bears on it;
//   - revise, change, cause, record, considered, weight, attachments, bounded,
//     paper_named, statement, check: the record, how much it names, what changed it or
//     took it back, and its revisions (contract §3, EVD-14);
//   - hearing, touched, otherwise, traffic: what reports ask: some units alone, whom an interval at a centre
//     concerns, verdicts in a world with other facts of centres, and what was
//     registered, as figures about devices;
//   - quality, conflicts, unknownperson, offclock, apb, observations: what else is
//     worth knowing;
//   - routine, routine_duties, routine_row, routine_tail, routine_advance, routine_resume,
//     routine_unbound, routine_wire, calm: nights and reporting days of persons whose facts
//     are ordinary, without weighing all of them.
//
// # Words
//
// Each has one meaning in this package. From what comes in to what goes out:
//
//   - fact: one version of one record of an input topic. Which version counts says
//     versions.go.
//   - row: what a device registered; as a fact it is a CardEvent, the type of its
//     record. The type row is one that counts and speaks of the evaluated person.
//   - entry: a ManualEntry that counts and speaks of the person; what was registered
//     on paper.
//   - registration: a row or an entry, whichever it is. It shows where a card was, or
//     whom somebody saw, and never why. The temporary registration is a log on paper
//     that is kept for some time beside the devices (SYS-22).
//   - passage: one movement through the gate (type passage), made of one or several
//     rows, or of one entry.
//   - observation: what a passage, a report or a room check shows of the time before
//     it, at it and after it (type observation). It has nothing to do with an
//     Observation, which tells a case officer something and is an output.
//   - bounding registration: the observation next to a time, on either side (RD-11).
//   - position: inside a centre, outside or unknown, at every instant (PRS-01).
//   - run: from one observation to the next, for the question whether somebody left
//     the country (RD-04); silence: dates without any sign of somebody (RD-42).
//   - unit: one night of STAY or NOTIFY, or one reporting day; slot: a due time of a
//     reporting schedule, of which a day may have several.
//   - trigger: an instant at which a notice must have been given (NTC-05, NTC-08).
//   - candidate: a would-be record with its doubts; finding: the verdict on a unit
//     before anything is said of when it may be told.
//   - record: what is told of a unit; revision: one edition of it, a Violation.
//   - caveat: a doubt with a code; one that caps keeps a record at NEEDS_REVIEW.
//   - hold: a Hold is custody or hospital (OBL-12); a unit is held where a record that
//     cannot be used may speak of it (contract §1; type block).
//   - known: when a fact was in the log; own time: when what it tells of happened.
//
// In Danish law, and in the statements: stay duty opholdspligt, notification duty
// underretningspligt, reporting duty meldepligt, notice underretning, permission
// tilladelse, departure centre udrejsecenter, case officer sagsbehandler, guard
// portvagt, operator indkvarteringsoperatør, assisted passage personaleafhjulpen
// passage. The law's own list is law/00.3-glossary.md.
package duty
