package kafkaproc

import (
	"fmt"
	"strings"
)

// nodePlace is where a node listens: for clients, for the controllers, for the
// other brokers, and for clients that come by a proxy.
type nodePlace struct{ client, controller, internal, behind, proxy string }

// clusterSettings are the properties of every node. Replication is as in
// production; what is dead is noticed within seconds, and memory is small.
const clusterSettings = `process.roles=broker,controller
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=1000
replica.lag.time.max.ms=10000
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=1
log.cleaner.dedupe.buffer.size=4194304
log.index.size.max.bytes=1048576
num.network.threads=2
num.io.threads=4
`

// nodeSettings returns the properties of node i of a cluster.
func nodeSettings(places []nodePlace, i int) string {
	var text strings.Builder
	text.WriteString(clusterSettings)
	replicas := min(len(places), 3)
	inSync := max(1, replicas-1)
	for name, value := range map[string]int{
		"node.id": i + 1, "default.replication.factor": replicas, "min.insync.replicas": inSync,
		"offsets.topic.replication.factor":         replicas,
		"transaction.state.log.replication.factor": replicas, "transaction.state.log.min.isr": inSync,
		"share.coordinator.state.topic.replication.factor": replicas, "share.coordinator.state.topic.min.isr": inSync,
	} {
		fmt.Fprintf(&text, "%s=%d\n", name, value)
	}
	voters := make([]string, len(places))
	for j, p := range places {
		voters[j] = fmt.Sprintf("%d@%s", j+1, p.controller)
	}
	fmt.Fprintf(&text, "controller.quorum.voters=%s\n", strings.Join(voters, ","))
	p := places[i]
	listen := []string{"CLIENT://" + p.client, "INTERNAL://" + p.internal}
	advertise := listen
	if p.behind != "" {
		listen = append(listen[:2:2], "BEHIND://"+p.behind)
		advertise = append(advertise[:2:2], "BEHIND://"+p.proxy)
	}
	fmt.Fprintf(&text, "listeners=%s,CONTROLLER://%s\n", strings.Join(listen, ","), p.controller)
	fmt.Fprintf(&text, "advertised.listeners=%s\n", strings.Join(advertise, ","))
	text.WriteString("listener.security.protocol.map=" +
		"CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,BEHIND:PLAINTEXT,CONTROLLER:PLAINTEXT\n")
	return text.String()
}
