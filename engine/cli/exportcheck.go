package cli

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/evidence"
	"tilsyn/engine/policy"
	"tilsyn/engine/treelog"
)

// Limits of what is read as a package.
const (
	mostPackageFiles = 4096
	mostPackageBytes = 512 << 20
)

// packageCheck is the check of one package.
type packageCheck struct {
	files    map[string][]byte
	manifest evidence.Manifest
	// found is what differs, passed what was looked at and did not.
	found, passed []string
}

// checkPackage checks a package and names what differs.
func checkPackage(c *console, file, tempDir string) error {
	k := &packageCheck{files: map[string][]byte{}}
	if err := k.open(file); err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			return wrong("--check: %w", err)
		}
		return wrong("%s: %w", file, err)
	}
	k.hashes()
	k.units()
	k.note()
	k.rows()
	k.proofs()
	if err := k.replay(c, tempDir); err != nil {
		return err
	}
	for _, s := range k.passed {
		fmt.Fprintf(c.stdout, "ok      %s\n", s)
	}
	for _, s := range k.found {
		fmt.Fprintf(c.stdout, "DIFFERS %s\n", s)
	}
	fmt.Fprintln(c.stdout, "not checked: that the package is the one that was made; compare its SHA-256 with one "+
		"told by another way")
	if len(k.found) > 0 {
		return errFound
	}
	return nil
}

// differs notes what differs; held notes that something was looked at since the last call.
func (k *packageCheck) differs(format string, args ...any) {
	k.found = append(k.found, fmt.Sprintf(format, args...))
}

// look runs one part of the check and says that it passed where nothing was found.
func (k *packageCheck) look(what string, part func()) {
	before := len(k.found)
	part()
	if len(k.found) == before {
		k.passed = append(k.passed, what)
	}
}

// open reads the archive.
func (k *packageCheck) open(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return fmt.Errorf("it is no zip archive, which a package is: %w", err)
	}
	if len(z.File) > mostPackageFiles {
		return fmt.Errorf("it has %d files, and no package has more than %d", len(z.File), mostPackageFiles)
	}
	total := int64(0)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("its file %q cannot be read: %w", f.Name, err)
		}
		content, err := io.ReadAll(io.LimitReader(r, mostPackageBytes-total+1))
		if err = errors.Join(err, r.Close()); err != nil {
			k.differs("%s cannot be unpacked: %v", f.Name, err)
		}
		if total += int64(len(content)); total > mostPackageBytes {
			return fmt.Errorf("unpacked it has more than %d MiB, and no package has", mostPackageBytes>>20)
		}
		if _, twice := k.files[f.Name]; twice {
			k.differs("%s is in the archive twice", f.Name)
		}
		k.files[f.Name] = content
	}
	text, ok := k.files[manifestName]
	if !ok {
		return errors.New("it has no manifest.json, which every package has")
	}
	if err := json.Unmarshal(text, &k.manifest); err != nil {
		return fmt.Errorf("its manifest.json cannot be read: %w", err)
	}
	if k.manifest.Form != evidence.PackageForm {
		return fmt.Errorf("its form is %q, and this program knows %s", k.manifest.Form, evidence.PackageForm)
	}
	return nil
}

// hashes compares every file with the manifest.
func (k *packageCheck) hashes() {
	k.look(fmt.Sprintf("the %d files are those of the manifest", len(k.manifest.Files)), func() {
		named := map[string]bool{manifestName: true}
		for _, f := range k.manifest.Files {
			named[f.Name] = true
			content, ok := k.files[f.Name]
			sum := sha256.Sum256(content)
			switch {
			case !ok:
				k.differs("%s is missing", f.Name)
			case hex.EncodeToString(sum[:]) != f.SHA256:
				k.differs("%s is another file than the manifest names: its SHA-256 is %s", f.Name, hex.EncodeToString(sum[:]))
			}
		}
		for _, name := range sortedNames(k.files) {
			if !named[name] {
				k.differs("%s is not in the manifest", name)
			}
		}
	})
}

