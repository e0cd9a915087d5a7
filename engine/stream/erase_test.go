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

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/erase"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// eraseFrom copies the topics of a rig to another prefix without persons, and adds those who have to be named too
// until nobody is missing. It returns the rig of the copy and all who were named.
func eraseFrom(t *testing.T, r *rig, by *duty.Policy, persons ...string) (*rig, map[string]bool, erase.Result) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	next := &rig{t: t, cfg: r.cfg, codec: r.codec}
	next.cfg.Prefix = r.cfg.Prefix + "next."
	cfg := erase.Config{Kafka: r.cfg, To: next.cfg.Prefix, Policy: by, ParsePolicy: readPolicy}
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

// TestErase: persons and those linked with them are erased from a prefix. All other records lie where they lay, the
// engine goes on under the new prefix, tells nothing again, and judges what comes as the facts of all others say.
func TestErase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, policy string
		feeds        func(rng *rand.Rand) []testkit.Feed
	}{
		{"everything of one person", "", func(rng *rand.Rand) []testkit.Feed {
			feeds := append(testkit.Residents(rng, 40, 9), wholeCase("Qperson0", "Qperson1")...)
			slices.SortStableFunc(feeds, func(a, b testkit.Feed) int { return int(a.At - b.At) })
			return feeds
		}},
		{"devices that number their rows", testkit.LossyPolicy, func(rng *rand.Rand) []testkit.Feed {
			return testkit.Lossy(rng, testkit.Residents(rng, 40, 9), 40, 9)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			told := int64(0)
			seeds.ForEach(t, 6, func(t *testing.T, seed uint64) {
				by := policy.Builtin()
				if c.policy != "" {
					by = testkit.MustPolicy(t, c.policy)
				}
				told += eraseAndGoOn(t, by, c.feeds(rand.New(rand.NewPCG(seed, 31))))
			})
			if told == 0 {
				t.Error("nothing was told of what came after erasing: the test tests little")
			}
		})
	}
}

// eraseAndGoOn judges two thirds of the facts, erases some persons, and goes on with the rest of all others. It
// returns how many revisions were told in the end.
func eraseAndGoOn(t *testing.T, by *duty.Policy, feeds []testkit.Feed) int64 {
	t.Helper()
	r := newRig(t, 3)
	config := func(r *rig, at duty.Instant) Config {
		cfg := r.config(at)
		cfg.Policy, cfg.Leave = by, true
		return cfg
	}
	split := 2 * len(feeds) / 3
	r.load(feeds[:split])
	r.sendBeside("Qperson0", "Qperson5")
	cfg := config(r, feeds[split].At)
	e := start(t, cfg)
	e.rest()
	e.end()
	before := r.compared(by)
	if toldBy(cfg.Stats) == 0 {
		t.Log("nothing was told, so that nothing told can be erased")
		return 0
	}
	next, gone, res := eraseFrom(t, r, by, append(r.toldOf(2), "Qperson0")...)
	t.Logf("erased %d persons: %+v", len(gone), res)
	if res.Entries == 0 || res.Dropped[duty.TopicViolations] != res.Entries || res.Compared == 0 ||
		res.Blanked == 0 || res.Trimmed == 0 || res.Strangers == 0 {
		t.Errorf("erased: %+v", res)
	}
	samePlaces(t, r, next, gone)
	if got := next.compared(by); got.Logs.Erased != res.Entries || got.Units >= before.Units {
		t.Errorf("the copy is verified as %+v, the old prefix as %+v", got, before)
	}
	on := config(next, feeds[split].At)
	e = start(t, on)
	e.rest()
	e.end()
	if n := toldBy(on.Stats); n != 0 {
		t.Errorf("%d revisions were told again", n)
	}
	next.compared(by)
	later := config(next, seeds.Start+20*duty.Day)
	later.DataDir = on.DataDir
	e = start(t, later)
	next.load(feedsOfOthers(feeds, split, gone))
	e.rest()
	e.end()
	next.compared(by)
	nothingOf(t, next, gone, later.DataDir)
	return toldBy(later.Stats)
}

