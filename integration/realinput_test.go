package integration

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
	"tilsyn/integration/kafkaproc"
	"tilsyn/topics"
)

const (
	prefix     = "real."
	partitions = 4
)

// rig is a broker or a cluster, the program, and the foreign client.
type rig struct {
	program, python string
	// brokers are HOST:PORT,… for whoever checks, behind those for the engine
	// where they differ.
	brokers, behind string
	dir             string
	// policy is that of the engine where it is not the built-in one, settings are the flags for it.
	policy   *duty.Policy
	settings []string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{python: python(t), brokers: kafkaproc.ForTest(t, kafkaproc.Config{}).Address(),
		program: build(t), dir: t.TempDir()}
	r.tilsyn(t, nil, "topics", "create", "--partitions", "4", "--timestamps", "create")
	return r
}

// tilsyn runs a command of the program against the broker.
func (r *rig) tilsyn(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	return output(t, stdin, r.program, append(args, "--brokers", r.brokers, "--topic-prefix", prefix)...)
}

// engine starts the program's engine; its state stays in the rig's directory.
func (r *rig) engine(t *testing.T) *service {
	t.Helper()
	return serve(t, r.program, r.engineArgs(filepath.Join(r.dir, "state"))...)
}

func (r *rig) engineArgs(dir string) []string {
	brokers := r.brokers
	if r.behind != "" {
		brokers = r.behind
	}
	return append([]string{"run", "--brokers", brokers, "--topic-prefix", prefix, "--data-dir", dir,
		"--listen", "127.0.0.1:0", "--trust-timestamps"}, r.settings...)
}

// foreign runs the client that is not ours.
func (r *rig) foreign(t *testing.T, stdin []byte, command string, args ...string) []byte {
	t.Helper()
	return output(t, stdin, r.python, append([]string{
		filepath.Join("foreign", "client.py"), command,
		"--brokers", r.brokers, "--prefix", prefix, "--schemas", filepath.Join("..", "schemas"),
	}, args...)...)
}

// inputs are all input topics as `tail` prints them, with the times of their producers.
func (r *rig) inputs(t *testing.T) []byte {
	t.Helper()
	var all bytes.Buffer
	for _, topic := range []string{
		topics.CardEvents, topics.ManualEntries, topics.Notices, topics.ObligationChanges, topics.GroupChanges,
		topics.Permissions, topics.Holds, topics.DepartureAssessments, topics.Convictions, topics.IdentityLinks,
		topics.CardAssignments, topics.Resolutions, topics.Incidents, topics.Exclusions, topics.Settlements,
		topics.Heartbeats, topics.Reconciliations, topics.ChangeMarks, topics.SupervisionResults,
		topics.ControlActions,
	} {
		tailed := r.tilsyn(t, nil, "tail", topic, "--from-beginning", "--exit-at-end", "--trust-timestamps")
		for line := range bytes.Lines(tailed) {
			if !bytes.Contains(line, []byte(`"origin":"AUTOMATIC"`)) { // the engine's own, which nobody reads (W-32)
				all.Write(line)
			}
		}
	}
	return all.Bytes()
}

// said reads the violations with the foreign client and checks each history.
func (r *rig) said(t *testing.T) map[string][]violation {
	t.Helper()
	return histories(t, r.saidFrom(t, nil), partitions)
}

// saidFrom reads the violations from these offsets on, by partition; of others
// from the beginning.
func (r *rig) saidFrom(t *testing.T, begin map[int32]int64) []said {
	t.Helper()
	var from []string
	for p, offset := range begin {
		from = append(from, fmt.Sprintf("%d:%d", p, offset))
	}
	var records []said
	for _, line := range lines(t, r.foreign(t, nil, "consume", "--topic", topics.Violations, "--begin",
		strings.Join(from, ","))) {
		records = append(records, decode[said](t, line))
	}
	return records
}

// replay judges the facts at an instant, and returns violations and case summaries.
func (r *rig) replay(t *testing.T, facts []byte, at time.Time) ([]violation, map[string]violation) {
	t.Helper()
	o := replay.Options{Facts: []string{replay.Stdio}, Stdin: bytes.NewReader(facts)}
	if r.policy != nil {
		o.Policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: r.policy}}
	}
	return replayed(t, o, at)
}

// replayed is what `tilsyn replay` says.
func replayed(t *testing.T, o replay.Options, at time.Time) ([]violation, map[string]violation) {
	t.Helper()
	var told bytes.Buffer
	dir := t.TempDir()
	o.Summaries = filepath.Join(dir, "summaries")
	if o.Policies == nil {
		o.Policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}
	}
	o.AsOf = []duty.Instant{duty.Instant(at.Truncate(time.Second).UnixMilli())}
	o.Violations, o.Stdout, o.TempDir = replay.Stdio, &told, dir
	if _, err := replay.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	var out []violation
	for _, line := range lines(t, told.Bytes()) {
		out = append(out, decode[violation](t, line))
	}
	counted, err := os.ReadFile(o.Summaries)
	if err != nil {
		t.Fatal(err)
	}
	return out, summariesOf(t, lines(t, counted))
}

