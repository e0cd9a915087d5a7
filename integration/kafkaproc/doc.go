// Package kafkaproc runs a real Apache Kafka, in KRaft mode on loopback, from the
// jars that Maven fetches: one broker ([Start]) or a cluster of several nodes
// with replication ([StartCluster]). It is for tests and benchmarks.
//
// It guarantees that every broker has its own directory and free ports, that a
// broker is only reported as started when it takes requests, that it ends by
// its process id when it is stopped and also when the process that started it
// dies, and that a test without Java or jars skips with the reason, or fails
// where TILSYN_REQUIRE_KAFKA=1 says that they must be there. It never fetches
// anything and never touches a broker that it did not start.
//
// To fetch the jars (about 45 MB), once:
//
//	mvn -q -f integration/kafkaproc/pom.xml \
//	    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
//	    -DoutputDirectory="$HOME/.cache/kafka-jars"
//	export TILSYN_KAFKA_HOME="$HOME/.cache/kafka-jars"
//
// Files:
//
//	gate.go        what is needed and what happens without it
//	settings.go    the files that a broker reads
//	security.go    listeners with TLS and SASL
//	broker.go      start, stop, kill, start again
//	cluster.go     several nodes; clustersettings.go what they read
//	clusteradmin.go replicas in sync, leaders that move
//	pom.xml        which jars
//	log4j2.properties, what the broker logs
package kafkaproc
