package stream

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
	"tilsyn/state/statetest"
)

// newKey makes a key file.
func newKey(t *testing.T) *atrest.Key {
	t.Helper()
	text, _, err := atrest.NewKey()
	must(t, err)
	file := filepath.Join(t.TempDir(), "key")
	must(t, os.WriteFile(file, text, 0o600))
	key, err := atrest.ReadKey(file)
	must(t, err)
	return key
}

// named returns the files below the directories that hold the name of a person or a card.
func named(t *testing.T, dirs ...string) (files []string) {
	t.Helper()
	for _, dir := range dirs {
		must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			text, err := statetest.WithoutHoles(path)
			if bytes.Contains(text, []byte("Qperson")) || bytes.Contains(text, []byte("Qcard")) {
				rel, _ := filepath.Rel(dir, path) // it lies below
				files = append(files, rel)
			}
			return err
		}))
	}
	return files
}

// An engine is killed in the middle of its work, runs again, is stopped, backed up and restored. Where its
// directory is encrypted nobody's name can be read in any file of it or of the snapshots, and everything
// goes on from what is kept; where it is not, the same search finds names in the state and the register.
func TestSealedDirectory(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "engines that are killed, stopped, backed up and restored, in two ways")
	for name, key := range map[string]*atrest.Key{"plain": nil, "encrypted": newKey(t)} {
		t.Run(name, func(t *testing.T) { killedAndStopped(t, key) })
	}
}

func killedAndStopped(t *testing.T, key *atrest.Key) {
	t.Helper()
	r := newRig(t, 2)
	r.load(testkit.Neighbours(rand.New(rand.NewPCG(9, 9)), 12, 6))
	dir, snapshots := t.TempDir(), t.TempDir()
	c := childSettings{Brokers: r.cfg.Brokers, DataDir: dir, Snapshots: snapshots, Epoch: time.Now().UnixMilli(),
		Base: seeds.Start + 20*duty.Day, End: seeds.Start + 20*duty.Day, Speed: 1, Records: 300}
	if key != nil {
		c.KeyFile = key.File
	}
	p := spawn(t, c)
	select {
	case <-p.ready:
	case <-time.After(within):
		p.kill()
		t.Fatal("the engine does not become ready")
	}
	for began := time.Now(); len(snapshotsIn(t, snapshots)) < 2 && time.Since(began) < within; {
		time.Sleep(20 * time.Millisecond)
	}
	p.kill()
	killed := named(t, dir, snapshots)

	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Group, cfg.DataDir, cfg.StateKey = "kill", dir, key
	cfg.Snapshots, cfg.SnapshotEvery = snapshots, 50*time.Millisecond
	runOn := func() string {
		var log safeBuffer
		cfg.Log = zerolog.New(&log)
		e := start(t, cfg)
		e.rest()
		e.end()
		return log.String()
	}
	runOn()
	if log := runOn(); !strings.Contains(log, "taken up from the data directory") {
		t.Errorf("the register was not taken up: %s", log)
	}
	r.verified()
	stopped := named(t, dir, snapshots)
	if key == nil {
		for _, of := range []string{datadir.DirState, datadir.DirRegister} {
			if !slices.ContainsFunc(stopped, func(f string) bool { return strings.HasPrefix(f, of) }) {
				t.Errorf("no name can be read in %s: the test tests nothing", of)
			}
		}
		if len(killed) == 0 || !slices.ContainsFunc(stopped, func(f string) bool { return strings.Contains(f, "snapshot") }) {
			t.Errorf("after a kill names are in %v, later in %v: the test tests nothing", killed, stopped)
		}
		return
	}
	if len(killed)+len(stopped) > 0 {
		t.Errorf("names can be read in %v after a kill, in %v after a stop", killed, stopped)
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		if !slices.Contains(dataDirNames, e.Name()) {
			t.Errorf("nobody said whether %s is encrypted", e.Name())
		}
	}
	refusesKeys(t, cfg)
	rekeyed(t, cfg)
	file := filepath.Join(t.TempDir(), "backup")
	if _, err := Backup(t.Context(), BackupConfig{DataDir: dir, Key: key, To: file}); err != nil {
		t.Fatal(err)
	}
	next := cfg
	next.DataDir, next.StateKey, next.Snapshots = filepath.Join(t.TempDir(), "restored"), newKey(t), ""
	must(t, Restore(RestoreConfig{DataDir: next.DataDir, Files: []string{file}, SameInstance: true, Key: next.StateKey}))
	e := start(t, next)
	e.rest()
	e.end()
	if files := named(t, next.DataDir); len(files) > 0 {
		t.Errorf("after a restore names can be read in %v", files)
	}
	if n := next.Stats.Rebuilds.Load(); n != 0 {
		t.Errorf("%d tasks were built from the topics, not from the backup", n)
	}
	r.verified()
}

