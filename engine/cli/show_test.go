package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/schemas"
)

func TestSchemas(t *testing.T) {
	p := program{dir: t.TempDir()}
	list := p.ok(t, "schemas", "list").stdout
	for _, s := range schemas.List() {
		if !strings.Contains(list, s.Name()) {
			t.Errorf("schemas list leaves out %s", s.Name())
		}
		for _, name := range []string{s.Name(), s.Topic(), s.File()} {
			if got, err := findSchema(name); err != nil || got != s {
				t.Errorf("%s names another schema, or none", name)
			}
		}
	}
	text := p.ok(t, "schemas", "show", "Notice").stdout
	write(t, filepath.Join(p.dir, "same.avsc"), text)
	if got := p.ok(t, "schemas", "check", "same.avsc").stdout; !strings.Contains(got, "the same as the built-in schema") {
		t.Errorf("check of the built-in schema: %s", got)
	}
	write(t, filepath.Join(p.dir, "changed.avsc"), strings.Replace(text, `"name": "channel"`, `"name": "way"`, 1))
	r := p.run(t, "schemas", "check", "same.avsc", "changed.avsc")
	if r.status != 1 || !strings.Contains(r.stdout, "not BACKWARD compatible") || !strings.Contains(r.stdout, "way") {
		t.Errorf("check of a renamed field: status %d\n%s", r.status, r.stdout)
	}
}

func TestPolicy(t *testing.T) {
	p := program{dir: t.TempDir()}
	if got := p.ok(t, "policy", "show").stdout; !strings.Contains(got, "settle.max_wait") ||
		!strings.Contains(got, "KH-carousel") {
		t.Errorf("policy show:\n%.400s", got)
	}
	if got := p.ok(t, "policy", "show", "--on", "2026-02-03").stdout; !strings.Contains(got, "on 2026-02-03") {
		t.Errorf("policy show --on:\n%.400s", got)
	}
	write(t, filepath.Join(p.dir, "builtin.yaml"), p.ok(t, "policy", "show", "--yaml").stdout)
	if got := p.ok(t, "policy", "check", "builtin.yaml").stdout; !strings.Contains(got, "builtin.yaml: policy ") {
		t.Errorf("policy check: %s", got)
	}
	write(t, filepath.Join(p.dir, "strict.yaml"), "version: strict-1\nparameters:\n  report.grace: PT0S\n")
	if got := p.ok(t, "policy", "show", "--policy", "strict.yaml").stdout; !strings.Contains(got, "policy strict-1") {
		t.Errorf("policy show --policy:\n%.400s", got)
	}
}

// TestReplayPolicies: --policy FILE holds from the beginning, FILE@INSTANT from
// then on, after the built-in policy.
func TestReplayPolicies(t *testing.T) {
	facts := simulated(t, 3, 20)
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "p.yaml"), "version: mine\nparameters:\n  settle.max_wait: P15D\n")
	versions := func(args ...string) (builtin, mine int) {
		out := replayAll(t, append(append([]string{"--as-of", "2026-01-24T08:00:00Z"}, args...), facts)...).outcomes
		return strings.Count(out, `"policy_version":"`+policy.BuiltinVersion+`"`),
			strings.Count(out, `"policy_version":"mine"`)
	}
	if b, m := versions(); b == 0 || m != 0 {
		t.Errorf("no policy: %d built in, %d mine", b, m)
	}
	if b, m := versions("--policy", file); b != 0 || m == 0 {
		t.Errorf("from the beginning: %d built in, %d mine", b, m)
	}
	if b, m := versions("--policy", file+"@2026-01-15T00:00:00+01:00"); b == 0 || m == 0 {
		t.Errorf("from an instant on: %d built in, %d mine", b, m)
	}
	if b, m := versions("--policy", file+"@2026-02-15T00:00:00+01:00"); b == 0 || m != 0 {
		t.Errorf("after the as-of: %d built in, %d mine", b, m)
	}
}

func TestVersion(t *testing.T) {
	want := "tilsyn " + duty.EngineVersion
	got := (program{}).ok(t, "version").stdout
	if !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 1 {
		t.Errorf("version prints %q, want %q", got, want)
	}
	for _, args := range [][]string{{"--version"}, {"replay", "--version"}} {
		if flag := (program{env: []string{"TILSYN_VERSION=7"}}).ok(t, args...).stdout; flag != got {
			t.Errorf("%v prints %q, version %q", args, flag, got)
		}
	}
	// The image says the same of itself.
	image := read(t, filepath.Join("..", "..", "Dockerfile"))
	if !strings.Contains(image, `org.opencontainers.image.version="`+duty.EngineVersion+`"`) {
		t.Error("the label of the image is not of this version")
	}
}