func sortedNames[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// units checks each record, its chain, and that the certificate is of it.
func (k *packageCheck) units() {
	for i := range k.manifest.Units {
		u := &k.manifest.Units[i]
		name := u.Kind + " of " + u.Date
		k.look(name+": record, revisions and certificate belong together", func() { k.unit(u, name) })
	}
}

func (k *packageCheck) unit(u *evidence.PackageUnit, name string) {
	var cert struct {
		Record    json.RawMessage
		Revisions []json.RawMessage
	}
	if err := json.Unmarshal(k.files[u.Dir+"certificate.json"], &cert); err != nil {
		k.differs("%s: its certificate cannot be read: %v", name, err)
		return
	}
	before := ""
	lines := strings.Split(strings.TrimSuffix(string(k.files[u.Dir+"revisions.jsonl"]), "\n"), "\n")
	for i, l := range lines {
		list, err := recordsIn([]byte(l + "\n"))
		v := list[u.UnitID]
		switch {
		case err != nil || v == nil:
			k.differs("%s: revision %d cannot be read or is of another unit", name, i+1)
			return
		case v.Digest != v.ComputeDigest():
			k.differs("%s: the digest of revision %d is not that of its content", name, i+1)
		case int(v.Revision) != i+1 || v.PreviousDigest.V != before:
			k.differs("%s: revision %d does not follow the one before it", name, i+1)
		case v.UnitID != duty.UnitID(v.Kind, v.UnitDate, v.PersonID) || v.PersonID != k.manifest.PersonID:
			k.differs("%s: revision %d is of another unit or person", name, i+1)
		}
		before = v.Digest
		if i+1 == len(lines) && (v.Digest != u.Digest || int(v.Revision) != u.Revision || v.Status.String() != u.Status) {
			k.differs("%s: the manifest names another revision than the last", name)
		}
	}
	record := strings.TrimSuffix(string(k.files[u.Dir+"record.json"]), "\n")
	if record != lines[len(lines)-1] {
		k.differs("%s: record.json is not the last of its revisions", name)
	}
	if !sameJSON(cert.Record, []byte(record)) || len(cert.Revisions) != len(lines) {
		k.differs("%s: the certificate is of another record", name)
	}
}

// sameJSON reports whether two texts are the same JSON but for blanks.
func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// note checks the hash of the note of 11 March 2024.
func (k *packageCheck) note() {
	n := &k.manifest.Note
	if n.File == "" {
		k.passed = append(k.passed, "the note of 11 March 2024 is named with its hash; it is not enclosed")
		return
	}
	k.look("the note of 11 March 2024 has its hash", func() {
		if sum := sha256.Sum256(k.files[n.File]); "sha256:"+hex.EncodeToString(sum[:]) != n.Hash {
			k.differs("%s is not the note that the policy names", n.File)
		}
	})
}

// rows checks that the facts for a replay have the registrations as they were sent, but for their numbers.
func (k *packageCheck) rows() {
	k.look("every registration is among the facts as it was sent, but for its number", func() {
		facts := map[string]bool{}
		for l := range bytes.Lines(k.files[factsName]) {
			facts[withoutNumber(l)] = true
		}
		n := 0
		for l := range bytes.Lines(k.files[rowsName]) {
			if n++; !facts[withoutNumber(l)] {
				k.differs("%s: line %d is not in %s, or is another there", rowsName, n, factsName)
			}
		}
	})
}

// withoutNumber is a line of facts without the number of a row.
func withoutNumber(line []byte) string {
	var f map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if d.Decode(&f) != nil {
		return string(line)
	}
	if v, ok := f["value"].(map[string]any); ok {
		delete(v, "source_seq")
		delete(v, "source_epoch")
	}
	text, err := json.Marshal(f)
	if err != nil {
		return string(line)
	}
	return string(text)
}

// proofs checks that revisions are in the log of all revisions.
func (k *packageCheck) proofs() {
	if n := len(k.manifest.Log.Missing); n > 0 {
		k.passed = append(k.passed, fmt.Sprintf("of %d revisions the package says that it has no proof, and why: %s", n,
			strings.Join(k.manifest.Log.Missing, "; ")))
	}
	if k.manifest.Log.File == "" {
		k.passed = append(k.passed, "the package has no proof that its revisions are in the log of all revisions, and "+
			"says so")
		return
	}
	k.look(fmt.Sprintf("%d revisions are in the log of all revisions", len(k.manifest.Log.Proven)), func() {
		var list []treelog.Proof
		if err := json.Unmarshal(k.files[k.manifest.Log.File], &list); err != nil {
			k.differs("%s cannot be read: %v", k.manifest.Log.File, err)
			return
		}
		known := string(k.files[saidName])
		for i := range list {
			if err := list[i].Check(); err != nil {
				k.differs("%s: %v", k.manifest.Log.File, err)
			}
			if !strings.Contains(known, `"digest":"`+list[i].Digest+`"`) {
				k.differs("%s: proof %d is of no revision of the package", k.manifest.Log.File, i+1)
			}
		}
		if len(list) != len(k.manifest.Log.Proven) {
			k.differs("%s: it has %d proofs and the manifest names "+
				"%d", k.manifest.Log.File, len(list), len(k.manifest.Log.Proven))
		}
	})
}

// replay judges anew from the facts of the package.
func (k *packageCheck) replay(c *console, tempDir string) error {
	at, ok := duty.ParseInstant(k.manifest.AsOf)
	policies, err := k.policies()
	if err != nil || !ok || len(policies) == 0 {
		k.differs("the policies or the clock cannot be read, so that nothing was replayed: %v", err)
		return nil
	}
	if len(k.manifest.Units) == 0 {
		return nil
	}
	records, err := replayLines(c, tempDir, k.files[factsName], policies, at)
	if err != nil {
		if c.ctx.Err() != nil || errors.Is(err, os.ErrPermission) {
			return err
		}
		k.differs("the facts of the package cannot be replayed: %v", err)
		return nil
	}
	if !k.manifest.Replay.Same {
		k.passed = append(k.passed, "a replay was not the same when the package was made, and the package says so: "+
			strings.Join(k.manifest.Replay.Differs, "; "))
		return nil
	}
	k.look("its facts, replayed, give the same records", func() {
		for i := range k.manifest.Units {
			u := &k.manifest.Units[i]
			list, err := recordsIn(k.files[u.Dir+"record.json"])
			v, again := list[u.UnitID], records[u.UnitID]
			switch {
			case !u.Agrees:
			case err != nil || v == nil:
				k.differs("%s of %s: its record cannot be read", u.Kind, u.Date)
			case again == nil:
				k.differs("%s of %s: the facts of the package give no record", u.Kind, u.Date)
			default:
				if apart := evidence.Differs(v, again); len(apart) > 0 {
					k.differs("%s of %s: the facts of the package give another %s", u.Kind, u.Date, strings.Join(apart, ", "))
				}
			}
		}
	})
	return nil
}

// policies reads those of the package.
func (k *packageCheck) policies() ([]duty.ActivePolicy, error) {
	var out []duty.ActivePolicy
	for _, n := range k.manifest.Policies {
		p, err := policy.Load(n.File, k.files[n.File])
		if err != nil {
			return nil, err
		}
		if p.Digest != n.Digest {
			return nil, fmt.Errorf("%s is not the policy that the manifest names", n.File)
		}
		from := duty.Beginning
		if n.From != "" {
			from, _ = duty.ParseInstant(n.From)
		}
		out = append(out, duty.ActivePolicy{From: from, Policy: p})
	}
	return out, nil
}
