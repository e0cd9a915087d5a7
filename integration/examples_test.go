package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/integration/kafkaproc"
	"tilsyn/topics"
)

// Variables that name what the examples in other languages need, beside pythonVariable; `.ci/run examples` sets them.
const (
	// nodeVariable is the node_modules with kafkajs and avsc.
	nodeVariable = "TILSYN_EXAMPLES_NODE"
	// javaVariable is the directory that integration/examples/java/pom.xml builds into.
	javaVariable = "TILSYN_EXAMPLES_JAVA"
)

// The facts of the examples, and when they are judged.
const (
	exampleFacts = "examples/facts.jsonl"
	laterFacts   = "examples/later.jsonl"
	exampleAsOf  = "2026-02-05T08:00:00+01:00"
	exampleUnits = 5
)

// exampleRig is a broker and the program; each example has a prefix of its own.
type exampleRig struct{ program, brokers, dir string }

func newExampleRig(t *testing.T) *exampleRig {
	t.Helper()
	return &exampleRig{brokers: kafkaproc.ForTest(t, kafkaproc.Config{}).Address(), program: build(t), dir: t.TempDir()}
}

// tilsyn runs a command of the program under a prefix.
func (r *exampleRig) tilsyn(t *testing.T, prefix string, args ...string) []byte {
	t.Helper()
	return output(t, nil, r.program, append(args, "--brokers", r.brokers, "--topic-prefix", prefix)...)
}

// create makes the topics, in which records have the times that their producers give them.
func (r *exampleRig) create(t *testing.T, prefix string) {
	t.Helper()
	r.tilsyn(t, prefix, "topics", "create", "--partitions", "4", "--timestamps", "create")
}

// example is a program under examples that sends facts.
type example struct {
	name string
	// stamps is false where records have the time at which they are sent.
	stamps bool
	send   func(t *testing.T, r *exampleRig, prefix string, facts []byte)
}

// prefix is that of the example's topics.
func (e example) prefix() string { return "example-" + e.name + "." }

var exampleProducers = []example{
	{"go", true, sendGo},
	{"python", true, sendPython},
	{"java", true, sendJava},
	{"node", true, sendNode},
	{"kcat", false, sendKcat},
}

func sendGo(t *testing.T, r *exampleRig, prefix string, facts []byte) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "producer")
	output(t, nil, "go", "build", "-o", program, "./examples/go")
	output(t, facts, program, "-brokers", r.brokers, "-prefix", prefix, "-dir", filepath.Join(t.TempDir(), "buffer"))
}

func sendPython(t *testing.T, r *exampleRig, prefix string, facts []byte) {
	t.Helper()
	output(t, facts, python(t), "-B", "examples/python/produce.py", "--brokers", r.brokers, "--prefix", prefix,
		"--schemas", "../schemas", "--epoch", "1")
}

func sendJava(t *testing.T, r *exampleRig, prefix string, facts []byte) {
	t.Helper()
	output(t, facts, "java", append(javaArgs(t, "tilsyn.Produce"), r.brokers, prefix, "../schemas", "1")...)
}

func sendNode(t *testing.T, r *exampleRig, prefix string, facts []byte) {
	t.Helper()
	t.Setenv("NODE_PATH", runtimeOf(t, nodeVariable, "node"))
	output(t, facts, "node", "examples/node/produce.js", "--brokers", r.brokers, "--prefix", prefix,
		"--schemas", "../schemas", "--epoch", "1")
}

func sendKcat(t *testing.T, r *exampleRig, prefix string, facts []byte) {
	t.Helper()
	if _, err := exec.LookPath("kcat"); err != nil {
		kafkaproc.Missing(t, fmt.Errorf("kcat is not there, and `.ci/run examples` installs it: %w", err))
	}
	t.Setenv("PYTHON", python(t))
	t.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	output(t, facts, "examples/kcat/produce.sh", r.brokers, prefix, "../schemas", "1")
}

// runtimeOf returns what a variable names, or ends the test as kafkaproc.Missing does.
func runtimeOf(t *testing.T, variable, program string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		kafkaproc.Missing(t, fmt.Errorf("%s is not set; `.ci/run examples` fetches what %s needs and sets it", variable,
			program))
	}
	if _, err := exec.LookPath(program); err != nil {
		kafkaproc.Missing(t, err)
	}
	return path
}

