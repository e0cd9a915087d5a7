package sanction

import (
	"fmt"
	"time"

	"tilsyn/engine/duty"
)

// The second evaluator, continued: what a reference instant asks for
// (contract-case 7.5, 7.6).

func (x dumb) covered(own duty.Group, day string) bool {
	if late25(own) {
		return day > "2019-03-01"
	}
	return day > "2017-03-01"
}

func (x dumb) detention(at duty.Instant) string {
	months := 2
	if x.priors("E", at) > 0 {
		months = 1
	}
	own, g := x.groupsAt(at)
	head := fmt.Sprintf("detention primary %d", months)
	switch {
	case g == duty.GroupUnknown:
		return head + " GROUP_UNKNOWN"
	case !isEnhanced(g):
		return head + " GROUP_NOT_COVERED"
	case !x.covered(own, localDay(at)):
		return head + " BEFORE_COMMENCEMENT"
	}
	for _, n := range []int{2, 1} {
		to := localDay(at)
		day, _ := time.Parse("2006-01-02", to)
		back := time.Date(day.Year(), day.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		lastDay := back.AddDate(0, 1, -1).Day()
		back = back.AddDate(0, 0, min(day.Day(), lastDay)-1)
		from := back.AddDate(0, 0, 1).Format("2006-01-02")
		counts := map[string]int{}
		for _, u := range x.c.Units {
			if ymd(u.Date) < from || ymd(u.Date) > to || u.Instant > at {
				continue
			}
			if u.Status == duty.StatusIndicated && !x.judged(u) && isEnhanced(u.Group) && x.covered(x.ownOf(u), ymd(u.Date)) {
				counts[u.Kind.String()]++
			}
			if u.Status == duty.StatusNeedsReview {
				counts["review"]++
			}
			counts["o-"+u.Outcome.String()]++
			counts["o-"+u.Outcome.String()+u.Kind.String()]++
		}
		head += fmt.Sprintf(" [%d %s %s %d %d %d review %d und %d exc %d nights %d reports %d]", n, from,
			to, counts["STAY"], counts["NOTIFY"], counts["REPORT"],
			counts["review"], counts["o-UNDETERMINED"], counts["o-EXCLUDED"], counts["o-COMPLIANTSTAY"],
			counts["o-COMPLIANTREPORT"])
	}
	return head
}

func (x dumb) s143(at duty.Instant) string {
	if _, g := x.groupsAt(at); !isEnhanced(g) {
		return "143 none"
	}
	imposed := map[string]bool{}
	under13 := false
	for _, b := range x.c.Standing.Duties {
		if at >= b.Span.From && at < b.Span.To {
			imposed[b.Kind.String()] = true
			under13 = under13 || b.Under13
		}
	}
	if !under13 {
		delete(imposed, "NOTIFY")
	}
	kinds := []string{}
	for _, k := range []string{"NOTIFY", "REPORT", "STAY"} {
		if imposed[k] {
			kinds = append(kinds, k)
		}
	}
	stays, perDay := map[string]bool{}, map[string]int{}
	first, last := "", ""
	for _, u := range x.open() {
		if u.Instant > at {
			continue
		}
		if u.Kind == duty.KindStay {
			stays[ymd(u.Date)] = true
		}
		if isEnhanced(u.Group) && ymd(u.Date) >= "2019-06-01" {
			perDay[ymd(u.Date)]++
			if first == "" || ymd(u.Date) < first {
				first = ymd(u.Date)
			}
			last = max(last, ymd(u.Date))
		}
	}
	absent := []string{}
	for year := 2015; year < 2032; year++ {
		for m := time.January; m <= time.December; m++ {
			whole := true
			for d := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC); d.Month() == m; d = d.AddDate(0, 0, 1) {
				whole = whole && stays[d.Format("2006-01-02")]
			}
			if whole {
				absent = append(absent, fmt.Sprintf("%04d-%02d", year, int(m)))
			}
		}
	}
	three, length := 0, 0
	for _, n := range perDay {
		if n == 3 {
			three++
		}
	}
	if first != "" {
		a, _ := time.Parse("2006-01-02", first)
		b, _ := time.Parse("2006-01-02", last)
		length = int(b.Sub(a).Hours()/24) + 1
	}
	return fmt.Sprintf("143 %v %v three %d days %d convictions %d", kinds, absent, three, length, x.priors("E", at))
}
