// Night measures the engine on the night job, with a real Apache Kafka beside it
// on the same machine:
//
//	export TILSYN_KAFKA_HOME=…        # the broker's jars, see integration/kafkaproc
//	go run ./bench/night              # full size, three runs
//	go run ./bench/night -persons 2000 -due 2000 -runs 1
//	go run ./bench/night -persons 0 -no-restarts -runs 1    # a million due, and an exclusion
//	go run ./bench/night -persons 0 -no-restarts -runs 1 -duties 3    # the same under three duties
//	go run ./bench/night -withdrawals 1000    # how soon a withdrawal can be read, under load
//	go run ./bench/night -pairs 3     # engine and Kafka Streams (bench/peers) in turn
//
// The job: persons under STAY (200,000), three days from noon to noon, six
// passages a person and day in order of time, about 3.6 million rows in
// four partitions, Avro, lz4; one person in a hundred is out in each night. No
// manual log has to be proven (`settle.required: []`), so a missed night is told
// at 06:15, and again when the person comes back if that is read later. Every
// person has its group, its card and its decision first, which are read as well
// and counted apart.
//
// Each run has topics of its own and does, one after the other: load; the null
// consumer (a process that fetches, decodes and counts with our own fetch path);
// the engine (`tilsyn run --clock events --trust-timestamps`, exactly once, on an
// empty data directory). Violations are read with read_committed by this
// process. Times begin at the last moment at which the engine had read nothing,
// known to 100 ms by its counters.
//
// A run counts only if the units whose first revision is INDICATED are exactly
// those of the truth that the generator knows, and no revision is out of turn.
// Later revisions are counted apart; the time to the last record committed
// includes their cost.
//
// Then as often, with -due persons (a million): what one evening brings is read,
// and one later fact about somebody else moves the clock of all tasks over 06:15,
// so that everybody is due at once; the engine is killed with kill -9 and started
// again, and its state is deleted and built again, each timed from the start of
// the process to the revision that follows from a record written before it. Last an
// exclusion of that night is declared: everybody is touched, and everything that was told
// is withdrawn, timed from the declaration to the last withdrawal that can be read. The
// ledger cannot be switched off, so it is always a part of the burst; the last
// first revision and the last record of the ledger are timed apart. With -duties 3 everybody is under NOTIFY and
// REPORT as well.
//
// With -withdrawals N, instead of all that, how soon a withdrawal can be read is measured: after such an evening of
// -persons, whoever was out is told of; the highest load that the engine holds is found by a -backlog of card
// events that it reads from its start; then those who are at home pass the gate, -load of it a second, each of
// them every two minutes of the time of the facts, and meanwhile N of those who were told of are cleared,
// -clear-rate a second, by turns with a permission and with a passage home that comes late. Times are from the
// acknowledgement of the clearing fact (acks=all) to the moment at which a read_committed reader had the withdrawal,
// as this process sees both. The run counts only if those who were cleared are withdrawn, and nobody else.
//
// With -profile FILE the engine runs with --pprof and its CPU is profiled in each
// part of the first run, and its heap after it. After
// a failure the data and logs are left where they are.
//
//   - main.go     flags, runs
//   - job.go      the job and its truth
//   - load.go     writing it; null.go the null consumer
//   - night.go    one run of it; due.go everybody due at once, restart, rebuild;
//     affected.go whom a loss concerns; exclude.go an exclusion of that night
//   - withdraw.go how soon a withdrawal can be read; traffic.go the load meanwhile; clearing.go what clears
//   - pairs.go    engine and peer in turn; peer.go the peer's process and its nights
//
// The engine's process, the reader of violations and the tables are those of bench/internal/bed.
package main
