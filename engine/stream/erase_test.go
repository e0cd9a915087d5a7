package stream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/erase"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// eraseFrom copies the topics of a rig to another prefix without persons, and adds those who have to be named too
// until nobody is missing. It returns the rig of the copy and all who were named.
func eraseFrom(t *testing.T, r *rig, persons ...string) (*rig, map[string]bool, erase.Result) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	next := &rig{t: t, cfg: r.cfg, codec: r.codec}
	next.cfg.Prefix = r.cfg.Prefix + "next."
	cfg := erase.Config{Kafka: r.cfg, To: next.cfg.Prefix, Policy: policy.Builtin(), ParsePolicy: readPolicy}
	cfg.Persons = persons
	cfg.Linked = func(person, _ string) { cfg.Persons = append(cfg.Persons, person) }
	res, err := erase.Run(ctx, cfg)
	for errors.Is(err, erase.ErrLinked) {
		res, err = erase.Run(ctx, cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	if next.client, err = topics.Connect(ctx, next.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(next.client.Close)
	named := map[string]bool{}
	for _, p := range cfg.Persons {
		named[p] = true
	}
	return next, named, res
}

// everything is every committed record of a topic, by place.
func (r *rig) everything(topic string) map[string]topics.Out {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	parts, err := r.client.AllPartitions(ctx, topic)
	if err != nil {
		r.t.Fatal(err)
	}
	ends, err := r.client.Offsets(ctx, parts, topics.LastStable)
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]topics.Out{}
	for _, p := range parts {
		at := topics.Position{Topic: topic, Partition: p.Partition}
		for f := r.client.NewFetcher(topics.FetchOptions{}); at.Offset < ends[p]; {
			got, err := f.Fetch(ctx, []topics.Position{at})
			if err != nil {
				r.t.Fatal(err)
			}
			for i := range got {
				if err := got[i].Each(func(rec *topics.Record) error {
					out[fmt.Sprintf("%s/%d/%d", topic, p.Partition, rec.Offset)] = topics.Out{
						Key: slices.Clone(rec.Key), Value: slices.Clone(rec.Value), Timestamp: rec.Timestamp}
					return nil
				}); err != nil {
					r.t.Fatal(err)
				}
				at.Offset = got[i].Next
			}
		}
	}
	return out
}

// TestErase: a person and those linked with them are erased from a prefix. All other records lie where they lay, the
// engine goes on under the new prefix, tells nothing again, and judges what comes as the facts of all others say.
func TestErase(t *testing.T) {
	t.Parallel()
	const persons, days = 40, 9
	r := newRig(t, 3)
	feeds := testkit.Residents(rand.New(rand.NewPCG(31, 31)), persons, days)
	half := 2 * len(feeds) / 3
	r.load(feeds[:half])
	cfg := r.config(feeds[half].At)
	cfg.Leave = true
	e := start(t, cfg)
	e.rest()
	e.end()
	before := r.verified()
	if toldBy(cfg.Stats) == 0 {
		t.Fatal("nothing was told: the test tests nothing")
	}
	next, gone, res := eraseFrom(t, r, r.toldOf(3)...)
	t.Logf("erased %d persons: %+v", len(gone), res)
	if res.Entries == 0 || res.Dropped[duty.TopicViolations] != res.Entries || res.Compared == 0 {
		t.Errorf("erased: %+v", res)
	}
	samePlaces(t, r, next, gone)
	if got := next.verified(); got.Logs.Erased != res.Entries || got.Units >= before.Units {
		t.Errorf("the copy is verified as %+v, the old prefix as %+v", got, before)
	}
	on := next.config(feeds[half].At)
	e = start(t, on)
	e.rest()
	e.end()
	if n := toldBy(on.Stats); n != 0 {
		t.Errorf("%d revisions were told again", n)
	}
	next.verified()
	later := next.config(seeds.Start + 20*duty.Day)
	later.DataDir = on.DataDir
	e = start(t, later)
	next.load(slices.DeleteFunc(slices.Clone(feeds[half:]), func(f testkit.Feed) bool {
		link, ok := f.Record.(*duty.IdentityLink)
		return gone[f.Key] || ok && gone[link.AliasPersonID]
	}))
	e.rest()
	e.end()
	if toldBy(later.Stats) == 0 {
		t.Error("nothing was told of what came later")
	}
	next.verified()
	nothingOf(t, next, gone, later.DataDir)
}

// toldOf are the first persons of whom something was told.
func (r *rig) toldOf(n int) []string {
	r.t.Helper()
	told := map[string]bool{}
	for _, rec := range r.everything(duty.TopicViolations) {
		record, err := r.codec.Decode(duty.TopicViolations, rec.Value)
		if err != nil {
			r.t.Fatal(err)
		}
		told[record.(*duty.Violation).PersonID] = true
	}
	all := slices.Sorted(maps.Keys(told))
	return all[:min(n, len(all))]
}

// samePlaces checks that every record of others lies in the copy where it lay.
func samePlaces(t *testing.T, r, next *rig, gone map[string]bool) {
	t.Helper()
	names := func(o topics.Out) bool {
		for p := range gone {
			if strings.Contains(string(o.Key)+string(o.Value), p) {
				return true
			}
		}
		return false
	}
	for _, s := range topics.All() {
		if s.Compacted || s.Name == duty.TopicHandOver {
			continue
		}
		old, now := r.everything(s.Name), next.everything(s.Name)
		for place, rec := range old {
			got, ok := now[place]
			switch {
			case names(rec):
			case !ok:
				t.Errorf("%s is not in the copy", place)
			case string(got.Key) != string(rec.Key) || string(got.Value) != string(rec.Value) ||
				s.Input() && got.Timestamp != rec.Timestamp:
				t.Errorf("%s is another in the copy", place)
			}
		}
		for place := range now {
			if _, ok := old[place]; !ok {
				t.Errorf("%s is new in the copy", place)
			}
		}
	}
}

// nothingOf looks through every byte of the topics and of a data directory for the persons and their cards.
func nothingOf(t *testing.T, r *rig, gone map[string]bool, dir string) {
	t.Helper()
	look := func(where, text string) {
		for p := range gone {
			for rest := text; ; {
				i := strings.Index(rest, p)
				if i < 0 {
					break
				}
				rest = rest[i+len(p):]
				if rest == "" || rest[0] < '0' || rest[0] > '9' { // else it is a longer name
					t.Errorf("%s names a person who was erased", where)
					break
				}
			}
		}
	}
	for _, s := range topics.All() {
		for place, rec := range r.everything(s.Name) {
			look(place, string(rec.Key)+"\n"+string(rec.Value))
		}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		look(path, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