// refusesKeys tries an encrypted directory without its key and with another, and one that is not
// encrypted with a key: each is refused, says what to do, and changes nothing.
func refusesKeys(t *testing.T, cfg Config) {
	t.Helper()
	refused := func(cfg Config, words ...string) {
		t.Helper()
		before := contents(t, cfg.DataDir)
		err := Run(t.Context(), cfg)
		if !errors.Is(err, atrest.ErrKey) {
			t.Fatalf("run says %v, want ErrKey", err)
		}
		for _, w := range words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q does not name %s", err, w)
			}
		}
		if after := contents(t, cfg.DataDir); after != before {
			t.Errorf("the refusal changed the directory:\n%s\nit was\n%s", after, before)
		}
	}
	sealedFile := filepath.Join(cfg.DataDir, atrest.DataKeyFile)
	without := cfg
	without.StateKey = nil
	refused(without, cfg.DataDir, sealedFile, "--state-key-file")
	other := cfg
	other.StateKey = newKey(t)
	refused(other, other.StateKey.File, sealedFile)
	plain := cfg
	plain.DataDir = t.TempDir()
	must(t, datadir.WriteIdentity(plain.DataDir, datadir.Identity{Version: 1, InstanceID: "x"}))
	refused(plain, plain.DataDir, "backup", "restore")
	if _, err := Inspect(t.Context(), cfg.DataDir, nil); !errors.Is(err, atrest.ErrKey) {
		t.Errorf("inspect without a key: %v", err)
	}
	if _, err := Inspect(t.Context(), cfg.DataDir, cfg.StateKey); err != nil {
		t.Errorf("inspect with the key: %v", err)
	}
	lines, temp := 0, t.TempDir()
	count := func([]byte) error { lines++; return nil }
	if _, err := StateFacts(cfg.DataDir, temp, nil, count); !errors.Is(err, atrest.ErrKey) {
		t.Errorf("facts without a key: %v", err)
	}
	if _, err := StateFacts(cfg.DataDir, temp, cfg.StateKey, count); err != nil || lines == 0 {
		t.Errorf("facts with the key: %d lines, %v", lines, err)
	}
}

// rekeyed gives the directory another key and takes it back.
func rekeyed(t *testing.T, cfg Config) {
	t.Helper()
	next := newKey(t)
	must(t, Rekey(cfg.DataDir, cfg.StateKey, next))
	if _, err := Inspect(t.Context(), cfg.DataDir, cfg.StateKey); !errors.Is(err, atrest.ErrKey) {
		t.Errorf("the old key: %v", err)
	}
	if _, err := Inspect(t.Context(), cfg.DataDir, next); err != nil {
		t.Errorf("the new key: %v", err)
	}
	if err := Rekey(cfg.DataDir, cfg.StateKey, next); !errors.Is(err, atrest.ErrKey) {
		t.Errorf("rekey with a key that does not open it: %v", err)
	}
	must(t, Rekey(cfg.DataDir, next, cfg.StateKey))
}

