// Package verify derives from the topics once more what has to be told, and compares it
// with what was told (contract §3): every unit of every person, every history by itself, and
// every case summary.
//
// Beside that it lists dead letters (`tilsyn dead-letters`) and recalls (`tilsyn recall status`),
// takes the accounts of all units (`tilsyn report accounting`), and finds whom a suspected loss of
// registrations may concern (`tilsyn report affected`), from the same logs.
//
// It judges with the watch (contract-watch), as `replay` does. It works out what the watch says
// from the facts, and not from what the owner of the watch has said; where the two differ it says
// so. The watch needs the rows of all partitions, so these are in memory, some hundred bytes each;
// of all other facts only those of one partition at a time, packed as the state of a task keeps them. Who looks again
// and again (Overseer) keeps all of them, and reads only what is new.
//
// It uses neither group nor transactional ids of the engine, and writes nothing.
//
// # Files
//
//	verify.go       the run over all partitions
//	casefiles.go    the facts of every person of a partition; packs.go in as little memory as they take
//	gathered.go     what is known of the facts of all partitions together; kept.go what a look leaves to the next
//	summaries.go    case summaries
//	outsiders.go    facts that lie with others
//	watch.go        what the watch says by the facts; pairs.go inconsistent pairs, which it reads;
//	                incidents.go what was said and published of it
//	floor.go        units that a short history keeps from being told
//	letters.go      dead letters, and which of them are open
//	accounting.go   where every unit is that is due
//	ledgers.go      which units come out otherwise under another prefix
//	control.go      control reports; oversee.go all of them, with the accounts and what counts say;
//	                parked.go rows that belong to nobody
//	affected.go     whom a suspected loss may concern
//	reached.go      how far the engine had read
//	revisionlog.go  the logs of revisions, checked; logproof.go checkpoints and proofs from them
//	recalls.go      what was taken back, and who has acknowledged it
package verify
