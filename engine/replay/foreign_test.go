package replay

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// foreign replays a card-events.avro of another writer with the rest beside it.
func foreign(t *testing.T, name string, change func(*Options)) files {
	t.Helper()
	dir := filepath.Join("testdata", "avro", name)
	rest, err := os.ReadFile(filepath.Join(dir, "rest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := replayText(t, string(rest), func(o *Options) {
		o.Facts = append(o.Facts, filepath.Join(dir, "card-events.avro"))
		if change != nil {
			change(o)
		}
	})
	return f
}

// TestForeignAvro: a property "Name" of a field is not its name, and a logged_at in
// microseconds is one in milliseconds times a thousand. Both once accused P-1.
func TestForeignAvro(t *testing.T) {
	for _, name := range []string{"capital-name", "logged-at-micros"} {
		t.Run(name, func(t *testing.T) {
			f := foreign(t, name, nil)
			if f.violations != "" || stay(f, "P-1", "2026-02-03") != "COMPLIANT" {
				t.Errorf("STAY is %q; revisions:\n%s", stay(f, "P-1", "2026-02-03"), f.violations)
			}
		})
	}
}

// TestUntimed: where nothing says that a logged_at counts in another unit, its record
// is refused, and skipped it holds its person; nobody is accused without it.
func TestUntimed(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "avro", "logged-at-micros", "card-events.avro"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	avro := filepath.Join(dir, "card-events.avro")
	// Of the same length, so that nothing else changes.
	if err := os.WriteFile(avro, bytes.Replace(data, []byte("timestamp-micros"), []byte("timestamp-minims"), 1),
		0o600); err != nil {
		t.Fatal(err)
	}
	rest, err := os.ReadFile(filepath.Join("testdata", "avro", "logged-at-micros", "rest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(rest) + settledText() // of others, which must go on
	for _, row := range []string{`"person_id":"P-1","card_id":"C-1"`, `"card_id":"C-1"`} {
		late := `{"topic":"card-events","value":{"id":"i1","received_at":"2026-02-03T21:00:00Z","logged_at":"9999-01-01T00:00:00Z",` + row +
			`,"card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":"IN","occurred_at":"2026-02-03T21:00:00Z"}}` + "\n"
		for _, c := range []struct {
			name, lines string
			facts       []string
		}{
			{"container", text, []string{Stdio, avro}},
			{"line", text + late, []string{Stdio}},
		} {
			t.Run(c.name, func(t *testing.T) {
				bad := filepath.Join(dir, "bad")
				f, sum := replayText(t, c.lines, func(o *Options) { o.Facts, o.SkipBad = c.facts, bad })
				skipped, err := os.ReadFile(bad)
				if err != nil || sum.Skipped != 1 || len(skipped) == 0 {
					t.Fatalf("%d skipped: %s, %v", sum.Skipped, skipped, err)
				}
				if f.violations != "" || stay(f, "P-1", "2026-02-03") != "PROVISIONAL" ||
					!strings.Contains(f.quality, "UNREADABLE") {
					t.Errorf("STAY is %q; revisions:\n%s%s", stay(f, "P-1", "2026-02-03"), f.violations, f.quality)
				}
			})
		}
	}
}