// simulated are the facts of some weeks that end at this hour, ascending by
// when they were known, and the truth.
func simulated(t *testing.T) (facts [][]byte, truth *simulate.Truth) {
	t.Helper()
	dir := t.TempDir()
	now := duty.Instant(time.Now().UnixMilli())
	cfg := simulate.Config{Seed: uint64(time.Now().UnixNano()), Start: now.Date() - 24, Days: 24, Persons: 60, Until: now}
	t.Logf("simulated from seed %d, start %s, until %d", cfg.Seed, simulate.DateString(cfg.Start), cfg.Until)
	truth, n, err := simulate.WriteFiles(cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, simulate.FactsFile))
	if err != nil {
		t.Fatal(err)
	}
	facts = lines(t, text)
	if len(facts) != n || n < 1000 {
		t.Fatalf("%d facts in the file, %d written; want many", len(facts), n)
	}
	return facts, truth
}

// TestRealInput lets a client that is not ours write facts to a real broker,
// the engine adjudicate them, and the same client read the violations back: it
// must find what replay says of what tail prints of the input topics. The facts
// come in four parts, each compressed in another way, and between two of them
// the engine is killed.
func TestRealInput(t *testing.T) {
	r := newRig(t)
	facts, truth := simulated(t)
	engine := r.engine(t)
	for i, codec := range []string{"gzip", "snappy", "lz4", "zstd"} {
		part := facts[i*len(facts)/4 : (i+1)*len(facts)/4]
		acknowledged := r.foreign(t, bytes.Join(part, []byte("\n")), "produce", "--compression", codec)
		t.Logf("%s facts acknowledged, %s", bytes.TrimSpace(acknowledged), codec)
		engine.running(t)
		if i == 1 {
			engine.kill(t)
			engine = r.engine(t)
		}
	}

	input := r.inputs(t)
	tailed := lines(t, input)
	if len(tailed) != len(facts) {
		t.Fatalf("%d facts were written, tail prints %d", len(facts), len(tailed))
	}

	// Rows without a person are compared as all others are.
	if what := `"topic":"card-assignments"`; !bytes.Contains(input, []byte(what)) {
		t.Errorf("there is no fact of %s; the comparison proves less than it should", what)
	}
	live := r.agree(t, engine, input)
	checkTruth(t, live, truth)
	engine.stop(t)
	r.tilsyn(t, nil, "verify") // ends the test where it finds a difference

	// A restart says nothing new.
	before := len(r.foreign(t, nil, "consume", "--topic", topics.Violations))
	again := r.engine(t)
	time.Sleep(5 * time.Second)
	r.agree(t, again, input)
	if after := len(r.foreign(t, nil, "consume", "--topic", topics.Violations)); after != before {
		t.Errorf("a restart wrote violations: %d bytes of them before, %d after", before, after)
	}
	again.stop(t)
}

// agree waits until the engine has said what replay says, for two minutes.
func (r *rig) agree(t *testing.T, engine *service, input []byte) map[string][]violation {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		engine.running(t)
		now := time.Now()
		live := r.said(t)
		told, counted := r.replay(t, input, now)
		diff := append(differences(live, told), summaryDifferences(r.summaries(t), counted)...)
		if len(diff) == 0 {
			return live
		}
		if now.After(deadline) {
			t.Fatalf("run and replay differ in %d places:\n%s", len(diff), strings.Join(diff[:min(len(diff), 10)], "\n"))
		}
		time.Sleep(time.Second)
	}
}

// checkTruth compares what was said with what the simulated residents did. A unit near
// a loss of rows that the watch has noticed may be held instead of INDICATED.
func checkTruth(t *testing.T, live map[string][]violation, truth *simulate.Truth) {
	t.Helper()
	revisions := 0
	last := map[simulate.Key]duty.Status{}
	for _, h := range live {
		revisions += len(h)
		v := h[len(h)-1]
		kind, _ := duty.ParseKind(v.text("kind"))
		status, ok := duty.ParseStatus(v.text("status"))
		if !ok {
			t.Errorf("%s has the status %q", v.text("unit_id"), v.text("status"))
		}
		last[simulate.Key{PersonID: v.text("person_id"), Kind: kind, Date: date(t, v.text("unit_date"))}] = status
	}
	score := truth.Compare(last, duty.KindUnknown)
	for _, d := range score.Differences {
		t.Errorf("%s %s %s: %s, INDICATED in truth %v", d.Unit.PersonID, d.Unit.Kind,
			simulate.DateString(d.Unit.Date), d.Status, d.Unit.Indicated)
	}
	if score.Wrong > 0 {
		t.Errorf("%d units are INDICATED whose duty was met", score.Wrong)
	}
	if score.Found == 0 {
		t.Error("no unit is INDICATED; the comparison proves nothing")
	}
	t.Logf("%d units in %d revisions; %d INDICATED as in truth", len(live), revisions, score.Found)
}
