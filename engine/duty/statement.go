package duty

import (
	"strconv"
	"strings"
)

// Statements say what registrations show and indicate, never what a person did: a
// registration proves that the card was used, not who used it (CRD-13, EVD-03,
// EVD-16, TX-28).

// localText writes an instant as local date and minute.
func localText(t Instant) string {
	minute := t.clockMinute()
	return t.Date().String() + " " + two(minute/60) + ":" + two(minute%60)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// statements returns the neutral statement in English and Danish. Its last words
// say who acts on it: a human (LIF-05).
func (g *ground) statements(v *Violation, u *Unit) (english, danish string) {
	if v.Status == StatusWithdrawn {
		return g.withdrawal(v, u)
	}
	var en, da strings.Builder
	g.sayRegistrations(v, &en, &da)
	g.sayIndication(v, &en, &da)
	var doubts text
	g.sayDoubts(&doubts, v)
	en.WriteString(doubts.en.String())
	da.WriteString(doubts.da.String())
	if v.Kind != KindReport {
		en.WriteString(" Registrations concern the card; that none was made does not show conclusively where the holder was.")
		da.WriteString(" Registreringer vedrører kortet; at ingen findes, viser ikke entydigt, hvor indehaveren var.")
	} else {
		en.WriteString(" That no report was registered does not exclude that one was attempted.")
		da.WriteString(" At ingen melding er registreret, udelukker ikke et forsøg på at melde sig.")
	}
	if len(g.blocks) > 0 {
		var t text
		g.sayBlocks(&t)
		en.WriteString(t.en.String())
		da.WriteString(t.da.String())
	}
	en.WriteString(" For human assessment only.")
	da.WriteString(" Alene til brug for en sagsbehandlers vurdering.")
	return en.String(), da.String()
}

// sayRegistrations names the registrations that the record rests on.
func (g *ground) sayRegistrations(v *Violation, en, da *strings.Builder) {
	card, kort := "The card of PersonID "+v.PersonID, "Kortet tilhørende PersonID "+v.PersonID
	switch {
	case v.Kind == KindReport:
		g.sayReports(v, en, da)
		return
	case g.f.exit != nil:
		en.WriteString(card + " was registered at an exit of " + g.f.exit.centre + " at " + localText(g.f.exit.at) + ".")
		da.WriteString(kort + " er registreret ved udgang fra " + g.f.exit.centre + " " + lokalTekst(g.f.exit.at) + ".")
		return
	case g.f.before == nil:
		en.WriteString(card + " was registered as listed under evidence.")
		da.WriteString(kort + " er registreret som anført under beviser.")
	default:
		en.WriteString(card + " was registered " + seenAs(g.f.before, false) + " at " + localText(g.f.before.at))
		da.WriteString(kort + " er registreret " + seenAs(g.f.before, true) + " " + lokalTekst(g.f.before.at))
	}
	if g.f.before == nil {
		return
	}
	if g.f.after == nil {
		en.WriteString("; no later registration is known.")
		da.WriteString("; ingen senere registrering kendes.")
		return
	}
	en.WriteString("; the next registration is " + seenAs(g.f.after, false) + " at " + localText(g.f.after.at) + ".")
	da.WriteString("; næste registrering er " + seenAs(g.f.after, true) + " " + lokalTekst(g.f.after.at) + ".")
}

// seenAs says what kind of registration an observation is.
func seenAs(o *observation, danish bool) string {
	switch {
	case o.report && danish:
		return "ved meldepligtstanderen på " + o.centre
	case o.report:
		return "at the reporting stand of " + o.centre
	case o.check && danish:
		return "ved en tilstedeværelseskontrol på " + o.centre
	case o.check:
		return "in a presence check at " + o.centre
	case o.direction == DirectionOut && danish:
		return "ved udgang fra " + o.centre
	case o.direction == DirectionOut:
		return "at an exit of " + o.centre
	case danish:
		return "ved indgang til " + o.centre
	}
	return "at an entry of " + o.centre
}

// sayIndication says what the registrations indicate.
func (g *ground) sayIndication(v *Violation, en, da *strings.Builder) {
	night := "the night of " + v.UnitDate.String()
	nat := natten(v.UnitDate)
	review, tvivl := "", ""
	if v.Status == StatusNeedsReview {
		review, tvivl = ", subject to the doubts listed", ", med forbehold for de anførte tvivlspunkter"
	}
	switch v.Kind {
	case KindStay:
		en.WriteString(" This indicates that " + night + " was not spent at the assigned centre" + review + ".")
		da.WriteString(" Det indikerer, at " + nat + " ikke er tilbragt på det anviste center" + tvivl + ".")
	case KindNotify:
		en.WriteString(" No timely own notice to the operator for " + night +
			" is known at " + localText(v.Instant) + ". This indicates that none was given in time" + review + ".")
		da.WriteString(" Pr. " + klokken(v.Instant) +
			" kendes ingen rettidig egen underretning af operatøren for " + nat +
			". Det indikerer, at ingen er givet rettidigt" + tvivl + ".")
	default:
		if missing := int(v.Shortfall.V); v.Shortfall.OK {
			en.WriteString(" This indicates that no report was made on " + strconv.Itoa(missing) +
				" of the days due in that week" + review + ".")
			da.WriteString(" Det indikerer, at der ikke er afgivet melding på " + strconv.Itoa(missing) +
				" af de dage i ugen, hvor der skulle meldes" + tvivl + ".")
			return
		}
		unit, enhed := g.unitTexts(v)
		en.WriteString(" This indicates that the report due on " + unit + " was not made" + review + ".")
		da.WriteString(" Det indikerer, at " + enhed + " ikke er afgivet" + tvivl + ".")
	}
}

// unitTexts names the night, the day or the quota week of a record.
func (g *ground) unitTexts(v *Violation) (english, danish string) {
	switch {
	case v.Kind != KindReport:
		return v.UnitDate.String(), natten(v.UnitDate)
	case v.Shortfall.OK:
		from, last := v.PeriodFrom.Date(), (v.PeriodTo - 1).Date()
		return "the week from " + from.String() + " to " + last.String(), ugen(from, last)
	}
	return v.UnitDate.String(), "meldingen den " + dato(v.UnitDate)
}
