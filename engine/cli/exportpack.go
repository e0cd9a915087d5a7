package cli

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/evidence"
	"tilsyn/engine/replay"
	"tilsyn/schemas"
)

// Names of files in a package.
const (
	manifestName = "manifest.json"
	coverName    = "cover.html"
	factsName    = "facts.jsonl"
	rowsName     = "rows.jsonl"
	saidName     = "said.jsonl"
	proofsName   = "log/proofs.json"
)

// packageTime stands on every file, so that the same content is the same bytes.
var packageTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// packer collects the files of a package.
type packer struct {
	b        *evidence.Bundle
	manifest evidence.Manifest
	files    map[string][]byte
	facts    []string
}

// pack writes the package of a range.
func (cmd *exportCmd) pack(c *console, x *inspection, r evidence.Range) error {
	b, err := evidence.Gather(evidenceCase(x), r)
	if err != nil {
		return recordError(err)
	}
	p := &packer{b: b, files: map[string][]byte{}, manifest: evidence.Manifest{Form: evidence.PackageForm,
		PersonID: x.PersonID, From: r.From.String(), To: r.To.String(), AsOf: b.Case.At.String(),
		EngineVersion: duty.EngineVersion, Policies: []evidence.PackagePolicy{}, Units: []evidence.PackageUnit{},
		Withdrawn: []evidence.WithdrawnUnit{}, Notes: append([]string{}, x.notes...)}}
	if err := p.policies(cmd.Policy, x.CentreFacts()); err != nil {
		return err
	}
	if err := p.note(cmd.Note); err != nil {
		return err
	}
	if err := p.replayable(c, cmd.TempDir); err != nil {
		return err
	}
	if err := cmd.proofs(c, p); err != nil {
		return err
	}
	if err := p.units(); err != nil {
		return err
	}
	content, err := p.archive()
	if err != nil {
		return err
	}
	if err := writeWhole(c, cmd.Out, content); err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	fmt.Fprintf(c.stderr, "%s, %d withdrawn; SHA-256 of the package %s\n", counted(int64(len(b.Units)), "record"),
		len(p.manifest.Withdrawn), hex.EncodeToString(sum[:]))
	if n := len(p.manifest.Log.Missing); n > 0 {
		fmt.Fprintf(c.stderr, "of %d of its revisions it has no proof that they are in the log of all revisions: %s\n", n,
			strings.Join(p.manifest.Log.Missing, "; "))
	}
	if !p.manifest.Replay.Same {
		fmt.Fprintf(c.stderr, "its facts do not give the same records when they are replayed, and the cover page says "+
			"so: %s\n",
			strings.Join(p.manifest.Replay.Differs, "; "))
	}
	return nil
}

// replayable looks for the fewest facts that give the same records.
func (p *packer) replayable(c *console, tempDir string) error {
	var best replayed
	for i, s := range evidence.Selections {
		lines := p.b.Replayable(s)
		got, err := p.try(c, tempDir, lines)
		if err != nil {
			return err
		}
		got.selection = s
		if i == 0 || got.same() {
			best = got
		}
		if best.same() {
			break
		}
	}
	p.facts = best.lines
	p.files[factsName] = joined(best.lines)
	p.files[rowsName] = joined(p.b.Rows())
	command := "tilsyn replay"
	for _, n := range p.manifest.Policies {
		command += " --policy " + n.File
		if n.From != "" {
			command += "@" + n.From
		}
	}
	p.manifest.Replay = evidence.Replayed{Command: command + " --as-of " + p.manifest.AsOf + " " + factsName,
		Same: best.same(), Level: best.selection.Level, Wide: best.selection.Wide,
		Differs:  append([]string{}, best.differs...),
		StandIns: standIns(best.lines)}
	for _, u := range p.b.Units {
		n := evidence.PackageUnit{UnitID: u.Record.UnitID, Kind: u.Record.Kind.String(), Date: u.Record.UnitDate.String(),
			Status: u.Record.Status.String(), Revision: int(u.Record.Revision), Digest: u.Record.Digest,
			RecordFrom: u.Certificate.RecordFrom, Agrees: u.Certificate.Agrees, Dir: u.Dir(), ReplayDiffers: []string{}}
		if v, ok := best.records[u.Record.UnitID]; ok {
			n.ReplayDiffers = fieldsApart(u.Record, v)
		}
		p.manifest.Units = append(p.manifest.Units, n)
	}
	return nil
}

// replayed is what a selection of facts gives.
type replayed struct {
	selection evidence.Selection
	lines     []string
	records   map[string]*duty.Violation
	differs   []string
}

func (r *replayed) same() bool { return len(r.differs) == 0 }

// try replays facts and compares the records.
func (p *packer) try(c *console, tempDir string, lines []string) (replayed, error) {
	out := replayed{lines: lines}
	var err error
	out.records, err = replayLines(c, tempDir, joined(lines), p.b.Policies(), p.b.Case.At)
	if err != nil {
		return out, err
	}
	for _, u := range p.b.Units {
		name := u.Record.Kind.String() + " of " + u.Record.UnitDate.String()
		switch v := out.records[u.Record.UnitID]; {
		case !u.Certificate.Agrees:
		case v == nil:
			out.differs = append(out.differs, name+" is no record")
		default:
			for _, f := range evidence.Differs(u.Record, v) {
				out.differs = append(out.differs, name+" has another "+f)
			}
		}
	}
	for _, v := range out.records {
		if !p.b.MayAccuse(v.UnitID) {
			out.differs = append(out.differs, v.Kind.String()+" of "+v.UnitDate.String()+" would be accused without ground")
		}
	}
	slices.Sort(out.differs)
	return out, nil
}

