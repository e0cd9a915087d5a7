package cli

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// outputs are all outputs of a replay.
type outputs struct{ violations, outcomes, quality, observations string }

// replayAll runs replay in a directory of its own.
func replayAll(t *testing.T, args ...string) outputs {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	program{}.ok(t, append([]string{"replay", "--violations", at("v"), "--outcomes", at("o"),
		"--data-quality", at("q"), "--observations", at("b")}, args...)...)
	return outputs{read(t, at("v")), read(t, at("o")), read(t, at("q")), read(t, at("b"))}
}

// TestOrderAndRepetition: the same facts in any order, in several files, with
// any repetition of lines, give the same bytes.
func TestOrderAndRepetition(t *testing.T) {
	t.Parallel()
	facts := simulated(t, 40, 25)
	asOf := []string{"--as-of", "2026-01-20T08:00:00+01:00", "--as-of", "2026-02-02T08:00:00+01:00"}
	want := replayAll(t, append(asOf, facts)...)
	if want.violations == "" || want.outcomes == "" || want.quality == "" || want.observations == "" {
		t.Fatal("an output is empty: the test would compare nothing")
	}
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 3 {
		lines := slices.Collect(strings.Lines(read(t, facts)))
		for range len(lines) / 3 {
			lines = append(lines, lines[rnd.IntN(len(lines))])
		}
		rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		cut := rnd.IntN(len(lines))
		dir := t.TempDir()
		a := write(t, filepath.Join(dir, "a"), strings.Join(lines[:cut], ""))
		b := write(t, filepath.Join(dir, "b"), strings.Join(lines[cut:], ""))
		if got := replayAll(t, append(asOf, a, b)...); got != want {
			t.Fatalf("seed %d: other bytes", seed)
		}
	}
}

// TestSorting: as-of, person, date, duty, revision.
func TestSorting(t *testing.T) {
	out := replayAll(t, "--as-of", "2026-01-20T08:00:00+01:00", "--as-of", "2026-02-02T08:00:00+01:00",
		simulated(t, 40, 25))
	for _, text := range []string{out.violations, out.outcomes} {
		list := rows(t, text)
		less := func(a, b row) int {
			for _, c := range []int{strings.Compare(a.AsOf, b.AsOf), strings.Compare(a.PersonID, b.PersonID),
				strings.Compare(a.UnitDate, b.UnitDate), strings.Compare(a.Kind, b.Kind)} {
				if c != 0 {
					return c
				}
			}
			return 0
		}
		if len(list) == 0 || !slices.IsSortedFunc(list, less) {
			t.Fatalf("%d lines are not sorted", len(list))
		}
	}
}

// TestSaidContinues: replaying to the second as-of with the log of the first is
// the same as both in one run.
func TestSaidContinues(t *testing.T) {
	facts := simulated(t, 40, 25)
	first, second := "2026-01-20T08:00:00+01:00", "2026-02-02T08:00:00+01:00"
	both := replayAll(t, "--as-of", first, "--as-of", second, facts).violations
	one := replayAll(t, "--as-of", first, facts).violations
	said := write(t, filepath.Join(t.TempDir(), "said.jsonl"), one)
	two := replayAll(t, "--as-of", second, "--said", said, facts).violations
	if one == "" || two == "" || !strings.Contains(two, `"WITHDRAWN"`) {
		t.Fatal("there is nothing to continue")
	}
	if one+two != both {
		t.Fatal("the continued log differs from that of one run")
	}
	all := write(t, filepath.Join(t.TempDir(), "said.jsonl"), both)
	if again := replayAll(t, "--as-of", second, "--said", all, facts).violations; again != "" {
		t.Fatalf("everything was said already, and more was written:\n%s", again)
	}
}

func TestDefaultAsOf(t *testing.T) {
	out := replayAll(t, simulated(t, 5, 14))
	if list := rows(t, out.outcomes); len(list) == 0 || !strings.HasSuffix(list[0].AsOf, "T07:00:00.000Z") {
		t.Fatalf("the default as-of is no local 08:00: %+v", list[:min(len(list), 1)])
	}
}

func TestStandardInput(t *testing.T) {
	facts := simulated(t, 10, 14)
	want := program{}.ok(t, "replay", facts).stdout
	got := program{stdin: read(t, facts)}.ok(t, "replay", "-").stdout
	if want == "" || got != want {
		t.Fatal("standard input gives another result than the file")
	}
}

// TestContainers: the same facts as Avro container files, in every codec and
// with logged_at, give the same bytes.
func TestContainers(t *testing.T) {
	t.Parallel()
	facts := simulated(t, 20, 20)
	for i, codec := range []string{schemas.CodecNull, schemas.CodecDeflate, schemas.CodecSnappy} {
		dir := t.TempDir()
		late := duty.Instant(i) * duty.Hour
		names, lines := containers(t, facts, dir, codec, late)
		want := replayAll(t, write(t, filepath.Join(dir, "lines.jsonl"), lines))
		if got := replayAll(t, names...); got != want || got.violations == "" {
			t.Fatalf("%s: the container files give another result", codec)
		}
	}
}

