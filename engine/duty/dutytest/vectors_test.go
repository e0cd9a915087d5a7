package dutytest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/duty/internal/oracle"
	"tilsyn/engine/policy"
	"tilsyn/schemas"
)

// vector is one detection vector of domain §10.2 with its facts.
type vector struct {
	ID       string   `json:"id"`
	Case     string   `json:"case"`
	Evaluate []string `json:"evaluate"`
	Stages   []struct {
		AsOf   string   `json:"as_of"`
		Expect []string `json:"expect"`
	} `json:"stages"`
	facts *testCase
	asOf  []duty.Instant
}

// loadVectors reads the vectors of the law and the facts that they are written out in.
func loadVectors(t testing.TB) []vector {
	t.Helper()
	var list []vector
	if err := json.Unmarshal(readFile(t, "../law/vectors/vectors.json"), &list); err != nil {
		t.Fatal(err)
	}
	byID := map[string]*vector{}
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	scanner := bufio.NewScanner(bytes.NewReader(readFile(t, "../law/vectors/vectors-facts.jsonl")))
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		var raw struct {
			ID       string            `json:"id"`
			PersonID string            `json:"person_id"`
			AsOf     []time.Time       `json:"as_of"`
			Policy   string            `json:"policy"`
			Facts    []json.RawMessage `json:"facts"`
		}
		if err := json.Unmarshal(scanner.Bytes(), &raw); err != nil {
			t.Fatal(err)
		}
		v := byID[raw.ID]
		v.facts = &testCase{person: raw.PersonID, policies: builtinPolicies()}
		if raw.Policy != "" {
			p, err := policy.Load(raw.ID, []byte(raw.Policy))
			if err != nil {
				t.Fatal(err)
			}
			v.facts.policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}
		}
		for _, f := range raw.Facts {
			l, err := schemas.DecodeLine(f)
			if err != nil {
				t.Fatalf("%s: %v", raw.ID, err)
			}
			v.facts.add(t, &l)
		}
		v.facts.share()
		for _, x := range raw.AsOf {
			v.asOf = append(v.asOf, duty.Instant(x.UnixMilli()))
		}
	}
	if len(list) != 264 {
		t.Fatalf("%d vectors, want 264", len(list))
	}
	return list
}

// copenhagen writes instants as the vectors do.
var copenhagen = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err)
	}
	return loc
}()

func dateText(d duty.Date) string {
	return time.Unix(int64(d)*86400, 0).UTC().Format("2006-01-02")
}

// unitLine writes a verdict in the notation of the expectations.
func unitLine(kind duty.Kind, d duty.Date, outcome string, at duty.Opt[duty.Instant], caveats []string) string {
	s := kind.String() + " " + dateText(d) + " " + outcome
	if at.OK {
		s += " @" + time.UnixMilli(int64(at.V)).In(copenhagen).Format("2006-01-02T15:04-07:00")
	}
	if len(caveats) > 0 {
		s += " {" + strings.Join(caveats, ",") + "}"
	}
	return s
}

// compared reports whether the vector compares a unit.
func (v *vector) compared(kind duty.Kind, d duty.Date) bool {
	for _, e := range v.Evaluate {
		night := e[0] == 'N'
		first, last, _ := strings.Cut(e[1:], "..")
		if last == "" {
			last = first
		}
		if x := dateText(d); night == (kind != duty.KindReport) && x >= first && x <= last {
			return true
		}
	}
	return false
}

// TestVectorsOracle: the oracle alone gives the expected answers to all 264 vectors.
func TestVectorsOracle(t *testing.T) {
	for _, v := range loadVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			recorded := map[string]bool{}
			for i, stage := range v.Stages {
				got := map[string]string{}
				c := v.facts.oracle()
				for _, u := range oracle.Evaluate(c, v.asOf[i]) {
					if !v.compared(u.Kind, u.Date) || u.Pending || u.Early {
						continue
					}
					key := u.Kind.String() + " " + dateText(u.Date)
					record := u.Outcome == duty.OutcomeIndicated || u.Outcome == duty.OutcomeNeedsReview
					got[key] = unitLine(u.Kind, u.Date, u.Outcome.String(), u.Instant, u.Caveats)
					if recorded[key] && !record {
						got[key] = key + " WITHDRAWN(" + u.Outcome.String() + ")"
					}
					recorded[key] = recorded[key] || record
				}
				v.check(t, stage.Expect, got, recorded, oracle.Alerts(c, v.asOf[i]))
			}
		})
	}
}

