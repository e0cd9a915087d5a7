package sanction

import (
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// builder makes cases for tests.
type builder struct{ c Case }

// person begins a case of one group since 2010, looked at on a date at noon.
func person(at string, g duty.Group) *builder {
	b := &builder{Case{PersonID: "P", At: dateOf(at).Clock(12, 0)}}
	s := &b.c.Standing
	s.Params.SanctionLookupEnabled, s.Params.SanctionClearlyMoreThan10 = true, 20
	s.Tables = policy.SanctionTables()
	return b.group("2010-01-01", g, g)
}

// dateOf reads YYYY-MM-DD.
func dateOf(s string) duty.Date {
	d, err := policy.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// group changes the group from a date on: as registered and as treated.
func (b *builder) group(from string, own, effective duty.Group) *builder {
	s := &b.c.Standing
	start := dateOf(from).Start()
	if n := len(s.Groups); n > 0 {
		s.Groups[n-1].Span.To = start
	}
	s.Groups = append(s.Groups, duty.GroupSpan{Span: duty.Span{From: start, To: duty.Forever}, Own: own,
		Effective: effective})
	return b
}

// units adds n units that were last told as status, on consecutive dates from a
// date on, in the group in force then.
func (b *builder) units(kind duty.Kind, from string, n int, status duty.Status) *builder {
	outcome := map[duty.Status]duty.Outcome{
		duty.StatusIndicated: duty.OutcomeIndicated, duty.StatusNeedsReview: duty.OutcomeNeedsReview,
		duty.StatusWithdrawn: duty.OutcomeCompliant,
	}[status]
	for i := range n {
		d := dateOf(from) + duty.Date(i)
		u := Unit{Kind: kind, Date: d, Outcome: outcome, Status: status, Instant: end(kind, d)}
		if kind == duty.KindNotify {
			u.Instant = duty.Night(d).From
		}
		for _, g := range b.c.Standing.Groups {
			if g.Span.From <= u.Instant-1 && u.Instant-1 < g.Span.To {
				u.Group = g.Effective
			}
		}
		b.c.Units = append(b.c.Units, u)
	}
	return b
}

// reports adds n INDICATED reports.
func (b *builder) reports(from string, n int) *builder {
	return b.units(duty.KindReport, from, n, duty.StatusIndicated)
}

// ledger adds units that were never told.
func (b *builder) ledger(kind duty.Kind, from string, n int, o duty.Outcome) *builder {
	for i := range n {
		d := dateOf(from) + duty.Date(i)
		b.c.Units = append(b.c.Units, Unit{Kind: kind, Date: d, Outcome: o, Instant: end(kind, d)})
	}
	return b
}

// convicted adds a conviction without a period, decided at noon.
func (b *builder) convicted(on, statute string) *builder {
	s := &b.c.Standing
	s.Convictions = append(s.Convictions,
		duty.KnownConviction{Conviction: duty.Conviction{ID: "C" + on, DecidedAt: dateOf(on).Clock(12, 0), Statute: statute}})
	s.Convicted = true
	return b
}

// binds adds duties since 2010.
func (b *builder) binds(kinds ...duty.Kind) *builder {
	for _, k := range kinds {
		b.c.Standing.Duties = append(b.c.Standing.Duties, duty.BindingSpan{
			Kind: k, Span: duty.Span{From: dateOf("2010-01-01").Start(), To: duty.Forever}, Under13: k == duty.KindStay,
		})
	}
	return b
}

// reference asks for §15 and §143 on a date at noon.
func (b *builder) reference(on string) *builder {
	b.c.Reference = duty.Some(dateOf(on).Clock(12, 0))
	return b
}

func (b *builder) summary() duty.CaseSummary { return Summarise(b.c) }

// entriesOf writes entries as `REGIME/TABLE month count column=cell flags`.
func entriesOf(s duty.CaseSummary) []string {
	out := []string{}
	for _, l := range s.Sanction {
		words := []string{l.Regime.String() + "/" + l.Table, l.Month.Or("total")}
		words = append(words, itoa(int(l.Count)), itoa(int(l.Column))+"="+l.Cell.Or("none"))
		if l.Over30Days.OK && l.Over30Days.V {
			words = append(words, "over30")
		}
		for _, f := range l.Flags {
			words = append(words, f.String())
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// TestGuidelineVectors are the vectors of domain §10.4 that look a table up
// (SAN-01, CNT-08, AMB-25, AMB-27). TC-13 reads as contract-case C-08 words it.
func TestGuidelineVectors(t *testing.T) {
	const e, r = duty.GroupExpelledJudgment, duty.GroupRejected
	enhanced := func(at string) *builder { return person(at, e) }
	twice := func(b *builder) *builder {
		return b.convicted("2011-01-10", "ALIENS_ACT_60_2").convicted("2012-01-10", "ALIENS_ACT_60_2")
	}
	for _, c := range []struct {
		id   string
		b    *builder
		want []string
	}{
		{"TC-01", enhanced("2026-03-01").reports("2026-02-03", 1).units(duty.KindStay, "2026-02-03", 1,
			duty.StatusIndicated).units(duty.KindNotify, "2026-02-03", 1, duty.StatusIndicated),
			[]string{"R3/SKEMA3 2026-02 3 1=P30D"}},
		{"TC-02", enhanced("2026-03-01").units(duty.KindReport, "2026-02-03", 1, duty.StatusNeedsReview).
			units(duty.KindStay, "2026-02-03", 1, duty.StatusIndicated).
			units(duty.KindNotify, "2026-02-03", 1, duty.StatusIndicated),
			[]string{"R3/SKEMA3 2026-02 2 1=P7D"}},
		{"TC-05", enhanced("2019-10-01").convicted("2018-01-10", "ALIENS_ACT_60_2").reports("2019-06-01", 22).
			reports("2019-07-01", 31).units(duty.KindStay, "2019-07-01", 14, duty.StatusIndicated).
			reports("2019-08-01", 31).units(duty.KindStay, "2019-08-01", 11, duty.StatusIndicated).reports("2019-09-01", 2),
			[]string{
				"R2B/SKEMA2 2019-06 22 2=P60D over30 CLEARLY_MORE_THAN_10 NO_SUM",
				"R2B/SKEMA2 2019-07 45 2=P60D over30 CLEARLY_MORE_THAN_10 NO_SUM",
				"R2B/SKEMA2 2019-08 42 2=P60D over30 CLEARLY_MORE_THAN_10 NO_SUM", "R2B/SKEMA2 2019-09 2 2=P14D NO_SUM",
			}},
		{"TC-07", enhanced("2020-07-01").reports("2020-06-01", 4), []string{"R2A/SKEMA1 2020-06 4 1=P14D"}},
		{"TC-08", twice(enhanced("2020-07-01")).reports("2020-06-01", 8), []string{"R2A/SKEMA1 2020-06 8 3=P3M over30"}},
		{"TC-09", twice(enhanced("2020-08-01")).reports("2020-06-01", 8).reports("2020-07-01", 1),
			[]string{"R2B/SKEMA2 2020-06 8 3=P60D over30 NO_SUM", "R2B/SKEMA2 2020-07 1 3=P40D over30 NO_SUM"}},
		{"TC-10", enhanced("2026-03-01").reports("2026-02-01", 5), []string{"R3/SKEMA3 2026-02 5 1=P30D"}},
		{"TC-11", enhanced("2026-03-01").reports("2026-02-01", 6), []string{"R3/SKEMA3 2026-02 6 1=P60D over30"}},
		{"TC-12", twice(enhanced("2026-03-01")).convicted("2013-01-10", "RETURN_ACT_23_2").reports("2026-02-01", 10), []string{"R3/SKEMA3 2026-02 10 4=P1Y over30"}},
		{"TC-13", enhanced("2021-07-01").reports("2021-05-27", 5).reports("2021-06-01", 5),
			[]string{"R2B/SKEMA2 2021-05 5 1=P14D NO_SUM", "R3/SKEMA3 2021-06 5 1=P30D NO_SUM"}},
		{"TC-13, May alone", enhanced("2021-07-01").reports("2021-05-27", 5), []string{"R2A/SKEMA1 2021-05 5 1=P14D"}},
		{"TC-15", enhanced("2019-01-01").convicted("2017-06-01", "ALIENS_ACT_60_2").reports("2018-01-01", 150), []string{"R1/T2017 total 150 2=P60D over30"}},
		{"TC-16", enhanced("2019-01-01").reports("2018-01-01", 151), []string{"R1/T2017 total 151 1=P40D over30"}},
		{"TC-17", enhanced("2019-06-01").reports("2017-03-02", 667).units(duty.KindStay, "2017-03-02",
			667, duty.StatusIndicated).units(duty.KindNotify, "2017-03-02", 667, duty.StatusIndicated),
			[]string{"R1/T2017 total 2001 1=none BEYOND_TABLE"}},
		{"TC-18", person("2026-03-01", r).reports("2026-02-01", 10), []string{"RJ/REJECTED total 10 1=WARNING OVERLAP"}},
		{"TC-19", person("2026-07-01", r).reports("2026-02-01", 100), []string{"RJ/REJECTED total 100 1=FINE_DKK_1500 OVERLAP"}},
		{"TC-20", person("2028-01-01", r).reports("2026-02-01", 450), []string{"RJ/REJECTED total 450 1=P7D..P10D GAP"}},
		{"TC-21", person("2030-01-01", r).reports("2026-02-01", 1100), []string{"RJ/REJECTED total 1100 1=P30D GAP"}},
		{"TC-21, above the last band", person("2031-01-01", r).reports("2026-02-01", 1401), []string{"RJ/REJECTED total 1401 1=P40D over30 GAP"}},
		{"TC-22", person("2026-03-01", r).convicted("2022-01-10", "RETURN_ACT_23_1").
			convicted("2023-01-10", "RETURN_ACT_23_1").reports("2026-02-01", 20),
			[]string{"RJ/REJECTED total 20 1=none CONSIDER_PRISON"}},
		{"TC-26, before", enhanced("2026-03-01").reports("2026-02-01", 6), []string{"R3/SKEMA3 2026-02 6 1=P60D over30"}},
		{"TC-26, after", enhanced("2026-03-01").reports("2026-02-01", 4).units(duty.KindReport, "2026-02-05", 2, duty.StatusWithdrawn), []string{"R3/SKEMA3 2026-02 4 1=P30D"}},
		{"TC-28", twice(enhanced("2026-03-01")).convicted("2013-01-10", "RETURN_ACT_23_2").
			convicted("2014-01-10", "PENAL_CODE_143").reports("2026-02-01", 3),
			[]string{"R3/SKEMA3 2026-02 3 4=P6M over30 BEYOND_TABLE"}},
		{"TC-29, 19", enhanced("2026-03-01").reports("2026-02-01", 19), []string{"R3/SKEMA3 2026-02 19 1=P4M over30"}},
		{"TC-29, 20", enhanced("2026-03-01").reports("2026-02-01", 20), []string{"R3/SKEMA3 2026-02 20 1=P4M over30 CLEARLY_MORE_THAN_10"}},
	} {
		if got := entriesOf(c.b.summary()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		}
	}
}

// TestAttributionVectors are TC-03, TC-04 and TC-14: a night counts to its
// evening, whenever the breach itself was.
func TestAttributionVectors(t *testing.T) {
	for _, c := range []struct{ id, date, exit, month, regime string }{
		{"TC-03", "2026-02-28", "2026-03-01", "2026-02", "R3"},
		{"TC-04", "2026-01-31", "2026-02-01", "2026-01", "R3"},
		{"TC-14", "2021-05-31", "2021-06-01", "2021-05", "R2A"},
	} {
		b := person("2026-06-01", duty.GroupTolerated).units(duty.KindNotify, c.date, 1, duty.StatusIndicated)
		b.c.Units[0].Instant = dateOf(c.exit).Clock(0, 30)
		s := b.summary()
		if len(s.Months) != 1 || s.Months[0].Month != c.month || s.Sanction[0].Regime.String() != c.regime {
			t.Errorf("%s: %+v %+v", c.id, s.Months, s.Sanction)
		}
	}
}

// TestSection143Vector is TC-06: 307 breaches from 1 June to 7 October 2019.
func TestSection143Vector(t *testing.T) {
	b := person("2019-11-01", duty.GroupExpelledJudgment).binds(duty.KindStay, duty.KindNotify, duty.KindReport).
		units(duty.KindStay, "2019-06-01", 129, duty.StatusIndicated).
		units(duty.KindNotify, "2019-06-01", 129, duty.StatusIndicated).
		reports("2019-06-01", 49).reference("2019-10-31")
	s := b.summary().Section143
	want := duty.Section143{
		DutiesImposed:         []string{"NOTIFY", "REPORT", "STAY"},
		MonthsWithoutPresence: []string{"2019-06", "2019-07", "2019-08", "2019-09"},
		DaysWithThree:         49, Days: 129,
	}
	if !s.OK || !equal143(s.V, want) {
		t.Errorf("%+v, want %+v", s, want)
	}
}

func equal143(a, b duty.Section143) bool {
	return slices.Equal(a.DutiesImposed, b.DutiesImposed) &&
		slices.Equal(a.MonthsWithoutPresence, b.MonthsWithoutPresence) &&
		a.DaysWithThree == b.DaysWithThree && a.Days == b.Days && a.Convictions == b.Convictions
}

// TestDetentionVectors are TC-23, TC-24, TC-25, TC-27, TC-30 and TC-31 (DET-02,
// DET-07, AMB-26, AMB-29).
func TestDetentionVectors(t *testing.T) {
	detention := func(b *builder) duty.Detention { return b.summary().Detention.V }
	if d := detention(person("2026-05-02", duty.GroupRejected).reports("2026-04-01", 30).
		reference("2026-05-01")); d.Available || d.Reason.V != "GROUP_NOT_COVERED" || len(d.Windows) != 0 {
		t.Errorf("TC-23: %+v", d)
	}
	six := func() *builder {
		return person("2026-03-05", duty.GroupTolerated).reports("2026-01-20", 12).reports("2026-02-05", 13).
			reference("2026-03-03")
	}
	if d := detention(six()); !d.Available || d.PrimaryMonths != 2 || d.Windows[0].Months != 2 ||
		d.Windows[0].Indicated.Report != 25 {
		t.Errorf("TC-24: %+v", d)
	}
	if d := detention(six().convicted("2020-01-10", "RETURN_ACT_23_2")); d.PrimaryMonths != 1 ||
		d.Windows[1].Months != 1 || d.Windows[1].Indicated.Report != 13 {
		t.Errorf("TC-25: %+v", d)
	}
	if d := detention(six().convicted("2020-01-10", "RETURN_ACT_23_1")); d.PrimaryMonths != 2 {
		t.Errorf("a conviction of the other class: %+v", d)
	}
	for _, c := range []struct {
		id    string
		group duty.Group
		date  string
		want  int32
	}{
		{"TC-27", duty.GroupExpelled25, "2019-02-20", 0},
		{"TC-30 on the day", duty.GroupTolerated, "2017-03-01", 0},
		{"TC-30 the day after", duty.GroupTolerated, "2017-03-02", 1},
		{"TC-31 on the day", duty.GroupForeignFighter, "2019-03-01", 0},
		{"TC-31 the day after", duty.GroupForeignFighter, "2019-03-02", 1},
	} {
		b := person("2026-01-01", c.group).reports(c.date, 1)
		b.c.Reference = duty.Some((dateOf(c.date) + 10).Clock(12, 0))
		if d := detention(b); !d.Available || d.Windows[0].Indicated.Report != c.want {
			t.Errorf("%s: %+v, want %d", c.id, d, c.want)
		}
	}
	// On the day itself §15 is not there for anybody (C-32).
	b := person("2026-01-01", duty.GroupTolerated).reference("2017-03-01")
	if d := detention(b); d.Available || d.Reason.V != "BEFORE_COMMENCEMENT" {
		t.Errorf("1 March 2017: %+v", d)
	}
	none := person("2026-01-01", duty.GroupTolerated)
	none.c.Standing.Groups = nil
	if d := detention(none.reference("2025-01-01")); d.Reason.V != "GROUP_UNKNOWN" {
		t.Errorf("no group: %+v", d)
	}
}

// TestSmallestCountOver30Days recomputes DET-08 from the tables.
func TestSmallestCountOver30Days(t *testing.T) {
	for _, table := range policy.SanctionTables() {
		want := map[string][]int{"T2017": {151, 61, 7, 7, 7}, "SKEMA1": {6, 3, 1, 1}, "SKEMA2": {6, 3, 1, 1},
			"SKEMA3": {6, 3, 1, 1}}[table.Name]
		var got []int
		for column := range table.Columns {
			for n := 1; n <= 2000; n++ {
				if cell, _ := read(&table, n, column+1); over30Days(cell) {
					got = append(got, n)
					break
				}
			}
		}
		if want != nil && !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", table.Name, got, want)
		}
	}
}

// TestJudged: what a conviction answers for (contract-case 7.2).
func TestJudged(t *testing.T) {
	b := person("2026-04-01", duty.GroupTolerated).reports("2026-02-01", 10)
	b.c.Standing.Convictions = []duty.KnownConviction{{Conviction: duty.Conviction{
		ID: "C", DecidedAt: dateOf("2026-03-10").Start(), Statute: "RETURN_ACT_23_2",
		CoversFromDate: duty.Some(dateOf("2026-02-03")), CoversToDate: duty.Some(dateOf("2026-02-05")),
	}}}
	for _, c := range []struct {
		name string
		edit func(*duty.KnownConviction)
		open int
	}{
		{"a period", func(*duty.KnownConviction) {}, 7},
		{"no period", func(k *duty.KnownConviction) {
			k.CoversFromDate, k.CoversToDate = duty.None[duty.Date](), duty.None[duty.Date]()
		}, 0},
		{"only an end", func(k *duty.KnownConviction) { k.CoversFromDate = duty.None[duty.Date]() }, 5},
		{"only a start", func(k *duty.KnownConviction) { k.CoversToDate = duty.None[duty.Date]() }, 2},
		{"an acquittal", func(k *duty.KnownConviction) { k.Breaches = duty.Some(int32(0)) }, 10},
		{"the other class", func(k *duty.KnownConviction) { k.Statute = "RETURN_ACT_23_1" }, 10},
		{"another statute", func(k *duty.KnownConviction) { k.Statute = "PENAL_CODE_119" }, 10},
		{"not yet decided", func(k *duty.KnownConviction) { k.DecidedAt = dateOf("2026-05-01").Start() }, 10},
	} {
		one := *b
		one.c.Standing.Convictions = slices.Clone(b.c.Standing.Convictions)
		c.edit(&one.c.Standing.Convictions[0])
		open := 0
		for _, l := range one.summary().Sanction {
			open += int(l.Count)
		}
		if open != c.open {
			t.Errorf("%s: %d open, want %d", c.name, open, c.open)
		}
	}
}

// TestQuality: a conviction by a link, and judged units that were INDICATED
// when it was decided and are not now (CNT-09).
func TestQuality(t *testing.T) {
	b := person("2026-04-01", duty.GroupTolerated).units(duty.KindReport, "2026-02-01", 2, duty.StatusWithdrawn).
		convicted("2026-03-10", "RETURN_ACT_23_2").reports("2026-02-05", 1)
	told := func(on string, s duty.Status) Telling { return Telling{dateOf(on).Clock(8, 0), s} }
	b.c.Units[0].Group, b.c.Units[1].Group = duty.GroupTolerated, duty.GroupTolerated
	b.c.Units[0].History = []Telling{told("2026-02-20", duty.StatusIndicated), told("2026-03-11", duty.StatusWithdrawn)}
	b.c.Units[1].History = []Telling{told("2026-02-20", duty.StatusIndicated), told("2026-03-09", duty.StatusWithdrawn)}
	b.c.Standing.Convictions[0].ByLink = true
	got := Quality(b.c)
	if len(got) != 2 || got[0].Code != duty.DataQualityCodeConvictionByLink ||
		got[1].Code != duty.DataQualityCodeJudgedUnitWithdrawn {
		t.Fatalf("%+v", got)
	}
	want := []duty.Detail{{Name: "conviction_id", Value: "C2026-03-10"},
		{Name: "unit_ids", Value: duty.UnitID(duty.KindReport, dateOf("2026-02-01"), "P")}}
	if !slices.Equal(got[1].Detail, want) || got[1].Subject != "P" || got[1].From != dateOf("2026-03-10").Clock(12, 0) {
		t.Errorf("%+v, want details %+v", got[1], want)
	}
}

// TestJoinedPerson: what is counted elsewhere is not counted twice (C-25).
func TestJoinedPerson(t *testing.T) {
	b := person("2026-04-01", duty.GroupTolerated).units(duty.KindReport, "2026-02-01", 2, duty.StatusWithdrawn).
		convicted("2026-03-10", "RETURN_ACT_23_2")
	b.c.Standing.Joined = true
	s := b.summary()
	if s.Group.OK || s.PriorConvictions != 0 || s.Time != 1 || len(s.Months)+len(s.Sanction) != 0 || !HasSummary(b.c, &s) {
		t.Errorf("%+v", s)
	}
	if q := Quality(b.c); len(q) != 0 {
		t.Errorf("%+v", q)
	}
}
