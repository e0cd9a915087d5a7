package duty

import (
	"cmp"
	"slices"
)

// Span is an interval of time, half open: From is in it, To is not.
type Span struct{ From, To Instant }

// contains reports whether t lies in the span.
func (s Span) contains(t Instant) bool { return s.From <= t && t < s.To }

// overlaps reports whether two spans share more than an edge.
func (s Span) overlaps(o Span) bool { return s.From < o.To && o.From < s.To }

// covers reports whether the whole of o lies in the span.
func (s Span) covers(o Span) bool { return s.From <= o.From && o.To <= s.To }

// dates returns the span of whole local days, both inclusive.
func dates(from, to Date) Span { return Span{from.Start(), (to + 1).Start()} }

// union merges spans that overlap or adjoin. The input must be sorted by From.
func union(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if s.From >= s.To {
			continue
		}
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

// covering returns the span that contains t, of spans made by union.
func covering(spans []Span, t Instant) (Span, bool) {
	for _, s := range spans {
		if s.contains(t) {
			return s, true
		}
	}
	return Span{}, false
}

// covered reports whether one of the spans covers o.
func covered(spans []Span, o Span) bool {
	for _, s := range spans {
		if s.covers(o) {
			return true
		}
	}
	return false
}

// touched reports whether one of the spans overlaps o.
func touched(spans []Span, o Span) bool {
	for _, s := range spans {
		if s.overlaps(o) {
			return true
		}
	}
	return false
}

// MergeSpans sorts spans and makes one of those that touch. The list is reused.
func MergeSpans(list []Span) []Span {
	slices.SortFunc(list, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}
