package recall

import (
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

const hour = duty.Hour

// unit was told at hour 1 and taken back at the hours given, by one cause.
func unit(id string, cause duty.RecallCause, at ...duty.Instant) Unit {
	u := Unit{id, []Revision{{Number: 1, At: hour, CentreID: "KH"}}}
	for _, t := range at {
		u.Revisions = append(u.Revisions, Revision{
			Number: int32(len(u.Revisions) + 1), At: t * hour, Cause: duty.Some(cause),
			CauseID: duty.Some(cause.String() + ":x"), CentreID: "KH",
		})
	}
	return u
}

// ack is version 1 of an acknowledgement known at an hour.
func ack(id, consumer, unit string, revision int32, at duty.Instant) duty.Known[duty.Acknowledgement] {
	return duty.Known[duty.Acknowledgement]{At: at * hour,
		Fact: duty.Acknowledgement{ID: id, Version: 1, Consumer: consumer, UnitID: unit, Revision: revision, PersonID: "P"}}
}

func always(names ...string) Consumers {
	var c Consumers
	for _, n := range names {
		c = append(c, duty.ConsumerSpan{Name: n, Span: duty.Span{From: duty.Beginning, To: duty.Forever}})
	}
	return c
}

// one folds a person with a single cause.
func one(t *testing.T, p Person, c Consumers, at duty.Instant) Part {
	t.Helper()
	parts, _ := Fold(p, c, Clock{At: at * hour, Overdue: 72 * hour})
	if len(parts) != 1 {
		t.Fatalf("%d recalls, want one: %+v", len(parts), parts)
	}
	return parts[0]
}

func TestClosesWithTheLastAcknowledgement(t *testing.T) {
	p := Person{
		PersonID: "P", Units: []Unit{unit("u", duty.RecallCauseExclusion, 10), unit("v", duty.RecallCauseExclusion, 11)},
		Acknowledgements: []duty.Known[duty.Acknowledgement]{ack("1", "a", "u", 2, 12), ack("2", "a", "v", 2, 13),
			ack("3", "b", "u", 2, 14), ack("4", "b", "v", 2, 20)},
	}
	open := one(t, p, always("a", "b"), 19)
	want := duty.Recall{
		Cause: duty.RecallCauseExclusion, CauseID: "EXCLUSION:x", CentreID: duty.Some("KH"), Units: 2, OpenedAt: 10 * hour,
		Consumers: []duty.RecallConsumer{{Consumer: "a", Acknowledged: 2}, {Consumer: "b", Acknowledged: 1, Open: 1}},
	}
	if got := open.Recall(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	closed := one(t, p, always("a", "b"), 20)
	if got := closed.Recall(); got.ClosedAt != duty.Some(20*hour) {
		t.Errorf("closed at %v, want 20 h", got.ClosedAt)
	}
}

// TestFurtherTakeBackOpensAgain: one of a revision before the newest take-back
// does not do; one of something later does (C-45, C-48, C-49).
func TestFurtherTakeBackOpensAgain(t *testing.T) {
	u := unit("u", duty.RecallCauseExclusion, 10)
	u.Revisions = append(u.Revisions, Revision{Number: 3, At: 20 * hour})
	p := Person{PersonID: "P", Units: []Unit{u},
		Acknowledgements: []duty.Known[duty.Acknowledgement]{ack("1", "a", "u", 3, 21)}}
	if got := one(t, p, always("a"), 22); got.Consumers[0].Open != 0 {
		t.Error("acknowledging the newer accusation does not suffice")
	}
	p.Units[0].Revisions = append(p.Units[0].Revisions,
		Revision{Number: 4, At: 30 * hour, Cause: duty.Some(duty.RecallCauseExclusion), CauseID: duty.Some("EXCLUSION:x")})
	again := one(t, p, always("a"), 31)
	if r := again.Recall(); r.Units != 1 || r.Consumers[0].Open != 1 || r.ClosedAt.OK || r.OpenedAt != 10*hour {
		t.Errorf("%+v", r)
	}
}

func TestAcknowledgementsThatCountForNothing(t *testing.T) {
	good := Person{PersonID: "P", Units: []Unit{unit("u", duty.RecallCauseLateData, 10)}}
	for name, a := range map[string]duty.Known[duty.Acknowledgement]{
		"a revision that is not in the log": ack("1", "a", "u", 3, 12),
		"before it was made":                ack("1", "a", "u", 2, 9),
		"of an unknown unit":                ack("1", "a", "w", 2, 12),
		"of an unknown consumer":            ack("1", "z", "u", 2, 12),
	} {
		p := good
		p.Acknowledgements = []duty.Known[duty.Acknowledgement]{a}
		parts, bad := Fold(p, always("a"), Clock{At: 13 * hour, Overdue: 72 * hour})
		if parts[0].Consumers[0].Open != 1 || len(bad) != 1 ||
			bad[0].Code != duty.DataQualityCodeAcknowledgementInvalid || bad[0].Subject != "P" {
			t.Errorf("%s: %+v %+v", name, parts, bad)
		}
	}
	// A retracted one is none, and a second one does not move the first.
	p := good
	p.Acknowledgements = []duty.Known[duty.Acknowledgement]{ack("2", "a", "u", 2, 15), ack("1", "a", "u", 2, 12)}
	if got := one(t, p, always("a"), 16); got.Consumers[0].Last != 12*hour {
		t.Errorf("the earliest known does not count: %+v", got)
	}
	gone := ack("1", "a", "u", 2, 16)
	gone.Fact.Version, gone.Fact.Retracted = 2, true
	p.Acknowledgements = []duty.Known[duty.Acknowledgement]{ack("1", "a", "u", 2, 12), gone}
	if got := one(t, p, always("a"), 16); got.Consumers[0].Open != 1 {
		t.Errorf("a retracted acknowledgement counts: %+v", got)
	}
}

// TestWhoIsOwed: whoever was named at some time from the first revision to the
// take-back (C-46); with nobody named it never closes (C-47).
func TestWhoIsOwed(t *testing.T) {
	c := Consumers{
		{Name: "before", Span: duty.Span{From: 0, To: hour}}, {Name: "during", Span: duty.Span{From: 5 * hour, To: 6 * hour}},
		{Name: "after", Span: duty.Span{From: 10*hour + 1, To: duty.Forever}},
	}
	p := Person{PersonID: "P", Units: []Unit{unit("u", duty.RecallCauseLateData, 10)}}
	if got := one(t, p, c, 12); len(got.Consumers) != 1 || got.Consumers[0].Name != "during" {
		t.Errorf("%+v", got.Consumers)
	}
	nobody := one(t, p, nil, 100)
	if r := nobody.Recall(); r.ClosedAt.OK || len(r.Consumers) != 0 {
		t.Errorf("%+v", r)
	}
	q, ok := nobody.Overdue()
	if !ok || !slices.Equal(q.Detail, []duty.Detail{{Name: "consumer", Value: ""}, {Name: "units", Value: "1"}}) {
		t.Errorf("%v %+v", ok, q)
	}
}

// TestNamedByAnEarlierPolicy: a policy that names others does not let those go whom the one before it named while the
// take-back was not yet made (C-46).
func TestNamedByAnEarlierPolicy(t *testing.T) {
	policies := []duty.ActivePolicy{
		{From: duty.Beginning, Policy: &duty.Policy{Consumers: always("first", "both")}},
		{From: 5 * hour, Policy: &duty.Policy{Consumers: always("second", "both")}},
		{From: 11 * hour, Policy: &duty.Policy{Consumers: always("both")}},
		{From: 50 * hour, Policy: &duty.Policy{Consumers: always("later")}},
	}
	p := Person{PersonID: "P", Units: []Unit{unit("u", duty.RecallCauseLateData, 10)}}
	p.Units[0].Revisions[0].At = 5 * hour
	for at, want := range map[duty.Instant][]string{12 * hour: {"both", "second"}, 10 * hour: {"both", "second"}} {
		part := one(t, p, Named(policies, at), at)
		var got []string
		for _, c := range part.Consumers {
			got = append(got, c.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v are owed at %d h, want %v", got, at/hour, want)
		}
	}
	p.Units[0].Revisions[0].At = 5*hour - 1
	if part := one(t, p, Named(policies, 12*hour), 12*hour); len(part.Consumers) != 3 {
		t.Errorf("%+v, want the first one as well", part.Consumers)
	}
}

func TestOverdue(t *testing.T) {
	p := Person{
		PersonID: "P", Units: []Unit{unit("u", duty.RecallCauseLateData, 10),
			unit("v", duty.RecallCauseLateData, 11), unit("w", duty.RecallCauseLateData, 30)},
		Acknowledgements: []duty.Known[duty.Acknowledgement]{ack("1", "a", "u", 2, 12)},
	}
	part := one(t, p, always("b", "a"), 84)
	q, ok := part.Overdue()
	want := duty.NewDataQuality(duty.DataQualityCodeRecallOverdue, "LATE_DATA:x", 10*hour,
		duty.Detail{Name: "consumer", Value: "a"}, duty.Detail{Name: "units", Value: "1"},
		duty.Detail{Name: "consumer", Value: "b"}, duty.Detail{Name: "units", Value: "2"})
	if !ok || !reflect.DeepEqual(q, want) {
		t.Errorf("%+v, want %+v", q, want)
	}
	// Exactly the time allowed is not yet overdue.
	if early := one(t, p, always("a"), 83); early.Consumers[0].Overdue != 0 {
		t.Errorf("%+v", early.Consumers)
	}
}

// TestMergeInAnyOrder: a recall of many persons does not depend on their order.
func TestMergeInAnyOrder(t *testing.T) {
	var parts []Part
	for i, id := range []string{"u", "v", "w"} {
		p := Person{PersonID: id, Units: []Unit{unit(id, duty.RecallCauseExclusion, duty.Instant(10+i))}}
		if i != 1 {
			p.Acknowledgements = []duty.Known[duty.Acknowledgement]{ack("1", "a", id, 2, duty.Instant(40-i))}
		}
		parts = append(parts, one(t, p, always("a", "b"), 100))
	}
	want := Merge(Merge(parts[0], parts[1]), parts[2])
	for _, order := range [][3]int{{0, 2, 1}, {1, 0, 2}, {2, 1, 0}} {
		if got := Merge(Merge(parts[order[0]], parts[order[1]]), parts[order[2]]); !reflect.DeepEqual(got, want) {
			t.Errorf("order %v: %+v, want %+v", order, got, want)
		}
	}
	if want.Units != 3 || want.OpenedAt != 10*hour || want.Consumers[0].Acknowledged != 2 ||
		want.Consumers[1].Overdue != 3 {
		t.Errorf("%+v", want)
	}
}

// handled is version 1 of what somebody did with a unit, at one hour and known at
// another.
func handled(id, unit string, kind duty.HandlingKind, ref string, at, known duty.Instant) duty.Known[duty.Handling] {
	return duty.Known[duty.Handling]{At: known * hour,
		Fact: duty.Handling{ID: id, HandlingID: id, Version: 1, UnitID: unit, PersonID: "P", Kind: kind,
			DocumentRef: duty.Opt[string]{V: ref, OK: ref != ""}, At: at * hour}}
}

// TestRecallNamesFiledReports: of what is taken back the filed reports are named,
// those that stand first; what is known later, of another unit, retracted or of
// another kind is not (TX-37).
func TestRecallNamesFiledReports(t *testing.T) {
	gone := handled("gone", "u", duty.HandlingKindReportFiled, "J-9", 3, 3)
	gone.Fact.Version, gone.Fact.Retracted = 2, true
	p := Person{
		PersonID: "P", Units: []Unit{unit("u", duty.RecallCauseExclusion, 10),
			unit("v", duty.RecallCauseExclusion, 11), unit("w", duty.RecallCauseExclusion, 12)},
		Handlings: []duty.Known[duty.Handling]{
			handled("h1", "u", duty.HandlingKindReportFiled, "J-1", 4, 4),
			handled("h2", "u", duty.HandlingKindReportRecalled, "", 6, 6),
			handled("h3", "v", duty.HandlingKindReportFiled, "J-3", 5, 5),
			handled("h4", "v", duty.HandlingKindReportRecalled, "", 2, 20),
			handled("h5", "w", duty.HandlingKindAssessed, "J-5", 5, 5),
			handled("h6", "other", duty.HandlingKindReportFiled, "J-6", 5, 5),
			handled("h7", "w", duty.HandlingKindReportFiled, "J-7", 90, 40),
			handled("gone", "u", duty.HandlingKindReportFiled, "J-9", 3, 3), gone,
		},
	}
	filed := func(id, unit, ref string, at duty.Instant, recalled duty.Opt[duty.Instant]) duty.RecallFiled {
		return duty.RecallFiled{UnitID: unit, HandlingID: id, DocumentRef: duty.Some(ref), FiledAt: at * hour,
			RecalledAt: recalled}
	}
	part := one(t, p, always("a"), 30)
	got := part.Recall()
	want := []duty.RecallFiled{filed("h3", "v", "J-3", 5, duty.None[duty.Instant]()),
		filed("h1", "u", "J-1", 4, duty.Some(6*hour))}
	if !reflect.DeepEqual(got.Filed, want) || got.FiledUnits != 1 {
		t.Errorf("%d stand: %+v, want %+v", got.FiledUnits, got.Filed, want)
	}
	// A time of its own behind when it was known is that time: the report of w.
	if part = one(t, p, always("a"), 50); part.FiledUnits != 2 || part.Recall().Filed[1].FiledAt != 40*hour {
		t.Errorf("%+v", part)
	}
}

// TestFiledReportsAreBounded: a recall names so many and counts all, whatever is put
// together first.
func TestFiledReportsAreBounded(t *testing.T) {
	var a, b Part
	for i := range 2 * MostFiled {
		f := duty.RecallFiled{UnitID: "u", HandlingID: duty.Instant(i).String(), FiledAt: duty.Instant(i),
			RecalledAt: duty.Opt[duty.Instant]{OK: i < MostFiled+10}}
		if i%3 == 0 {
			a.file([]duty.RecallFiled{f})
		} else {
			b.file([]duty.RecallFiled{f})
		}
	}
	x, y := Merge(a, b), Merge(b, a)
	if !reflect.DeepEqual(x.Filed, y.Filed) || len(x.Filed) != MostFiled || x.FiledUnits != MostFiled-10 ||
		x.Filed[0].FiledAt != MostFiled+10 {
		t.Errorf("%d named, %d stand, the first of %v", len(x.Filed), x.FiledUnits, x.Filed[0].FiledAt)
	}
}
