package integration

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/integration/child"
	"tilsyn/integration/kafkaproc"
)

// build compiles the program, so that it asserts its invariants as tests do, and returns its path.
func build(t *testing.T) string { t.Helper(); return buildAs(t, "tilsyn") }

// buildAs compiles it in another way, under another name.
func buildAs(t *testing.T, name string, how ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := append([]string{"build", "-tags", "invariants", "-o", path}, how...)
	cmd := exec.CommandContext(t.Context(), "go", append(args, "tilsyn")...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return path
}

// pythonVariable names a Python that has confluent-kafka and fastavro.
const pythonVariable = "TILSYN_PYTHON"

// python returns a Python that has the foreign client's packages, or ends the
// test as kafkaproc.Missing does.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv(pythonVariable)
	if path == "" {
		kafkaproc.Missing(t, fmt.Errorf("%s is not set; .ci/run kafka makes a Python with confluent-kafka "+
			"and fastavro and sets it", pythonVariable))
	}
	out, err := exec.CommandContext(t.Context(), path, "-c", "import confluent_kafka, fastavro").CombinedOutput()
	if err != nil {
		kafkaproc.Missing(t, fmt.Errorf("%s=%s lacks confluent-kafka or fastavro: %w\n%s", pythonVariable, path, err, out))
	}
	return path
}

// output runs a command to its end and returns its standard output.
func output(t *testing.T, stdin []byte, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, last(errs.String()),
			last(out.String()))
	}
	return out.Bytes()
}

func last(s string) string { return s[max(0, len(s)-4000):] }

// lines cuts JSON Lines apart.
func lines(t *testing.T, text []byte) [][]byte {
	t.Helper()
	var out [][]byte
	s := bufio.NewScanner(bytes.NewReader(text))
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		if len(bytes.TrimSpace(s.Bytes())) > 0 {
			out = append(out, bytes.Clone(s.Bytes()))
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// service is a command that runs until it is told to stop.
type service struct {
	*child.Process

	mu   sync.Mutex
	said bytes.Buffer
}

// Write keeps what the service says.
func (s *service) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(b)
}

func (s *service) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// serve starts a command that must still run when the test ends it.
func serve(t *testing.T, name string, args ...string) *service {
	t.Helper()
	s := launch(t, name, args...)
	t.Cleanup(func() {
		if err := s.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("%s said at the end:\n%s", filepath.Base(name), last(s.text()))
		}
	})
	return s
}

// launch starts a command that the caller ends.
func launch(t *testing.T, name string, args ...string) *service {
	t.Helper()
	s := &service{}
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = s, s
	var err error
	if s.Process, err = child.Start(cmd); err != nil {
		t.Fatal(err)
	}
	return s
}

// running fails the test when the service has ended by itself.
func (s *service) running(t *testing.T) {
	t.Helper()
	if !s.Running() {
		t.Fatalf("the service ended by itself: %v\n%s", s.Err(), last(s.text()))
	}
}

// stop asks the service to end and wants it to do so cleanly and soon.
func (s *service) stop(t *testing.T) {
	t.Helper()
	s.running(t)
	began := time.Now()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took >= 20*time.Second {
		t.Fatalf("the service did not end within 20 s of SIGTERM\n%s", last(s.text()))
	}
	var exit *exec.ExitError
	if errors.As(s.Err(), &exit) {
		t.Errorf("ended by SIGTERM, the service has exit status %d\n%s", exit.ExitCode(), last(s.text()))
	}
}

// kill ends the service as a crash would.
func (s *service) kill(t *testing.T) {
	t.Helper()
	s.running(t)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
}

// text, number and equalJSON read values of decoded JSON.
func text(v any) string { s, _ := v.(string); return s }

func number(v any) string { return fmt.Sprint(v) }

func equalJSON(a, b any) bool { return reflect.DeepEqual(a, b) }

// instant turns an instant of the core into one of the standard library.
func instant(i duty.Instant) time.Time { return time.UnixMilli(int64(i)) }
