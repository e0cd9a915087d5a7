package kafkaproc

import (
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
)

//go:embed log4j2.properties
var log4j []byte

// settings are the properties of a single broker that no caller needs to know.
// The internal topics are small and single, and a group forms without waiting,
// so that a test does not.
const settings = `process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
`

// single returns the properties of a broker that is its own controller.
func (b *Broker) single() string {
	var text strings.Builder
	text.WriteString(settings)
	more := ""
	if s := b.cfg.Security; s != nil {
		more = b.secure.listeners()
		text.WriteString(s.settings())
	}
	fmt.Fprintf(&text, "listeners=PLAINTEXT://%s,CONTROLLER://%s%s\n", b.address, b.controller, more)
	fmt.Fprintf(&text, "advertised.listeners=PLAINTEXT://%s%s\n", b.address, more)
	fmt.Fprintf(&text, "controller.quorum.bootstrap.servers=%s\n", b.controller)
	return text.String()
}

// write makes the files that the broker reads: the properties, where its data
// are, and what the caller wants besides.
func (b *Broker) write(properties string) error {
	var text strings.Builder
	text.WriteString(properties)
	fmt.Fprintf(&text, "log.dirs=%s\n", filepath.ToSlash(filepath.Join(b.cfg.Dir, "data")))
	for _, s := range b.cfg.Settings {
		text.WriteString(s + "\n")
	}
	if err := os.WriteFile(b.file("server.properties"), []byte(text.String()), 0o600); err != nil {
		return err
	}
	return os.WriteFile(b.file("log4j2.properties"), log4j, 0o600)
}

// newClusterID makes the name of a new cluster.
func newClusterID() (string, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return "", err
	}
	// Kafka writes ids as 22 letters and refuses some that begin with a dash.
	id[0] &= 0x7f
	return base64.RawURLEncoding.EncodeToString(id), nil
}

func (b *Broker) file(name string) string { return filepath.Join(b.cfg.Dir, name) }

// Ports are taken from below those that the system gives to connections that
// are opened: while a broker is down, nothing else gets its port, and nobody who
// calls it is connected to itself.
const firstPort, lastPort = 12000, 30000

// freePorts returns loopback addresses that nobody listened on a moment ago.
func freePorts(n int) ([]string, error) {
	var out []string
	for range 1000 {
		if len(out) == n {
			return out, nil
		}
		at := fmt.Sprintf("127.0.0.1:%d", firstPort+mathrand.IntN(lastPort-firstPort))
		l, err := net.Listen("tcp", at)
		if err != nil {
			continue
		}
		defer func() { _ = l.Close() }()
		out = append(out, l.Addr().String())
	}
	return nil, fmt.Errorf("no %d free loopback ports from %d to %d", n, firstPort, lastPort)
}
