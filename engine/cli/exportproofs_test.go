package cli

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/treelog"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestExportProves: what an engine told is exported from the topics with proofs of its log, which both checks work
// out; a revision that was changed is refused, and one that somebody else added has no proof, which the package says.
func TestExportProves(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "an engine, and a package of everything it wrote")
	own, dir := t.TempDir(), t.TempDir()
	broker := embeddedOn(t, own)
	p := program{dir: dir, env: []string{"TILSYN_LOG_LEVEL=error"}}
	to := "--brokers=" + strings.Join(broker.Brokers(), ",")
	p.ok(t, "topics", "create", "--partitions", "1", to)
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1"))
	p.ok(t, "load", "facts.jsonl", to)
	run := p.engine(t, "run", "--data-dir", "data", to)
	p.env = append(p.env, "TILSYN_BROKERS="+strings.Join(broker.Brokers(), ","))
	unit := awaitTold(t, p)
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ends(t, run)
	p.ok(t, "export", unit, "--out", "p.zip")
	files := unpacked(t, filepath.Join(dir, "p.zip"))
	m := manifestOf(t, files)
	if n := strings.Count(files[saidName], "\n"); n == 0 || m.Log.State != "INCLUDED" || len(m.Log.Proven) != n ||
		len(m.Log.Missing) != 0 || !strings.Contains(files[coverName], "The package shows that the revisions told") {
		t.Fatalf("of %d revisions the manifest says %+v", n, m.Log)
	}
	out := p.ok(t, "export", "--check", "p.zip").stdout
	text, status := checked(t, filepath.Join(dir, "p.zip"))
	if status != 0 || !strings.Contains(text, "is an entry of the log of all revisions") ||
		!strings.Contains(out, "1 revisions are in the log of all revisions") {
		t.Errorf("status %d\n%s\n%s", status, text, out)
	}
	holdChangedRevision(t, p, files)
	broker.Close()
	p.env = p.env[:1]
	p.ok(t, "export", unit, "--embedded", own, "--out", "again.zip")
	if read(t, filepath.Join(dir, "again.zip")) != read(t, filepath.Join(dir, "p.zip")) {
		t.Error("from a broker that does not run the package is another")
	}

	broker = embeddedOn(t, own)
	to = "--brokers=" + strings.Join(broker.Brokers(), ",")
	told := toldOf(t, files[saidName])
	added := *told
	added.Revision, added.PreviousDigest = told.Revision+1, duty.Some(told.Digest)
	added.Shortfall = duty.Some(int32(7))
	added.Digest = added.ComputeDigest()
	produceSaid(t, broker.Brokers(), string(added.AppendCanonical(nil))+"\n")
	r := p.ok(t, "export", unit, to, "--out", "added.zip")
	files = unpacked(t, filepath.Join(dir, "added.zip"))
	const says = "it is no entry of the log of revisions"
	m = manifestOf(t, files)
	if len(m.Log.Proven) != 1 || len(m.Log.Missing) != 1 || !strings.Contains(m.Log.Missing[0], "revision 2: "+says) ||
		!strings.Contains(r.stderr, says) || !strings.Contains(files[coverName], "number without proof: 1.") {
		t.Errorf("a revision was added: %+v\n%s", m.Log, r.stderr)
	}
	out = p.run(t, "export", "--check", "added.zip").stdout
	if text, _ := checked(t, filepath.Join(dir, "added.zip")); !strings.Contains(text, says) ||
		!strings.Contains(out, says) {
		t.Errorf("a revision was added, and the checks do not say so:\n%s\n%s", text, out)
	}

	spoilCheckpoint(t, broker.Brokers())
	if r := p.run(t, "export", unit, to, "--out", "spoilt.zip"); r.status != 1 ||
		!strings.Contains(r.stderr, "no proof could be had from the log of all revisions") {
		t.Errorf("the log is damaged: status %d\n%s", r.status, r.stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "spoilt.zip")); err == nil {
		t.Error("the log is damaged, and there is a package")
	}
	alter(t, broker.Brokers(), deletion(duty.TopicLogLeaves))
	p.ok(t, "export", unit, to, "--out", "none.zip")
	files = unpacked(t, filepath.Join(dir, "none.zip"))
	if m := manifestOf(t, files); m.Log.State != "NOT_INCLUDED" || files[proofsName] != "" ||
		!strings.Contains(files[coverName], "The package does not show that the revisions stand in the log") {
		t.Errorf("without a log: %+v", m.Log)
	}
}

