// Package replay adjudicates from files: the same core as the running engine
// over facts as JSON Lines or Avro container files (contract §4, replay).
//
// What it guarantees:
//
//   - The same facts in any order, with any duplication, give the same bytes.
//   - Memory is bounded by [Options.Memory], the centre-keyed facts, the
//     identity links, the cards of more than one person, and the facts of the
//     persons being evaluated at the moment; everything else is sorted on disk
//     in a directory of its own that is removed at the end, also on
//     cancellation.
//   - No row is dropped: one that belongs to nobody is named as UNKNOWN_PERSON
//     (IDN-06).
//   - An output file appears only when it is complete.
//
// It never reads the clock, writes no log and prints nothing but its outputs.
//
// A run has three steps. Reading (input, batch, said) decodes the facts on
// all cores and puts them into sorters by person, card and centre. Joining
// (graph, cards) finds the facts that a person needs beyond its own: those of
// persons that a link ever joined with it, and the rows of cards that more than
// one person used or that rows without person name. Judging (judge, casefile)
// evaluates person after person in the order of the keys and writes in that
// order (output, ledger).
package replay
