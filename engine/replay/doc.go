// Package replay adjudicates from files: the same core as the running engine
// over facts as JSON Lines or Avro container files (contract §4, replay).
//
// What it guarantees:
//
//   - The same facts in any order, with any duplication, give the same bytes.
//   - Memory is bounded by [Options.Memory], some 50 MiB of tables, the
//     centre-keyed facts, the rows of devices that may be counted (watchrows.go), the
//     identity links, the cards of more than one person, the versions of one fact, and
//     the facts of the persons being evaluated at the moment; everything else is sorted
//     on disk in a directory of its own that is removed at the end, also on
//     cancellation. What fits in memory touches no disk (decision 0048).
//   - No row is dropped: one that belongs to nobody is named as UNKNOWN_PERSON
//     (IDN-06).
//   - An output file appears only when it is complete.
//
// It never reads the clock, writes no log and prints nothing but its outputs.
//
// A run has four steps: reading decodes the facts on all cores and puts them
// into sorters by person, card and centre; joining walks over them in no order and finds the
// facts that a person needs beyond its own, which are those of persons that a link ever joined with
// it, and the rows of cards that more than one person used or that rows without
// person name; the watch asks what everybody's rows show; judging evaluates person after
// person in the order of their keys and writes in that order. The two last ones take the facts
// from the sorter in order, and each is written to disk once at most.
//
// Files:
//
//	options.go   what to replay, what came of it, errors of the input
//	run.go       the run as a whole
//	input.go     reading files in pieces, on all cores; form.go files that are
//	             packed, of another encoding, or no JSON Lines
//	batch.go     what a piece holds, readable or not; untimed.go records whose
//	             logged_at is no time
//	topic.go     the input topics and what their records are about
//	payload.go   records on their way through the sorters
//	said.go      what was already said
//	graph.go     persons who are linked
//	cards.go     cards of several persons, rows without person; crowd.go cards that
//	             are everybody's
//	shared.go    walking over the facts in no order: which lie under several keys, who used
//	             which card
//	moved.go     facts whose versions name several persons
//	asof.go      the instants to judge at
//	watch.go     what the watch says at every as-of; watchrows.go the rows that it
//	             counts; incidents.go lines of automatic incidents
//	judge.go     one person after the other, in order
//	dossier.go   the facts of one person and the verdict on it
//	ledger.go    lines of violations and outcomes
//	quality.go   lines of data quality and observations
//	output.go    output files
//	affected.go  whom a suspected loss may concern
//	control.go   control reports
//	policydiff.go what another policy would change
//	facts.go     reading facts for other commands
//	inspect.go   what the verdict on one unit rests on; inspect_find.go which unit, and
//	             when to look; inspect_ask.go the same with one more fact
//	extsort/     sorting more than fits in memory
package replay