// check compares one stage. A unit that is not applicable may be missing.
func (v *vector) check(t *testing.T, expect []string, got map[string]string,
	recorded map[string]bool, alerts []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, want := range expect {
		words := strings.Fields(want)
		if words[0] == "ALERT" {
			if !slices.Contains(alerts, words[1]) {
				t.Errorf("%s: %s is missing, have %v", v.Case, want, alerts)
			}
			continue
		}
		key := words[0] + " " + words[1]
		seen[key] = true
		have, ok := got[key]
		if !ok {
			have = key + " NOT_APPLICABLE"
			if recorded[key] {
				have = key + " WITHDRAWN(NOT_APPLICABLE)"
			}
		}
		if have != want {
			t.Errorf("%s:\n got  %s\n want %s", v.Case, have, want)
		}
	}
	for key, have := range got {
		if !seen[key] && !strings.HasSuffix(have, "NOT_APPLICABLE") {
			t.Errorf("%s: not expected: %s", v.Case, have)
		}
	}
	if !slices.ContainsFunc(expect, func(s string) bool { return strings.HasPrefix(s, "ALERT") }) && len(alerts) > 0 {
		t.Errorf("%s: alerts not expected: %v", v.Case, alerts)
	}
}

// TestVectorsCore: the core gives all 264 vectors at every stage, with exact
// outcomes, instants, caveats and alerts, and the revisions that follow.
func TestVectorsCore(t *testing.T) {
	for _, v := range loadVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			in := v.facts.core()
			var said []duty.Said
			recorded := map[string]bool{}
			for i, stage := range v.Stages {
				res := duty.Evaluate(in, v.asOf[i])
				revisions, err := duty.Revise(in, res, said)
				if err != nil {
					t.Fatal(err)
				}
				said = follow(t, in, v.asOf[i], said, revisions)
				got := map[string]string{}
				for k := range res.Units {
					u := &res.Units[k]
					if !v.compared(u.Kind, u.Date) || u.Pending || u.Early {
						continue
					}
					key := u.Kind.String() + " " + dateText(u.Date)
					got[key] = unitLine(u.Kind, u.Date, u.Outcome.String(), u.Instant, u.Caveats)
				}
				for _, s := range said {
					key := s.Kind.String() + " " + dateText(s.Date)
					recorded[key] = true
					if !v.compared(s.Kind, s.Date) {
						continue
					}
					if s.Status == duty.StatusWithdrawn {
						got[key] = fmt.Sprintf("%s WITHDRAWN(%s)", key, s.WithdrawnOutcome.V)
					} else {
						got[key] = unitLine(s.Kind, s.Date, s.Status.String(), duty.Some(s.Instant), s.Caveats)
					}
				}
				v.check(t, stage.Expect, got, recorded, decisionAlerts(res.DataQuality))
			}
		})
	}
}

// follow applies revisions to what was said and checks that histories are
// sound (contract §3): numbers without gap, digests chain.
func follow(t testing.TB, in duty.Input, at duty.Instant, said []duty.Said, revisions []duty.Violation) []duty.Said {
	t.Helper()
	for i := range revisions {
		r := &revisions[i]
		if err := duty.Check(r, in.Centres, at); err != nil {
			t.Errorf("revision %d of %s %s is refused: %v", r.Revision, r.Kind, dateText(r.UnitDate), err)
		}
		n := slices.IndexFunc(said, func(s duty.Said) bool { return s.Kind == r.Kind && s.Date == r.UnitDate })
		if n < 0 {
			if r.Revision != 1 || r.PreviousDigest.OK || r.Status == duty.StatusWithdrawn {
				t.Errorf("%s %s: first revision is %d %s", r.Kind, dateText(r.UnitDate), r.Revision, r.Status)
			}
			said = append(said, duty.SaidOf(r))
			continue
		}
		if r.Revision != said[n].Revision+1 || r.PreviousDigest.V != said[n].Digest {
			t.Errorf("%s %s: revision %d does not follow %d", r.Kind, dateText(r.UnitDate), r.Revision, said[n].Revision)
		}
		said[n] = duty.SaidOf(r)
	}
	return said
}

func decisionAlerts(list []duty.DataQuality) []string {
	var out []string
	for i := range list {
		switch list[i].Code {
		case duty.DataQualityCodeObligationInconsistent, duty.DataQualityCodeObligationNotPermittedForGroup,
			duty.DataQualityCodeFactInvalid, duty.DataQualityCodeConflictingFact:
			if code := list[i].Code.String(); !slices.Contains(out, code) {
				out = append(out, code)
			}
		}
	}
	return out
}
