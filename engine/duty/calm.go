package duty

import (
	"cmp"
	"slices"
)

// calm says over which spans the facts of one centre can affect where persons are: incidents whose
// forms are pending, or excluded dates. It is computed once, so that a query costs a search and
// not a walk over all facts.
type calm struct {
	// known is when the last of the versions became known.
	known Instant
	// now are the spans that count once all versions are known, ever those of any version; both as
	// union returns them.
	now, ever []Span
}

// newCalm collects the spans of a centre's facts. span returns the span that a version affects,
// whether it concerns the centre, and whether it still counts.
func newCalm[T any, P factPtr[T]](facts []versions[T], span func(*T) (s Span, ours, counts bool)) *calm {
	c := &calm{known: Beginning}
	for _, v := range facts {
		for i, k := range v {
			c.known = max(c.known, k.At)
			s, ours, counts := span(&k.Fact)
			if !ours {
				continue
			}
			c.ever = append(c.ever, s)
			if _, _, retracted := P(&k.Fact).head(); i == 0 && counts && !retracted {
				c.now = append(c.now, s)
			}
		}
	}
	sortSpans(c.ever)
	sortSpans(c.now)
	c.ever, c.now = union(c.ever), union(c.now)
	return c
}

// over reports whether nothing of the centre can affect a span at clock t. It may return false
// although nothing does.
func (c *calm) over(s Span, t Instant) bool {
	if c == nil {
		return true
	}
	if t < c.known {
		return apart(c.ever, s)
	}
	return apart(c.now, s)
}

// apart reports whether a span touches none of the spans, which union made.
func apart(spans []Span, s Span) bool {
	i, _ := slices.BinarySearchFunc(spans, s.From, func(x Span, from Instant) int { return cmp.Compare(x.To, from+1) })
	return i == len(spans) || spans[i].From >= s.To
}

// calms prepares what undisturbed and neverExcluded need.
func (c *Centres) calms() {
	c.pending, c.excluded = map[string]*calm{}, map[string]*calm{}
	//house:order-free every centre by itself
	for centre, facts := range c.incidents {
		c.pending[centre] = newCalm[Incident](facts, func(v *Incident) (Span, bool, bool) {
			return v.span(), v.CentreID == centre, v.State == IncidentStateActive && v.FormsStatus != FormsStatusComplete
		})
	}
	//house:order-free every centre by itself
	for centre, facts := range c.exclusions {
		c.excluded[centre] = newCalm[Exclusion](facts, func(v *Exclusion) (Span, bool, bool) {
			return v.span(), v.CentreID == centre, v.Status == ExclusionStatusDeclared
		})
	}
}

// undisturbed reports whether at clock t no pending incident, declared or automatic, and no
// exclusion of a centre can touch the night of d. Of what the watch says nothing else bears on a
// night without a would-be record: only these are judged without late facts (DAT-08), wait for feeds
// (W-46) or for a grace.
func (c *Centres) undisturbed(centre string, p *Policy, d Date, night Span, t Instant) bool {
	return c.pending[centre].over(night, t) && c.excluded[centre].over(night, t) && !p.excludes(centre, d, d+1) &&
		!c.watched(p).incidents().touches(centre, night)
}

// neverExcluded reports whether no version of an exclusion of a centre ever covered a registration
// at when.
func (c *Centres) neverExcluded(centre string, p *Policy, when Instant) bool {
	if x := c.excluded[centre]; x != nil && !apart(x.ever, Span{when, when + 1}) {
		return false
	}
	return len(p.Exclusions) == 0 || !p.excludes(centre, when.Date(), when.Date())
}

// excludes reports whether an exclusion of the policy covers a centre on any of some dates, both
// ends included (EXC-01).
func (p *Policy) excludes(centre string, from, to Date) bool {
	for i := range p.Exclusions {
		if x := &p.Exclusions[i].Fact; x.FromDate <= to && from <= x.ToDate && x.CentreID == centre {
			return true
		}
	}
	return false
}
