package watch

import (
	"slices"

	"tilsyn/engine/duty"
)

// The second evaluator, continued: silences and their proof (6.2).

// quiet lists silences as from, to, and 1 where it lasts.
func (x *dumb) quiet(list []dumbSign, from, to duty.Instant) [][3]duty.Instant {
	var times []duty.Instant
	for _, g := range list {
		if g.at >= from && g.at < to && (len(times) > 0 || g.known-g.own <= x.late) {
			times = append(times, g.at)
		}
	}
	var out [][3]duty.Instant
	for i, t := range times {
		switch {
		case i+1 < len(times):
			if times[i+1]-t > x.limit {
				out = append(out, [3]duty.Instant{t, times[i+1], 0})
			}
		case to <= x.v.At:
			if to-t > x.limit {
				out = append(out, [3]duty.Instant{t, to, 0})
			}
		case x.v.At-t > x.limit:
			out = append(out, [3]duty.Instant{t, x.v.At, 1})
		}
	}
	return out
}

func (x *dumb) feed(name string, list []dumbSign) {
	centre := x.feedAt[name]
	star := centre
	if star == "" {
		star = "*"
	}
	for _, s := range x.quiet(list, duty.Beginning, duty.Forever) {
		for _, c := range []string{"KH", "SJ"} {
			if centre != "" && centre != c {
				continue
			}
			some, all := false, true
			for device := range x.signs {
				if slices.Contains(x.centres(device, s[0], s[1]), c) {
					some = true
					all = all && x.shown(device, s[0], s[1]) && x.papers(c, s[0], s[1])
				}
			}
			x.say("silence", c, "", "feed:card-events:"+star+":"+s[0].String(), s[0], s[1], s[2] == 1,
				duty.IncidentKindNetwork, s[2] == 0 && some && all)
		}
	}
}

func (x *dumb) papers(centre string, from, to duty.Instant) bool {
	for d := from.Date(); d <= to.Date(); d++ {
		if !x.forms[centre+" "+d.String()] {
			return false
		}
	}
	return true
}

// shown reports whether numbers prove that nothing is missing over a span.
func (x *dumb) shown(device string, from, to duty.Instant) bool {
	list := x.signs[device]
	first := -1
	for i, g := range list {
		if g.row || g.at > from {
			continue
		}
		if first < 0 || g.at > list[first].at ||
			g.at == list[first].at && (!list[first].numbered || g.numbered && g.seq >= list[first].seq) {
			first = i
		}
	}
	if first < 0 || !list[first].numbered {
		first = -1
		segment := ""
		for _, g := range list {
			if g.row && g.numbered && g.at <= from {
				segment = g.segment
			}
		}
		for i, g := range list {
			// The highest of those since the numbering of the last row began.
			if g.row && g.numbered && g.at <= from && g.segment == segment &&
				(first < 0 || g.seq > list[first].seq || x.between(list, first, i, segment, from)) {
				first = i
			}
		}
		if first < 0 {
			return false
		}
	}
	for second, g := range list {
		if g.row || !g.numbered || g.at < to || g.segment != list[first].segment {
			continue
		}
		for _, r := range list {
			if r.row && !r.numbered && r.at >= list[first].at && r.at <= list[second].at {
				return false
			}
		}
		for n := list[first].seq + 1; n <= g.seq; n++ {
			here := false
			for _, r := range list {
				here = here || r.row && r.numbered && r.segment == g.segment && r.seq == n
			}
			if !here {
				return false
			}
		}
		return true
	}
	return false
}

// between reports whether a row of another numbering lies between two rows: then
// the count begins anew with the later one.
func (x *dumb) between(list []dumbSign, a, b int, segment string, until duty.Instant) bool {
	for _, g := range list[a:b] {
		if g.row && g.numbered && g.at <= until && g.segment != segment {
			return true
		}
	}
	return false
}
