package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/evidence"
	"tilsyn/engine/treelog"
)

// TestExportRefuses: what is asked for in a wrong way is refused with what to do.
func TestExportRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1"))
	write(t, filepath.Join(dir, "note.txt"), "another")
	write(t, filepath.Join(dir, "no.zip"), "hello")
	write(t, filepath.Join(dir, "proofs.json"), "")
	write(t, filepath.Join(dir, "list.json"), "[]")
	const unit, late = "STAY:2026-02-03:P-1", "--as-of=2026-02-20T08:00:00+01:00"
	for line, says := range map[string]string{
		"":                                "--out FILE for a package",
		"--out x.zip":                     "name a unit or a person",
		"P-1 facts.jsonl --out x.zip":     "for a person give --from DATE and --to DATE",
		"P-1 facts.jsonl --certificate x": "--certificate is of one unit",
		"nobody facts.jsonl --out x --from 2026-02-01 --to 2026-02-05": "no fact of the input concerns that person",
		"P-1 facts.jsonl --out x --from 2025-01-01 --to 2026-02-05":    "401 days are too many for one package, which holds at most 92",
		"P-1 facts.jsonl --out x --from 2026-02-05 --to 2026-02-01":    "give the earlier date first",
		"P-1 facts.jsonl --out x --from yesterday --to 2026-02-01":     "write a date as YYYY-MM-DD",
		"P-1 facts.jsonl --out x --from 2025-02-05 --to 2025-02-06":    "no unit of the person is over",
		"P-1 facts.jsonl --out x --from 2026-01-10 --to 2026-01-12":    "none is INDICATED or NEEDS_REVIEW",
		"STAY:2026-01-10:P-1 facts.jsonl --out x":                      "tilsyn explain",
		"STAY:2026-13-10:P-1 facts.jsonl --out x":                      "write YYYY-MM-DD",
		"STAY:2024-01-10:P-1 facts.jsonl --out x":                      "no decision makes a unit",
		unit + " facts.jsonl --out x":                                  "PROVISIONAL at that clock",
		unit + " facts.jsonl --certificate x":                          "PROVISIONAL at that clock",
		unit + " facts.jsonl --out x --from 2026-02-04":                "which --from and --to leave out",
		unit + " facts.jsonl --out x --note note.txt " + late:          "the policy names sha256:16c6028b",
		unit + " facts.jsonl --out x --note none.txt " + late:          "--note",
		unit + " facts.jsonl --out x --proofs proofs.json " + late:     "none of its proofs",
		unit + " facts.jsonl --out x --proofs list.json " + late:       "proofs are lines of JSON",
		unit + " --out x": "--brokers",
		"00000000-0000-5000-8000-000000000000 facts.jsonl --out x": "no unit of that id",
		"--check no.zip":     "it is no zip archive",
		"--check none.zip":   "--check",
		"P-1 --check no.zip": "--check takes a package and nothing else",
	} {
		r := p.run(t, append([]string{"export"}, strings.Fields(line)...)...)
		if r.status != 2 || !strings.Contains(r.stderr, says) || strings.Contains(r.stderr, "P-1 ") {
			t.Errorf("export %s: status %d, %s", line, r.status, r.stderr)
		}
	}
}

