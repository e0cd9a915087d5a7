package cli

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/evidence"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream/seeds"
)

// unpacked reads a package.
func unpacked(t *testing.T, file string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

// manifestOf reads the manifest of a package.
func manifestOf(t *testing.T, files map[string]string) evidence.Manifest {
	t.Helper()
	var m evidence.Manifest
	if err := json.Unmarshal([]byte(files[manifestName]), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// repacked writes files as a package, with hashes anew where asked.
func repacked(t *testing.T, path string, files map[string]string, anew bool) string {
	t.Helper()
	p := &packer{files: map[string][]byte{}, manifest: manifestOf(t, files)}
	old := files[manifestName]
	for name, text := range files {
		if name != manifestName {
			p.files[name] = []byte(text)
		}
	}
	content, err := p.archive()
	if err != nil {
		t.Fatal(err)
	}
	if !anew {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, name := range sortedNames(files) {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			text := files[name]
			if name == manifestName {
				text = old
			}
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		content = out.Bytes()
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPackagesReplay: the facts of a package, replayed, give its records and accuse of nothing else; the check and the
// checker find nothing wrong; nothing of others is in it.
func TestPackagesReplay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []string
	tried, same := 0, 0
	for i, v := range loadVectors(t) {
		for stage := range v.AsOf {
			if !seeds.Full() && (i+stage)%12 != 0 {
				continue
			}
			if v.Policy != "" {
				continue // its text is no file
			}
			o := vectorOptions(t, &v, stage)
			for _, unit := range recordsOf(t, o, 1) {
				name := fmt.Sprintf("%s-%d.zip", v.ID, stage)
				if file, ok := packedUnit(t, filepath.Join(dir, name), o, unit); ok {
					same++
					files = append(files, file)
				}
				tried++
			}
		}
	}
	for seed := range uint64(seeds.Size(t, 6)) {
		o := clearingOptions(simulatedWithFaults(t, seed))
		for k, unit := range recordsOf(t, o, 3) {
			if file, ok := packedUnit(t, filepath.Join(dir, fmt.Sprintf("sim-%d-%d.zip", seed, k)), o, unit); ok {
				same++
				files = append(files, file)
			}
			tried++
		}
	}
	t.Logf("of %d packages %d replay to the same", tried, same)
	if tried < 15 || same < tried*9/10 {
		t.Errorf("of %d packages %d replay to the same", tried, same)
	}
	if out, status := checked(t, files...); status != 0 || strings.Count(out, ".zip: nothing failed") != len(files) {
		t.Errorf("the checker ends with %d:\n%s", status, failures(out))
	}
}

// failures are the lines of the checker that matter.
func failures(out string) string {
	var b strings.Builder
	for l := range strings.Lines(out) {
		if !strings.HasPrefix(l, "ok ") && !strings.HasPrefix(l, "not checked") {
			b.WriteString(l)
		}
	}
	return b.String()
}

// recordsOf are ids of some units that are records.
func recordsOf(t *testing.T, o replay.Options, most int) []string {
	t.Helper()
	outcomes := outcomesOf(t, o)
	var out []string
	for _, id := range slices.Sorted(maps.Keys(outcomes)) {
		if harmOf(outcomes[id].Outcome) == 2 || harmOf(outcomes[id].Outcome) == 3 {
			out = append(out, id)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	r.Shuffle(len(out), func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out[:min(most, len(out))]
}

// packedUnit makes the package of a unit and checks it; ok says that it replays to the same.
func packedUnit(t *testing.T, file string, o replay.Options, unit string) (string, bool) {
	t.Helper()
	x, err := replay.Inspect(t.Context(), o, replay.Wanted{UnitID: unit, Now: true})
	if err != nil {
		t.Fatal(err)
	}
	var errs, out bytes.Buffer
	c := &console{ctx: t.Context(), stdout: &out, stderr: &errs}
	cmd := exportCmd{Out: file}
	cmd.TempDir = t.TempDir()
	if err := cmd.pack(c, &inspection{Inspection: x}, evidence.Range{From: x.Date, To: x.Date, Kind: x.Kind}); err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	err = checkPackage(c, file, cmd.TempDir)
	m := manifestOf(t, unpacked(t, file))
	if err != nil {
		t.Errorf("%s: %v\n%s", filepath.Base(file), err, out.String())
	}
	if !m.Replay.Same {
		t.Logf("%s: %v", filepath.Base(file), m.Replay.Differs)
	}
	return file, m.Replay.Same
}

// TestExportCommand: as users do, with a violations log: a unit and a person; the same bytes again and whatever the
// order of lines; the command that the package names gives the same record; nothing of others is in it.
func TestExportCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := strings.NewReplacer(`"card_id":"C"`, `"card_id":"C2"`, `"id":"`, `"id":"2-`, `"decision_id":"`, `"decision_id":"2-`)
	facts := residentFacts("P-1") + other.Replace(residentFacts("P-2")) +
		markers("KH", 3, 4, 5) + beats("KH-carousel")
	write(t, filepath.Join(dir, "facts.jsonl"), facts)
	lines := strings.SplitAfter(facts, "\n")
	slices.Reverse(lines)
	write(t, filepath.Join(dir, "turned.jsonl"), strings.Join(lines, ""))
	at := "--as-of=2026-02-06T08:00:00+01:00"
	p := program{dir: dir}
	p.ok(t, "replay", "facts.jsonl", at, "--violations", "said.jsonl")
	p.ok(t, "export", "P-1", "facts.jsonl", "--from", "2026-02-01", "--to", "2026-02-05", at, "--said", "said.jsonl",
		"--out", "a.zip")
	p.ok(t, "export", "P-1", "turned.jsonl", "--from", "2026-02-01", "--to", "2026-02-05", at, "--said", "said.jsonl",
		"--out", "b.zip")
	if read(t, filepath.Join(dir, "a.zip")) != read(t, filepath.Join(dir, "b.zip")) {
		t.Error("facts in another order give other bytes")
	}
	out := p.ok(t, "export", "--check", "a.zip").stdout
	if strings.Contains(out, "DIFFERS") || strings.Contains(out, "P-1") {
		t.Errorf("the check says\n%s", out)
	}
	files := unpacked(t, filepath.Join(dir, "a.zip"))
	m := manifestOf(t, files)
	if len(m.Units) != 2 || m.Units[0].RecordFrom != "log" || !m.Replay.Same || m.Note.Version != "2024-03-11" {
		t.Fatalf("the manifest is %+v", m)
	}
	place := filepath.Join(dir, "out")
	for name, text := range files {
		if strings.Contains(text, "P-2") || strings.Contains(text, `"C2"`) {
			t.Errorf("%s has something of somebody else", name)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(place, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(place, name), text)
	}
	again := program{dir: place}.ok(t, strings.Fields(strings.TrimPrefix(m.Replay.Command, "tilsyn "))...).stdout
	records, err := recordsIn([]byte(again))
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Units {
		u := &m.Units[i]
		list, err := recordsIn([]byte(files[u.Dir+"record.json"]))
		if err != nil || records[u.UnitID] == nil || len(evidence.Differs(list[u.UnitID], records[u.UnitID])) > 0 {
			t.Errorf("%s of %s: replayed it is %v, %v", u.Kind, u.Date, records[u.UnitID], err)
		}
	}
	if len(records) != len(m.Units) {
		t.Errorf("replayed the package has %d records, and %d are in it", len(records), len(m.Units))
	}
	cover := files[coverName]
	for _, want := range []string{`lang="da"`, `lang="en"`, "Bevispakke", "Evidence package", "C, fingeraftryk", "card was used",
		m.Units[0].Digest, m.Note.Hash, "must be put beside it"} {
		if !strings.Contains(cover, want) {
			t.Errorf("the cover has no %q", want)
		}
	}
	for _, bad := range []string{"<script", "http:", "https:", "src=", "href="} {
		if strings.Contains(cover, bad) {
			t.Errorf("the cover has %q", bad)
		}
	}
}

// TestPackageManipulated: whatever is changed in a package is named, also where the hashes were made anew.
func TestPackageManipulated(t *testing.T) {
	t.Parallel()
	python(t)
	dir := t.TempDir()
	p := program{dir: dir}
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1")+markers("KH", 3, 4))
	p.ok(t, "export", "STAY:2026-02-03:P-1", "facts.jsonl", "--as-of", "2026-02-05T08:00:00+01:00", "--out", "p.zip")
	good := unpacked(t, filepath.Join(dir, "p.zip"))
	const unit = "units/STAY-2026-02-03/"
	var files, names []string // of the packages in which the checker has to see something
	for i, m := range []struct {
		name, file, find, put string
		// anew makes the hashes of the manifest anew; says is what the check names.
		anew bool
		says string
		// deep is true for what only the engine can see.
		deep bool
	}{
		{"a fact", factsName, `"direction":"OUT"`, `"direction":"IN"`, false, factsName + " is another file", false},
		{"a fact, hashed", factsName, `"occurred_at":"2026-02-03T19:00`, `"occurred_at":"2026-02-03T18:00`, true, "line 2", false},
		{"facts and rows alike", "", `"occurred_at":"2026-02-04T13:00`, `"occurred_at":"2026-02-04T02:00`, true, "give no record",
			false},
		{"a marker", factsName, `"log_type":"OUTAGE_FORMS"`, `"log_type":"POLICE_LOG"`, true, "give no record", true},
		{"the record", unit + "record.json", `"status":"INDICATED"`, `"status":"NEEDS_REVIEW"`, true, "record.json is not the last",
			false},
		{"a revision", unit + "revisions.jsonl", `"status":"INDICATED"`, `"status":"NEEDS_REVIEW"`, true, "digest of revision 1",
			false},
		{"the certificate", unit + "certificate.json", `"status": "INDICATED"`, `"status": "NEEDS_REVIEW"`, true, "", false},
		{"the policy", "policy/1.yaml", "report.grace", "report.grass", true, "policies or the clock", false},
		{"the cover", coverName, "Bevispakke", "Dom", false, coverName + " is another file", false},
		{"the manifest", manifestName, `"status": "INDICATED"`, `"status": "NEEDS_REVIEW"`, true, "names another revision", false},
	} {
		bad := maps.Clone(good)
		for name := range bad {
			if name == m.file || m.file == "" && (name == factsName || name == rowsName) {
				bad[name] = strings.ReplaceAll(bad[name], m.find, m.put)
			}
		}
		if maps.Equal(bad, good) {
			t.Errorf("%s: the package has no %s", m.name, m.find)
			continue
		}
		file := fmt.Sprintf("bad-%d.zip", i)
		repacked(t, filepath.Join(dir, file), bad, m.anew)
		r := p.run(t, "export", "--check", file)
		if named := strings.Contains(r.stdout, "DIFFERS") && strings.Contains(r.stdout, m.says); r.status != 1 || !named {
			t.Errorf("%s: status %d\n%s%s", m.name, r.status, r.stdout, r.stderr)
		}
		if !m.deep && m.name != "facts and rows alike" {
			files, names = append(files, filepath.Join(dir, file)), append(names, m.name)
		}
	}
	for i, got := range checkedEach(t, files) {
		if got.Status == 0 {
			t.Errorf("%s: the checker sees nothing\n%s", names[i], got.Out)
		}
	}
	for name, file := range map[string]string{"one more": "more.txt", "one less": rowsName} {
		bad := maps.Clone(good)
		if _, there := bad[file]; there {
			delete(bad, file)
		} else {
			bad[file] = "x"
		}
		repacked(t, filepath.Join(dir, "bad.zip"), bad, false)
		if r := p.run(t, "export", "--check", "bad.zip"); r.status != 1 || !strings.Contains(r.stdout, "DIFFERS "+file) {
			t.Errorf("%s: status %d\n%s", name, r.status, r.stdout)
		}
	}
}
