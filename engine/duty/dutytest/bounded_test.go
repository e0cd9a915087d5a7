package dutytest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/schemas"
)

// evening is the night that the tests of bounds are about.
var evening = duty.DateOf(2026, 2, 3)

// longID returns the longest id that is allowed.
func longID(kind string, n int) string {
	return fmt.Sprintf("%s-%06d-%s", kind, n, strings.Repeat("x", 256-len(kind)-8))
}

// onReader is a resident of KH whose card lies on the carousel from 06:00 to 18:00, which makes
// this many rows, and who goes out at 20:00.
func onReader(rows int, id func(kind string, n int) string) *testCase {
	c := &testCase{person: "P-1", policies: builtinPolicies()}
	since := evening - 20
	at := since.Start()
	c.facts.GroupChanges = []duty.Known[duty.GroupChange]{{At: at,
		Fact: duty.GroupChange{ID: id("g", 1), Version: 1, ReceivedAt: at, PersonID: c.person,
			Group: duty.GroupExpelledJudgment, ValidFrom: at}}}
	for i, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		c.facts.ObligationChanges = append(c.facts.ObligationChanges,
			duty.Known[duty.ObligationChange]{At: at, Fact: duty.ObligationChange{ID: id("o", i), Version: 1,
				ReceivedAt: at, DecisionID: id("d", i), PersonID: c.person, Kind: k, Action: duty.ActionImpose,
				LegalBasis: []duty.LegalBasis{duty.LegalBasisReturnAct132, duty.LegalBasisReturnAct134}[i],
				CentreID:   "KH", ServedAt: duty.Some(at), ValidFrom: at}})
	}
	row := func(id string, at duty.Instant, way duty.Direction) {
		c.facts.CardEvents = append(c.facts.CardEvents,
			duty.Known[duty.CardEvent]{At: at, Fact: duty.CardEvent{ID: id, Version: 1, ReceivedAt: at,
				PersonID: duty.Some(c.person), CardID: "C-1", CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID:   "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way),
				Scan: duty.ScanComplete, OccurredAt: at}})
	}
	for i := range rows {
		row(id("r", i), evening.Clock(6, 0)+12*duty.Hour*duty.Instant(i)/duty.Instant(rows), duty.DirectionIn)
	}
	row(id("out", 1), evening.Clock(20, 0), duty.DirectionOut)
	for d := evening - 20; d < evening+3; d++ {
		for l := duty.LogTypeAssistedPassage; l <= duty.LogTypeOutageForms; l++ {
			at := (d + 1).Clock(6, 0)
			c.centres.Settlements = append(c.centres.Settlements,
				duty.Known[duty.Settlement]{At: at, Fact: duty.Settlement{ID: d.String() + l.String(), Version: 1,
					ReceivedAt: at, CentreID: "KH", LocalDate: d, LogType: l, Complete: true}})
		}
	}
	return c
}