// TestExportEncloses: the note that the policy names is enclosed, and a proof of the log of all revisions, which both
// checks work out; what was withdrawn is named.
func TestExportEncloses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1")+markers("KH", 3, 4))
	note := sha256.Sum256([]byte("the note"))
	write(t, filepath.Join(dir, "note.txt"), "the note")
	write(t, filepath.Join(dir, "policy.yaml"),
		`evidence.note: ["case 17", "2", "sha256:`+hex.EncodeToString(note[:])+"\"]\n")
	early, late := "--as-of=2026-02-05T08:00:00+01:00", "--as-of=2026-02-09T08:00:00+01:00"
	p.ok(t, "replay", "facts.jsonl", early, "--policy", "policy.yaml", "--violations", "said.jsonl")
	write(t, filepath.Join(dir, "proofs.json"), proofsOf(t, read(t, filepath.Join(dir, "said.jsonl"))))
	p.ok(t, "export", "P-1", "facts.jsonl", "--from", "2026-02-03", "--to", "2026-02-04", early, "--said", "said.jsonl",
		"--policy", "policy.yaml", "--note", "note.txt", "--proofs", "proofs.json", "--out", "p.zip")
	files := unpacked(t, filepath.Join(dir, "p.zip"))
	m := manifestOf(t, files)
	if files[m.Note.File] != "the note" || m.Note.ID != "case 17" || len(m.Log.Proven) != len(m.Units) ||
		len(m.Units) == 0 {
		t.Fatalf("the manifest is %+v", m)
	}
	if !strings.Contains(files[m.Units[0].Dir+"record.json"], "case 17") {
		t.Error("the record does not name the policy's document")
	}
	out := p.ok(t, "export", "--check", "p.zip").stdout
	if text, status := checked(t, filepath.Join(dir, "p.zip")); status != 0 ||
		!strings.Contains(text, "entry of the log") || !strings.Contains(out, "are in the log of all revisions") {
		t.Errorf("status %d\n%s\n%s", status, text, out)
	}
	bad := maps.Clone(files)
	bad[proofsName] = strings.Replace(bad[proofsName], `"index": 1`, `"index": 2`, 1)
	repacked(t, filepath.Join(dir, "bad.zip"), bad, true)
	r := p.run(t, "export", "--check", "bad.zip")
	if r.status != 1 || !strings.Contains(r.stdout, "is not entry 2 of the log") {
		t.Errorf("status %d\n%s", r.status, r.stdout)
	}
	if text, status := checked(t, filepath.Join(dir, "bad.zip")); status != 1 {
		t.Errorf("the checker ends with %d\n%s", status, text)
	}
	// A notice and a permission that came later take both back.
	write(t, filepath.Join(dir, "more.jsonl"), `{"topic":"permissions","value":{"id":"p","permission_id":"p","person_id":"P-1",`+
		`"received_at":"2026-02-06T00:00:00Z","status":"GRANTED","valid_from":"2026-02-01T00:00:00Z",`+
		`"valid_to":"2026-02-10T00:00:00Z","report_effect":"EXCUSED","decided_at":"2026-02-01T00:00:00Z"}}`+"\n")
	p.ok(t, "export", "P-1", "facts.jsonl", "more.jsonl", "--from", "2026-02-03", "--to", "2026-02-04", late, "--said",
		"said.jsonl", "--policy", "policy.yaml", "--out", "w.zip")
	m = manifestOf(t, unpacked(t, filepath.Join(dir, "w.zip")))
	if len(m.Units) != 0 || len(m.Withdrawn) == 0 || m.Withdrawn[0].Told {
		t.Errorf("the manifest is %+v", m)
	}
	p.ok(t, "export", "--check", "w.zip")
}

// TestExportWholeFacts: of a fact of the centre every version goes along: one that says that an outage ended, although
// that one does not reach the unit.
func TestExportWholeFacts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	outage := func(version, to string) string {
		return `{"topic":"incidents","value":{"id":"i` + version + `","version":` + version + `,"incident_id":"i",` +
			`"received_at":"2026-01-1` + version + `T00:00:00Z","centre_id":"KH","device_ids":[],"from":"2026-01-10T10:00:00Z",` +
			`"to":` + to + `,"kind":"SERVER","forms_status":"COMPLETE"}}` + "\n"
	}
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1")+markers("KH", 3, 4)+outage("1", "null")+
		outage("2", `"2026-01-10T12:00:00Z"`))
	p.ok(t, "export", "STAY:2026-02-03:P-1", "facts.jsonl", "--as-of", "2026-02-05T08:00:00+01:00",
		"--certificate", "c.json")
	if text := read(t, filepath.Join(dir, "c.json")); !strings.Contains(text, `"i1"`) || !strings.Contains(text, `"i2"`) {
		t.Error("a version stays behind")
	}
	if out, status := checked(t, filepath.Join(dir, "c.json")); status != 0 {
		t.Errorf("the checker ends with %d\n%s", status, failures(out))
	}
}

