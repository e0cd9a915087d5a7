package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// engine is a running `tilsyn run`.
type engine struct {
	cmd     *exec.Cmd
	began   time.Time
	address string
	log     *os.File
	done    chan struct{}
	// ended is the result of waiting; read after done.
	ended error
}

// engineConfig says how to run it.
type engineConfig struct {
	Binary, Broker, Prefix, Dir, Policy string
	// Args are further arguments, such as --pprof.
	Args []string
}

// startEngine starts the binary; it must be called on the main thread.
func startEngine(cfg engineConfig) (*engine, error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(cfg.Dir, "engine.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	args := append([]string{"run", "--brokers", cfg.Broker, "--topic-prefix", cfg.Prefix,
		"--group", strings.TrimSuffix(cfg.Prefix, "."), "--data-dir", filepath.Join(cfg.Dir, "state"),
		"--policy", cfg.Policy, "--clock", "events", "--trust-timestamps", "--listen", address}, cfg.Args...)
	e := &engine{address: address, log: log, done: make(chan struct{}), began: time.Now()}
	e.cmd = exec.Command(cfg.Binary, args...) //nolint:noctx // our own binary; stop and kill end it
	e.cmd.Stdout, e.cmd.Stderr = log, log
	dieWithParent(e.cmd)
	if err := e.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		e.ended = e.cmd.Wait()
		close(e.done)
	}()
	return e, nil
}

// running is nil while the engine runs, else why it does not.
func (e *engine) running() error {
	select {
	case <-e.done:
		text, _ := os.ReadFile(e.log.Name())
		return fmt.Errorf("the engine ended: %w\n%s", e.ended, text[max(0, len(text)-4000):])
	default:
		return nil
	}
}

// end stops the engine with a signal and waits for it.
func (e *engine) end(with syscall.Signal) error {
	defer func() { _ = e.log.Close() }()
	if e.running() != nil {
		return nil
	}
	if err := e.cmd.Process.Signal(with); err != nil {
		return err
	}
	select {
	case <-e.done:
		return nil
	case <-time.After(30 * time.Second):
		_ = e.cmd.Process.Kill()
		<-e.done
		return errors.New("the engine did not stop within 30 s and was killed")
	}
}

// metrics returns the counters of the engine by name; nil before it listens.
func (e *engine) metrics(ctx context.Context) map[string]float64 {
	body := e.get(ctx, "/metrics")
	if body == nil {
		return nil
	}
	out := map[string]float64{}
	for line := range bytes.Lines(body) {
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			out[name] = n
		}
	}
	return out
}

// profile writes a CPU profile of some seconds from the engine's --pprof.
func (e *engine) profile(ctx context.Context, seconds int, file string) error {
	body := e.get(ctx, fmt.Sprintf("/debug/pprof/profile?seconds=%d", seconds))
	if body == nil {
		return errors.New("the engine gave no profile")
	}
	return os.WriteFile(file, body, 0o600)
}

// Ask for no compression, which would cost the engine time.
var plain = &http.Client{Transport: &http.Transport{DisableCompression: true}}

func (e *engine) get(ctx context.Context, path string) []byte {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+e.address+path, nil)
	if err != nil {
		return nil
	}
	res, err := plain.Do(req)
	if err != nil {
		return nil
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil
	}
	return body
}

// freePort returns a loopback address that nobody listened on a moment ago.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
