//go:build containers

package integration

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"tilsyn/engine/simulate"
	"tilsyn/topics"
)

// imageVariable names the image of Apache Kafka, requireContainers set to 1 makes
// the suite fail where it would skip.
const (
	imageVariable     = "TILSYN_KAFKA_IMAGE"
	requireContainers = "TILSYN_REQUIRE_CONTAINERS"
	defaultImage      = "apache/kafka:4.1.0"
)

// kafkaImage returns an image that is there or can be pulled, or ends the test:
// it skips with the reason, and fails where containers are required.
func kafkaImage(t *testing.T) string {
	t.Helper()
	missing := func(format string, args ...any) {
		t.Helper()
		if os.Getenv(requireContainers) == "1" {
			t.Fatalf(requireContainers+"=1 and "+format, args...)
		}
		t.Skipf(format, args...)
	}
	image := os.Getenv(imageVariable)
	if image == "" {
		image = defaultImage
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Version}}").
		CombinedOutput(); err != nil {
		missing("there is no Docker engine to talk to (docker version: %v %.200s)", err, out)
	}
	if exec.CommandContext(ctx, "docker", "image", "inspect", image).Run() == nil {
		return image
	}
	if out, err := exec.CommandContext(ctx, "docker", "pull", "--quiet", image).CombinedOutput(); err != nil {
		missing("the image %s is not there and cannot be pulled; "+
			"integration/kafkaimage/build.sh makes one to name in %s (%.200s)", image, imageVariable, out)
	}
	return image
}

// kafkaContainer starts a broker in a container and returns its address. Clients outside use one
// listener, the broker itself another: inside the container it could not reach itself under the
// address of the first.
func kafkaContainer(t *testing.T) string {
	t.Helper()
	image := kafkaImage(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close() // the port is free again, for the container
	c, err := testcontainers.Run(ctx, image,
		testcontainers.WithExposedPorts("9092/tcp"),
		testcontainers.WithHostConfigModifier(func(h *container.HostConfig) {
			loopback := network.PortBinding{HostIP: netip.MustParseAddr("127.0.0.1"), HostPort: port}
			h.PortBindings = network.PortMap{network.MustParsePort("9092/tcp"): {loopback}}
		}),
		testcontainers.WithEnv(map[string]string{
			"KAFKA_NODE_ID":                                  "1",
			"KAFKA_PROCESS_ROLES":                            "broker,controller",
			"KAFKA_LISTENERS":                                "OUTSIDE://:9092,INSIDE://localhost:9094,CONTROLLER://localhost:9093",
			"KAFKA_ADVERTISED_LISTENERS":                     "OUTSIDE://127.0.0.1:" + port + ",INSIDE://localhost:9094",
			"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP":           "OUTSIDE:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
			"KAFKA_CONTROLLER_LISTENER_NAMES":                "CONTROLLER",
			"KAFKA_INTER_BROKER_LISTENER_NAME":               "INSIDE",
			"KAFKA_CONTROLLER_QUORUM_VOTERS":                 "1@localhost:9093",
			"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR":         "1",
			"KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
			"KAFKA_TRANSACTION_STATE_LOG_MIN_ISR":            "1",
			"KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS":         "0",
		}),
		testcontainers.WithWaitStrategy(wait.ForLog("Kafka Server started").WithStartupTimeout(90*time.Second)),
	)
	testcontainers.CleanupContainer(t, c)
	if err != nil {
		t.Fatalf("the broker in %s does not start: %v", image, err)
	}
	return "127.0.0.1:" + port
}

// TestContainer runs the program against a broker in a container: facts in,
// violations out in transactions, kill -9 and restart in between, and verify
// finds nothing.
func TestContainer(t *testing.T) {
	r := &rig{brokers: kafkaContainer(t), program: build(t), dir: t.TempDir()}
	r.tilsyn(t, nil, "topics", "create", "--partitions", "4", "--timestamps", "create")
	f := newFeeder(t, r.brokers, simulate.Config{Seed: 7, Days: 20, Persons: 40})
	engine := r.engine(t)
	if err := f.send(t.Context(), f.left()/2); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	if err := engine.Kill(); err != nil {
		t.Fatal(err)
	}
	engine = r.engine(t)
	if err := f.send(t.Context(), f.left()); err != nil {
		t.Fatal(err)
	}
	told, same := 0, 0
	for begin := time.Now(); ; time.Sleep(time.Second) {
		engine.running(t)
		out, err := exec.CommandContext(t.Context(), r.program, "verify", "--brokers", r.brokers, "--topic-prefix",
			prefix).CombinedOutput()
		before := told
		told = bytes.Count(r.tilsyn(t, nil, "tail", topics.Violations, "--from-beginning", "--exit-at-end"), []byte("\n"))
		if same++; err != nil || told != before {
			same = 0
		}
		if told > 0 && same >= 3 {
			break
		}
		if time.Since(begin) > 2*time.Minute {
			t.Fatalf("%d revisions; verify: %v\n%s", told, err, last(string(out)))
		}
	}
	engine.stop(t)
	t.Logf("%d facts, %d revisions, no difference", f.sent, told)
}