// Encrypted backups, full and incremental, of a running and of a stopped engine, restore with the key of any
// recipient and with no other; the second needs no key of the first. Behind the head is a file of age with
// the plain backup in it.
func TestSealedBackups(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(21, 22)), 20, 6)
	r.load(feeds[:len(feeds)/2])
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	ours, theirs, other := newKey(t), newKey(t), newKey(t)
	to, err := atrest.ParseRecipients([]string{ours.Public(), theirs.Public()})
	must(t, err)
	files := t.TempDir()
	full, more, plain := filepath.Join(files, "full"), filepath.Join(files, "more"), filepath.Join(files, "plain")
	back := func(file, since string, to *atrest.Recipients) {
		t.Helper()
		if _, err := Backup(t.Context(), BackupConfig{DataDir: cfg.DataDir, To: file, Since: since,
			Recipients: to}); err != nil {
			t.Fatal(err)
		}
	}
	back(full, "", to)
	r.load(feeds[len(feeds)/2:])
	e.rest()
	e.end()
	back(more, full, to)
	back(plain, full, nil)
	if found := named(t, files); !slices.Equal(found, []string{"plain"}) {
		t.Errorf("names can be read in %v, want the plain one alone", found)
	}
	text, err := os.ReadFile(full)
	must(t, err)
	lines := bytes.SplitAfterN(text, []byte("\n"), 4)
	inside, err := ours.Reader(bytes.NewReader(lines[3]))
	must(t, err)
	opened, err := io.ReadAll(inside)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(files, "opened"), opened, 0o600))
	if _, _, err := datadir.CheckBackupFile(filepath.Join(files, "opened")); err != nil {
		t.Errorf("what age decrypts is no backup: %v", err)
	}
	changed := bytes.Clone(text)
	changed[len(changed)*3/4] ^= 1
	must(t, os.WriteFile(filepath.Join(files, "changed"), changed, 0o600))
	for name, c := range map[string]struct {
		files    []string
		identity *atrest.Key
	}{"no key": {[]string{full}, nil}, "another key": {[]string{full}, other},
		"changed": {[]string{filepath.Join(files, "changed")}, ours}} {
		dir := filepath.Join(t.TempDir(), "new")
		err := Restore(RestoreConfig{DataDir: dir, Files: c.files, Identity: c.identity})
		if !errors.Is(err, state.ErrBackup) {
			t.Errorf("%s: %v, want ErrBackup", name, err)
		}
		if name != "changed" && (err == nil || !strings.Contains(err.Error(), "--identity")) {
			t.Errorf("%s: %v does not say what to do", name, err)
		}
		if datadir.Exists(filepath.Join(dir, datadir.DirState)) {
			t.Errorf("%s: a state was made", name)
		}
	}
	for _, chain := range [][]string{{full, more}, {full, plain}} {
		next := r.config(seeds.Start + 20*duty.Day)
		next.DataDir = filepath.Join(t.TempDir(), "restored")
		must(t, Restore(RestoreConfig{DataDir: next.DataDir, Files: chain, Identity: theirs, SameInstance: true}))
		e := start(t, next)
		e.rest()
		e.end()
		if n := next.Stats.Rebuilds.Load(); n != 0 || toldBy(next.Stats) != 0 {
			t.Errorf("%d tasks were built from the topics, %d revisions told again", n, toldBy(next.Stats))
		}
	}
	r.verified()
}

// A data directory that everybody may write to is refused; one that others may look into is told.
func TestModesOfTheDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for mode, want := range map[fs.FileMode]string{0o700: "", 0o750: "look into", 0o777: "write"} {
		must(t, os.Chmod(dir, mode))
		var log safeBuffer
		err := checkModes(&Config{DataDir: dir, Log: zerolog.New(&log)})
		switch want {
		case "write":
			if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "chmod 700") {
				t.Errorf("mode %03o: %v", mode, err)
			}
		default:
			if err != nil || strings.Contains(log.String(), "look into") != (want != "") {
				t.Errorf("mode %03o: %v, the log says %q", mode, err, log.String())
			}
		}
	}
}