// spoilCheckpoint makes the newest checkpoint one that nobody can read.
func spoilCheckpoint(t *testing.T, brokers []string) {
	t.Helper()
	client, err := topics.Connect(t.Context(), topics.Config{Brokers: brokers, Prefix: topics.DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	bad := []topics.Out{{Topic: duty.TopicLogCheckpoints, Key: []byte("0"), Value: []byte("no checkpoint")}}
	if _, err := client.NewProducer(topics.ProducerConfig{}).Produce(t.Context(), bad); err != nil {
		t.Fatal(err)
	}
}

// embeddedOn runs a broker on a directory until the test ends.
func embeddedOn(t *testing.T, dir string) *topics.Embedded {
	t.Helper()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	return broker
}

// toldOf is the one revision of a violations log.
func toldOf(t *testing.T, line string) *duty.Violation {
	t.Helper()
	schema, _ := schemas.Lookup(topics.Violations)
	record, _, err := schema.DecodeJSON([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	return record.(*duty.Violation)
}

// holdChangedRevision makes a package anew with another record, digests and hashes that fit, and wants both checks
// to refuse it for its proof: as it was, and with the digest put in.
func holdChangedRevision(t *testing.T, p program, files map[string]string) {
	t.Helper()
	old := toldOf(t, files[saidName])
	changed := *old
	changed.Shortfall = duty.Some(int32(7))
	changed.Digest = changed.ComputeDigest()
	was, is := string(old.AppendCanonical(nil)), string(changed.AppendCanonical(nil))
	bad := maps.Clone(files)
	for _, name := range sortedNames(bad) {
		bad[name] = strings.ReplaceAll(bad[name], was, is)
		if name != proofsName {
			bad[name] = strings.ReplaceAll(bad[name], old.Digest, changed.Digest)
		}
	}
	var cert map[string]json.RawMessage
	name := manifestOf(t, files).Units[0].Dir + "certificate.json"
	if err := json.Unmarshal([]byte(bad[name]), &cert); err != nil {
		t.Fatal(err)
	}
	cert["record"], cert["revisions"] = json.RawMessage(is), json.RawMessage("["+is+"]")
	text, err := json.Marshal(cert)
	if err != nil {
		t.Fatal(err)
	}
	bad[name] = string(text)
	for _, says := range []string{"proof 1 is of no revision of the package", "the revision is not entry "} {
		path := repacked(t, filepath.Join(p.dir, "bad.zip"), bad, true)
		r := p.run(t, "export", "--check", "bad.zip")
		if r.status != 1 || !strings.Contains(r.stdout, says) || strings.Contains(r.stdout, "the digest of revision") {
			t.Errorf("a changed revision: status %d, want %q\n%s%s", r.status, says, r.stdout, r.stderr)
		}
		out, status := checked(t, path)
		if status != 1 || !strings.Contains(out, "FAIL         revision 1 of "+old.UnitID+" is an entry of the log") {
			t.Errorf("a changed revision: the checker ends with %d\n%s", status, out)
		}
		bad[proofsName] = strings.ReplaceAll(bad[proofsName], old.Digest, changed.Digest)
	}
	var proofs []treelog.Proof
	if err := json.Unmarshal([]byte(files[proofsName]), &proofs); err != nil || proofs[0].Digest != old.Digest ||
		proofs[0].UnitID != old.UnitID {
		t.Errorf("the proof is of another revision: %+v (%v)", proofs, err)
	}
}
