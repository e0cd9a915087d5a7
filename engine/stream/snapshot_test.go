package stream

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
)

// withSnapshots is a configuration that writes snapshots all the time.
func (r *rig) withSnapshots(dir string) Config {
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Snapshots, cfg.SnapshotEvery = dir, 50*time.Millisecond
	return cfg
}

// backlog is how many records there are before those that are judged. An instance without state takes a snapshot
// whatever it saves, so that few do; at full size it saves what an instance with some state would take one for.
func backlog() int {
	if seeds.Full() {
		return task.SnapshotWorth
	}
	return task.SnapshotWorth / 25
}

// filler are records that take no time to judge.
func (r *rig) filler(n int) {
	r.t.Helper()
	feeds := make([]testkit.Feed, n)
	for i := range feeds {
		at, who := seeds.Start+duty.Instant(i), fmt.Sprintf("Qpasser%d", i%1000)
		feeds[i] = testkit.Feed{At: at, Topic: duty.TopicCardEvents, Key: who,
			Record: &duty.CardEvent{ID: fmt.Sprint(i), Version: 1, ReceivedAt: at,
				PersonID: duty.Some(who), CardID: "Qcard", CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID:   "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
				Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: seeds.Start}}
	}
	r.load(feeds)
}

func snapshotsIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "task-*.snapshot-*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// An instance without state begins from what another one has written, tells
// nothing again, and goes on rightly; of each task two files are kept.
func TestSnapshotsMakeMovesQuick(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes many records")
	}
	r := newRig(t, 1)
	dir := t.TempDir()
	r.filler(backlog())
	feeds := testkit.Residents(rand.New(rand.NewPCG(8, 1)), 20, 7)
	r.load(feeds[:len(feeds)/2])
	first := r.withSnapshots(dir)
	first.Leave = true
	e := start(t, first)
	e.rest()
	awaitSnapshot(t, e, dir)
	e.end()
	if n := len(snapshotsIn(t, dir)); n < 1 || n > task.SnapshotsKept {
		t.Errorf("%d files", n)
	}
	r.load(feeds[len(feeds)/2:])
	second := r.withSnapshots(dir)
	r.runToRest(second)
	if second.Stats.Snapshots.Load() != 1 || revisions(first) == 0 {
		t.Errorf("%d snapshots taken, %d told before", second.Stats.Snapshots.Load(), revisions(first))
	}
	if n := second.Stats.Records.Load(); n > int64(len(feeds)) {
		t.Errorf("%d records were read after the snapshot", n)
	}
	r.verified()
}

