package stream

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/state"
)

// What the state keeps under other keys than persons is not counted among them, nor
// among those that are due.
func TestInspectCountsPersonsOnly(t *testing.T) {
	dir := t.TempDir()
	db, err := state.Open(dir, state.Options{})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	kept, err := db.Task(0)
	must(t, err)
	var b state.Batch
	for _, key := range []string{casefile.ParkedKey + "c1", casefile.MovedKey + "e1", casefile.PaperKey + "KH",
		casefile.CentresKey} {
		b.SetHeader(key, int64(seeds.Start-duty.Day), nil)
	}
	b.SetHeader("P1", int64(seeds.Start), nil)
	b.SetHeader("P2", int64(seeds.Start+duty.Day), nil)
	must(t, kept.Commit(&b))
	in, err := inspect(db, dir, datadir.Identity{}, timeOf(seeds.Start).UTC())
	must(t, err)
	if in.StateFormat != state.FormatVersion {
		t.Errorf("format %d", in.StateFormat)
	}
	if len(in.Tasks) != 1 {
		t.Fatalf("%d tasks", len(in.Tasks))
	}
	got := in.Tasks[0]
	if got.Persons != 2 || got.Due != 1 || got.NextDue == nil || !got.NextDue.Equal(*timeOf(seeds.Start)) {
		t.Errorf("%d persons, %d due, next %v", got.Persons, got.Due, got.NextDue)
	}
}

// The format that is shown is the directory's, which an upgrade leaves as it is until something is merged.
func TestInspectShowsTheFormatOfTheDirectory(t *testing.T) {
	dir := t.TempDir()
	db, err := state.Open(dir, state.Options{})
	must(t, err)
	must(t, db.Close())
	must(t, os.WriteFile(filepath.Join(dir, "FORMAT"), []byte("tilsyn state 2\n"), 0o600))
	db, err = state.Open(dir, state.Options{})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	in, err := inspect(db, dir, datadir.Identity{}, timeOf(seeds.Start).UTC())
	must(t, err)
	if in.StateFormat != 2 {
		t.Errorf("format %d", in.StateFormat)
	}
}

// A killed engine leaves its socket in the directory; who asks is told so in one sentence.
func TestHealthOfAKilledEngine(t *testing.T) {
	dir := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, adminSocket), Net: "unix"})
	must(t, err)
	l.SetUnlinkOnClose(false)
	must(t, l.Close())
	err = Health(t.Context(), dir, false)
	want := dir + ": no engine runs on this data directory: it has ended, is still starting, or belongs to another user"
	if !errors.Is(err, errNotRunning) || err.Error() != want {
		t.Errorf("%v", err)
	}
}
