package duty

import "strconv"

// sayDoubts names in words the doubts that paper and silence cast on a record
// (RD-36, RD-41, RD-42, RD-47); its caveats list them all.
func (g *ground) sayDoubts(t *text, v *Violation) {
	caveats := codes(v.Caveats)
	if caveats.has("NAME_MISMATCH") {
		t.say("On paper of that time the name does not fit the number; it does not count against the person.",
			"På et papir fra tidsrummet passer navnet ikke til nummeret; det tæller ikke imod personen.")
	}
	g.paper.sayPaper(t)
	if caveats.has("OBSERVED_PRESENT") {
		t.say("A guard noted the person as present within that time.",
			"En portvagt har noteret personen som til stede i tidsrummet.")
	}
	if v.Kind != KindReport || !caveats.has("DEPARTURE_QUESTION") {
		return
	}
	for _, s := range g.e.silences() {
		if days := int(s.to-s.from) + 1; s.from <= v.UnitDate && v.UnitDate <= s.to && days >= g.par.DepartureSilentDays {
			t.say("Nothing of the person was registered on "+strconv.Itoa(days)+
				" dates in a row; whether the person has left permanently is not assessed.",
				"Der er intet registreret om personen "+strconv.Itoa(days)+
					" dage i træk; om personen er udrejst permanent, er ikke vurderet.")
		}
	}
}
