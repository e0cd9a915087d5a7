// Package stream is the running engine: members of a group share the tasks of a prefix
// (package task), read what every instance needs (package centres), and say how they
// stand.
//
// # Rooms
//
// The engine's packages stand on each other from the ground up, and none knows one above
// it (decision 0021). Below them is package casefile, which replay uses too: it knows which
// key can be used and whom a record concerns.
//
//	wire       stored values as bytes
//	spare      when memory kept for another use is too much
//	broker     what is needed of Kafka, and what stands behind it
//	deadletter what becomes of a record that cannot be used
//	stored     what a task keeps, and its progress
//	datadir    whose a data directory is, and who uses it
//	register   who is linked with whom, and was given which card
//	centres    the topics that every instance reads whole
//	telling    how harsh a verdict is, and whether it was told
//	claims     names of facts that came under two keys
//	watching   what the tasks tell the one that owns the watch
//	recalls    what was taken back over all partitions, and who has acknowledged it
//	watermark  up to which clock everything was read, by this task and the others
//	task       one partition number: reading, judging, telling, recovery
//	verify     the same once more, compared
//	tracing    what cycles take, for an OpenTelemetry collector
//	stream     members, the life of the tasks, readiness, metrics, backups
//
// seeds and testkit are for tests alone.
//
// # What it never does
//
// It decides nothing about the law, puts no personal data into logs, metrics or errors,
// and writes nothing outside a transaction.
//
// # Files
//
//	run.go        Run: from the settings to running tasks; config.go the settings
//	examine.go    what may be refused, looked at before joining; prefixgroup.go the group
//	              that writes the prefix; owners.go whether every task of the prefix has
//	              an owner that moves; taken.go a group that others are in
//	member.go     membership of the group; crew.go the tasks that it assigns;
//	              identify.go, openstate.go the data directory, vault.go how it is
//	              encrypted and who may read it; embedded.go the broker
//	              in the same process, embeddedtopics.go its topics for others
//	recalling.go  reading what recalls rest on; overseeing.go control reports, and the
//	              accounts of all units
//	loop.go       a task's life; errors_hanging.go transactions that stay open;
//	              away.go brokers that do not answer
//	tellclock.go, standing.go, tellunheard.go, trouble.go, silent.go,
//	watchletters.go, watchpolicy.go   what the log says of the tasks, the centres, dead
//	              letters and policies; policyreport.go the policies of a prefix
//	http.go       /healthz, /readyz, /metrics, and requests that panic; pages.go what people look at beside the engine;
//	              crowd.go how many connections are kept;
//	              status.go how instance and tasks stand;
//	              metrics.go names; metered.go what calls to the brokers cost
//	dirs.go       the directories of a run: what is made, and taken back where it is refused;
//	              admin.go the socket in the data directory; affected.go whom a loss may concern,
//	              affectedask.go asking it; health.go how it is; backup.go Backup and Restore;
//	              inspect.go Inspect; statefacts.go the facts of a stopped engine; deadletters.go the open dead letters
package stream
