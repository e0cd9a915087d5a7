package integration

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestSchemaRegistryServer goes through everything that the program does with a schema registry, with a real
// one that wants HTTPS and a password, and a real Kafka; facts come from Confluent's own serializer, and its
// deserializer reads what is told.
func TestSchemaRegistryServer(t *testing.T) {
	// The registry first: where it is missing, no broker need be started.
	dir := t.TempDir()
	ours := newAuthority(t, dir, "ca")
	server := newApicurio(t, dir, ours)
	rig := newRig(t)
	r := &registryRig{rig: rig, server: server}

	r.refusals(t, newAuthority(t, dir, "other-ca"))
	r.registers(t)
	r.incompatible(t)
	told := r.judges(t)
	r.startsAlone(t, told)
}

// registryRig is a broker, the program and a registry.
type registryRig struct {
	*rig
	server *apicurio
}

// fails runs a command that must end with this exit status and say this.
func (r *registryRig) fails(t *testing.T, status int, says string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), r.program, args...).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != status || !strings.Contains(string(out), says) {
		t.Errorf("%s: %v, want exit status %d and %q in:\n%s", strings.Join(args[:2], " "), err, status, says,
			last(string(out)))
	}
	if strings.Contains(string(out), r.server.password) {
		t.Errorf("%s: the password is in:\n%s", strings.Join(args[:2], " "), last(string(out)))
	}
}

// refusals: a registry that is not trusted, and one that does not trust us, end a command with the status of
// wrong settings; and so does one that has nothing yet.
func (r *registryRig) refusals(t *testing.T, others *authority) {
	t.Helper()
	flags := r.server.flags()
	register := func(more ...string) []string {
		return slices.Concat([]string{"schemas", "register", "--topic-prefix", prefix}, flags, more)
	}
	r.fails(t, 2, "name the authority of its certificate", register("--schema-registry-ca", others.file)...)
	wrong := filepath.Join(r.dir, "wrong.password")
	must(t, os.WriteFile(wrong, []byte("another"), 0o600))
	r.fails(t, 2, "check the user, the password", register("--schema-registry-password-file", wrong)...)
	r.fails(t, 2, "tilsyn schemas register", r.engineWith(t, "unregistered", flags)...)
}

// engineWith is the command line of an engine with a data directory of that name.
func (r *registryRig) engineWith(t *testing.T, name string, flags []string) []string {
	t.Helper()
	return append(r.engineArgs(filepath.Join(r.dir, name)), flags...)
}

// registers: every topic's schema is registered, with its compatibility, and a second time nothing is new.
func (r *registryRig) registers(t *testing.T) {
	t.Helper()
	register := append([]string{"schemas", "register", "--topic-prefix", prefix}, r.server.flags()...)
	first := string(output(t, nil, r.program, register...))
	if n := strings.Count(first, "registered"); n != len(schemas.List()) ||
		strings.Count(first, "FULL_TRANSITIVE, set") != n {
		t.Errorf("of %d schemas these are registered:\n%s", len(schemas.List()), first)
	}
	again := string(output(t, nil, r.program, register...))
	if n := strings.Count(again, "there already"); n != len(schemas.List()) || strings.Contains(again, ", set") {
		t.Errorf("registered a second time:\n%s", again)
	}
	status, level := r.server.ask(t, http.MethodGet, "/config/"+prefix+topics.Violations+"-value", nil)
	if status != http.StatusOK || level["compatibilityLevel"] != "FULL_TRANSITIVE" {
		t.Errorf("the registry says of violations: status %d, %v", status, level)
	}
}

// incompatible: what others cannot read is refused, by the registry once our schemas are there, and by
// schemas register where it was there before.
func (r *registryRig) incompatible(t *testing.T) {
	t.Helper()
	broken := map[string]any{"schema": `{"type":"record","name":"CardEvent","namespace":"tilsyn",` +
		`"fields":[{"name":"id","type":"long"}]}`}
	versions := func(prefix string) string { return "/subjects/" + prefix + topics.CardEvents + "-value/versions" }
	if status, answer := r.server.ask(t, http.MethodPost, versions(prefix), broken); status != http.StatusConflict {
		t.Errorf("the registry takes a schema that nobody can read: status %d, %v", status, answer)
	}
	if status, answer := r.server.ask(t, http.MethodPost, versions("other."), broken); status != http.StatusOK {
		t.Fatalf("a subject of somebody else: status %d, %v", status, answer)
	}
	register := append([]string{"schemas", "register", "--topic-prefix", "other."}, r.server.flags()...)
	r.fails(t, 2, "nothing was registered", register...)
	r.fails(t, 2, "other.card-events-value version 1", register...)
	if status, answer := r.server.ask(t, http.MethodGet, "/subjects/other."+topics.Outcomes+"-value/versions/1",
		nil); status != http.StatusNotFound {
		t.Errorf("after a refusal others are registered all the same: status %d, %v", status, answer)
	}
	// A compatibility that somebody has set too weak is told, and stays.
	weak := "/config/other." + topics.Violations + "-value"
	if status, answer := r.server.ask(t, http.MethodPost, "/subjects/other."+topics.Violations+"-value/versions",
		map[string]any{"schema": `"string"`}); status != http.StatusOK {
		t.Fatalf("a subject of somebody else: status %d, %v", status, answer)
	}
	if status, answer := r.server.ask(t, http.MethodPut, weak,
		map[string]string{"compatibility": "BACKWARD"}); status != http.StatusOK {
		t.Fatalf("setting a compatibility: status %d, %v", status, answer)
	}
	r.fails(t, 2, "its compatibility is BACKWARD", register...)
	if _, level := r.server.ask(t, http.MethodGet, weak, nil); level["compatibilityLevel"] != "BACKWARD" {
		t.Errorf("the compatibility that somebody has set is now %v", level)
	}
}

