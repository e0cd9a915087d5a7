package cli

import (
	"path/filepath"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
)

// replayInto is `tilsyn replay` into the files o, v and q of a directory.
func replayInto(t *testing.T, dir, facts string, asOf ...string) {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	o := replay.Options{
		Facts: []string{at(facts)}, Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
		Outcomes: at("o"), Violations: at("v"), DataQuality: at("q"), SkipBad: at("bad"), TempDir: t.TempDir(),
	}
	var err error
	if o.AsOf, err = instants("--as-of", asOf); err != nil {
		t.Fatal(err)
	}
	if _, err := replay.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}
