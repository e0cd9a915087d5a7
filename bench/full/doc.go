// Full measures the engine on the whole job, with a real Apache Kafka beside it on the same
// machine:
//
//	export TILSYN_KAFKA_HOME=…        # the broker's jars, see integration/kafkaproc
//	go run ./bench/full               # 2,000 residents, 14, 60 and 365 days, 1 and 3 instances, three runs
//	go run ./bench/full -persons 100 -history 14,1095 -instances 1 -runs 1    # three years
//	go run ./bench/full -persons 100 -history 14 -instances 1 -runs 1
//
// The job is what the simulator writes for two centres: residents of all groups under all
// three duties, cards, paper, notices, reports, permissions, manual logs with their markers,
// which have to be there, and with -watched also row numbers, heartbeats and daily counts.
// All outputs are written, control reports as seldom as in a normal run.
//
// Each run has topics of its own. What is known by 22:30 of the last evening is loaded, and
// the engine reads it as a backlog, on empty data directories, until everything is
// committed and nothing moves. Then the morning comes: before 23:00, 00:00 and 06:00 the
// facts up to that moment are sent and taken in; then those of the next 16 minutes, with a
// fact at their end that moves the clock of all tasks, timed from there to the last first
// revision that a read_committed reader sees and to the last record of the ledger. Since the
// markers are required, a night is told when the logs of the centre are stated to be complete:
// from the first of these markers to the last is a burst of its own. At last the rest up to
// noon.
//
// A run counts only if no revision is out of turn and the newest status of each unit is
// that of the simulator's truth.
//
//   - main.go     flags, which histories and instances, tables
//   - load.go     the facts, and what is kept for the morning
//   - run.go      the engines at work; morning.go the bursts
//   - truth.go    what was told against what happened
package main
