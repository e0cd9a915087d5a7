package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/policy"
	"tilsyn/topics"
)

// TestPolicyActivate brings a policy into force; the record is what the engine
// reads. What is no policy is not written.
func TestPolicyActivate(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "2")
	text := "version: stricter-1\nemit.grace: {value: PT2H, source: order 7}\n"
	file := write(t, filepath.Join(p.dir, "next.yaml"), text)
	bad := write(t, filepath.Join(p.dir, "bad.yaml"), "emit.grace: soon\n")
	empty, whence := write(t, filepath.Join(p.dir, "empty.yaml"), "version: x\n"),
		write(t, filepath.Join(p.dir, "whence.yaml"), "emit.grace: PT2H\n")
	for _, args := range [][]string{{empty, "--by", "clerk"}, {whence, "--by", "clerk"}, {bad, "--by", "clerk"},
		{file}, {file, "--by", "clerk", "--at", "tomorrow"}, {filepath.Join(p.dir, "none.yaml"), "--by", "clerk"}} {
		if r := p.run(t, append([]string{"policy", "activate"}, args...)...); r.status != 2 {
			t.Errorf("activate %v: status %d\n%s", args, r.status, r.stderr)
		}
	}
	if out := p.ok(t, "policy", "activate", file, "--by", "clerk", "--at",
		"2026-03-01T00:00:00+01:00").stdout; !strings.Contains(out, "policy stricter-1, digest ") ||
		!strings.Contains(out, "from 2026-02-28T23:00:00Z") {
		t.Errorf("it says %q", out)
	}
	want, err := policy.Load("next.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(p.ok(t, "tail", "policies", "--from-beginning",
		"--exit-at-end").stdout), "\n")
	if len(lines) != 1 {
		t.Fatalf("%d records: %v", len(lines), lines)
	}
	for _, field := range []string{`"digest":"` + want.Digest + `"`, `"policy_version":"stricter-1"`,
		`"by":"clerk"`, `"activated_at":"2026-02-28T23:00:00.000Z"`} {
		if !strings.Contains(lines[0], field) {
			t.Errorf("%s is not in %s", field, lines[0])
		}
	}
	shown := p.ok(t, "policy", "show", "--active").stdout
	for _, want := range []string{"stricter-1", want.Digest[:12], "clerk", "in force",
		"2 of 2 tasks have not committed yet"} {
		if !strings.Contains(shown, want) {
			t.Errorf("policy show --active does not say %q:\n%s", want, shown)
		}
	}
	if got, err := parseActivated(text); err != nil || got.Digest != want.Digest {
		t.Errorf("the engine reads another policy: %v", err)
	}
}

// TestPolicyRetract takes an activation back: first it only shows what would be in
// force, then the record is what engines read.
func TestPolicyRetract(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "1")
	for _, name := range []string{"first", "second"} {
		file := write(t, filepath.Join(p.dir, name+".yaml"), "version: "+name+
			"\nemit.grace: {value: PT2H, source: order 7}\n")
		p.ok(t, "policy", "activate", file, "--by", "clerk")
	}
	refused := func(want string, args ...string) {
		t.Helper()
		r := p.run(t, append([]string{"policy", "retract"}, args...)...)
		if r.status != statusUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("retract %v: status %d\n%s%s", args, r.status, r.stdout, r.stderr)
		}
	}
	records := func() int {
		t.Helper()
		return strings.Count(p.ok(t, "tail", "policies", "--from-beginning", "--exit-at-end").stdout, "\n")
	}
	refused("no policy third was activated", "third", "--by", "clerk", "--yes")
	refused("cannot be retracted", policy.BuiltinVersion, "--by", "clerk", "--yes")
	refused("--by is no name", "second", "--by", " ", "--yes")
	refused("missing flags: --by", "second")
	refused("nothing was written: say --yes", "second", "--by", "clerk")
	if n := records(); n != 2 {
		t.Fatalf("%d records", n)
	}
	out := p.ok(t, "policy", "retract", "second", "--by", "clerk", "--yes").stdout
	if !strings.Contains(out, "In force is then first (digest ") ||
		!strings.Contains(out, "and no longer second (digest ") || !strings.Contains(out, "policy second, digest ") {
		t.Errorf("it says\n%s", out)
	}
	refused("taken back already", "second", "--by", "clerk", "--yes")
	shown := p.ok(t, "policy", "show", "--active").stdout
	if n := strings.Count(shown, "taken back"); n != 2 || records() != 3 {
		t.Errorf("%d lines say taken back, %d records\n%s", n, records(), shown)
	}
	// By the digest, and nothing but the policy of --policy is left.
	first, err := policy.Load("first.yaml", []byte(read(t, filepath.Join(p.dir, "first.yaml"))))
	if err != nil {
		t.Fatal(err)
	}
	if out := p.ok(t, "policy", "retract", first.Digest[:8], "--by", "clerk",
		"--yes").stdout; !strings.Contains(out, "In force is then the policy of --policy") {
		t.Errorf("it says\n%s", out)
	}
}