// replayLines replays lines of facts at one clock and returns the records by unit.
func replayLines(c *console, tempDir string, lines []byte, policies []duty.ActivePolicy,
	at duty.Instant) (map[string]*duty.Violation, error) {
	dir, err := os.MkdirTemp(tempDir, "tilsyn-export-")
	if err != nil {
		return nil, fmt.Errorf("no directory to replay the facts in: %w", err)
	}
	defer os.RemoveAll(dir)
	facts, said := filepath.Join(dir, factsName), filepath.Join(dir, saidName)
	if err := os.WriteFile(facts, lines, 0o600); err != nil {
		return nil, err
	}
	opts := replay.Options{Facts: []string{facts}, Policies: policies, AsOf: []duty.Instant{at}, Yes: true,
		Violations: said,
		Stdout:     c.stdout, TempDir: dir, Memory: 8 << 20}
	if _, err := replay.Run(c.ctx, opts); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(said)
	if err != nil {
		return nil, err
	}
	return recordsIn(text)
}

// recordsIn reads lines of violations.
func recordsIn(text []byte) (map[string]*duty.Violation, error) {
	schema, _ := schemas.Lookup(duty.TopicViolations)
	out := map[string]*duty.Violation{}
	for l := range bytes.Lines(text) {
		record, _, err := schema.DecodeJSON(l)
		if err != nil {
			return nil, err
		}
		v := record.(*duty.Violation)
		out[v.UnitID] = v
	}
	return out, nil
}

// fieldsApart are the members in which two records are different.
func fieldsApart(a, b *duty.Violation) []string {
	var x, y map[string]json.RawMessage
	if json.Unmarshal(a.AppendCanonical(nil), &x) != nil || json.Unmarshal(b.AppendCanonical(nil), &y) != nil {
		return []string{}
	}
	out := []string{}
	for name, value := range x {
		if !bytes.Equal(value, y[name]) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// standIns are the facts that nobody sent.
func standIns(lines []string) []string {
	out := []string{}
	for _, l := range lines {
		var f struct {
			Topic string
			Value struct {
				ID string `json:"incident_id"`
			}
		}
		if json.Unmarshal([]byte(l), &f) == nil && f.Topic == duty.TopicIncidents &&
			(strings.HasPrefix(f.Value.ID, "auto:") || strings.HasPrefix(f.Value.ID, "package:")) {
			out = append(out, f.Value.ID)
		}
	}
	return out
}

// units puts in each record with its proof, and the cover page.
func (p *packer) units() error {
	attachments := map[string][]evidence.Attachment{}
	for _, u := range p.b.Units {
		list := u.Attachments(p.manifest.Note.File, p.facts)
		attachments[u.Name()] = list
		p.files[u.Dir()+"record.json"] = append([]byte(u.Certificate.Record), '\n')
		var revisions []string
		for _, r := range u.Certificate.Revisions {
			revisions = append(revisions, string(r))
		}
		p.files[u.Dir()+"revisions.jsonl"] = joined(revisions)
		if err := p.json(u.Dir()+"attachments.json", list); err != nil {
			return err
		}
		if err := p.json(u.Dir()+"certificate.json", u.Certificate); err != nil {
			return err
		}
	}
	for i := range p.b.Withdrawn {
		v := &p.b.Withdrawn[i]
		p.manifest.Withdrawn = append(p.manifest.Withdrawn, evidence.WithdrawnUnit{UnitID: v.UnitID, Kind: v.Kind.String(),
			Date: v.UnitDate.String(), Revision: int(v.Revision), Outcome: v.WithdrawnOutcome.V.String(), Told: true})
	}
	for i := range p.b.Due {
		v := &p.b.Due[i]
		p.manifest.Withdrawn = append(p.manifest.Withdrawn, evidence.WithdrawnUnit{UnitID: v.UnitID, Kind: v.Kind.String(),
			Date: v.UnitDate.String(), Revision: int(v.Revision)})
	}
	p.files[saidName] = joined(p.b.Said())
	p.files[coverName] = []byte(p.b.Cover(&p.manifest, attachments))
	return nil
}

// json puts in a value as indented JSON.
func (p *packer) json(name string, value any) error {
	text, err := json.MarshalIndent(value, "", " ")
	p.files[name] = append(text, '\n')
	return err
}

func joined(lines []string) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// archive writes the manifest and all files, sorted.
func (p *packer) archive() ([]byte, error) {
	names := make([]string, 0, len(p.files)+1)
	for name := range p.files {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(a, b) })
	p.manifest.Files = []evidence.PackageFile{}
	for _, name := range names {
		sum := sha256.Sum256(p.files[name])
		p.manifest.Files = append(p.manifest.Files,
			evidence.PackageFile{Name: name, Bytes: len(p.files[name]), SHA256: hex.EncodeToString(sum[:])})
	}
	if err := p.json(manifestName, p.manifest); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range append([]string{manifestName}, names...) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: packageTime})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(p.files[name]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
