package cli

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestConfigText: a value is the text as written, as it would be on the command
// line and in the environment; quotes and the other ways of YAML to write a text
// are understood.
func TestConfigText(t *testing.T) {
	for written, want := range map[string]any{
		"007": "007", "0123": "0123", "1.10": "1.10", "1_000": "1_000", "0x1F": "0x1F", "0o17": "0o17", "0b11": "0b11",
		"+1": "+1", "-1s": "-1s", "1e3": "1e3", "1.": "1.", ".5": ".5", ".inf": ".inf", "true": "true",
		"True": "True", "yes": "yes", "no": "no", "off": "off",
		"12:30:45": "12:30:45", "2026-02-04": "2026-02-04", "2026-02-04T08:00:00+01:00": "2026-02-04T08:00:00+01:00",
		`"007"`: "007", `'0x1F'`: "0x1F", "!!str 007": "007", "a # comment": "a", "a#b": "a#b", `"a # b"`: "a # b",
		"": nil, "null": nil, "~": nil,
		"|\n  0123\n  4": "0123\n4\n", "[007, \"1.10\", a]": []any{"007", "1.10", "a"}, "æøå": "æøå",
	} {
		got, err := parseConfig([]byte("\xef\xbb\xbfx: " + written + "\n"))
		if err != nil || !reflect.DeepEqual(got["x"], want) {
			t.Errorf("%q is read as %#v, %v; want %#v", written, got["x"], err, want)
		}
	}
	for _, text := range []string{"", "# nothing\n", "\xef\xbb\xbf", "---\n"} {
		if got, err := parseConfig([]byte(text)); err != nil || len(got) != 0 {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"a: 1\na: 2\n": "[2:1]", "- a\n": "[1:1]", "text\n": "[1:1]", "a: [[1]]\n": "[1:", "a: *b\n": "[1:",
		"a: 1\n---\nb: 2\n": "[3:", "a: [\n": "",
	} {
		if got, err := parseConfig([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is read as %v, %v; want an error at %s", text, got, err, want)
		}
	}
}

// TestTextFlags: the text of a file reaches the flag as it stands there, by way of
// a flag whose value is named when it is refused.
func TestTextFlags(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"007", "0123", "1.10", "1_000", "0x1F", "0o17"} {
		want := fmt.Sprintf("sasl-mechanism %s", text)
		file := write(t, filepath.Join(dir, "c.yaml"), "\xef\xbb\xbfsasl-mechanism: "+text+
			"\ntopics:\n  check:\n    sasl-username: me\n")
		r := program{dir: dir}.run(t, "topics", "check", "--brokers", "127.0.0.1:1", "--config", file)
		if r.status != statusUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: status %d\n%s", text, r.status, r.stderr)
		}
	}
	// Lists keep what is in their members, and a command may have the name of a flag.
	write(t, filepath.Join(dir, "007"), "parameters: {report.grace: PT15M}\n")
	write(t, filepath.Join(dir, "c.yaml"), "policy:\n  show:\n    log-level: warn\nreplay:\n  policy: "+
		"[007]\n  outcomes: 0123\n")
	facts, err := filepath.Abs(filepath.Join("testdata", "one-night.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	program{dir: dir}.ok(t, "replay", "--config", "c.yaml", facts)
	if read(t, filepath.Join(dir, "0123")) == "" {
		t.Error("nothing was written to 0123")
	}
}
