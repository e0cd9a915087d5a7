package replay

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// written writes a file of facts.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "facts.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// affectedBy returns the units that a loss may concern, by id, and the persons.
func affectedBy(t *testing.T, facts string, what affected.What, at duty.Instant) (map[string]affected.Unit, []string,
	*affected.Question) {
	t.Helper()
	units, persons := map[string]affected.Unit{}, []string{}
	q, _, err := Affected(t.Context(), Options{
		Facts: []string{facts}, AsOf: []duty.Instant{at}, TempDir: t.TempDir(),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
	}, what, func(s *affected.Share) error {
		persons = append(persons, s.Person.PersonID)
		for _, u := range s.Units {
			units[u.UnitID] = u
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return units, persons, q
}

// outcomesOf returns the ledger of a replay by unit.
func outcomesOf(t *testing.T, at duty.Instant, facts ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	path := filepath.Join(t.TempDir(), "outcomes.jsonl")
	_, err := Run(t.Context(), Options{
		Facts: facts, AsOf: []duty.Instant{at}, Outcomes: path, TempDir: t.TempDir(),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		var line struct {
			UnitID  string `json:"unit_id"`
			Outcome string
		}
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		out[line.UnitID] = line.Outcome
	}
	return out
}

// TestAffected holds the lists against replays of the whole world: every unit whose outcome another
// world changes is listed, with its outcome in that world (REL-14, C-61).
func TestAffected(t *testing.T) {
	facts := written(t, simulated(t, 40, 16))
	at := instant(t, "2026-01-21T12:00:00Z")
	now := outcomesOf(t, at, facts)
	for _, x := range []struct{ centre, from, to string }{
		{"KH", "2026-01-09T20:00:00.000Z", "2026-01-10T04:30:00.000Z"},
		{"SJ", "2026-01-13T15:00:00.000Z", "2026-01-13T18:00:00.000Z"},
		{"KH", "2026-01-15T20:30:00.000Z", "2026-01-15T22:30:00.000Z"},
	} {
		t.Run(x.centre+x.from, func(t *testing.T) {
			extra := written(t, fmt.Sprintf(`{"topic":"incidents","value":{"id":"x","incident_id":"x","centre_id":%q,"device_ids":[],`+
				`"from":%q,"to":%q,"kind":"SUSPECTED_LOSS","forms_status":"PENDING","received_at":%q}}`+"\n",
				x.centre, x.from, x.to, x.from))
			then := outcomesOf(t, at, facts, extra)
			span := duty.Span{From: instant(t, x.from), To: instant(t, x.to)}
			units, persons, q := affectedBy(t, facts, affected.What{CentreID: x.centre, Span: span}, at)
			if !slices.IsSorted(persons) || len(persons) == 0 || q.Cause != "INTERVAL" {
				t.Errorf("persons %v, cause %s", persons, q.Cause)
			}
			changed := 0
			for id, outcome := range then {
				if outcome == now[id] {
					continue
				}
				changed++
				if _, ok := units[id]; !ok {
					t.Errorf("unit %s is %s, and %s without the interval, and is not listed", id, now[id], outcome)
				}
			}
			if changed == 0 {
				t.Error("nothing depends on the interval: the test shows nothing")
			}
			for id, u := range units {
				if u.Outcome.OK && u.Outcome.V.String() != now[id] || u.Without != u.Outcome {
					t.Errorf("unit %s is %s, listed as %v and without as %v", id, now[id], u.Outcome, u.Without)
				}
				if u.With.OK && u.With.V.String() != then[id] {
					t.Errorf("unit %s would be %s, listed as %v", id, then[id], u.With)
				}
			}
		})
	}
}

// TestAffectedByRecord: an incident and an exclusion have an interval of their own, and without them the
// outcomes are those of the same facts without their lines.
func TestAffectedByRecord(t *testing.T) {
	text := simulated(t, 40, 16)
	facts := written(t, text)
	at := instant(t, "2026-01-21T12:00:00Z")
	for _, x := range []struct{ topic, id, text string }{
		{duty.TopicIncidents, "inc-1", `{"topic":"incidents","value":{"id":"inc-1","incident_id":"inc-1","centre_id":"KH",` +
			`"device_ids":[],"from":"2026-01-11T18:00:00Z","to":"2026-01-12T05:00:00Z","kind":"SERVER",` +
			`"forms_status":"PENDING","received_at":"2026-01-11T18:00:00Z"}}`},
		{duty.TopicExclusions, "exc-1", `{"topic":"exclusions","value":{"id":"exc-1","exclusion_id":"exc-1","centre_id":"KH",` +
			`"from_date":"2026-01-13","to_date":"2026-01-13","status":"DECLARED","reason":"LOSS","declared_by":"a",` +
			`"approved_by":"b","declared_at":"2026-01-15T10:00:00Z","received_at":"2026-01-15T10:00:00Z"}}`},
	} {
		t.Run(x.topic, func(t *testing.T) {
			with := written(t, text+x.text+"\n")
			what := affected.What{IncidentID: x.id}
			if x.topic == duty.TopicExclusions {
				what = affected.What{ExclusionID: x.id}
			}
			without, now := outcomesOf(t, at, facts), outcomesOf(t, at, with)
			units, _, q := affectedBy(t, with, what, at)
			if q.CentreID != "KH" || q.Span.From >= q.Span.To {
				t.Errorf("centre %s, %v", q.CentreID, q.Span)
			}
			differ := 0
			for id, outcome := range now {
				if u, ok := units[id]; outcome != without[id] && !ok {
					t.Errorf("unit %s is %s, %s without it, and is not listed", id, outcome, without[id])
				} else if ok && (u.Outcome.V.String() != outcome || u.Without.V.String() != without[id]) {
					t.Errorf("unit %s is %s, %s without it, listed as %v and %v", id, outcome, without[id],
						u.Outcome.V, u.Without.V)
				} else if ok && outcome != without[id] {
					differ++
				}
			}
			if differ == 0 {
				t.Error("nothing depends on it: the test shows nothing")
			}
		})
	}
}
