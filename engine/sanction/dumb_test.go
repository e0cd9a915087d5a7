package sanction

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// This file is the second evaluator: contract-case 7 read clause by clause into
// loops over everything, with the machine's own calendar, and nothing shared
// with what it checks but the types of the case and of the record.

var copenhagen = func() *time.Location {
	l, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err)
	}
	return l
}()

// days are the names of all dates that a case can have, since the loops ask
// for them very often.
var days = func() map[duty.Date]string {
	out := map[duty.Date]string{}
	for d := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2032; d = d.AddDate(0, 0, 1) {
		out[duty.Date(d.Unix()/86400)] = d.Format("2006-01-02")
	}
	return out
}()

func ymd(d duty.Date) string { return days[d] }

func ymOf(d duty.Date) string { return days[d][:7] }

func localDay(i duty.Instant) string {
	return time.UnixMilli(int64(i)).In(copenhagen).Format("2006-01-02")
}

func isEnhanced(g duty.Group) bool {
	return strings.Contains("TOLERATED EXPELLED_JUDGMENT FOREIGN_FIGHTER EXPELLED_25", g.String()) &&
		g != duty.GroupUnknown
}

// dumbClass is E, R or nothing.
func dumbClass(g duty.Group) string {
	switch {
	case isEnhanced(g):
		return "E"
	case g == duty.GroupRejected:
		return "R"
	}
	return ""
}

var dumbStatutes = map[string]string{
	"ALIENS_ACT_60_2": "E", "RETURN_ACT_23_2": "E", "PENAL_CODE_143": "E", "ALIENS_ACT_60_1": "R", "RETURN_ACT_23_1": "R",
}

// dumb is the calculation that looks everything up again each time.
type dumb struct{ c Case }

func (x dumb) valid() []duty.KnownConviction {
	var out []duty.KnownConviction
	for _, k := range x.c.Standing.Convictions {
		if dumbStatutes[k.Statute] != "" && !(k.Breaches.OK && k.Breaches.V == 0) && k.DecidedAt <= x.c.At {
			out = append(out, k)
		}
	}
	return out
}

func (x dumb) priors(class string, until duty.Instant) int {
	dates := map[string]bool{}
	for _, k := range x.valid() {
		if dumbStatutes[k.Statute] == class && k.DecidedAt <= until {
			dates[localDay(k.DecidedAt)] = true
		}
	}
	return len(dates)
}

func (x dumb) judged(u Unit) bool {
	for _, k := range x.valid() {
		if dumbStatutes[k.Statute] != dumbClass(u.Group) {
			continue
		}
		from, to := "0000-00-00", localDay(k.DecidedAt)
		if k.CoversFromDate.OK {
			from = ymd(k.CoversFromDate.V)
		}
		if k.CoversToDate.OK {
			to = ymd(k.CoversToDate.V)
		}
		named := k.CoversFromDate.OK || k.CoversToDate.OK
		if named && from <= ymd(u.Date) && ymd(u.Date) <= to || !named && k.DecidedAt >= u.Instant {
			return true
		}
	}
	return false
}

func (x dumb) open() []Unit {
	var out []Unit
	for _, u := range x.c.Units {
		if u.Status == duty.StatusIndicated && !x.judged(u) {
			out = append(out, u)
		}
	}
	return out
}

func (x dumb) groupsAt(at duty.Instant) (own, effective duty.Group) {
	for _, g := range x.c.Standing.Groups {
		if at >= g.Span.From && at < g.Span.To {
			own, effective = g.Own, g.Effective
		}
	}
	return own, effective
}

func (x dumb) ownOf(u Unit) duty.Group {
	at := u.Instant
	if u.Kind != duty.KindNotify {
		at--
	}
	own, _ := x.groupsAt(at)
	return own
}

// late25 reports the two groups that came in in 2019.
func late25(own duty.Group) bool {
	return own == duty.GroupForeignFighter || own == duty.GroupExpelled25
}

// summary is the whole summary as one text.
func (x dumb) summary() string {
	c := x.c
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if c.Standing.Joined {
		return "group none 0 1"
	}
	_, g := x.groupsAt(c.At)
	prior := 0
	if class := dumbClass(g); class != "" {
		prior = x.priors(class, c.At)
	}
	name := "none"
	if g != duty.GroupUnknown {
		name = g.String()
	}
	say("group %s %d %d", name, prior, prior+1)
	for _, line := range x.months() {
		say("%s", line)
	}
	if c.Standing.Params.SanctionLookupEnabled {
		lines := x.entries()
		for _, l := range lines {
			if len(lines) > 1 {
				l.flags = append(l.flags, "NO_SUM")
			}
			slices.Sort(l.flags)
			say("%s %v", l.text, l.flags)
		}
	}
	if c.Reference.OK {
		say("%s", x.detention(c.Reference.V))
		say("%s", x.s143(c.Reference.V))
	}
	return strings.Join(out, "\n")
}

