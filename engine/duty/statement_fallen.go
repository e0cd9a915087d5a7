package duty

import (
	"cmp"
	"slices"
)

// A duty may end by another one's decision: NOTIFY presupposes a STAY under §13(2)
// (OBL-06). A withdrawal names the decision that fell, and not the one that stands.

// sayFallen says which decisions no longer carry the unit; false where what is known
// of them does not say so.
func (g *ground) sayFallen(t *text, v *Violation) bool {
	if v.Kind == KindNotify && g.standsAlone() {
		t.say("The duty to give notice presupposes a duty to stay at the centre, and none binds in that night any more.",
			"Underretningspligten forudsætter en opholdspligt, og en sådan gælder ikke længere for natten.")
		for _, id := range g.fallenFirst(v.ObligationIDs) {
			if g.decides(id, KindStay) && g.sayFate(t, id, KindStay) {
				break
			}
		}
		return true
	}
	for _, r := range g.e.duties.refusals {
		if r.part.version.Kind == v.Kind && r.part.span.overlaps(g.f.period) {
			g.sayMisfit(t, r.part.decision)
			return true
		}
	}
	for _, id := range g.fallenFirst(v.ObligationIDs) {
		if en, da, ok := g.fateOf(id); ok {
			t.say(en, da)
			return true
		}
	}
	return false
}

// standsAlone reports whether a decision on NOTIFY is in force in the night, and no
// STAY that it could rest on.
func (g *ground) standsAlone() bool {
	d, night := g.e.duties, g.f.period
	stands := inForceOver(d.notify, night)
	for _, r := range d.refusals {
		stands = stands || r.alone && r.part.span.overlaps(night)
	}
	for i := range d.stay {
		if d.stay[i].under13() && d.stay[i].span.overlaps(night) {
			return false
		}
	}
	return stands
}

// sayFate says what has become of a decision; false where nothing is known of it.
func (g *ground) sayFate(t *text, id string, kind Kind) bool {
	for _, r := range g.e.duties.refusals {
		if r.part.decision == id && r.part.version.Kind == kind && r.part.span.overlaps(g.f.period) {
			g.sayMisfit(t, id)
			return true
		}
	}
	en, da, ok := g.fateOf(id)
	if ok {
		t.say(en, da)
	}
	return ok
}

func (g *ground) sayMisfit(t *text, decision string) {
	t.say("The legal basis of decision "+decision+" does not fit the group or the other decisions on record.",
		"Hjemlen for afgørelse "+decision+" passer ikke til den registrerede gruppe eller de øvrige afgørelser.")
}

// decides reports whether a decision imposes a duty of a kind.
func (g *ground) decides(id string, kind Kind) bool {
	return slices.ContainsFunc(g.court.src.obligations, func(k *Known[ObligationChange]) bool {
		return k.Fact.DecisionID == id && k.Fact.Kind == kind
	})
}

// fallenFirst orders decisions: those that do not cover the whole period come first.
func (g *ground) fallenFirst(ids []string) []string {
	covers := func(id string) int {
		var spans []Span
		for _, parts := range [][]dutyPart{g.e.duties.stay, g.e.duties.notify, g.e.duties.report} {
			for i := range parts {
				if parts[i].version.DecisionID == id {
					spans = append(spans, parts[i].span)
				}
			}
		}
		slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
		whole, ok := covering(union(spans), g.f.period.From)
		return btoi(ok && whole.To >= g.f.period.To)
	}
	return slices.SortedStableFunc(slices.Values(ids), func(a, b string) int { return cmp.Compare(covers(a), covers(b)) })
}