// judges: the engine judges facts that Confluent's serializer wrote, and its deserializer reads what was told;
// without the registry nobody reads them.
func (r *registryRig) judges(t *testing.T) []byte {
	t.Helper()
	night := filepath.Join("..", "engine", "cli", "testdata", "one-night.jsonl")
	text, err := os.ReadFile(night)
	must(t, err)
	facts := lines(t, text)
	before, flags := facts[:len(facts)-1], r.server.flags() // the last one is a permission, given afterwards
	n := string(bytes.TrimSpace(r.confluent(t, bytes.Join(before, []byte("\n")), "produce")))
	if n != strconv.Itoa(len(before)) {
		t.Fatalf("%s facts acknowledged, want %d", n, len(before))
	}
	engine := serve(t, r.program, r.engineWith(t, "state", flags)...)
	r.verified(t, engine, flags)
	// What is there already changes nothing; the permission takes both records back.
	r.tilsyn(t, nil, append([]string{"load", night}, flags...)...)
	var told []byte
	for began := time.Now(); bytes.Count(told, []byte(`"unit_id"`)) < 4; time.Sleep(500 * time.Millisecond) {
		told = r.confluent(t, nil, "consume", "--topic", topics.Violations)
		if engine.running(t); time.Since(began) > 3*time.Minute {
			t.Fatalf("after 3 minutes Confluent's deserializer has not read two records and that they are taken back:\n%s",
				last(string(told)))
		}
	}
	r.verified(t, engine, flags)
	for _, line := range lines(t, told) {
		if s := decode[said](t, line); s.Value.text("digest") != s.Digest {
			t.Errorf("the digest of %s is another", s.Value.text("unit_id"))
		}
	}
	engine.stop(t)
	r.fails(t, 1, "--schema-registry", "verify", "--brokers", r.brokers, "--topic-prefix", prefix)
	if strings.Contains(engine.text(), r.server.password) {
		t.Error("the engine's log has the password")
	}
	return told
}

// startsAlone: with the ids on disk an engine that has lost its state reads everything again without the
// registry, and tells the same.
func (r *registryRig) startsAlone(t *testing.T, told []byte) {
	t.Helper()
	reader := []string{"tail", topics.Violations, "--from-beginning", "--exit-at-end", "--brokers", r.brokers,
		"--topic-prefix", prefix}
	cache := []string{"--schema-registry-cache", filepath.Join(r.dir, "state", "schema-registry.json")}
	before := output(t, nil, r.program, slices.Concat(reader, r.server.flags(), cache)...)
	must(t, r.server.Stop())
	must(t, os.RemoveAll(filepath.Join(r.dir, "state", "state")))
	engine := serve(t, r.program, r.engineWith(t, "state", r.server.flags())...)
	r.verified(t, engine, append(r.server.flags(), cache...))
	after := output(t, nil, r.program, slices.Concat(reader, r.server.flags(), cache)...)
	if !bytes.Equal(before, after) || bytes.Count(after, []byte("\n")) != bytes.Count(told, []byte("\n")) {
		t.Errorf("told after the start without the registry\n%s\nbefore it\n%s", last(string(after)), last(string(before)))
	}
	dead := output(t, nil, r.program, slices.Concat([]string{"tail", topics.DeadLetters}, reader[2:], r.server.flags(),
		cache)...)
	if len(dead) != 0 {
		t.Errorf("there are dead letters:\n%s", last(string(dead)))
	}
	engine.stop(t)
}

// verified waits until the engine has judged everything, and verify finds no difference.
func (r *registryRig) verified(t *testing.T, engine *service, flags []string) {
	t.Helper()
	args := slices.Concat([]string{"verify", "--brokers", r.brokers, "--topic-prefix", prefix}, flags)
	for began := time.Now(); ; time.Sleep(500 * time.Millisecond) {
		out, err := exec.CommandContext(t.Context(), r.program, args...).CombinedOutput()
		text := string(out)
		if err == nil && strings.Contains(text, "(0 tasks have not") && !strings.Contains(text, "compared 0 units") {
			return
		}
		if engine.running(t); time.Since(began) > 3*time.Minute {
			t.Fatalf("verify is not content after 3 minutes: %v\n%s", err, last(text))
		}
	}
}

// confluent runs the foreign client with Confluent's serializers and the registry.
func (r *registryRig) confluent(t *testing.T, stdin []byte, command string, args ...string) []byte {
	t.Helper()
	return r.foreign(t, stdin, command, append(args, "--registry", r.server.url, "--registry-ca", r.server.ca,
		"--registry-user", r.server.user+":"+r.server.password)...)
}
