package lines_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tilsyn/engine/affected"
	"tilsyn/engine/affected/lines"
	"tilsyn/engine/duty"
)

// TestLines: what is listed of a person, member by member, with ids that have to be escaped, and null where
// something is not known (contract-case 9, REL-14).
func TestLines(t *testing.T) {
	day := duty.DateOf(2026, 2, 2)
	at := day.Clock(22, 0)
	odd := "a\"b\\c\n<&>æ\u2028"
	share := &affected.Share{
		Person: affected.Person{PersonID: odd, Aliases: []string{"x", odd},
			Duties: []duty.Kind{duty.KindNotify, duty.KindStay}, LastBefore: duty.Some(at), RowsInside: 2, Reach: "INSIDE"},
		Units: []affected.Unit{
			{UnitID: "u1", Kind: duty.KindStay, Date: day, Reach: duty.ReachOverlaps,
				Outcome: duty.Some(duty.OutcomeIndicated), With: duty.Some(duty.OutcomeUndetermined),
				Revision: duty.Some(int32(3)), Status: duty.Some(duty.StatusIndicated), FirstTold: duty.Some(at),
				Told: []affected.Told{
					{Consumer: "case", Acknowledged: duty.Some(int32(2)), Convictions: []string{"k1", "k2"},
						Handlings: []affected.Handling{{HandlingID: "h1", Kind: duty.HandlingKindAssessed, Revision: 2, At: at},
							{HandlingID: odd, Kind: duty.HandlingKindAssessed, Revision: 3, At: at}}},
					{Consumer: "other", Convictions: []string{}}}},
			{UnitID: "u2", Kind: duty.KindReport, Date: day + 1, Reach: duty.ReachCrosses},
		},
	}
	quoted, _ := json.Marshal(odd)
	name := string(quoted)
	time := `"` + at.String() + `"`
	want := []string{
		`{"line":"person","person_id":` + name + `,"aliases":["x",` + name + `],"duties":["NOTIFY","STAY"],"last_before":` +
			time + `,"first_after":null,"rows_inside":2,"reach":"INSIDE"}`,
		`{"line":"unit","unit_id":"u1","person_id":` + name + `,"kind":"STAY","unit_date":"2026-02-02","reach":"OVERLAPS",` +
			`"outcome":"INDICATED","outcome_without":null,"outcome_with":"UNDETERMINED","revision":3,"status":"INDICATED",` +
			`"first_told_at":` + time + `}`,
		`{"line":"told","unit_id":"u1","consumer":"case","acknowledged_revision":2,"convictions":["k1","k2"],"handlings":[` +
			`{"handling_id":"h1","kind":"ASSESSED","revision":2,"at":` + time + `},` +
			`{"handling_id":` + name + `,"kind":"ASSESSED","revision":3,"at":` + time + `}]}`,
		`{"line":"told","unit_id":"u1","consumer":"other","acknowledged_revision":null,"convictions":[],"handlings":[]}`,
		`{"line":"unit","unit_id":"u2","person_id":` + name + `,"kind":"REPORT","unit_date":"2026-02-03","reach":"CROSSES",` +
			`"outcome":null,"outcome_without":null,"outcome_with":null,"revision":null,"status":null,"first_told_at":null}`,
	}
	got := strings.Split(strings.TrimSuffix(string(lines.Of(share)), "\n"), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d", len(got), len(want))
	}
	for i := range want {
		if normal(t, got[i]) != normal(t, want[i]) {
			t.Errorf("line %d is\n%s\nwant\n%s", i, got[i], want[i])
		}
		if first := want[i][:strings.Index(want[i], ",")]; !strings.HasPrefix(got[i], first) {
			t.Errorf("line %d begins otherwise than %s", i, first)
		}
	}
	for list, n := range map[lines.List]int{"all": 5, "persons": 1, "units": 2, "told": 2} {
		for _, line := range got {
			if list.Has([]byte(line)) {
				n--
			}
		}
		if n != 0 {
			t.Errorf("list %s is off by %d", list, n)
		}
	}
}

// normal is the same JSON with its strings escaped in one way, its members in the order in which they came.
func normal(t *testing.T, line string) string {
	t.Helper()
	var out strings.Builder
	in := json.NewDecoder(strings.NewReader(line))
	for {
		token, err := in.Token()
		if token == nil && err != nil {
			return out.String()
		}
		text, err := json.Marshal(token)
		if _, structure := token.(json.Delim); structure {
			text, err = []byte(token.(json.Delim).String()), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(text, ' '))
	}
}
