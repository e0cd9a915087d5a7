package cli

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream"
	"tilsyn/topics"
)

// TestStateCommands backs up an engine that runs as a process, ends it by a
// signal, restores, and looks at what there is.
func TestStateCommands(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "2")
	p.ok(t, "load", simulated(t, 20, 6))
	run := p.engine(t, "run", "--data-dir", "data")
	for began := time.Now(); !hasRead(t, p.ok(t, "state", "inspect", "--data-dir", "data", "--json").stdout, 20); {
		if time.Since(began) > within {
			t.Fatal("the engine does not read what there is")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if out := p.ok(t, "state", "inspect", "--data-dir", "data").stdout; !strings.Contains(out, "an engine runs on it") {
		t.Errorf("inspect of a running engine printed %q", out)
	}
	if out := p.ok(t, "state", "backup", "--data-dir", "data", "--to", "full").stdout; !strings.Contains(out,
		"full backup by the running engine") {
		t.Errorf("backup printed %q", out)
	}
	if r := p.run(t, "state", "backup", "--data-dir", "data", "--to", "full"); r.status != 2 ||
		!strings.Contains(r.stderr, "is there already") {
		t.Errorf("over a file: status %d, %s", r.status, r.stderr)
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(); err != nil {
		t.Fatalf("the engine ended with %v", err)
	}
	if out := p.ok(t, "state", "backup", "--data-dir", "data", "--to", "more", "--since",
		"full").stdout; !strings.Contains(out, "incremental backup of a stopped instance") {
		t.Errorf("backup printed %q", out)
	}
	if out := p.ok(t, "state", "restore", "--data-dir", "new", "--same-instance", "--journal", "full",
		"more").stdout; !strings.Contains(out, "new: 2 tasks with 20 persons") {
		t.Errorf("restore printed %q", out)
	}
	if r := p.run(t, "state", "restore", "--data-dir", "other", "--journal", "more"); r.status != 2 ||
		!strings.Contains(r.stderr, "is incremental") {
		t.Errorf("restore of an incremental backup alone: status %d, %s", r.status, r.stderr)
	}
	told := p.ok(t, "tail", "control-actions", "--from-beginning", "--exit-at-end").stdout
	if !strings.Contains(told, `"centre_id":"ALL","control":"RESTORE_TEST"`) ||
		strings.Count(told, `"ok":true`) != 1 || strings.Count(told, `"ok":false`) != 1 {
		t.Errorf("control-actions has %s", told)
	}
	table := p.ok(t, "state", "inspect", "--data-dir", "new").stdout
	if !regexp.MustCompile(`(?m)^ *TASK .*\n *0 .*\n *1 `).MatchString(table) ||
		!strings.Contains(table, "no engine runs on it") {
		t.Errorf("inspect printed\n%s", table)
	}
	var in stream.Inspection
	if err := json.Unmarshal([]byte(p.ok(t, "state", "inspect", "--data-dir", "new", "--json").stdout),
		&in); err != nil || len(in.Tasks) != 2 {
		t.Fatalf("%+v %v", in, err)
	}
	for _, task := range in.Tasks {
		if task.Sequence == 0 || task.Positions["card-events/"+strconv.Itoa(int(task.Task))] == 0 {
			t.Errorf("task %d: %+v", task.Task, task)
		}
	}
	if r := p.run(t, "state", "inspect", "--data-dir", "nowhere"); r.status != statusUsage ||
		!strings.Contains(r.stderr, "no data directory") {
		t.Errorf("inspect of nothing: status %d, %s", r.status, r.stderr)
	}
}

// hasRead reports whether both tasks of an inspected directory have read card events and have so many persons together.
func hasRead(t *testing.T, inspected string, want int) bool {
	t.Helper()
	var in stream.Inspection
	if err := json.Unmarshal([]byte(inspected), &in); err != nil {
		t.Fatal(err)
	}
	persons, read := 0, len(in.Tasks) == 2
	for _, task := range in.Tasks {
		persons += task.Persons
		read = read && task.Positions["card-events/"+strconv.Itoa(int(task.Task))] > 0
	}
	return read && persons == want
}

// engine starts the program and returns when the socket of its data directory
// is there.
func (p program) engine(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir, cmd.Env = p.dir, append(append(os.Environ(), asProgram+"=1"), p.env...)
	cmd.Stderr = os.Stderr
	if p.said != nil {
		cmd.Stderr = p.said
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		// One that ended may have left its socket behind, but does not answer.
		if conn, err := net.Dial("unix", filepath.Join(p.dir, "data", "admin.sock")); err == nil {
			_ = conn.Close()
			return cmd
		}
		if time.Since(began) > within {
			t.Fatal("the engine does not start")
		}
	}
}

// TestStateKeyCommands makes keys, restores into an encrypted directory, lets another key open it, and sees
// what is refused and in which words.
func TestStateKeyCommands(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	public := p.ok(t, "state", "key", "one").stdout
	p.ok(t, "state", "key", "two")
	if again := p.ok(t, "state", "key", "--public", "one").stdout; again != public || !strings.HasPrefix(public, "age1") {
		t.Errorf("public keys %q and %q", public, again)
	}
	if info, err := os.Stat(filepath.Join(p.dir, "one")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file: %v %v", info, err)
	}
	p.ok(t, "topics", "create", "--partitions", "1")
	p.ok(t, "load", simulated(t, 5, 3))
	run := p.engine(t, "run", "--data-dir", "data", "--state-key-file", "one")
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(); err != nil {
		t.Fatalf("the engine ended with %v", err)
	}
	p.ok(t, "state", "inspect", "--data-dir", "data", "--state-key-file", "one")
	if err := os.WriteFile(filepath.Join(p.dir, "open"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		line string
		says string
	}{
		{"state key one", "one is there already"},
		{"state inspect --data-dir data", "give --state-key-file with the key that opens data/data-key.age"},
		{"state inspect --data-dir data --state-key-file two", "the key in two does not open data/data-key.age"},
		{"run --data-dir data", "the data directory data is encrypted"},
		{"run --data-dir data --state-key-file open", "others than its owner may read open (mode 644)"},
		{"run --data-dir data --state-key-file nowhere", "--state-key-file: the key cannot be used: open nowhere"},
		{"run --data-dir data --state-key-file one --state-key-rotate 1s", "give at least 1h"},
		{"state rekey --data-dir data --state-key-file two --new-key-file one", "the key in two does not open"},
		{"explain STAY:2026-02-03:P --state-key-file one", "give both"},
		{"state backup --data-dir data --state-key-file one --to x --recipient age1x", "a recipient is a public key of age"},
	} {
		if r := p.run(t, strings.Fields(c.line)...); r.status != statusUsage || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%s: status %d, %s", c.line, r.status, r.stderr)
		}
	}
	p.ok(t, "state", "rekey", "--data-dir", "data", "--state-key-file", "one", "--new-key-file", "two")
	p.ok(t, "state", "inspect", "--data-dir", "data", "--state-key-file", "two")
	p.ok(t, "state", "backup", "--data-dir", "data", "--state-key-file", "two", "--to", "full")
	p.ok(t, "state", "restore", "--data-dir", "next", "--state-key-file", "one", "full")
	p.ok(t, "state", "backup", "--data-dir", "data", "--state-key-file", "two", "--to", "sealed", "--recipient",
		strings.TrimSpace(public))
	if r := p.run(t, "state", "restore", "--data-dir", "last", "sealed"); r.status != statusUsage ||
		!strings.Contains(r.stderr, "sealed: backup cannot be used: it is encrypted: give --identity") {
		t.Errorf("restore of an encrypted backup without a key: status %d, %s", r.status, r.stderr)
	}
	p.ok(t, "state", "restore", "--data-dir", "last", "--identity", "one", "sealed")
	p.ok(t, "state", "inspect", "--data-dir", "next", "--state-key-file", "one")
}
