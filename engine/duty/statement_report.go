package duty

import (
	"strconv"
	"strings"
)

// sayReports says which reports are known in and around a slot, and how many
// were due (RPT-02, RPT-07, RPT-10).
func (g *ground) sayReports(v *Violation, en, da *strings.Builder) {
	card, kort := "The card of PersonID "+v.PersonID, "Kortet tilhørende PersonID "+v.PersonID
	period := " from " + localText(v.PeriodFrom) + " to " + localText(v.PeriodTo)
	periode := " i tiden fra " + lokalTekst(v.PeriodFrom) + " til " + lokalTekst(v.PeriodTo)
	due := g.e.quotaOf(v)
	if v.Shortfall.OK && due > 0 {
		made := due - int(v.Shortfall.V)
		week, uge := g.unitTexts(v)
		en.WriteString(card + " was registered for a report that counts, or one is otherwise known, on " +
			strconv.Itoa(made) + " of the " + strconv.Itoa(due) + " distinct days due in " + week + ".")
		da.WriteString(kort + " er registreret for en melding, der tæller, " +
			"eller en sådan kendes på anden vis, på " + strconv.Itoa(made) + " af de " + strconv.Itoa(due) +
			" forskellige dage, hvor der skulle meldes i " + uge + ".")
	} else {
		en.WriteString(card + " was registered for no report that counts, and none is otherwise known," + period + ".")
		da.WriteString(kort + " er ikke registreret for en melding, der tæller, og ingen kendes på anden vis," +
			periode + ".")
	}
	for _, p := range g.e.presented() {
		near := Span{v.PeriodFrom - Instant(g.par.ReportGraceMinutes+1)*Minute,
			v.PeriodTo + Instant(g.par.ReportGraceMinutes+1)*Minute}
		if v.Shortfall.OK || p.police || !p.when.has(near.contains) {
			continue
		}
		en.WriteString(" A report at " + p.centre + " at " + localText(p.when.early) + " lies outside the time or place due.")
		da.WriteString(" En melding på " + p.centre + " " + lokalTekst(p.when.early) +
			" ligger uden for det tidspunkt eller sted, hvor der skulle meldes.")
	}
}

// quotaOf returns how many reports the quota week of a record asks for.
func (e *evaluation) quotaOf(v *Violation) int {
	due, _, _ := e.slots(v.UnitDate)
	most := 0
	for i := range due {
		most = max(most, due[i].quota)
	}
	return most
}
