package integration

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// withAuthorizer are the settings of a broker that lets people do what they have rights for; those who
// come without a login are its administrators.
var withAuthorizer = []string{
	"authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
	"super.users=User:ANONYMOUS",
}

// act is a command and what comes of it.
type act struct {
	command []string
	// lacks is the right that its refusal names; empty where it is allowed.
	lacks string
}

// TestRolesOnABroker gives each role the rights that `tilsyn topics acls` lists, to a principal that
// comes with a token, and wants it to do its work and to be refused the rest, by name.
func TestRolesOnABroker(t *testing.T) {
	g := newGuarded(t, withAuthorizer...)
	admin := []string{"--brokers", g.plain}
	output(t, nil, g.program,
		append([]string{"topics", "create", "--partitions", "1", "--timestamps", "create"}, admin...)...)
	said := string(output(t, nil, g.program, append([]string{"topics", "acls", "--create"}, admin...)...))
	if !strings.Contains(said, "User:engine may now Write on topic tilsyn.violations") {
		t.Errorf("rights that were given: %s", said)
	}
	output(t, nil, g.program, append([]string{"topics", "acls", "--check"}, admin...)...)

	file := g.facts(t)
	engine := serve(t, g.program, append([]string{"run", "--data-dir", filepath.Join(t.TempDir(), "data"),
		"--listen", "127.0.0.1:0", "--trust-timestamps"}, g.client(t, "engine")...)...)
	await(t, engine, "its topics, rights and group are as they must be", func() bool {
		return exec.CommandContext(t.Context(), g.program, append([]string{"doctor", "--trust-timestamps"},
			g.client(t, "engine")...)...).Run() == nil
	})
	for role, acts := range map[string][]act{
		"producer": {
			{[]string{"doctor", "--role", "producer"}, ""},
			{[]string{"load", file("producer")}, ""},
			{[]string{"load", file("authority")}, "Write on topic tilsyn."},
			{[]string{"tail", "card-events", "--from-beginning", "--exit-at-end"}, "Read on topic tilsyn.card-events"},
			{[]string{"tail", "violations", "--exit-at-end"}, "Describe on topic tilsyn.violations"},
		},
		"authority": {
			{[]string{"load", file("authority")}, ""},
			{[]string{"load", file("producer")}, "Write on topic tilsyn."},
		},
		"consumer": {
			{[]string{"tail", "violations", "--from-beginning", "--exit-at-end"}, ""},
			{[]string{"tail", "recalls", "--from-beginning", "--exit-at-end"}, ""},
			{[]string{"load", file("acknowledgement")}, ""},
			{[]string{"load", file("producer")}, "Write on topic tilsyn."},
			{[]string{"tail", "card-events", "--exit-at-end"}, "Describe on topic tilsyn.card-events"},
		},
		"reader": {
			{[]string{"topics", "check", "--trust-timestamps"}, ""},
			{[]string{"tail", "card-events", "--from-beginning", "--exit-at-end"}, ""},
			{[]string{"doctor", "--role", "reader", "--trust-timestamps"}, ""},
			{[]string{"doctor", "--role", "engine", "--trust-timestamps"}, "Write on topic tilsyn.violations"},
			{[]string{"tail", "task-commits", "--from-beginning", "--exit-at-end"}, ""},
			{[]string{"load", file("producer")}, "Write on topic tilsyn."},
			{[]string{"topics", "acls", "--check"}, "Describe on the cluster"},
		},
		"operator": {
			{[]string{"topics", "create", "--partitions", "1", "--timestamps", "create"}, ""},
			{[]string{"policy", "show", "--active"}, ""},
			{[]string{"policy", "activate", file("policy.yaml"), "--by", "somebody"}, ""},
			{[]string{"load", file("producer")}, "Write on topic tilsyn."},
			{[]string{"topics", "create", "--topic-prefix", "other."}, "Create on topic other."},
			{[]string{"topics", "acls", "--create"}, "Describe on the cluster"},
		},
	} {
		t.Run(role, func(t *testing.T) {
			way := g.client(t, role)
			for _, a := range acts {
				g.does(t, a, "User:"+role, way)
			}
		})
	}
	await(t, engine, "the engine has judged what the roles wrote", func() bool {
		return len(lines(t, output(t, nil, g.program, append([]string{"tail", "outcomes", "--from-beginning",
			"--exit-at-end"}, g.client(t, "reader")...)...))) > 0
	})
	engine.stop(t)

	// The engine may do nothing of the others.
	for _, a := range []act{
		{[]string{"load", file("producer")}, "Write on topic tilsyn."},
		{[]string{"policy", "activate", file("policy.yaml"), "--by", "somebody"}, "Write on topic tilsyn.policies"},
		{[]string{"topics", "create", "--topic-prefix", "other."}, "Create on topic other."},
	} {
		g.does(t, a, "User:engine", g.client(t, "engine"))
	}
	// And the reader runs no engine.
	g.does(t, act{[]string{"run", "--data-dir", filepath.Join(t.TempDir(), "data"), "--trust-timestamps"},
		"Describe on group tilsyn"}, "User:reader", g.client(t, "reader"))
}

