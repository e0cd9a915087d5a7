package evidence

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// sourcesOf writes signs as they are checked: heartbeats in runs of equal steps.
func sourcesOf(list []watch.Signs) []Source {
	out := []Source{}
	for i := range list {
		g := &list[i]
		n := Source{Source: g.Source, CentreID: g.CentreID, Beats: runs(g.Beats)}
		if g.Since.OK {
			n.Since = g.Since.V.String()
		}
		if x := g.Numbers.V; g.Numbers.OK {
			n.Numbers = &Numbers{Epoch: x.Epoch, FirstAt: x.First.At.String(), First: x.First.Number,
				FirstByBeat: !x.First.Row, LastAt: x.Last.At.String(), Last: x.Last.Number, LastByBeat: !x.Last.Row,
				Arrived: x.Arrived, Unnumbered: x.Unnumbered}
		}
		out = append(out, n)
	}
	return out
}

// runs packs ascending times: the first, the step and how many.
func runs(list []duty.Instant) [][3]int64 {
	out := [][3]int64{}
	for i := range list {
		t := int64(list[i])
		if n := len(out) - 1; n >= 0 {
			r := &out[n]
			switch {
			case r[2] == 1:
				r[1], r[2] = t-r[0], 2
				continue
			case t == r[0]+r[1]*r[2]:
				r[2]++
				continue
			}
		}
		out = append(out, [3]int64{t, 0, 1})
	}
	return out
}

// steady reports whether heartbeats cover a span without a pause longer than a limit.
func steady(beats []duty.Instant, s duty.Span, limit duty.Instant) bool {
	if len(beats) == 0 || beats[0] > s.From || beats[len(beats)-1] < s.To {
		return false
	}
	for i := 1; i < len(beats); i++ {
		if beats[i]-beats[i-1] > limit {
			return false
		}
	}
	return true
}

// counted reports whether the numbers of a device show over a span that nothing is missing.
func counted(g *watch.Signs, s duty.Span) bool {
	n := &g.Numbers.V
	return g.Numbers.OK && n.Complete() && n.First.At <= s.From && n.Last.At >= s.To
}

// citeSource says what a device or feed gives for a span.
func citeSource(g *watch.Signs, s duty.Span, limit duty.Instant, standing []Automatic) []Cite {
	if strings.HasPrefix(g.Source, duty.FeedPrefix) {
		return []Cite{citeFeed(g, s)}
	}
	var open []string
	for i := range standing {
		if slices.Contains(standing[i].Devices, g.Source) {
			open = append(open, standing[i].ID)
		}
	}
	beat := Cite{Kind: "HEARTBEAT", Source: g.Source, Facts: orNone(open)}
	switch {
	case len(open) > 0:
		beat.State = "OPEN"
	case steady(g.Beats, s, limit), g.Since.OK && g.Since.V <= s.From && counted(g, s):
		beat.State = "PROVEN"
	case g.Since.OK && g.Since.V < s.To:
		beat.State = "PARTLY"
	default:
		beat.State = "NOT_SUPERVISED"
	}
	number := Cite{Kind: "NUMBERS", Source: g.Source, Facts: orNone(open)}
	switch {
	case !g.Numbers.OK:
		number.State = "NOT_NUMBERED"
	case len(open) > 0:
		number.State = "OPEN"
	case counted(g, s):
		number.State = "PROVEN"
	default:
		number.State = "PARTLY"
	}
	out := []Cite{beat, number}
	for i := range out {
		out[i].words(g, s)
	}
	return out
}

// citeFeed says how far a feed promised to have told everything (REL-06).
func citeFeed(g *watch.Signs, s duty.Span) Cite {
	n := Cite{Kind: "FEED", Source: g.Source, State: "PROVEN", Facts: []string{}}
	switch {
	case !g.Since.OK:
		n.State = "NOT_SUPERVISED"
	case len(g.Beats) == 0 || g.Beats[len(g.Beats)-1] < s.To:
		n.State = "OPEN"
	}
	n.words(g, s)
	return n
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