func (x dumb) months() []string {
	var out []string
	for year := 2015; year < 2032; year++ {
		for m := 1; m <= 12; m++ {
			for _, kind := range []duty.Kind{duty.KindNotify, duty.KindReport, duty.KindStay} {
				var n [5]int
				ym := fmt.Sprintf("%04d-%02d", year, m)
				for _, u := range x.c.Units {
					if u.Kind != kind || ymOf(u.Date) != ym {
						continue
					}
					for i, yes := range []bool{
						u.Status == duty.StatusIndicated, u.Status == duty.StatusNeedsReview, u.Status == duty.StatusWithdrawn,
						u.Outcome == duty.OutcomeUndetermined, u.Outcome == duty.OutcomeExcluded,
					} {
						if yes {
							n[i]++
						}
					}
				}
				if n != [5]int{} {
					out = append(out, fmt.Sprintf("%04d-%02d %s %v", year, m, kind, n))
				}
			}
		}
	}
	return out
}

// dumbLine is an entry of the summary, with its flags.
type dumbLine struct {
	text  string
	flags []string
}

// entries walks the order of the contract and asks every open unit each time.
func (x dumb) entries() []dumbLine {
	open := x.open()
	inR2 := func(u Unit) bool { return ymd(u.Date) >= "2019-06-01" && ymd(u.Date) < "2021-06-01" }
	uncovered := func(u Unit) bool {
		return isEnhanced(u.Group) && (ymd(u.Date) <= "2017-03-01" || late25(x.ownOf(u)) && ymd(u.Date) <= "2019-03-01")
	}
	pick := func(want func(Unit) bool) (n int, earliest duty.Instant) {
		for _, u := range open {
			if want(u) {
				if n++; n == 1 || u.Instant < earliest {
					earliest = u.Instant
				}
			}
		}
		return n, earliest
	}
	all := map[string]bool{}
	onlyR2 := true
	for _, u := range open {
		all[ymOf(u.Date)] = true
		onlyR2 = onlyR2 && inR2(u)
	}
	var out []dumbLine
	if n, e := pick(func(u Unit) bool {
		return isEnhanced(u.Group) && !uncovered(u) && ymd(u.Date) < "2019-06-01"
	}); n > 0 {
		out = append(out, x.line("R1", "T2017", "total", n, x.priors("E", e)+1, false))
	}
	if n, e := pick(uncovered); n > 0 {
		out = append(out, x.line("R1", "T2017", "total", n, x.priors("E", e)+1, true))
	}
	for year := 2019; year < 2032; year++ {
		for m := 1; m <= 12; m++ {
			ym := fmt.Sprintf("%04d-%02d", year, m)
			n, e := pick(func(u Unit) bool {
				return isEnhanced(u.Group) && ymOf(u.Date) == ym && ymd(u.Date) >= "2019-06-01" && !uncovered(u)
			})
			if n == 0 {
				continue
			}
			regime, table := "R3", "SKEMA3"
			if ym < "2021-06" {
				if regime, table = "R2B", "SKEMA2"; len(all) == 1 && onlyR2 {
					regime, table = "R2A", "SKEMA1"
				}
			}
			out = append(out, x.line(regime, table, ym, n, x.priors("E", e)+1, false))
		}
	}
	if n, e := pick(func(u Unit) bool { return u.Group == duty.GroupRejected }); n > 0 {
		out = append(out, x.line("RJ", "REJECTED", "total", n, x.priors("R", e)+1, false))
	}
	return out
}

// line looks one cell up by trying every row.
func (x dumb) line(regime, table, month string, n, nth int, uncovered bool) dumbLine {
	var flags []string
	var t duty.SanctionTable
	for _, have := range policy.SanctionTables() {
		if have.Name == table {
			t = have
		}
	}
	column, cell := nth, "none"
	if regime == "RJ" {
		column = 1
	}
	if column > len(t.Columns) {
		column = len(t.Columns)
		flags = append(flags, "BEYOND_TABLE")
	}
	switch {
	case uncovered:
		flags = append(flags, "NOT_COVERED")
	case regime == "RJ" && nth >= 3:
		flags = append(flags, "CONSIDER_PRISON")
	default:
		var in []int
		below := -1
		for i, r := range t.Rows {
			if n >= r.Min && (r.Max == 0 || n <= r.Max) {
				in = append(in, i)
			}
			if n >= r.Min {
				below = i
			}
		}
		switch {
		case len(in) > 0:
			cell = t.Rows[in[0]].Cells[column-1]
			if len(in) > 1 {
				flags = append(flags, "OVERLAP")
			}
		case regime == "RJ":
			cell = t.Rows[below].Cells[column-1]
			flags = append(flags, "GAP")
		default:
			if !slices.Contains(flags, "BEYOND_TABLE") {
				flags = append(flags, "BEYOND_TABLE")
			}
		}
	}
	if n >= x.c.Standing.Params.SanctionClearlyMoreThan10 && month != "total" {
		flags = append(flags, "CLEARLY_MORE_THAN_10")
	}
	over := ""
	if slices.Contains([]string{"P40D", "P50D", "P60D", "P1Y"}, cell) ||
		len(cell) == 3 && cell[0] == 'P' && cell[2] == 'M' || cell == "P10M" {
		over = " over30"
	}
	return dumbLine{fmt.Sprintf("%s/%s %s %d %d=%s%s", regime, table, month, n, column, cell, over), flags}
}
