package duty

import (
	"slices"
	"strings"
)

// A withdrawal says what the verdict rests on that took the place of the earlier
// one: the registration, notice, permission or decision that cleared it, or what
// it is that cannot be answered. It repeats nothing that is no longer so.

// text is a statement in the making, in English and Danish.
type text struct{ en, da strings.Builder }

// say adds one sentence in both languages.
func (t *text) say(en, da string) {
	t.en.WriteString(" " + en)
	t.da.WriteString(" " + da)
}

// withdrawal returns the statement of a withdrawn record.
func (g *ground) withdrawal(v *Violation, u *Unit) (english, danish string) {
	var t text
	unit, enhed := g.unitTexts(v)
	t.en.WriteString("The earlier indication for " + unit + " is withdrawn (" + v.WithdrawnOutcome.V.String() +
		") and must not be relied on.")
	t.da.WriteString("Den tidligere indikation vedrørende " + enhed +
		" er trukket tilbage og må ikke lægges til grund: " + paaDansk(v.WithdrawnOutcome.V) + ".")
	switch {
	case u.Pending:
		t.say("What is known now can be judged only when its longest tolerance has passed.",
			"Det, der nu er kendt, kan først bedømmes, når den længste tolerance er udløbet.")
	case u.Outcome == OutcomeProvisional:
		g.sayProvisional(&t, u)
	default:
		g.sayCleared(&t, v, u)
	}
	g.paper.sayPaper(&t)
	if v.ChangeReason == ChangeReasonPolicy {
		t.say("Policy "+v.PolicyVersion+" decides it.", "Afgørende er regelsæt "+v.PolicyVersion+".")
	}
	t.say("For human assessment only.", "Alene til brug for en sagsbehandlers vurdering.")
	return t.en.String(), t.da.String()
}

// sayCleared says what stands in the place of the earlier verdict.
func (g *ground) sayCleared(t *text, v *Violation, u *Unit) {
	switch v.WithdrawnOutcome.V {
	case WithdrawnOutcomeCompliant:
		switch v.Kind {
		case KindReport:
			g.sayReported(t, v)
		case KindNotify:
			g.sayNotified(t, v)
		default:
			g.sayPresent(t)
		}
	case WithdrawnOutcomeExcused:
		g.sayExcused(t, v)
	case WithdrawnOutcomeExcluded:
		g.sayExcluded(t)
	case WithdrawnOutcomeNotApplicable:
		g.sayNoDuty(t, v)
	default:
		g.sayUnanswered(t, v, u)
	}
}

// sayPresent names the registration that shows presence in the night.
func (g *ground) sayPresent(t *text) {
	e, night := g.e, g.f.period
	if g.par.StayMinPresence > 0 {
		t.say("Registrations now show the card at the assigned centre for as long as the policy asks for.",
			"Registreringerne viser nu kortet på det anviste center så længe, som regelsættet kræver.")
		return
	}
	tonight := e.moves.in(night)
	for i := range tonight {
		if o := &tonight[i]; o.present && assigned(g.f.centres, o.centre) {
			t.say("A registration "+seenAs(o, false)+" at "+localText(o.at)+
				" shows the card at the assigned centre in the night"+idsText(o.ids())+".",
				"En registrering "+seenAs(o, true)+" "+lokalTekst(o.at)+
					" viser kortet på det anviste center om natten"+idsText(o.ids())+".")
			return
		}
	}
	for _, p := range slices.Clone(e.within(night, g.f.around.pending)) {
		if p.place.kind != inside || !assigned(g.f.centres, p.place.centre) {
			continue
		}
		en := "Registrations now show the card inside " + p.place.centre + " in the night"
		da := "Registreringerne viser nu kortet inde på " + p.place.centre + " om natten"
		if o, _ := e.bounds(p.span.From, p.span.From); o != nil {
			en += ", since it was registered " + seenAs(o, false) + " at " + localText(o.at) + idsText(o.ids())
			da += ", efter at det blev registreret " + seenAs(o, true) + " " + lokalTekst(o.at) + idsText(o.ids())
		}
		t.say(en+".", da+".")
		return
	}
	t.say("Registrations no longer show the card away throughout the night.",
		"Registreringerne viser ikke længere kortet ude hele natten.")
}

