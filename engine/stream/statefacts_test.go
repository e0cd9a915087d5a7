package stream

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/schemas"
	"tilsyn/state"
)

// The state of an engine that has stopped gives the facts of persons that were loaded, and no others, each
// with its place and time; what nobody can read is a line that nobody can read. While the engine runs it is
// refused, and nothing in the directory changes.
func TestStateFacts(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(5, 5)), 12, 6)
	feeds = append(feeds, testkit.Feed{At: seeds.Start + 5*duty.Day, Topic: duty.TopicPermissions, Key: "P0"})
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	r.load(feeds)
	e.rest()
	if _, err := StateFacts(cfg.DataDir, t.TempDir(), nil, nil); !errors.Is(err, state.ErrInUse) {
		t.Errorf("while the engine runs: %v", err)
	}
	e.end()
	want := map[string]bool{}
	for i := range feeds {
		if f := &feeds[i]; f.Record != nil && casefile.AboutRecord(f.Record).ID != "" {
			s, _ := schemas.Of(f.Record)
			want[s.Topic()+string(s.AppendJSON(nil, f.Record))] = true
		}
	}
	before := seeds.Files(t, cfg.DataDir)
	got, bad := map[string]bool{}, map[string]bool{}
	kept, err := StateFacts(cfg.DataDir, t.TempDir(), nil, func(line []byte) error {
		l, err := schemas.DecodeLine(line)
		if err != nil {
			known := schemas.SalvageLine(line)
			bad[known.Topic+" of "+known.Key] = known.At.OK && known.Offset.OK
			return nil
		}
		if !l.LoggedAt.OK || !l.Offset.OK || !l.Partition.OK {
			t.Errorf("without its place in the log: %s", line)
		}
		s, _ := schemas.Of(l.Value)
		got[l.Topic+string(s.AppendJSON(nil, l.Value))] = true
		return nil
	})
	must(t, err)
	if kept.Tasks != 2 || kept.Partitions != 2 || kept.Clock < seeds.Start+5*duty.Day {
		t.Errorf("kept is %+v", kept)
	}
	if !bad[duty.TopicPermissions+" of P0"] {
		t.Errorf("the unreadable record is gone, or has no place: %v", bad)
	}
	for text := range want {
		if !got[text] && !strings.HasPrefix(text, duty.TopicAcknowledgements) {
			t.Errorf("missing: %s", text)
		}
	}
	for text := range got {
		if !want[text] {
			t.Errorf("nobody sent %s", text)
		}
	}
	if after := seeds.Files(t, cfg.DataDir); !slices.Equal(before, after) {
		t.Errorf("the directory had %d files, and has %d", len(before), len(after))
	}
	var words *os.PathError
	if _, err := StateFacts(t.TempDir(), t.TempDir(), nil, nil); err == nil || errors.As(err, &words) {
		t.Errorf("of an empty directory: %v", err)
	}
}
