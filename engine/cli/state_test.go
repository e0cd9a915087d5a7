package cli

import (
	"encoding/json"
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
	for began := time.Now(); !strings.Contains(p.ok(t, "state", "inspect", "--data-dir", "data").stdout,
		"an engine runs on it"); {
		if time.Since(began) > within {
			t.Fatal("the engine does not answer")
		}
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
		if _, err := os.Stat(filepath.Join(p.dir, "data", "admin.sock")); err == nil {
			return cmd
		}
		if time.Since(began) > within {
			t.Fatal("the engine does not start")
		}
	}
}
