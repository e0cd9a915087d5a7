package kafkaproc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
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
	// StartWithin bounds each start, one minute by default.
	StartWithin time.Duration
}

// Broker is a running broker. Its methods are safe for one goroutine.
type Broker struct {
	cfg                 Config
	address, controller string

	cmd  *exec.Cmd
	out  *os.File
	done chan struct{}
	// ended is the result of waiting for the process; read after done.
	ended error
}

// Address is the host and port for clients. It stays the same when the broker
// is started again.
func (b *Broker) Address() string { return b.address }

// Pid is the process id of the running broker.
func (b *Broker) Pid() int { return b.cmd.Process.Pid }

// Start formats the storage and starts a broker. It returns when the broker
// takes requests.
func Start(ctx context.Context, cfg Config) (*Broker, error) {
	if cfg.HeapMB == 0 {
		cfg.HeapMB = 512
	}
	if cfg.StartWithin == 0 {
		cfg.StartWithin = time.Minute
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	b := &Broker{cfg: cfg, address: ports[0], controller: ports[1]}
	cluster, err := b.write()
	if err != nil {
		return nil, fmt.Errorf("settings of the broker: %w", err)
	}
	format := exec.CommandContext(ctx, "java", b.java("kafka.tools.StorageTool",
		"format", "-t", cluster, "-c", b.file("server.properties"), "--standalone", "--ignore-formatted")...)
	if text, err := format.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("formatting the storage in %s: %w\n%s", cfg.Dir, err, text)
	}
	return b, b.Again(ctx)
}

// java returns the arguments that run a class of the broker.
func (b *Broker) java(class string, args ...string) []string {
	return append([]string{
		"-cp", filepath.Join(b.cfg.Home, "*"),
		fmt.Sprintf("-Xms%dm", min(b.cfg.HeapMB, 256)), fmt.Sprintf("-Xmx%dm", b.cfg.HeapMB),
		"-Djava.awt.headless=true", "-Dlog4j2.configurationFile=" + b.file("log4j2.properties"), class,
	}, args...)
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
	// Not bound to a context: Stop and Kill end it, and the end of this process.
	b.cmd = exec.Command("java", b.java("kafka.Kafka", b.file("server.properties"))...) //nolint:noctx // see above
	b.cmd.Stdout, b.cmd.Stderr = out, out
	b.done = make(chan struct{})
	if err := b.launch(); err != nil {
		return fmt.Errorf("starting the broker: %w", errors.Join(err, out.Close()))
	}
	limit := time.NewTimer(b.cfg.StartWithin)
	defer limit.Stop()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-b.done:
			return fmt.Errorf("the broker ended while it started: %w\n%s", b.ended, b.tail())
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

// launch starts the process on a thread that lives as long as the process is
// wanted: the system tells the broker when the thread that started it is gone.
func (b *Broker) launch() error {
	result := make(chan error, 1)
	var once sync.Once
	go withThread(func() {
		tieToParent(b.cmd)
		err := b.cmd.Start()
		once.Do(func() { result <- err })
		if err != nil {
			return
		}
		b.ended = b.cmd.Wait()
		close(b.done)
	})
	return <-result
}

// Stop asks the broker to end, and kills it when it has not after 20 seconds.
// A broker that has ended already is no error.
func (b *Broker) Stop() error { return b.end(syscall.SIGTERM, 20*time.Second) }

// Kill ends the broker at once, as a crash would.
func (b *Broker) Kill() error { return b.end(syscall.SIGKILL, 20*time.Second) }

func (b *Broker) end(with syscall.Signal, patience time.Duration) error {
	if b.cmd == nil || b.cmd.Process == nil {
		return nil
	}
	defer func() { _ = b.out.Close() }()
	select {
	case <-b.done:
		return nil
	default:
	}
	if err := b.cmd.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending the broker (process %d): %w", b.Pid(), err)
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-b.done:
		return nil
	case <-wait.C:
	}
	if with == syscall.SIGKILL {
		return fmt.Errorf("the broker (process %d) does not end", b.Pid())
	}
	return b.end(syscall.SIGKILL, patience)
}

// tail returns the end of what the broker said.
func (b *Broker) tail() string {
	text, err := os.ReadFile(b.file("output"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-8000):])
}
