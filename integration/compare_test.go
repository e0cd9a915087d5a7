package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// material are the fields of which one must differ for a new revision, form
// the ones that run and replay must agree on (contract §3).
var (
	material = []string{
		"status", "withdrawn_outcome", "instant", "period_from", "period_to", "centre_id", "group",
		"obligation_ids", "legal_basis", "basis", "shortfall", "caveats", "settled",
	}
	form = append([]string{"unit_id", "kind", "person_id", "unit_date", "policy_digest"}, material...)
)

// violation is a record in canonical JSON form.
type violation map[string]any

func (v violation) text(field string) string {
	s, _ := v[field].(string)
	return s
}

func (v violation) revision() int {
	n, _ := v["revision"].(json.Number)
	i, _ := strconv.Atoi(n.String())
	return i
}

// said is one record as the foreign client read it.
type said struct {
	Partition int32             `json:"partition"`
	Offset    int64             `json:"offset"`
	Key       string            `json:"key"`
	Headers   map[string]string `json:"headers"`
	Value     violation         `json:"value"`
	// Digest is what the foreign client computed.
	Digest string `json:"digest"`
}

func decode[T any](t *testing.T, line []byte) T {
	t.Helper()
	var v T
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.300s", err, line)
	}
	return v
}

// histories groups records by unit and checks that each history is sound by
// itself: revisions 1…n without gap, the first not WITHDRAWN, neighbours differ
// in a material field, digests chain, key, headers and partition are right.
func histories(t *testing.T, records []said, partitions int32) map[string][]violation {
	t.Helper()
	units := map[string][]violation{}
	for _, r := range records {
		v := r.Value
		at := fmt.Sprintf("partition %d offset %d", r.Partition, r.Offset)
		if r.Key != v.text("unit_id") || r.Headers["unit_id"] != v.text("unit_id") ||
			r.Headers["revision"] != strconv.Itoa(v.revision()) || r.Headers["schema"] == "" {
			t.Errorf("%s: key %s and headers %v do not fit the record", at, r.Key, r.Headers)
		}
		if want := topics.Partition([]byte(v.text("person_id")), partitions); want != r.Partition {
			t.Errorf("%s: the person belongs to partition %d", at, want)
		}
		if v.text("digest") != r.Digest {
			t.Errorf("%s: digest %s, the foreign client computes %s", at, v.text("digest"), r.Digest)
		}
		kind, _ := duty.ParseKind(v.text("kind"))
		if want := duty.UnitID(kind, date(t, v.text("unit_date")), v.text("person_id")); want != v.text("unit_id") {
			t.Errorf("%s: unit_id %s, want %s", at, v.text("unit_id"), want)
		}
		units[v.text("unit_id")] = append(units[v.text("unit_id")], v)
	}
	for id, h := range units {
		for i, v := range h {
			switch {
			case v.revision() != i+1:
				t.Errorf("unit %s: revision %d stands in place %d", id, v.revision(), i+1)
			case i == 0 && (v.text("status") == "WITHDRAWN" || v["previous_digest"] != nil):
				t.Errorf("unit %s: the first revision is %s with previous digest %v", id, v.text("status"), v["previous_digest"])
			case i > 0 && v.text("previous_digest") != h[i-1].text("digest"):
				t.Errorf("unit %s: revision %d does not chain to the one before", id, i+1)
			case i > 0 && same(v, h[i-1], material):
				t.Errorf("unit %s: revisions %d and %d differ in no material field", id, i, i+1)
			}
		}
	}
	return units
}

func date(t *testing.T, s string) duty.Date {
	t.Helper()
	var y, m, d int
	if _, err := fmt.Sscanf(s, "%d-%d-%d", &y, &m, &d); err != nil {
		t.Fatalf("date %q: %v", s, err)
	}
	return duty.DateOf(y, m, d)
}

func same(a, b violation, fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return !reflect.DeepEqual(a[f], b[f]) })
}

// differences says where what a live engine said last differs from what replay
// says.
func differences(live map[string][]violation, replayed []violation) []string {
	var out []string
	wanted := map[string]violation{}
	for _, v := range replayed {
		wanted[v.text("unit_id")] = v
	}
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		w, h := wanted[id], live[id]
		if len(h) == 0 {
			out = append(out, fmt.Sprintf("%s: replay says %s, run says nothing", name(w), w.text("status")))
			continue
		}
		got := h[len(h)-1]
		for _, f := range form {
			if !reflect.DeepEqual(got[f], w[f]) {
				out = append(out, fmt.Sprintf("%s: %s is %v in run and %v in replay", name(w), f, got[f], w[f]))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(live)) {
		got := live[id][len(live[id])-1]
		if _, ok := wanted[id]; !ok && got.text("status") != "WITHDRAWN" {
			out = append(out, fmt.Sprintf("%s: run says %s, replay nothing", name(got), got.text("status")))
		}
	}
	return out
}

func name(v violation) string {
	return v.text("person_id") + " " + v.text("kind") + " " + v.text("unit_date")
}

func TestDifferencesAreSeen(t *testing.T) {
	base := func(change ...string) violation {
		v := violation{"unit_id": "u", "person_id": "p", "kind": "STAY", "unit_date": "2026-02-03",
			"status": "INDICATED", "settled": true}
		for _, c := range change {
			k, x, _ := strings.Cut(c, "=")
			v[k] = x
		}
		return v
	}
	live := func(h ...violation) map[string][]violation { return map[string][]violation{"u": h} }
	for _, c := range []struct {
		what string
		live map[string][]violation
		want []violation
		n    int
	}{
		{"equal", live(base("status=NEEDS_REVIEW"), base()), []violation{base()}, 0},
		{"last differs", live(base(), base("status=NEEDS_REVIEW")), []violation{base()}, 1},
		{"not said", map[string][]violation{}, []violation{base()}, 1},
		{"said too much", live(base()), nil, 1},
		{"withdrawn", live(base(), base("status=WITHDRAWN")), nil, 0},
		{"informative field", live(base("statement=a")), []violation{base("statement=b")}, 0},
	} {
		if got := differences(c.live, c.want); len(got) != c.n {
			t.Errorf("%s: %d differences, want %d: %v", c.what, len(got), c.n, got)
		}
	}
}
