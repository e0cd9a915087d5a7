package kafkaproc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"tilsyn/integration/child"
)

// Config says how to run a broker.
type Config struct {
	// Home is the directory of the jars; see Home.
	Home string
	// Dir holds settings, data and output of the broker. It must exist and be
	// the broker's own; data that is already there is kept.
	Dir string
	// HeapMB is the Java heap, 512 by default.
	HeapMB int
	// Settings are further lines for server.properties.
	Settings []string
	// Security, where given, is of a single broker.
	Security *Security
	// StartWithin bounds each start, one minute by default.
	StartWithin time.Duration
	// java are further options of the virtual machine.
	java []string
}

// Broker is a running broker. Its methods are safe for one goroutine.
type Broker struct {
	cfg                 Config
	address, controller string
	secure              SecureAddresses

	process *child.Process
	out     *os.File
}

// Address is the host and port for clients. It stays the same when the broker
// is started again.
func (b *Broker) Address() string { return b.address }

// Pid is the process id of the running broker.
func (b *Broker) Pid() int { return b.process.Pid() }

// Start formats the storage and starts a broker. It returns when the broker
// takes requests.
func Start(ctx context.Context, cfg Config) (*Broker, error) {
	ports, err := freePorts(5)
	if err != nil {
		return nil, err
	}
	b := &Broker{cfg: cfg.withDefaults(512), address: ports[0], controller: ports[1]}
	if cfg.Security != nil {
		b.cfg.java = append(b.cfg.java, cfg.Security.java()...)
		b.secure = SecureAddresses{TLS: ports[2], Mutual: ports[3], SASL: ports[4]}
	}
	cluster, err := newClusterID()
	if err != nil {
		return nil, err
	}
	if err := b.format(ctx, cluster, b.single(),
		append([]string{"--standalone"}, cfg.Security.users()...)...); err != nil {
		return nil, err
	}
	return b, b.Again(ctx)
}

func (c Config) withDefaults(heapMB int) Config {
	if c.HeapMB == 0 {
		c.HeapMB = heapMB
	}
	if c.StartWithin == 0 {
		c.StartWithin = time.Minute
	}
	return c
}

// format writes the broker's files and makes its storage, unless that is there.
func (b *Broker) format(ctx context.Context, cluster, properties string, how ...string) error {
	if err := b.write(properties); err != nil {
		return fmt.Errorf("settings of the broker: %w", err)
	}
	args := append([]string{"format", "-t", cluster, "-c", b.file("server.properties"), "--ignore-formatted"}, how...)
	format := exec.CommandContext(ctx, "java", b.java("kafka.tools.StorageTool", args...)...)
	if text, err := format.CombinedOutput(); err != nil {
		return fmt.Errorf("formatting the storage in %s: %w\n%s", b.cfg.Dir, err, text)
	}
	return nil
}

// java returns the arguments that run a class of the broker.
func (b *Broker) java(class string, args ...string) []string {
	out := append([]string{
		"-cp", filepath.Join(b.cfg.Home, "*"),
		fmt.Sprintf("-Xms%dm", min(b.cfg.HeapMB, 256)), fmt.Sprintf("-Xmx%dm", b.cfg.HeapMB),
		"-Djava.awt.headless=true", "-Dlog4j2.configurationFile=" + b.file("log4j2.properties"),
	}, b.cfg.java...)
	return append(append(out, class), args...)
}

// started is what the broker says when it takes requests.
var started = []byte("Kafka Server started")

// Again starts a broker that was stopped or killed, on the same data and
// address.
func (b *Broker) Again(ctx context.Context) error {
	out, err := os.OpenFile(b.file("output"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("output of the broker: %w", err)
	}
	b.out = out
	args := b.java("kafka.Kafka", b.file("server.properties"))
	cmd := exec.Command("java", args...) //nolint:noctx // Stop and Kill end it
	cmd.Stdout, cmd.Stderr = out, out
	if b.process, err = child.Start(cmd); err != nil {
		return fmt.Errorf("starting the broker: %w", errors.Join(err, out.Close()))
	}
	limit := time.NewTimer(b.cfg.StartWithin)
	defer limit.Stop()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-b.process.Done():
			return fmt.Errorf("the broker ended while it started: %w\n%s", b.process.Err(), b.tail())
		case <-limit.C:
			return errors.Join(fmt.Errorf("the broker did not start within %s\n%s", b.cfg.StartWithin, b.tail()), b.Kill())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), b.Kill())
		case <-look.C:
			if text, err := os.ReadFile(b.file("output")); err == nil && bytes.Contains(text, started) {
				return nil
			}
		}
	}
}

// Stop asks the broker to end, and kills it when it has not after 20 seconds.
// A broker that has ended already is no error.
func (b *Broker) Stop() error { return b.end((*child.Process).Stop) }

// Kill ends the broker at once, as a crash would.
func (b *Broker) Kill() error { return b.end((*child.Process).Kill) }

func (b *Broker) end(how func(*child.Process) error) error {
	if b.process == nil {
		return nil
	}
	defer func() { _ = b.out.Close() }()
	if err := how(b.process); err != nil {
		return fmt.Errorf("ending the broker: %w", err)
	}
	return nil
}

// Pause stops the broker where it stands (SIGSTOP): clients and the other nodes
// get no answer on connections that stay open.
func (b *Broker) Pause() error { return b.process.Pause() }

// Continue lets a paused broker go on.
func (b *Broker) Continue() error { return b.process.Continue() }

// tail returns the end of what the broker said.
func (b *Broker) tail() string {
	text, err := os.ReadFile(b.file("output"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-8000):])
}