// javaArgs are the arguments of java that run a class of the example.
func javaArgs(t *testing.T, class string) []string {
	t.Helper()
	built := runtimeOf(t, javaVariable, "java")
	return []string{"-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
		filepath.Join(built, "classes") + string(filepath.ListSeparator) + filepath.Join(built, "dependency", "*"), class}
}

// TestExampleProducers lets the examples in all languages send the same facts to a real broker. Nothing is wrong with
// what any of them sends, each record lies in the partition that ours would, and replay comes to the same result.
func TestExampleProducers(t *testing.T) {
	r := newExampleRig(t)
	facts, err := os.ReadFile(exampleFacts)
	if err != nil {
		t.Fatal(err)
	}
	sent := len(lines(t, facts))
	expected := judged(t, r, exampleFacts)
	if len(expected) != exampleUnits {
		t.Fatalf("the facts of the examples give %d records, want %d: %q", len(expected), exampleUnits, expected)
	}
	for _, e := range exampleProducers {
		t.Run(e.name, func(t *testing.T) {
			r.create(t, e.prefix())
			e.send(t, r, e.prefix(), facts)
			doctor := r.tilsyn(t, e.prefix(), "doctor", "producer", "--since", "87600h")
			if want := fmt.Sprintf("ok    nothing is wrong with %d records", sent); !bytes.Contains(doctor, []byte(want)) {
				t.Errorf("doctor producer says\n%swant\n%s", doctor, want)
			}
			file := filepath.Join(t.TempDir(), "arrived.jsonl")
			write(t, file, r.arrived(t, e))
			if got := judged(t, r, file); !slices.Equal(got, expected) {
				t.Errorf("judged\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(expected, "\n"))
			}
		})
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// arrived are the facts that an example sent, as files have them, each in the partition of its key and, where the
// example can, stamped with its time of receipt.
func (r *exampleRig) arrived(t *testing.T, e example) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, topic := range []string{topics.GroupChanges, topics.ObligationChanges, topics.CardAssignments,
		topics.CardEvents, topics.Notices, topics.Settlements, topics.Heartbeats} {
		for _, line := range lines(t, r.tilsyn(t, e.prefix(), "tail", topic, "--from-beginning", "--exit-at-end",
			"--trust-timestamps")) {
			f := decode[carried](t, line)
			person := text(f.Value["person_id"]) // topics of centres have one partition
			if f.Partition == nil || person != "" && *f.Partition != topics.Partition([]byte(person), partitions) {
				t.Errorf("%s %v: in another partition than ours", topic, f.Value["id"])
			}
			if e.stamps != (f.LoggedAt == text(f.Value["received_at"])) {
				t.Errorf("%s %v: logged_at is %s", topic, f.Value["id"], f.LoggedAt)
			}
			if topic == topics.CardEvents && f.Value["source_seq"] == nil ||
				topic == topics.Heartbeats && f.Value["last_seq"] == nil {
				t.Errorf("%s %v: has no number", topic, f.Value["id"])
			}
			without, err := json.Marshal(map[string]any{"topic": topic, "value": f.Value})
			if err != nil {
				t.Fatal(err)
			}
			out.Write(append(without, '\n'))
		}
	}
	return out.Bytes()
}

// judged is what replay says of facts: the records in comparison form, and the automatic incidents that do not end.
func judged(t *testing.T, r *exampleRig, file string) (out []string) {
	t.Helper()
	incidents := filepath.Join(t.TempDir(), "incidents.jsonl")
	said := output(t, nil, r.program, "replay", "--as-of", exampleAsOf, "--incidents", incidents, file)
	for _, line := range lines(t, said) {
		v := decode[map[string]any](t, line)
		out = append(out, fmt.Sprint(v["unit_id"], v["revision"], v["status"], v["instant"], v["period_from"], v["period_to"],
			v["caveats"], v["basis"], v["obligation_ids"], v["settled"], v["policy_digest"]))
	}
	found, err := os.ReadFile(incidents)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(lines(t, found)); n != 1 { // since the one heartbeat, nobody has heard of the device
		t.Errorf("%s: %d automatic incidents, want the silence after the facts:\n%s", filepath.Base(file), n, found)
	}
	return out
}

// consumed is what an example holds of a unit.
type consumed struct {
	UnitID   string `json:"unit_id"`
	Revision int    `json:"revision"`
	Status   string `json:"status"`
}

// exampleConsumers read violations up to their end, acknowledge them, and print the units.
var exampleConsumers = map[string]func(t *testing.T, r *exampleRig, prefix string) []byte{
	"case-management": func(t *testing.T, r *exampleRig, prefix string) []byte {
		t.Helper()
		return output(t, nil, python(t), "-B", "examples/python/consume.py", "--brokers", r.brokers, "--prefix", prefix,
			"--schemas", "../schemas", "--consumer", "case-management", "--db", filepath.Join(r.dir, "cases.sqlite"),
			"--until-end")
	},
	"prosecution": func(t *testing.T, r *exampleRig, prefix string) []byte {
		t.Helper()
		return output(t, nil, "java", append(javaArgs(t, "tilsyn.Consume"), r.brokers, prefix, "../schemas", "prosecution",
			filepath.Join(r.dir, "cases.json"), "until-end")...)
	},
}

// TestExampleConsumers lets the examples follow a running engine: they hold what was said, take back what was withdrawn
// when a permission becomes known late, and what they acknowledge counts in the recall.
func TestExampleConsumers(t *testing.T) {
	r := newExampleRig(t)
	python(t)
	runtimeOf(t, javaVariable, "java")
	const prefix = "consumed."
	r.create(t, prefix)
	r.tilsyn(t, prefix, "load", exampleFacts)
	engine := serve(t, r.program, "run", "--brokers", r.brokers, "--topic-prefix", prefix, "--data-dir",
		filepath.Join(r.dir, "state"), "--listen", "127.0.0.1:0", "--trust-timestamps")
	r.holds(t, engine, prefix, map[string]int{"INDICATED": exampleUnits})
	r.tilsyn(t, prefix, "load", laterFacts)
	r.holds(t, engine, prefix, map[string]int{"INDICATED": exampleUnits - 2, "WITHDRAWN": 2})

	r.until(t, engine, func() error {
		all := r.tilsyn(t, prefix, "tail", topics.Recalls, "--from-beginning", "--exit-at-end")
		for _, line := range lines(t, all) {
			recall := decode[struct {
				Units     int `json:"units"`
				Consumers []struct {
					Consumer     string `json:"consumer"`
					Acknowledged int    `json:"acknowledged"`
					Open         int    `json:"open"`
				} `json:"consumers"`
			}](t, line)
			done := 0
			for _, c := range recall.Consumers {
				if exampleConsumers[c.Consumer] != nil && c.Acknowledged == 2 && c.Open == 0 {
					done++
				}
			}
			if recall.Units == 2 && done == len(exampleConsumers) {
				return nil
			}
		}
		return fmt.Errorf("the recall of two units is not acknowledged by the examples:\n%s", all)
	})
	engine.stop(t)
	quality := r.tilsyn(t, prefix, "tail", topics.DataQuality, "--from-beginning", "--exit-at-end")
	if bytes.Contains(quality, []byte(duty.DataQualityCodeAcknowledgementInvalid.String())) {
		t.Errorf("an acknowledgement counts for nothing:\n%s", quality)
	}
}

// holds waits until every example holds units of these statuses, and wants a second reading to change nothing.
func (r *exampleRig) holds(t *testing.T, engine *service, prefix string, want map[string]int) {
	t.Helper()
	for name, read := range exampleConsumers {
		r.until(t, engine, func() error {
			got := map[string]int{}
			for _, line := range lines(t, read(t, r, prefix)) {
				got[decode[consumed](t, line).Status]++
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				return fmt.Errorf("%s holds %v, want %v", name, got, want)
			}
			return nil
		})
	}
}

// until waits for something while the engine runs, for three minutes.
func (r *exampleRig) until(t *testing.T, engine *service, ask func() error) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
		engine.running(t)
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
