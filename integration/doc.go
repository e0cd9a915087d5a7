// Package integration tests the built program against a real Apache Kafka and
// against clients that are not ours. It has no code of its own.
//
// It guarantees that nothing here passes without having run: without Java,
// Kafka's jars, Python or Apicurio's archive a test skips with the reason, and fails where
// TILSYN_REQUIRE_KAFKA=1. It never talks to a broker that it did not start.
//
// Files:
//
//	foreign_test.go   facts from a foreign client arrive unchanged
//	embedded_test.go  the engine with its own broker, from nothing
//	topics_test.go    the tests of package topics on a real broker
//	realinput_test.go facts from a foreign client, violations back to it
//	kill_test.go      kill -9 at random moments
//	cluster_test.go   leaders move and nodes die under load, on three nodes
//	changing_test.go  topics that somebody changes under the engine
//	unclean_test.go   a leader that has not got all
//	late*_test.go     requests of transactions that arrive late, or not in time
//	slow_test.go      a slow broker, that slows the engine and nothing else
//	security_test.go  TLS, certificates of clients, SASL; tokens_test.go a token endpoint
//	roles_test.go     what each role may do, and is refused, on a broker with an authorizer
//	rotation_test.go  certificates, secrets and tokens that are replaced meanwhile
//	schemaregistry_test.go a schema registry that is not ours; apicurio_test.go starts it
//	feed_test.go      simulated facts that flow
//	lossy_test.go     devices that number their rows and say that they are well, and lose some
//	sixways_test.go   the same facts in five ways, and replay
//	upgrade_test.go   other versions beside this one; release_test.go builds them from the history
//	container_test.go a broker in a container, by testcontainers-go (tag containers)
//	campaign*_test.go the fault campaign: plan, faults, engines and how their runs
//	                  differ, backups, checks
//	compare_test.go   when a live engine equals replay (contract §3)
//	program_test.go   building and running the program
//	examples_test.go  what those who connect may copy from examples/, in five languages
//	foreign/          the foreign client, in Python
//	examples/         producers and consumers of others; their README says what each shows
//	kafkaproc/        the broker, or three of them
//	engineimage/      the image of the program: building it, that it runs, and that two builds are the same
//	kafkaimage/       an image of the broker where none can be pulled
//	netfault/         a proxy that does what a bad network does
//	child/            processes that a test starts
package integration
