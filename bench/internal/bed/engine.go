package bed

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

// Engine is a running `tilsyn run`.
type Engine struct {
	cmd *exec.Cmd
	// Began is when it was started.
	Began   time.Time
	address string
	log     *os.File
	done    chan struct{}
	// ended is the result of waiting; read after done.
	ended error
}

// EngineConfig says how to run it.
type EngineConfig struct {
	Binary, Broker, Prefix, Dir string
	// Policy is a file; empty: the built-in one.
	Policy string
	// Args are further arguments, such as --pprof.
	Args []string
}

// StartEngine starts the binary; it must be called on the main thread.
func StartEngine(cfg EngineConfig) (*Engine, error) {
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
		"--clock", "events", "--trust-timestamps", "--listen", address}, cfg.Args...)
	if cfg.Policy != "" {
		args = append(args, "--policy", cfg.Policy)
	}
	e := &Engine{address: address, log: log, done: make(chan struct{}), Began: time.Now()}
	e.cmd = exec.Command(cfg.Binary, args...) //nolint:noctx // our own binary; stop and kill end it
	e.cmd.Stdout, e.cmd.Stderr = log, log
	DieWithParent(e.cmd)
	if err := e.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		e.ended = e.cmd.Wait()
		close(e.done)
	}()
	return e, nil
}

// Running is nil while the engine runs, else why it does not.
func (e *Engine) Running() error {
	select {
	case <-e.done:
		text, _ := os.ReadFile(e.log.Name())
		return fmt.Errorf("the engine ended: %w\n%s", e.ended, text[max(0, len(text)-4000):])
	default:
		return nil
	}
}

// End stops the engine with a signal and waits for it.
func (e *Engine) End(with syscall.Signal) error {
	defer func() { _ = e.log.Close() }()
	if e.Running() != nil {
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

// Metrics returns the counters of the engine by name; nil before it listens.
func (e *Engine) Metrics(ctx context.Context) map[string]float64 {
	body := e.Get(ctx, "/metrics")
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

// Profile writes a CPU profile of some seconds from the engine's --pprof.
func (e *Engine) Profile(ctx context.Context, seconds int, file string) error {
	body := e.Get(ctx, fmt.Sprintf("/debug/pprof/profile?seconds=%d", seconds))
	if body == nil {
		return errors.New("the engine gave no profile")
	}
	return os.WriteFile(file, body, 0o600)
}

// Heap writes what the engine's heap holds after a collection, from its --pprof.
func (e *Engine) Heap(ctx context.Context, file string) error {
	body := e.Get(ctx, "/debug/pprof/heap?gc=1")
	if body == nil {
		return errors.New("the engine gave no profile of its heap")
	}
	return os.WriteFile(file, body, 0o600)
}

// Ask for no compression, which would cost the engine time.
var plain = &http.Client{Transport: &http.Transport{DisableCompression: true}}

// Get asks a page of the engine; nil where it does not answer it.
func (e *Engine) Get(ctx context.Context, path string) []byte {
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

// Pid is its process id.
func (e *Engine) Pid() int { return e.cmd.Process.Pid }

// LogName is the file that it logs to.
func (e *Engine) LogName() string { return e.log.Name() }
