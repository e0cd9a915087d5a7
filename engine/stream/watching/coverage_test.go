package watching

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// incident is an automatic incident with random content.
func incident(rng *rand.Rand) duty.AutomaticIncident {
	at := seeds.Start + duty.Instant(rng.Int64N(int64(90*duty.Day)))
	x := duty.AutomaticIncident{Incident: duty.Incident{
		Version: 1, CentreID: []string{"KH", "SJ", "Ø/1"}[rng.IntN(3)], DeviceIDs: []string{}, From: at,
		Kind: duty.IncidentKindDevice, FormsStatus: duty.FormsStatusPending, State: duty.IncidentStateActive,
		Origin: duty.OriginAutomatic,
	}}
	x.Incident.IncidentID = fmt.Sprintf("auto:gap:%s:d:0:%d", x.Incident.CentreID, rng.IntN(50))
	x.Incident.ID = x.Incident.IncidentID
	if rng.IntN(3) > 0 {
		x.Incident.To = duty.Some(at + duty.Hour)
	} else {
		x.Opened = at + duty.Minute
	}
	if rng.IntN(2) > 0 {
		x.Incident.DeviceIDs = []string{"d", "e"}
	}
	return x
}

// opinion is random; its timely spans lie apart, as those of the watch do.
func opinion(rng *rand.Rand) *Opinion {
	o := &Opinion{}
	for range rng.IntN(6) {
		o.Incidents = append(o.Incidents, incident(rng))
	}
	at := seeds.Start
	for range rng.IntN(4) {
		from := at + duty.Instant(rng.Int64N(int64(duty.Day)))
		at = from + 1 + duty.Instant(rng.Int64N(int64(40*duty.Day)))
		list := slices.Clone(o.Incidents[:rng.IntN(len(o.Incidents)+1)])
		for range rng.IntN(2) {
			list = append(list, incident(rng))
		}
		o.Timely = append(o.Timely, Timely{Due: duty.Span{From: from, To: at}, Incidents: list})
	}
	for i := range rng.IntN(3) {
		o.Supervised = append(o.Supervised, duty.Supervised{DeviceID: fmt.Sprint("d", i), CentreID: "KH",
			Span: duty.Span{From: seeds.Start, To: duty.Forever}})
	}
	return o
}

// sameList reports whether two sets of incidents are the same.
func sameList(a, b *duty.Automatic) bool { return reflect.DeepEqual(a.List(), b.List()) }

// checkSaid fails unless a content says what an opinion says.
func checkSaid(t *testing.T, c *Content, digest string, o *Opinion) {
	t.Helper()
	w := c.Under(digest, nil)
	all := duty.NewAutomatic(o.Incidents)
	if !sameList(w.Incidents, all) || len(w.Supervised) != len(o.Supervised) {
		t.Fatalf("said %v, want %v", w.Incidents.List(), all.List())
	}
	timely := func(due duty.Instant) *duty.Automatic {
		for i := range o.Timely {
			if s := o.Timely[i].Due; s.From <= due && due < s.To {
				return duty.NewAutomatic(o.Timely[i].Incidents)
			}
		}
		return all
	}
	asked := []duty.Instant{seeds.Start - duty.Day, seeds.Start + 400*duty.Day}
	for i := range o.Timely {
		s := o.Timely[i].Due
		asked = append(asked, s.From-1, s.From, s.To-1, s.To)
	}
	for _, due := range asked {
		got := w.Incidents
		if w.Timely != nil {
			got = w.Timely(due)
		}
		if want := timely(due); !sameList(got, want) {
			t.Fatalf("timely at %s: said %v, want %v", due, got.List(), want.List())
		}
	}
}

// TestCoverageIsHeardAsItIsSaid: whoever reads the records, from the beginning or after compaction, has
// what the owner said; a version is visible whole, and touches the centres that it changes.
func TestCoverageIsHeardAsItIsSaid(t *testing.T) {
	seeds.ForEach(t, 60, func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 4))
		owner, reader := NewCoverage(), NewCoverage()
		var log []Said
		for n := range 12 {
			at := seeds.Start + duty.Instant(n)*duty.Minute
			opinions := map[string]*Opinion{"a": opinion(rng)}
			if rng.IntN(2) > 0 {
				opinions["b"] = opinion(rng)
			}
			before := reader.Content()
			said := owner.Say(at, opinions)
			again := owner.Say(at+1, opinions)
			if len(again) != 1 {
				t.Fatalf("the same is said again in %d records", len(again))
			}
			log = append(append(log, said...), again...)
			touched := false
			for i := range said {
				if last := i == len(said)-1; !last && reader.Content() != before {
					t.Fatal("a part of a version is visible")
				}
				centres, done := reader.Take(said[i].Key, said[i].Value)
				touched = touched || len(centres) > 0
				if done != (i == len(said)-1) {
					t.Fatalf("record %d of %d ends a version: %v", i, len(said), done)
				}
			}
			if touched != (len(said) > 1) {
				t.Fatalf("touched %v by %d records", touched, len(said))
			}
			now := reader.Content()
			if now.Why != "" || now.Through != at || len(said) > 1 && now.Since != at {
				t.Fatalf("content %+v", now)
			}
			reader.Take(again[0].Key, again[0].Value)
			if c := reader.Content(); c.Through != at+1 || c.Since != now.Since || c.Number != now.Number {
				t.Fatalf("content %+v after %+v", c, now)
			}
			for digest, o := range opinions {
				checkSaid(t, reader.Content(), digest, o)
			}
			late := NewCoverage() // compacted: the newest record of every key, in their order
			for i := range log {
				if !slices.ContainsFunc(log[i+1:], func(s Said) bool { return string(s.Key) == string(log[i].Key) }) {
					late.Take(log[i].Key, log[i].Value)
				}
			}
			if c := late.Content(); c.Why != "" || c.Number != now.Number {
				t.Fatalf("after compaction: %+v", c)
			}
			for digest, o := range opinions {
				checkSaid(t, late.Content(), digest, o)
			}
		}
	})
}

// TestCoverageThatIsNotWhole: where a record is gone nothing of it is used, until the owner, who reads
// the same, has said all of it again.
func TestCoverageThatIsNotWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	o := opinion(rng)
	for len(o.Incidents) < 3 {
		o.Incidents = append(o.Incidents, incident(rng))
	}
	said := NewCoverage().Say(seeds.Start, map[string]*Opinion{"a": o})
	reader, owner := NewCoverage(), NewCoverage()
	for _, s := range said[1:] {
		reader.Take(s.Key, s.Value)
		owner.Take(s.Key, s.Value)
	}
	if reader.Content().Why != notWhole {
		t.Fatalf("content without a record: %+v", reader.Content())
	}
	for _, s := range owner.Say(seeds.Start+1, map[string]*Opinion{"a": o}) {
		reader.Take(s.Key, s.Value)
	}
	if c := reader.Content(); c.Why != "" {
		t.Fatalf("said again: %+v", c)
	}
	checkSaid(t, reader.Content(), "a", o)
	reader.Take(throughKey, []byte{99})
	if reader.Content().Why != unreadable {
		t.Fatalf("a record of a newer program: %+v", reader.Content())
	}
}
