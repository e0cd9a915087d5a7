package duty

import (
	"cmp"
	"slices"
)

// A card that many persons hold at once counts as everybody's: a source sends one id for every
// card, and assigns it to each of its persons. Every row of it contradicts the assignments of all
// others, so by the letter every holder would be of unknown position after every row of anybody,
// told per pair. A crowded card says the same once per person: the position of a holder is unknown
// for as long as it holds the card, and until the next observation (decision 0019, CARD_CONFLICT).

// CrowdAtOnce is how many persons may hold a card at one time, and CrowdEver how many may ever be
// given it, by any version of any assignment, before it counts as crowded.
const (
	CrowdAtOnce = 8
	CrowdEver   = 128
)

// Crowd is a card that is everybody's.
type Crowd struct {
	CardID string
	// Held is when anybody holds the card: sorted, no two spans touch.
	Held []Span
}

// NewCrowd returns what is known of a card at a clock, and whether it is crowded. versions are
// those of all assignments of the card, even versions that name another card. What makes no sense
// or becomes known later does not count.
func NewCrowd(card string, versions []Known[CardAssignment], at Instant) (Crowd, bool) {
	var known []Known[CardAssignment]
	ever := map[string]bool{}
	for i := range versions {
		if k := &versions[i]; k.At <= at && k.Fact.fault(nil).None() {
			known = append(known, *k)
			if k.Fact.CardID == card {
				ever[k.Fact.PersonID] = true
			}
		}
	}
	if len(ever) <= CrowdAtOnce {
		return Crowd{}, false
	}
	of := map[string][]Span{}
	var held []Span
	for _, k := range inForce[CardAssignment](byVersion[CardAssignment](known),
		func(*Known[CardAssignment]) bool { return true }) {
		if s := k.Fact.span(); s.From < s.To && k.Fact.CardID == card {
			of[k.Fact.PersonID] = append(of[k.Fact.PersonID], s)
			held = append(held, s)
		}
	}
	if len(ever) <= CrowdEver && mostAtOnce(of) <= CrowdAtOnce {
		return Crowd{}, false
	}
	return Crowd{card, MergeSpans(held)}, true
}

// mostAtOnce returns the largest number of holders that have a span at one time.
func mostAtOnce(of map[string][]Span) int {
	type step struct {
		at Instant
		by int
	}
	var steps []step
	for _, spans := range of { //house:order-free the steps are sorted
		for _, s := range MergeSpans(spans) {
			steps = append(steps, step{s.From, 1}, step{s.To, -1})
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	most, now := 0, 0
	for _, s := range steps {
		now += s.by
		most = max(most, now)
	}
	return most
}

// HeldAt reports whether anybody holds the card at a time.
func (c *Crowd) HeldAt(t Instant) bool {
	i, exact := slices.BinarySearchFunc(c.Held, t, func(s Span, t Instant) int { return cmp.Compare(s.From, t) })
	return exact || i > 0 && c.Held[i-1].contains(t)
}

// AddCrowd adds a card that is everybody's to the facts.
func (f *Facts) AddCrowd(c Crowd) {
	if i, ok := f.crowdIndex(c.CardID); !ok {
		f.Crowds = slices.Insert(f.Crowds, i, c)
	}
}

// crowd returns what is known of a card that is everybody's; nil for any other.
func (f *Facts) crowd(card string) *Crowd {
	if i, ok := f.crowdIndex(card); ok {
		return &f.Crowds[i]
	}
	return nil
}

func (f *Facts) crowdIndex(card string) (int, bool) {
	return slices.BinarySearchFunc(f.Crowds, card, func(c Crowd, card string) int { return cmp.Compare(c.CardID, card) })
}

// placeCrowded files a row of a crowded card. A row that names nobody, or somebody else, adds
// nothing to what holding the card says of the person; one that names the person counts unless
// somebody holds the card then.
func (r *rows) placeCrowded(k *Known[CardEvent], c *Crowd, id *identity, p *Policy) {
	e := &k.Fact
	if !e.PersonID.OK {
		return
	}
	if _, own := id.own(e.PersonID.V); own {
		r.file(k, c.HeldAt(e.OccurredAt), p)
	}
}

// crowdedSpans returns when the person holds a crowded card: sorted, no two spans touch.
func crowdedSpans(held cardsHeld, crowds []Crowd) []Span {
	var out []Span
	for i := range crowds {
		c := held[crowds[i].CardID]
		if c == nil {
			continue
		}
		for _, a := range c.own {
			if s := a.span(); s.From < s.To {
				out = append(out, s)
			}
		}
	}
	return MergeSpans(out)
}

// doubtCrowded makes the position unknown while the person holds a crowded card, and
// from then to the next observation.
func (m *movements) doubtCrowded(pieces []piece) []piece {
	if len(m.crowded) == 0 {
		return pieces
	}
	left := make([]Span, 0, len(m.crowded))
	for _, s := range m.crowded {
		if i := m.since(s.To); s.To < Forever && i < len(m.list) {
			s.To = m.list[i].at
		} else {
			s.To = Forever
		}
		left = append(left, s)
	}
	left = MergeSpans(left)
	var out []piece
	for _, p := range pieces {
		for len(left) > 0 && p.span.From < p.span.To && left[0].From < p.span.To {
			s := left[0]
			if p.span.From < s.From {
				out = append(out, piece{Span{p.span.From, s.From}, p.place, p.conflicting})
				p.span.From = s.From
			}
			end := min(p.span.To, s.To)
			if p.span.From < end {
				out = append(out, piece{span: Span{p.span.From, end}})
				p.span.From = end
			}
			if s.To > p.span.To {
				break
			}
			left = left[1:]
		}
		if p.span.From < p.span.To {
			out = append(out, p)
		}
	}
	return out
}

// crowdedQuality reports one line for every time that the person holds a crowded card; the rows of
// others are not listed one by one.
func (e *evaluation) crowdedQuality(put func(DataQualityCode, Instant, Opt[Instant], ...Detail)) {
	for _, k := range e.assignments {
		if a := &k.Fact; e.src.facts.crowd(a.CardID) != nil && a.span().From < a.span().To {
			put(DataQualityCodeCardConflict, a.ValidFrom, a.ValidTo, Detail{"card_id", a.CardID})
		}
	}
}