// records are the first revisions at noon two days after the evening.
func (c *testCase) records(t *testing.T) []duty.Violation {
	t.Helper()
	in := c.core()
	at := (evening + 2).Clock(12, 0)
	res := duty.Evaluate(in, at)
	out, err := duty.Revise(in, res, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func of(t *testing.T, list []duty.Violation, k duty.Kind, d duty.Date) *duty.Violation {
	t.Helper()
	for i := range list {
		if list[i].Kind == k && list[i].UnitDate == d {
			return &list[i]
		}
	}
	t.Fatalf("no record of %s on %s among %d", k, d, len(list))
	return nil
}

// TestEvidenceIsBounded: a card that lies on a reader makes thousands of rows. The record names
// those that it rests on and those closest to its instant, each once, and counts the others with a
// digest that can be computed again from the facts, in whatever order they came.
func TestEvidenceIsBounded(t *testing.T) {
	const rows = 20_000
	plain := func(kind string, n int) string { return fmt.Sprintf("%s%06d", kind, n) }
	c := onReader(rows, plain)
	list := c.records(t)
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		v := of(t, list, k, evening)
		roles := map[duty.EvidenceRole]int{}
		named := map[string]bool{}
		for i := range v.Evidence {
			roles[v.Evidence[i].Role]++
			named[v.Evidence[i].ID] = true
		}
		if len(v.Evidence) != 400 || len(named) != 400 ||
			roles[duty.EvidenceRoleTrigger]+roles[duty.EvidenceRoleBoundBefore] == 0 {
			t.Errorf("%s: %d rows are named, roles %v", k, len(v.Evidence), roles)
		}
		if !slices.IsSortedFunc(v.Evidence, func(a, b duty.Evidence) int { return int(a.At - b.At) }) {
			t.Errorf("%s: the rows are out of order", k)
		}
		h := sha256.New()
		left := 0
		for i := range rows {
			if id := plain("r", i); !named[id] {
				fmt.Fprintf(h, "card-events %s\n", id)
				left++
			}
		}
		want := []string{"evidence", fmt.Sprintf("and %d more, sha256:%s", left, hex.EncodeToString(h.Sum(nil)))}
		if got := v.Attachments[1]; !slices.Equal(got.Refs, want) || got.State != duty.AttachmentStateReferenced {
			t.Errorf("%s: item 2 is %+v, want %v", k, got, want)
		}
		schema, _ := schemas.Lookup("violations")
		if n := len(schema.Append(nil, v)); n > 100<<10 {
			t.Errorf("%s: the record takes %d bytes", k, n)
		}
		if v.Digest != v.ComputeDigest() {
			t.Errorf("%s: the digest does not match", k)
		}
	}
	seed := uint64(11)
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(rows, func(i, j int) {
		c.facts.CardEvents[i], c.facts.CardEvents[j] = c.facts.CardEvents[j], c.facts.CardEvents[i]
	})
	again := c.records(t)
	for i := range list {
		if list[i].Digest != again[i].Digest {
			t.Errorf("seed %d: another record from the same rows in another order", seed)
		}
	}
}

// TestLargestRecord: a record over far more facts than it may name, all with the longest ids that
// are allowed, still fits into a topic.
func TestLargestRecord(t *testing.T) {
	seeds.Large(t, "a record as large as one can become")
	const many = 700
	c := onReader(3000, longID)
	near := evening.Clock(12, 0)
	for i := range many {
		at := near + duty.Instant(i)*duty.Minute
		c.facts.Notices = append(c.facts.Notices,
			duty.Known[duty.Notice]{At: at, Fact: duty.Notice{ID: longID("n", i), Version: 1, ReceivedAt: at, PersonID: c.person,
				CentreID: "KH", LocalTime: "2026-02-03T12:00", Channel: duty.ChannelPhone,
				GivenBy: duty.GivenByOther, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1}})
		c.facts.Permissions = append(c.facts.Permissions,
			duty.Known[duty.Permission]{At: near,
				Fact: duty.Permission{ID: longID("p", i), PermissionID: longID("p", i), Version: 1,
					ReceivedAt: near, PersonID: c.person, Status: duty.PermissionStatusPending, ValidFrom: near,
					ValidTo: near + duty.Day, ReportEffect: duty.ReportEffectSilent, DecidedAt: near}})
		c.facts.ObligationChanges = append(c.facts.ObligationChanges,
			duty.Known[duty.ObligationChange]{At: near - 5*duty.Day, Fact: duty.ObligationChange{ID: longID("x", i), Version: 1,
				ReceivedAt: near - 5*duty.Day, DecisionID: longID("x", i), PersonID: c.person, Kind: duty.KindStay,
				Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132,
				CentreID: "KH", ServedAt: duty.Some(near - 5*duty.Day), ValidFrom: near - 5*duty.Day}})
		c.facts.CardAssignments = append(c.facts.CardAssignments,
			duty.Known[duty.CardAssignment]{At: near - 5*duty.Day, Fact: duty.CardAssignment{ID: longID("a", i), Version: 1,
				ReceivedAt: near - 5*duty.Day, CardID: fmt.Sprint("C-", i), PersonID: c.person,
				CardType: duty.CardTypeBiometric, ValidFrom: near - 5*duty.Day, AntiPassback: duty.AntiPassbackOn,
				Created: duty.CardCreationAutomatic}})
		for f := duty.FormOutagePassage; f <= duty.FormObservation; f++ {
			if f == duty.FormOutageReport {
				continue // would be a report
			}
			m := duty.ManualEntry{ID: longID(f.String(), i), Version: 1, ReceivedAt: at,
				PersonID: duty.Some(c.person), CentreID: "KH", Form: f,
				LocalTime: "2026-02-03T22:00", Direction: duty.Some(duty.DirectionOut), Result: duty.Some(duty.CheckResultNotFound)}
			c.facts.ManualEntries = append(c.facts.ManualEntries, duty.Known[duty.ManualEntry]{At: at, Fact: m})
		}
		c.centres.Incidents = append(c.centres.Incidents,
			duty.Known[duty.Incident]{At: near,
				Fact: duty.Incident{ID: longID("i", i), IncidentID: longID("i", i), Version: 1, ReceivedAt: near,
					CentreID: "KH", From: at, To: duty.Some(at + duty.Day), Kind: duty.IncidentKindDevice,
					FormsStatus: duty.FormsStatusComplete, State: duty.IncidentStateActive, Origin: duty.OriginHuman}})
		c.centres.Exclusions = append(c.centres.Exclusions,
			duty.Known[duty.Exclusion]{At: near,
				Fact: duty.Exclusion{ID: longID("e", i), ExclusionID: longID("e", i), Version: 1, ReceivedAt: near,
					CentreID: "KH", FromDate: evening - 400, ToDate: evening - 390,
					Status: duty.ExclusionStatusDeclared, DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: near}})
		c.centres.SupervisionResults = append(c.centres.SupervisionResults,
			duty.Known[duty.SupervisionResult]{At: near,
				Fact: duty.SupervisionResult{ID: longID("s", i), Version: 1, ReceivedAt: near,
					CentreID: "KH", FromDate: evening - 30, ToDate: evening + 30,
					ResultRef: strings.Repeat("é", 3000) + fmt.Sprint(i)}})
	}
	list := c.records(t)
	schema, _ := schemas.Lookup("violations")
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		v := of(t, list, k, evening)
		n := len(schema.Append(nil, v))
		t.Logf("%s: %d bytes: %d rows, %d incidents, %d exclusions, %d results, %d notices, %d permissions, "+
			"%d decisions", k, n, len(v.Evidence), len(v.Incidents),
			len(v.ExclusionsChecked), len(v.Supervision), len(v.NoticesConsidered), len(v.PermissionsConsidered),
			len(v.ObligationIDs))
		if n > 1<<20-4096 {
			t.Errorf("%s: %d bytes do not fit into a topic", k, n)
		}
		if len(v.Evidence) != 400 || len(v.Incidents) != 300 || len(v.ExclusionsChecked) != 64 ||
			len(v.Supervision) != 64 || len(v.PermissionsConsidered) != 64 || len(v.ObligationIDs) != 65 {
			t.Errorf("%s: the lists are not full: the test would show nothing", k)
		}
		for _, a := range v.Attachments {
			if len(a.Refs) > 66 {
				t.Errorf("%s: item %d has %d references", k, a.Item, len(a.Refs))
			}
		}
		if got := v.Attachments[6].Refs; len(got) != 2 || got[0] != "incidents" || !strings.HasPrefix(got[1], "and ") {
			t.Errorf("%s: item 7 is %q", k, got)
		}
	}
}