// compared is what verify says under a policy; it fails on any difference, and where a unit is nowhere.
func (r *rig) compared(by *duty.Policy) verify.Verified {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	got, err := verify.Verify(ctx, verify.VerifyConfig{Kafka: r.cfg, Policy: by, ParsePolicy: readPolicy,
		Found: func(d telling.Difference) { r.t.Errorf("%s %s %s: %s%s", d.PersonID, d.Kind, d.Date, d.Of, d.What) }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Logf("%+v", got)
	r.accounted(ctx, by)
	return got
}

// feedsOfOthers are the facts from a place on that are not of persons, nor versions of facts of theirs.
func feedsOfOthers(feeds []testkit.Feed, from int, gone map[string]bool) []testkit.Feed {
	type fact struct{ topic, identity string }
	theirs := map[fact]bool{}
	of := func(f *testkit.Feed) (fact, bool) {
		a := casefile.AboutRecord(f.Record)
		h, _ := schemas.HeadOf(f.Record)
		key := fact{f.Topic, h.Identity}
		return key, gone[f.Key] || gone[a.Person] || gone[a.Alias] || theirs[key] && h.Identity != ""
	}
	for i := range feeds {
		if key, is := of(&feeds[i]); is {
			theirs[key] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(feeds[from:]), func(f testkit.Feed) bool { _, is := of(&f); return is })
}

// The cards and ids of wholeCase that nobody else has; nothing of the copy may hold one.
const (
	ownCard = "QcardOfOne"
	ownFact = "QfactOfOne"
)

// wholeCase are facts of every kind of one person, and a card that another has later.
func wholeCase(who, other string) []testkit.Feed {
	const shared = "QcardOfTwo"
	var feeds []testkit.Feed
	day := func(n float64) duty.Instant { return seeds.Start + duty.Instant(n*float64(duty.Day)) }
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, testkit.Feed{At: at, Topic: topic, Key: key, Record: record})
	}
	card := func(n int, card, person string, from, to duty.Instant) {
		add(from, duty.TopicCardAssignments, person, &duty.CardAssignment{ID: fmt.Sprint(ownFact, "-a", n), Version: 1,
			ReceivedAt: from, CardID: card, PersonID: person, CardType: duty.CardTypeBiometric, ValidFrom: from,
			ValidTo: duty.Some(to), AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual})
	}
	card(1, ownCard, who, day(0), day(20))
	card(2, shared, who, day(0), day(2))
	card(3, shared, other, day(3), day(20))
	row := func(n int, at duty.Instant, card string) {
		add(at, duty.TopicCardEvents, card, &duty.CardEvent{ID: fmt.Sprint(ownFact, "-r", n), Version: 1, ReceivedAt: at,
			CardID: card, CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel",
			DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: at})
	}
	row(1, day(1), ownCard)
	row(2, day(1.2), shared)
	paper := &duty.ManualEntry{ID: ownFact + "-p", Version: 1, ReceivedAt: day(1.5), CentreID: "KH",
		Form: duty.FormOutagePassage, Direction: duty.Some(duty.DirectionIn), LocalTime: day(1.5).String()[:16]}
	add(day(1.5), duty.TopicManualEntries, "KH", paper)
	named := *paper
	named.Version, named.ReceivedAt, named.PersonID = 2, day(2), duty.Some(who)
	add(day(2), duty.TopicManualEntries, "KH", &named)
	add(day(2), duty.TopicManualEntries, who, &named)
	add(day(2.5), duty.TopicPermissions, who, nil)
	add(day(2.6), duty.TopicConvictions, who, &duty.Conviction{ID: ownFact + "-c", Version: 1, ReceivedAt: day(2.6),
		PersonID: who, DecidedAt: day(2.6), Statute: "RETURN_ACT_23_1"})
	unit := duty.UnitID(duty.KindStay, day(1).Date(), who)
	add(day(3), duty.TopicAcknowledgements, who, &duty.Acknowledgement{ID: ownFact + "-k", Version: 1,
		ReceivedAt: day(3), Consumer: "statistics", UnitID: unit, Revision: 1, PersonID: who, At: day(3)})
	add(day(3), duty.TopicHandlings, who, &duty.Handling{ID: ownFact + "-h", Version: 1, ReceivedAt: day(3),
		HandlingID: ownFact + "-h", UnitID: unit, PersonID: who, Revision: 1, Kind: duty.HandlingKindAssessed,
		ByRole: "officer", At: day(3)})
	return feeds
}

// sendBeside sends what is not a fact: bytes under another's key that nobody can read and that name a person, and
// lines of the audit topic about him and about both.
func (r *rig) sendBeside(who, other string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	at := int64(seeds.Start + duty.Day)
	for _, o := range []topics.Out{
		{Topic: duty.TopicNotices, Key: []byte(other), Value: []byte("\xff about " + who)},
		{Topic: duty.TopicAudit, Key: []byte(who), Value: []byte(`{"what":"VIEW","person_id":"` + who + `"}`)},
		{Topic: duty.TopicAudit, Key: []byte("-"), Value: []byte(`{"what":"VIEW","persons":["` + who + `","` + other + `"]}`)},
	} {
		o.Partition, o.Timestamp = topics.ByKey, at
		if _, err := r.client.NewProducer(topics.ProducerConfig{}).Produce(ctx, []topics.Out{o}); err != nil {
			r.t.Fatal(err)
		}
	}
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
		if strings.Contains(string(o.Value), "QcardOf") || strings.Contains(string(o.Value), ownFact) {
			return true
		}
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
		if strings.Contains(text, ownCard) ||
			strings.Count(text, ownFact) > strings.Count(text, ownFact+"-a3") {
			t.Errorf("%s has a card or a fact of a person who was erased", where)
		}
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