// TestExportWithholds: a row of the person's number with somebody else's card is shown, and the other one is not named;
// the facts still give the same record.
func TestExportWithholds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := program{dir: dir}
	row := func(id, person, card, at string) string {
		return `{"topic":"card-events","value":{"person_id":"` + person + `","id":"` + id + `","received_at":"` + at +
			`","card_id":"` + card + `","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel",` +
			`"device_type":"CAROUSEL","kind":"PASSAGE","direction":"IN","occurred_at":"` + at + `"}}` + "\n"
	}
	assigned := func(id, person, card string) string {
		return `{"topic":"card-assignments","value":{"id":"` + id + `","received_at":"2026-01-05T00:00:00Z","card_id":"` + card +
			`","person_id":"` + person + `","card_type":"BIOMETRIC","valid_from":"2026-01-05T00:00:00Z",` +
			`"anti_passback":"ON","created":"AUTOMATIC"}}` + "\n"
	}
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1")+markers("KH", 3, 4)+assigned("a2", "P-2", "C2")+
		assigned("a1", "P-1", "C")+row("x", "P-1", "C2", "2026-02-04T14:00:00Z")+row("y", "P-2", "C", "2026-02-04T15:00:00Z"))
	p.ok(t, "export", "STAY:2026-02-03:P-1", "facts.jsonl", "--as-of", "2026-02-05T08:00:00+01:00", "--out", "p.zip")
	files := unpacked(t, filepath.Join(dir, "p.zip"))
	for _, name := range sortedNames(files) {
		if strings.Contains(files[name], "P-2") {
			t.Errorf("%s names somebody else", name)
		}
	}
	if m := manifestOf(t, files); !m.Replay.Same || !strings.Contains(files[rowsName], evidence.Withheld) ||
		!strings.Contains(files[rowsName], `"id":"x"`) {
		t.Errorf("%+v\n%s", m.Replay, files[rowsName])
	}
	if out, status := checked(t, filepath.Join(dir, "p.zip")); status != 0 {
		t.Errorf("the checker ends with %d\n%s", status, failures(out))
	}
}

// proofsOf puts revisions in a log, with others around them, and proves each.
func proofsOf(t *testing.T, said string) string {
	t.Helper()
	var leaves []treelog.Leaf
	var tree treelog.Tree
	var indexes []int64
	var revisions []*duty.Violation
	list, err := recordsIn([]byte(said))
	if err != nil {
		t.Fatal(err)
	}
	put := func(digest treelog.Digest) {
		leaf := treelog.NewLeaf(treelog.Salt{1, byte(len(leaves))}, digest)
		leaves = append(leaves, leaf)
		tree.Append(leaf.Hash)
	}
	put(treelog.Digest{1})
	for _, id := range sortedNames(list) {
		digest, err := treelog.DigestOf(list[id].Digest)
		if err != nil {
			t.Fatal(err)
		}
		indexes, revisions = append(indexes, int64(len(leaves))), append(revisions, list[id])
		put(digest)
		put(treelog.Digest{2, byte(len(leaves))})
	}
	checkpoint := treelog.Checkpoint{Origin: treelog.OriginOf("tilsyn.violations", 0), Size: tree.Size(),
		Root: tree.Root()}
	text, err := checkpoint.Sign(nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := treelog.ParseNote(text)
	if err != nil {
		t.Fatal(err)
	}
	proofs, err := treelog.Prove(&at, leaves, indexes)
	if err != nil {
		t.Fatal(err)
	}
	for i := range proofs {
		v := revisions[i]
		proofs[i].UnitID, proofs[i].Revision, proofs[i].Digest = v.UnitID, v.Revision, v.Digest
	}
	var out strings.Builder
	for i := range proofs {
		if err := json.NewEncoder(&out).Encode(&proofs[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}