// facts writes what the roles send, and returns where it is.
func (g *guarded) facts(t *testing.T) func(string) string {
	t.Helper()
	file := func(name string) string { return filepath.Join(g.dir, "sent-"+name) }
	text, err := os.ReadFile(filepath.Join("..", "engine", "cli", "testdata", "one-night.jsonl"))
	must(t, err)
	by := map[string]string{}
	for _, line := range strings.SplitAfter(string(text), "\n") {
		role := "authority"
		for _, topic := range []string{"card-events", "notices", "settlements"} {
			if strings.HasPrefix(line, `{"topic": "`+topic+`"`) {
				role = "producer"
			}
		}
		by[role] += line
	}
	by["acknowledgement"] = `{"topic":"acknowledgements","value":{"id":"k1","received_at":"2026-02-05T08:00:00Z",` +
		`"consumer":"case-system","unit_id":"u","revision":1,"person_id":"P-1","at":"2026-02-05T08:00:00Z"}}` + "\n"
	by["policy.yaml"] = "version: mine-1\nreport.grace: {value: PT15M, source: \"order 7\"}\n"
	for name, text := range by {
		must(t, os.WriteFile(file(name), []byte(text), 0o600))
	}
	return file
}

// does runs a command and wants it to succeed, or to be refused with the right that is missing.
func (g *guarded) does(t *testing.T, a act, principal string, way []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), g.program, append(a.command, way...)...).CombinedOutput()
	text := string(out)
	var exit *exec.ExitError
	switch {
	case a.lacks == "" && err != nil:
		t.Errorf("%s may not %v: %v\n%s", principal, a.command, err, last(text))
	case a.lacks != "" && err == nil:
		t.Errorf("%s may %v", principal, a.command)
	case a.lacks == "":
	case !errors.As(err, &exit) || exit.ExitCode() != 1:
		t.Errorf("%s %v: %v, want exit status 1\n%s", principal, a.command, err, last(text))
	case !strings.Contains(text, principal+" lacks the right ") || !strings.Contains(text, a.lacks) ||
		!strings.Contains(text, "kafka-acls.sh --bootstrap-server "+g.at.SASL):
		t.Errorf("%s %v: %q and the command that gives it are not in:\n%s", principal, a.command, a.lacks, last(text))
	}
}

// await waits until something is so while an engine runs.
func await(t *testing.T, engine *service, what string, so func() bool) {
	t.Helper()
	for began := time.Now(); !so(); time.Sleep(100 * time.Millisecond) {
		if engine.running(t); time.Since(began) > 3*time.Minute {
			t.Fatalf("after a minute it is not so that %s\n%s", what, last(engine.text()))
		}
	}
}
