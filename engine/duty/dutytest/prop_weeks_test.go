package dutytest

import (
	"fmt"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/duty/internal/oracle"
	"tilsyn/engine/stream/seeds"
)

// view is a verdict as text, so that core and oracle can be compared and a
// difference can be read.
func view(kind duty.Kind, d duty.Date, outcome duty.Outcome, flags string, at duty.Opt[duty.Instant],
	caveats []string, rest string) string {
	return unitLine(kind, d, flags+outcome.String(), at, caveats) + rest
}

func flagText(pending, early bool) string {
	s := ""
	if pending {
		s += "pending "
	}
	if early {
		s += "early "
	}
	return s
}

func material(from, to duty.Instant, centre string, group duty.Group, ids []string, basis duty.LegalBasis,
	how duty.Basis, short duty.Opt[int32], settled bool, policy string) string {
	s := fmt.Sprintf(" [%d..%d %s %s %s %s %s settled=%t %s", from, to, centre, group, strings.Join(ids, "+"),
		basis, how, settled, policy)
	if short.OK {
		s += fmt.Sprintf(" short=%d", short.V)
	}
	return s + "]"
}

func isRecord(o duty.Outcome) bool {
	return o == duty.OutcomeIndicated || o == duty.OutcomeNeedsReview || o == duty.OutcomeProvisional
}

func coreView(c *testCase, at duty.Instant) map[string]string {
	out := map[string]string{}
	res := duty.Evaluate(c.coreAt(at), at)
	for i := range res.Units {
		u := &res.Units[i]
		if u.Outcome == duty.OutcomeNotApplicable {
			continue
		}
		rest, instant := "", duty.None[duty.Instant]()
		var caveats []string
		if isRecord(u.Outcome) {
			instant, caveats = u.Instant, u.Caveats
			rest = material(u.PeriodFrom, u.PeriodTo, u.CentreID, u.Group, u.ObligationIDs, u.LegalBasis,
				u.Basis, u.Shortfall, u.Settled, u.PolicyDigest)
		}
		out[dateText(u.Date)+u.Kind.String()] = view(u.Kind, u.Date, u.Outcome, flagText(u.Pending, u.Early),
			instant, caveats, rest)
	}
	return out
}

func oracleView(c *testCase, at duty.Instant) map[string]string {
	out := map[string]string{}
	units := oracle.Evaluate(c.oracle(), at)
	for i := range units {
		u := &units[i]
		if u.Outcome == duty.OutcomeNotApplicable {
			continue
		}
		rest, instant := "", duty.None[duty.Instant]()
		var caveats []string
		if isRecord(u.Outcome) {
			instant, caveats = u.Instant, u.Caveats
			rest = material(u.PeriodFrom, u.PeriodTo, u.CentreID, u.Group, u.ObligationIDs, u.LegalBasis,
				u.Basis, u.Shortfall, u.Settled, u.PolicyDigest)
		}
		out[dateText(u.Date)+u.Kind.String()] = view(u.Kind, u.Date, u.Outcome, flagText(u.Pending, u.Early),
			instant, caveats, rest)
	}
	return out
}

// differences lists where the two evaluators do not agree at an instant.
func differences(c *testCase, at duty.Instant) []string {
	a, b := coreView(c, at), oracleView(c, at)
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	var out []string
	for k := range keys {
		if a[k] != b[k] {
			out = append(out, fmt.Sprintf("core:   %s\noracle: %s", a[k], b[k]))
		}
	}
	sort.Strings(out)
	return out
}

// personWeeks is how many random cases the comparison and each law is tried on: as many as
// TILSYN_PERSON_WEEKS says, else what is given for the full size and a sixth of it otherwise.
func personWeeks(t testing.TB, full int) int {
	s := os.Getenv("TILSYN_PERSON_WEEKS")
	switch {
	case s == "" && !seeds.Full():
		return (full + 5) / 6
	case s == "":
		return full
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("TILSYN_PERSON_WEEKS is a whole number above zero, not %q", s)
	}
	return n
}

