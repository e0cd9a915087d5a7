package replay

import (
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
)

func instant(t *testing.T, s string) duty.Instant {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return duty.Instant(v.UnixMilli())
}

func TestNextMorning(t *testing.T) {
	for _, c := range [][2]string{
		{"2026-02-04T06:59:59.999Z", "2026-02-04T07:00:00Z"},
		{"2026-02-04T07:00:00Z", "2026-02-04T07:00:00Z"},
		{"2026-02-04T07:00:00.001Z", "2026-02-05T07:00:00Z"},
		{"2026-02-04T23:30:00Z", "2026-02-05T07:00:00Z"},
		{"2026-03-28T22:00:00Z", "2026-03-29T06:00:00Z"}, // summer time begins
		{"2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"}, // and ends
		{"2026-12-31T23:59:00Z", "2027-01-01T07:00:00Z"},
	} {
		if got, want := nextMorning(instant(t, c[0])), instant(t, c[1]); got != want {
			t.Errorf("next 08:00 from %s is %s, want %s", c[0], formatInstant(got), c[1])
		}
	}
}

func TestAsOfs(t *testing.T) {
	end := instant(t, "2026-02-04T07:00:00Z")
	far := end + horizon
	if got, err := asOfs(&Options{AsOf: []duty.Instant{end, far}}, end); err != nil ||
		!slices.Equal(got, []duty.Instant{end, far}) {
		t.Errorf("exactly 400 days: %v, %v", got, err)
	}
	if _, err := asOfs(&Options{AsOf: []duty.Instant{far + 1}}, end); err == nil {
		t.Error("401 days were accepted without --yes")
	}
	if _, err := asOfs(&Options{AsOf: []duty.Instant{far + 1}, Yes: true}, end); err != nil {
		t.Errorf("--yes: %v", err)
	}
	for _, list := range [][]duty.Instant{{end, end}, {end, end - 1}} {
		if _, err := asOfs(&Options{AsOf: list}, end); err == nil {
			t.Errorf("%v was accepted", list)
		}
	}
	if _, err := asOfs(&Options{}, duty.Beginning); err == nil {
		t.Error("an empty input gave a default")
	}
}

func TestGraph(t *testing.T) {
	g := newGraph()
	for _, l := range [][2]string{{"b", "c"}, {"x", "y"}, {"a", "b"}, {"c", "a"}, {"s", "s"}} {
		g.link(l[0], l[1])
	}
	g.close()
	for p, want := range map[string][]string{
		"a": {"a", "b", "c"}, "b": {"a", "b", "c"}, "c": {"a", "b", "c"},
		"x": {"x", "y"}, "y": {"x", "y"}, "s": {"s"}, "z": {"z"},
	} {
		if got := g.members(p); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", p, got, want)
		}
	}
	if g.linked("z") || !g.linked("y") {
		t.Error("linked is wrong")
	}
}
