package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
)

// backUp backs up a data directory.
func backUp(t *testing.T, dir, to, since string) BackupInfo {
	t.Helper()
	info, err := Backup(t.Context(), BackupConfig{DataDir: dir, To: to, Since: since})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func toldBy(s *task.Stats) int64 {
	return s.Indicated.Load() + s.NeedsReview.Load() + s.Withdrawn.Load()
}

// A full and an incremental backup, both taken while the engine runs, are restored. The engine
// then reads what came since, says nothing twice, and works as before.
func TestBackupOnlineAndRestore(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	feeds := testkit.Residents(rand.New(rand.NewPCG(21, 21)), 40, 9)
	third := len(feeds) / 3
	files := t.TempDir()
	full, more := filepath.Join(files, "full"), filepath.Join(files, "more")

	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	r.load(feeds[:third])
	e.rest()
	if info := backUp(t, cfg.DataDir, full, ""); !info.Online || info.Incremental || info.Bytes == 0 {
		t.Errorf("a full backup of a running engine: %+v", info)
	}
	r.load(feeds[third : 2*third])
	e.rest()
	if info := backUp(t, cfg.DataDir, more, full); !info.Online || !info.Incremental {
		t.Errorf("an incremental backup of a running engine: %+v", info)
	}
	before, err := Inspect(t.Context(), cfg.DataDir, nil)
	if err != nil || !before.Running || len(before.Tasks) != 3 {
		t.Fatalf("inspect a running engine: %+v %v", before, err)
	}
	// What the backup does not have: the last third, and what was told of it.
	r.load(feeds[2*third:])
	e.rest()
	e.end()
	if toldBy(cfg.Stats) == 0 {
		t.Fatal("nothing was told: the test tests nothing")
	}

	for name, chain := range map[string][]string{"full": {full}, "incremental": {full, more}} {
		t.Run(name, func(t *testing.T) {
			next := r.config(seeds.Start + 20*duty.Day)
			next.DataDir = filepath.Join(t.TempDir(), "restored")
			if err := Restore(RestoreConfig{DataDir: next.DataDir, Files: chain, SameInstance: true}); err != nil {
				t.Fatal(err)
			}
			in, err := Inspect(t.Context(), next.DataDir, nil)
			if err != nil || in.Running || len(in.Tasks) != 3 || in.Instance != before.Instance {
				t.Errorf("inspect what was restored: %+v %v", in, err)
			}
			for i := range in.Tasks {
				if name == "incremental" && in.Tasks[i].Sequence != before.Tasks[i].Sequence {
					t.Errorf("task %d is at %d, the backup was taken at %d", i, in.Tasks[i].Sequence, before.Tasks[i].Sequence)
				}
			}
			e := start(t, next)
			e.rest()
			e.end()
			if n := toldBy(next.Stats); n != 0 {
				t.Errorf("%d revisions were told again", n)
			}
			if n := next.Stats.Rebuilds.Load(); n != 0 {
				t.Errorf("%d tasks were built from the topics, not from the backup", n)
			}
			// What tasks say to each other goes on; the facts are read silently.
			if n := next.Stats.Records.Load(); n > int64(len(feeds)/10) {
				t.Errorf("%d records were read as new, of %d facts", n, len(feeds))
			}
			r.verified()
		})
	}
}

// A backup of a stopped instance, and everything that restore refuses.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(22, 22)), 20, 5))
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	e.end()
	files := t.TempDir()
	at := func(name string) string { return filepath.Join(files, name) }
	if info := backUp(t, cfg.DataDir, at("full"), ""); info.Online {
		t.Errorf("a backup of a stopped instance: %+v", info)
	}
	backUp(t, cfg.DataDir, at("one"), at("full"))
	backUp(t, cfg.DataDir, at("two"), at("one"))
	whole, err := os.ReadFile(at("full"))
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string][]byte{
		"cut": whole[:len(whole)-1], "empty": {}, "text": []byte("hello\n"), "short": whole[:40],
		"form": []byte(strings.Replace(string(whole), "tilsyn backup 1", "tilsyn backup 9", 1)),
		"head": []byte(strings.Replace(string(whole), `"topic_prefix":"test."`, `"topic_prefix":"toast"`, 1)),
	}
	for i, name := range []string{"flip1", "flip2", "flip3"} {
		b := append([]byte{}, whole...)
		b[len(b)*(2*i+3)/10] ^= 0x10
		damaged[name] = b
	}
	second, err := os.ReadFile(at("one"))
	if err != nil {
		t.Fatal(err)
	}
	second[len(second)-3] ^= 1
	damaged["later"] = second
	chains := map[string][]string{
		"no file": {}, "incremental first": {at("one")}, "one left out": {at("full"), at("two")},
		"wrong order": {at("full"), at("two"), at("one")}, "twice": {at("full"), at("full")}, "missing": {at("nowhere")},
		"damaged later": {at("full"), at("later")},
	}
	for name, b := range damaged {
		if err := os.WriteFile(at(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		chains[name] = []string{at(name)}
	}
	for name, chain := range chains {
		dir := filepath.Join(t.TempDir(), "restored")
		if err := Restore(RestoreConfig{DataDir: dir, Files: chain}); !errors.Is(err, state.ErrBackup) {
			t.Errorf("%s: %v", name, err)
		} else {
			t.Logf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
			t.Errorf("%s: %s was left behind", name, left[0].Name())
		}
	}
	if err := Restore(RestoreConfig{DataDir: cfg.DataDir, Files: []string{at("full")}}); !errors.Is(err, ErrConfig) {
		t.Errorf("into a directory in use: %v", err)
	}
	if _, err := Backup(t.Context(), BackupConfig{DataDir: cfg.DataDir, To: at("one")}); !errors.Is(err, ErrConfig) {
		t.Errorf("over another file: %v", err)
	}
	// An incremental backup cannot follow one that was taken before the state was rebuilt.
	if err := os.RemoveAll(filepath.Join(cfg.DataDir, datadir.DirState)); err != nil {
		t.Fatal(err)
	}
	cfg.Stats = &task.Stats{}
	e = start(t, cfg)
	e.rest()
	for _, online := range []bool{true, false} {
		if _, err := Backup(t.Context(),
			BackupConfig{DataDir: cfg.DataDir, To: at("three"), Since: at("full")}); err == nil ||
			!strings.Contains(err.Error(), "built anew") {
			t.Errorf("an incremental backup of another state, online %v: %v", online, err)
		}
		if _, err := os.Stat(at("three")); err == nil {
			t.Error("a refused backup left a file")
		}
		if online {
			e.end()
		}
	}
	all := RestoreConfig{DataDir: at("all"), Files: []string{at("full"), at("one"), at("two")}}
	if err := Restore(all); err != nil {
		t.Errorf("the chain in order: %v", err)
	}
	if id, err := readIdentity(at("all")); err != nil || id.InstanceID == "" || id.InstanceID == e.cfg.Group {
		t.Errorf("identity %+v %v", id, err)
	}
}

// The socket works where the directory's path is longer than a socket's may be,
// is for the owner alone, and goes with the engine.
func TestAdminSocketOfALongPath(t *testing.T) {
	r := newRig(t, 1)
	cfg := r.config(seeds.Start)
	cfg.DataDir = filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	e := start(t, cfg)
	in, err := Inspect(t.Context(), cfg.DataDir, nil)
	if err != nil || !in.Running {
		t.Errorf("%+v %v", in, err)
	}
	st, err := os.Stat(filepath.Join(cfg.DataDir, adminSocket))
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v %v", st, err)
	}
	e.end()
	if _, err := os.Stat(filepath.Join(cfg.DataDir, adminSocket)); err == nil {
		t.Error("the socket stayed")
	}
	if _, err := askEngine(context.Background(), cfg.DataDir, "/inspect", nil); !errors.Is(err, errNotRunning) {
		t.Errorf("nobody is there: %v", err)
	}
}

// A client that goes away in the middle leaves the engine alone.
func TestBackupReaderGoesAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.load(testkit.Residents(rand.New(rand.NewPCG(23, 23)), 10, 5))
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	ctx, cancel := context.WithCancel(t.Context())
	res, err := askEngine(ctx, cfg.DataDir, "/backup", map[string][]string{"since": {"0"}})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	res.Body.Close()
	if res, err := askEngine(t.Context(), cfg.DataDir, "/backup", map[string][]string{"since": {"x"}}); err == nil {
		t.Errorf("a wrong question was answered with %s", http.StatusText(res.StatusCode))
		res.Body.Close()
	}
	backUp(t, cfg.DataDir, filepath.Join(t.TempDir(), "b"), "")
	e.end()
}