// startSeed is TILSYN_SEED, or 1 if it is not set, so that no build fails by chance.
// TILSYN_SEED=random draws a seed. It is always printed.
func startSeed(t testing.TB) uint64 {
	seed := uint64(1)
	switch s := os.Getenv("TILSYN_SEED"); s {
	case "":
	case "random":
		seed = uint64(time.Now().UnixNano())
	default:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("TILSYN_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("seed %d (TILSYN_SEED=%d replays the first case)", seed, seed)
	return seed
}

// TestPersonWeeks compares the core with the oracle on random person-weeks:
// outcome, pending, early, instant, caveats and the material fields.
func TestPersonWeeks(t *testing.T) {
	n, seed := personWeeks(t, 2000), startSeed(t)
	failures := 0
	for i := 0; i < n && failures < 5; i++ {
		g := newGen(seed + uint64(i))
		for _, at := range g.clocks() {
			diff := differences(g.c, at)
			if len(diff) == 0 {
				continue
			}
			failures++
			small := minimise(g.c, at, diff[0])
			t.Errorf("seed %d: %d differences at %s, minimised:\n%s\n%s", seed+uint64(i), len(diff), clockText(at),
				strings.Join(differences(small, at), "\n"), small.describe())
			break
		}
	}
}

func clockText(at duty.Instant) string {
	return time.UnixMilli(int64(at)).In(copenhagen).Format("2006-01-02T15:04:05.000-07:00")
}

// describe writes a case as facts. What has no form as a line is written as a comment.
func (c *testCase) describe() string {
	s := string(c.lines())
	for _, u := range append(append([]duty.Unreadable{}, c.facts.Unreadable...), c.centres.Unreadable...) {
		s += fmt.Sprintf("# unreadable: %+v\n", u)
	}
	for _, p := range c.policies {
		s += fmt.Sprintf("# policy %s from %d settle %v\n", p.Policy.Version, p.From, p.Policy.Settle)
	}
	if c.provisional {
		s += "# provisional\n"
	}
	return s
}

// flavour is a difference without its dates and ids: kind, outcomes, caveats.
var flavour = regexp.MustCompile(`\d{4}-\d\d-\d\d|@\S+|\[[^\]]*\]`)

// minimise takes facts away as long as a difference of the same flavour remains.
func minimise(c *testCase, at duty.Instant, first string) *testCase {
	best := *c
	want := flavour.ReplaceAllString(first, "")
	same := func(x *testCase) bool {
		for _, d := range differences(x, at) {
			if flavour.ReplaceAllString(d, "") == want {
				return true
			}
		}
		return false
	}
	for again := true; again; {
		again = false
		for _, smaller := range reductions(&best) {
			if same(smaller) {
				best, again = *smaller, true
				break
			}
		}
	}
	return &best
}

func reductions(c *testCase) []*testCase {
	var out []*testCase
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.CardEvent] { return &x.facts.CardEvents })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.ManualEntry] { return &x.facts.ManualEntries })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Notice] { return &x.facts.Notices })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.ObligationChange] { return &x.facts.ObligationChanges })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.GroupChange] { return &x.facts.GroupChanges })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Permission] { return &x.facts.Permissions })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Hold] { return &x.facts.Holds })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.DepartureAssessment] { return &x.facts.DepartureAssessments })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.IdentityLink] { return &x.facts.IdentityLinks })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.CardAssignment] { return &x.facts.CardAssignments })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Incident] { return &x.centres.Incidents })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Exclusion] { return &x.centres.Exclusions })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Heartbeat] { return &x.centres.Heartbeats })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Reconciliation] { return &x.centres.Reconciliations })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Resolution] { return &x.centres.Resolutions })
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.ManualEntry] { return &x.centres.ManualEntries })
	drop(&out, c, func(x *testCase) *[]duty.Unreadable { return &x.facts.Unreadable })
	drop(&out, c, func(x *testCase) *[]duty.Unreadable { return &x.centres.Unreadable })
	if len(c.policies) > 1 {
		for i := range c.policies {
			x := *c
			x.policies = append(append([]duty.ActivePolicy{}, c.policies[:i]...), c.policies[i+1:]...)
			x.policies[0].From = duty.Beginning
			out = append(out, &x)
		}
	}
	drop(&out, c, func(x *testCase) *[]duty.Known[duty.Settlement] { return &x.centres.Settlements })
	for d := c.from.V; c.to.V > c.from.V && d <= c.to.V; d++ {
		x := *c
		x.from, x.to = duty.Some(d), duty.Some(d)
		out = append(out, &x)
	}
	return out
}

func drop[T any](out *[]*testCase, c *testCase, list func(*testCase) *[]T) {
	all := *list(c)
	if n := len(all); n > 4 { // halves first
		for _, half := range [][]T{all[:n/2], all[n/2:]} {
			x := *c
			*list(&x) = half
			*out = append(*out, &x)
		}
	}
	for i := range all {
		x := *c
		*list(&x) = append(append([]T{}, all[:i]...), all[i+1:]...)
		*out = append(*out, &x)
	}
}