// sayNotified names the notice that was given in time, or says that none was due.
func (g *ground) sayNotified(t *text, v *Violation) {
	for i := range v.NoticesConsidered {
		if n := &v.NoticesConsidered[i]; n.Used {
			t.say("A timely own notice at "+localText(n.At)+" is known"+idsText([]string{n.ID})+".",
				"En rettidig egen underretning "+lokalTekst(n.At)+" er kendt"+idsText([]string{n.ID})+".")
			return
		}
	}
	night := g.f.period
	if p := g.e.positionAt(night.From, g.f.around.pending); p.kind == inside {
		en, da := "Registrations now show the card inside "+p.centre+
			" at 23:00", "Registreringerne viser nu kortet inde på "+p.centre+" kl. 23.00"
		if o, _ := g.e.bounds(night.From, night.From); o != nil {
			en += ", since it was registered " + seenAs(o, false) + " at " + localText(o.at) + idsText(o.ids())
			da += ", efter at det blev registreret " + seenAs(o, true) + " " + lokalTekst(o.at) + idsText(o.ids())
		}
		t.say(en+", and no later moment of the night at which notice was missing.",
			da+", og intet senere tidspunkt om natten, hvor underretning mangler.")
		return
	}
	t.say("No moment of the night is known any more at which a notice was due and is missing.",
		"Der kendes ikke længere et tidspunkt om natten, hvor der skulle være givet underretning, og hvor den mangler.")
}

// sayReported names the reports that count in the slots of the date.
func (g *ground) sayReported(t *text, v *Violation) {
	due, _, _ := g.e.slots(v.UnitDate)
	var en, da []string
	for _, p := range g.e.presented() {
		counts := false
		for i := range due {
			s := &due[i]
			for _, d := range s.dates() {
				counts = counts || g.e.rightPlace(s, d, &p) &&
					p.when.has(func(t Instant) bool { return t.Date() == d && s.holds(d, t) })
			}
		}
		if !counts {
			continue
		}
		place, sted := "at "+p.centre, "på "+p.centre
		if p.police {
			place, sted = "to the police", "til politiet"
		}
		id := idsText([]string{p.ref.id})
		en = append(en, place+" at "+localText(p.when.early)+id)
		da = append(da, sted+" "+lokalTekst(p.when.early)+id)
	}
	switch len(en) {
	case 0:
		t.say("Every report that was due is now known.", "Alle meldinger, der skulle afgives, er nu kendt.")
	case 1:
		t.say("A report that counts is known: "+en[0]+".", "En melding, der tæller, er kendt: "+da[0]+".")
	default:
		t.say("Reports that count are known: "+strings.Join(en, "; ")+".", "Meldinger, der tæller, er kendt: "+
			strings.Join(da, "; ")+".")
	}
}

// sayExcluded names the dates on which data were lost.
func (g *ground) sayExcluded(t *text) {
	for _, x := range g.f.around.checked {
		if x.Status == ExclusionStatusDeclared && touched([]Span{x.span()}, g.f.period) {
			t.say("Data of "+x.CentreID+" from "+x.FromDate.String()+" to "+x.ToDate.String()+
				" are declared lost and count for nothing ("+x.ExclusionID+").",
				"Data for "+x.CentreID+" fra den "+datoer(x.FromDate, "til den", x.ToDate)+
					" er erklæret tabt og tæller ikke ("+x.ExclusionID+").")
			return
		}
	}
	t.say("Data of the centre are declared lost for that time and count for nothing.",
		"Centrets data for tidsrummet er erklæret tabt og tæller ikke.")
}

// idsText names facts, at most a few of them.
func idsText(ids []string) string {
	const most = 3
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return ""
	}
	more := ""
	if len(ids) > most {
		more, ids = ", …", ids[:most]
	}
	return " (" + strings.Join(ids, ", ") + more + ")"
}