// Files that killed instances left half written are removed with the task's next snapshot. What
// the owner of another task, or a later owner, is writing stays.
func TestSnapshotsHalfWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{task.SnapshotName(1, 7), task.SnapshotName(1, 8), task.SnapshotName(1, 9),
		"." + task.SnapshotName(1, 8) + ".0123abcd", "." + task.SnapshotName(1, 10) + ".0123abcd",
		"." + task.SnapshotName(2, 3) + ".0123abcd"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// One of an older format counts as well.
	older := strings.TrimSuffix(task.SnapshotName(1, 6), strconv.Itoa(state.FormatVersion)) + "2"
	if err := os.WriteFile(filepath.Join(dir, older), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := &task.StateSnapshots{Dir: dir}
	if err := s.Tidy(1, 9); err != nil {
		t.Fatal(err)
	}
	want := []string{dir}
	for _, name := range []string{"." + task.SnapshotName(1, 10) + ".0123abcd",
		"." + task.SnapshotName(2, 3) + ".0123abcd", task.SnapshotName(1, 8), task.SnapshotName(1, 9)} {
		want = append(want, filepath.Join(dir, name))
	}
	if got := seeds.Files(t, dir); !slices.Equal(got, want) {
		t.Errorf("there is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// awaitSnapshot waits until the newest snapshot is that of the last commit.
func awaitSnapshot(t *testing.T, e *running, dir string) {
	t.Helper()
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		want := task.SnapshotName(0, e.cfg.Stats.Commits.Load())
		for _, f := range snapshotsIn(t, dir) {
			if filepath.Base(f) == want {
				return
			}
		}
		if time.Since(begin) > within {
			t.Fatalf("there is no %s, only %v", want, snapshotsIn(t, dir))
		}
	}
}

// A snapshot that is damaged, foreign, of other topics or beyond the last commit
// is never begun from; the topics are read instead.
func TestSnapshotsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "an engine for each way in which a snapshot is of no use")
	if testing.Short() {
		t.Skip("writes many records")
	}
	r := newRig(t, 1)
	dir := t.TempDir()
	r.filler(backlog())
	r.load(testkit.Residents(rand.New(rand.NewPCG(8, 2)), 20, 7))
	first := r.withSnapshots(dir)
	first.Leave = true
	e := start(t, first)
	e.rest()
	awaitSnapshot(t, e, dir)
	e.end()
	whole, err := os.ReadFile(filepath.Join(dir, "test.e2e", task.SnapshotName(0, first.Stats.Commits.Load())))
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(old, with string) []byte {
		s := strings.Replace(string(whole), old, with, 1)
		if s == string(whole) {
			t.Fatalf("%q is not in the file", old)
		}
		return []byte(s)
	}
	crc := regexp.MustCompile(`"crc":\d`).FindString(string(whole))
	flipped := append([]byte{}, whole...)
	flipped[len(flipped)/2] ^= 0x40
	seq := first.Stats.Commits.Load()
	for i, x := range []struct {
		what string
		seq  int64
		data []byte
	}{
		{"damaged", seq, flipped}, {"cut short", seq, whole[:len(whole)-3]}, {"empty", seq, nil},
		{"of another cluster", seq, replaced("tilsyn-embedded", "tilsyn-elsewhere"[:15])},
		{"of another task", seq, replaced(`"task":0`, `"task":7`)},
		{"of other topics", seq, replaced(crc, `"crc":`+string('1'+(crc[6]-'0')%9))},
		{"beyond the last commit", seq + 1000, whole},
	} {
		if i%3 > 0 && !seeds.Full() {
			continue // an engine reads all the topics for each
		}
		t.Run(x.what, func(t *testing.T) {
			other := t.TempDir()
			name := filepath.Join(other, "test.e2e", task.SnapshotName(0, x.seq))
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, x.data, 0o600); err != nil {
				t.Fatal(err)
			}
			cfg := r.withSnapshots(other)
			cfg.SnapshotEvery, cfg.Leave = time.Hour, true
			r.runToRest(cfg)
			if cfg.Stats.Snapshots.Load() != 0 || revisions(cfg) != 0 {
				t.Errorf("%d snapshots taken, %d told", cfg.Stats.Snapshots.Load(), revisions(cfg))
			}
		})
	}
	r.verified()
}

// A task with many facts moves to an instance without state, with and without
// snapshots; TILSYN_MOVE is how many facts (300000 to measure, default few).
func TestMoveIsMeasured(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes many records")
	}
	n := seeds.EnvInt(t, "TILSYN_MOVE", 2*backlog())
	r := newRig(t, 1)
	dir := t.TempDir()
	r.filler(n)
	first := r.withSnapshots(dir)
	first.Leave = true
	e := start(t, first)
	e.rest()
	awaitSnapshot(t, e, dir)
	e.end()
	move := func(dir string) time.Duration {
		cfg := r.withSnapshots(dir)
		cfg.SnapshotEvery, cfg.Leave = time.Hour, true
		began := time.Now()
		e := start(t, cfg)
		took := time.Since(began)
		e.end()
		if want := int64(min(1, len(dir))); cfg.Stats.Snapshots.Load() != want {
			t.Errorf("%d snapshots taken, want %d", cfg.Stats.Snapshots.Load(), want)
		}
		return took
	}
	without, with := move(""), move(dir)
	t.Logf("%d facts: live after %s from the topics, after %s from a snapshot", n, without, with)
}