// containers writes facts as container files and as lines, all known after
// received_at by late.
func containers(t *testing.T, facts, dir, codec string, late duty.Instant) (names []string, lines string) {
	t.Helper()
	files := map[string]*os.File{}
	writers := map[string]*schemas.ContainerWriter{}
	var all []byte
	for text := range strings.Lines(read(t, facts)) {
		l, err := schemas.DecodeLine([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s, _ := schemas.Lookup(l.Topic)
		if writers[l.Topic] == nil {
			f, err := os.Create(filepath.Join(dir, l.Topic+".avro"))
			if err != nil {
				t.Fatal(err)
			}
			files[l.Topic] = f
			names = append(names, f.Name())
			if writers[l.Topic], err = schemas.NewContainerWriter(f,
				s, schemas.ContainerOptions{Codec: codec, LoggedAt: late > 0}); err != nil {
				t.Fatal(err)
			}
		}
		head, _ := schemas.HeadOf(l.Value)
		l.LoggedAt = duty.Opt[duty.Instant]{V: head.ReceivedAt + late, OK: late > 0}
		if err := writers[l.Topic].Write(l.Value, l.LoggedAt); err != nil {
			t.Fatal(err)
		}
		all = schemas.AppendLine(all, &l)
	}
	for topic, w := range writers {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := files[topic].Close(); err != nil {
			t.Fatal(err)
		}
	}
	return names, string(all)
}

// TestSkipBad: an unreadable line holds what it may speak of, and is set aside
// as it was.
func TestSkipBad(t *testing.T) {
	t.Parallel()
	v := loadVectors(t)[2] // TV-003: out all night
	good := ""
	for _, f := range v.Facts {
		good += string(f) + "\n"
	}
	for _, c := range []struct {
		name, line string
		held       bool
	}{
		{"no JSON", "this is no fact", true},
		{"known key", `{"topic":"notices","value":{"id":"x","person_id":"TV-003","received_at":"2026-02-03T20:00:00Z"}}`, true},
		{"known key, new symbol", `{"topic":"group-changes","value":{"id":"x","person_id":"TV-003","group":"NEWER","valid_from":"2026-02-03T20:00:00Z","received_at":"2026-02-03T20:00:00Z"}}`, true},
		{"row of the person's card", `{"topic":"card-events","value":{"id":"x","person_id":null,"card_id":"TV-003-bio","received_at":"2026-02-03T20:00:00Z"}}`, true},
		{"other person", `{"topic":"notices","value":{"id":"x","person_id":"TV-999","received_at":"2026-02-03T20:00:00Z"}}`, false},
		{"other card", `{"topic":"card-events","value":{"id":"x","card_id":"other","received_at":"2026-02-03T20:00:00Z"}}`, false},
		{"its centre", `{"topic":"incidents","value":{"id":"x","centre_id":"KH","received_at":"2026-02-03T20:00:00Z"}}`, true},
		{"other centre", `{"topic":"incidents","value":{"id":"x","centre_id":"SJ","received_at":"2026-02-03T20:00:00Z"}}`, false},
		{"more than 14 days later", `{"topic":"notices","value":{"id":"x","person_id":"TV-003","received_at":"2026-02-19T20:00:00Z"}}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			p := program{dir: dir, stdin: good + c.line + "\n"}
			args := []string{"replay", "--as-of", "2026-02-20T08:00:00+01:00", "--outcomes", "o", "--data-quality", "q"}
			if r := p.run(t, append(args, "-")...); r.status != 2 ||
				!strings.Contains(r.stderr, "standard input:"+strconv.Itoa(len(v.Facts)+1)+":") {
				t.Fatalf("without --skip-bad: status %d, %s", r.status, r.stderr)
			}
			r := p.ok(t, append(args, "--skip-bad", "bad", "-")...)
			if got := read(t, filepath.Join(dir, "bad")); got != c.line+"\n" {
				t.Errorf("set aside: %q", got)
			}
			if !strings.Contains(r.stderr, "1 unreadable line") {
				t.Errorf("stderr: %q", r.stderr)
			}
			if !strings.Contains(read(t, filepath.Join(dir, "q")), `"code":"UNREADABLE"`) {
				t.Error("data quality does not name it")
			}
			held := true
			for _, u := range rows(t, read(t, filepath.Join(dir, "o"))) {
				if u.UnitDate == "2026-02-03" && (u.Outcome == "INDICATED" || u.Outcome == "NEEDS_REVIEW") {
					held = slices.Contains(u.Caveats, "RECONSTRUCTED")
				}
			}
			if held != c.held {
				t.Errorf("held = %v, want %v", held, c.held)
			}
		})
	}
}

// TestNothingStaysBehind: output files appear only when they are complete, and
// the sorting leaves nothing.
func TestNothingStaysBehind(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	bad := write(t, filepath.Join(dir, "bad.jsonl"), "{}\n")
	r := program{}.run(t, "replay", "--temp-dir", temp, "--outcomes", filepath.Join(dir, "o"), bad)
	if r.status != 2 {
		t.Fatalf("status %d", r.status)
	}
	program{}.ok(t, "replay", "--temp-dir", temp, "--violations", filepath.Join(dir, "v"), simulated(t, 5, 14))
	for d, want := range map[string][]string{dir: {"bad.jsonl", "v"}, temp: nil} {
		entries, err := os.ReadDir(d)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if !slices.Equal(got, want) {
			t.Errorf("files %v, want %v", got, want)
		}
	}
}

// TestOnlyResultsInAPipe: standard output has the results, and standard error nothing.
func TestOnlyResultsInAPipe(t *testing.T) {
	r := program{}.ok(t, "replay", simulated(t, 10, 14))
	if r.stderr != "" {
		t.Errorf("stderr: %q", r.stderr)
	}
	if !bytes.HasPrefix([]byte(r.stdout), []byte(`{"as_of":"`)) {
		t.Errorf("stdout begins with %.60q", r.stdout)
	}
}
