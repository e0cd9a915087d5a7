package replay

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/schemas"
)

// rivals adds, to lines of facts, others with the same id and version that name
// somebody else, or nobody, or another card, and copies of lines.
func rivals(t *testing.T, r *rand.Rand, lines []string, persons []string, n int) []string {
	t.Helper()
	rare := []int{}
	for i, line := range lines {
		if !strings.Contains(line, `"topic":"card-events"`) && strings.Contains(line, `"person_id":"`) {
			rare = append(rare, i)
		}
	}
	for range n {
		i := r.IntN(len(lines))
		if r.IntN(2) == 0 {
			i = rare[r.IntN(len(rare))]
		}
		var l map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &l); err != nil {
			t.Fatal(err)
		}
		v := l["value"].(map[string]any)
		if _, ok := v["person_id"].(string); !ok {
			continue
		}
		for range 1 + r.IntN(3) {
			other := persons[r.IntN(len(persons))]
			switch topic := l["topic"]; {
			case topic == "card-events" && r.IntN(4) == 0:
				v["person_id"] = nil
			default:
				v["person_id"] = other
			}
			if v["card_id"] != nil && r.IntN(3) == 0 {
				v["card_id"] = fmt.Sprintf("C-%d", r.IntN(30))
			}
			if r.IntN(5) == 0 {
				v["retracted"] = true
			}
			if r.IntN(6) == 0 {
				v["version"] = r.IntN(4) - 1
			}
			text, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(text))
		}
	}
	for range n {
		lines = append(lines, lines[r.IntN(len(lines))])
	}
	return lines
}

// everything are the facts of all persons at once.
func everything(t *testing.T, lines []string) (f duty.Facts, c *duty.Centres, persons []string) {
	t.Helper()
	var centres duty.CentreFacts
	seen := map[string]bool{}
	unnamed := map[string]bool{}
	for again := range 2 {
		for _, text := range lines {
			l, err := schemas.DecodeLine([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			head, _ := schemas.HeadOf(l.Value)
			at := l.LoggedAt.Or(head.ReceivedAt)
			a := casefile.AboutRecord(l.Value)
			paper := l.Topic == "manual-entries"
			if again == 0 {
				unnamed[head.ID] = unnamed[head.ID] || paper && a.Nameless
				continue
			}
			if paper && unnamed[head.ID] {
				casefile.FileAtCentre(&centres, l.Value, at, duty.None[duty.Position]())
			}
			if paper && a.Nameless || !casefile.File(&f, l.Value, at, duty.None[duty.Position]()) && !paper {
				casefile.FileAtCentre(&centres, l.Value, at, duty.None[duty.Position]())
			}
			if a.Person != "" {
				seen[a.Person] = true
			}
		}
	}
	for p := range seen {
		persons = append(persons, p)
	}
	slices.Sort(persons)
	return f, duty.NewCentres(centres), persons
}

// TestOneIDOfSeveralPersons: a person of whom a fact has some version is judged as if all facts of
// all persons were there. Nothing that the choice of the version depends on is missing.
func TestOneIDOfSeveralPersons(t *testing.T) {
	cases := seeds.Few(12, 3)
	if testing.Short() {
		cases = 2
	}
	told := 0
	for seed := range uint64(cases) {
		r := rand.New(rand.NewPCG(seed, 1))
		lines := slices.DeleteFunc(strings.Split(simulated(t, 8, 16), "\n"), func(l string) bool { return l == "" })
		_, _, persons := everything(t, lines)
		for i := range r.IntN(3) {
			at := fmt.Sprintf("2026-01-%02dT09:00:00Z", 6+r.IntN(12))
			lines = append(lines, fmt.Sprintf(`{"topic":"identity-links","value":{"id":"link-%d","received_at":%q,"person_id":%q,"alias_person_id":%q,"action":"MERGE","at":%q}}`,
				i, at, persons[r.IntN(len(persons))], persons[r.IntN(len(persons))], at))
		}
		lines = rivals(t, r, lines, persons, 60)
		facts, centres, persons := everything(t, lines)
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		var f files
		var at duty.Instant
		var policies []duty.ActivePolicy
		f, sum := replayText(t, strings.Join(lines, "\n"), func(o *Options) { policies = o.Policies })
		at = sum.AsOf[0]
		var want []byte
		conflicts := map[string]string{}
		for _, person := range persons {
			res := duty.Evaluate(duty.Input{PersonID: person, Person: &facts, Centres: centres, Policies: policies}, at)
			for i := range res.Units {
				if u := &res.Units[i]; !u.Pending && !u.Early {
					want = appendOutcome(want, at, person, u)
				}
			}
			for i := range res.DataQuality {
				if q := &res.DataQuality[i]; q.Code == duty.DataQualityCodeConflictingFact && q.Subject != person {
					of := q.Subject + " " + q.Detail[1].Value
					if by := conflicts[of]; by != "" {
						t.Errorf("seed %d: %s and %s tell of %s", seed, by, person, of)
					}
					conflicts[of] = person
					if !strings.Contains(f.quality, q.ID) {
						t.Errorf("seed %d: the conflict about %s that %s tells of is not told", seed, of, person)
					}
				}
			}
		}
		if diff := firstOther(f.outcomes, string(want)); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
		told += len(conflicts)
	}
	if told == 0 {
		t.Error("no version named several persons")
	}
}

// firstOther shows the first line that differs.
func firstOther(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\ngot  %s\nwant %s", i+1, a[i], b[i])
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d lines, want %d", len(a), len(b))
	}
	return ""
}
