package duty

import (
	"slices"
	"strconv"
	"strings"
)

// Withdrawals for a reason beside the registrations: no duty, an excuse, or
// nothing that can be answered.

// sayExcused names what excuses the person.
func (g *ground) sayExcused(t *text, v *Violation) {
	e, s := g.e, g.f.period
	switch {
	case e.departed(v.UnitDate):
		var ids []string
		for _, k := range e.assessments {
			if k.Fact.Outcome == DepartureOutcomeDeparted && k.Fact.FromDate <= v.UnitDate {
				ids = append(ids, k.Fact.ID)
			}
		}
		t.say("A case officer has found that the person had left permanently by then"+idsText(ids)+".",
			"En sagsbehandler har vurderet, at personen da var udrejst permanent"+idsText(ids)+".")
	case e.held(s, v.Kind == KindNotify):
		var ids []string
		for _, k := range e.holds {
			h := Span{k.Fact.ValidFrom, k.Fact.ValidTo.Or(Forever)}
			if h.overlaps(s) || h.To == s.From && h.From < h.To {
				ids = append(ids, k.Fact.HoldID)
			}
		}
		t.say("The person was then in custody, prison or hospital, or kept away in another way that excuses"+idsText(ids)+".",
			"Personen var da frihedsberøvet eller indlagt, eller forhindret på en anden måde, der fritager"+idsText(ids)+".")
	default:
		var ids []string
		for _, l := range e.leaves {
			if l.covers && l.span.overlaps(s) && (v.Kind != KindReport || l.permission.ReportEffect == ReportEffectExcused) {
				ids = append(ids, l.permission.PermissionID)
			}
		}
		t.say("A permission covers it"+idsText(ids)+".", "Forholdet er dækket af en tilladelse"+idsText(ids)+".")
	}
}

// sayNoDuty says why no duty is left.
func (g *ground) sayNoDuty(t *text, v *Violation) {
	e := g.e
	if up, alias := e.id.parent[v.PersonID]; alias {
		t.say("PersonID "+v.PersonID+" is now joined to PersonID "+up+", under which the person is judged.",
			"PersonID "+v.PersonID+" er nu knyttet til PersonID "+up+", som personen bedømmes under.")
		return
	}
	if g.sayFallen(t, v) {
		return
	}
	switch {
	case g.f.rules.has("RD-44"):
		t.say("The centre was not in operation on that date.", "Centret var ikke i drift den dag.")
	case v.Kind == KindReport:
		t.say("No decision that binds the person makes a report due then"+idsText(v.ObligationIDs)+".",
			"Ingen afgørelse, der binder personen, kræver en melding da"+idsText(v.ObligationIDs)+".")
	default:
		t.say("No decision that binds the person is in force over the whole night"+idsText(v.ObligationIDs)+".",
			"Ingen afgørelse, der binder personen, gælder hele natten"+idsText(v.ObligationIDs)+".")
	}
}

// fateOf says what has become of a decision that the record rested on; false
// where its newest version stands as it was.
func (g *ground) fateOf(decision string) (en, da string, ok bool) {
	var newest *Known[ObligationChange]
	for _, k := range g.court.src.obligations {
		if k.Fact.DecisionID == decision && k.At <= g.e.lens.at {
			newest = k
			break // newest first
		}
	}
	if newest == nil || newest.Fact.Version <= 1 {
		return "", "", false
	}
	_, own := g.e.id.own(newest.Fact.PersonID)
	received := " by what was received at " + localText(newest.Fact.ReceivedAt)
	modtaget := " ved det, der er modtaget " + lokalTekst(newest.Fact.ReceivedAt)
	switch {
	case newest.Fact.Retracted:
		return "Decision " + decision + " is taken back" + received + ".", "Afgørelse " +
			decision + " er taget tilbage" + modtaget + ".", true
	case !own:
		return "Decision " + decision + " concerns another person" + received + ".", "Afgørelse " + decision +
			" angår en anden person" + modtaget + ".", true
	case newest.Fact.Action == ActionAnnul:
		return "Decision " + decision + " is annulled" + received + ".", "Afgørelse " + decision +
			" er ophævet" + modtaget + ".", true
	case newest.Fact.Action == ActionCorrect || newest.Fact.Action == ActionAmend:
		return "Decision " + decision + " is changed" + received + " and no longer binds then.", "Afgørelse " +
			decision + " er ændret" + modtaget + " og binder ikke længere da.", true
	}
	return "", "", false
}

// sayUnanswered says why the registrations do not answer any more.
func (g *ground) sayUnanswered(t *text, v *Violation, u *Unit) {
	var open []string
	for _, i := range g.f.around.incidents {
		if i.FormsStatus != FormsStatusComplete && i.span().overlaps(g.f.period) {
			open = append(open, i.IncidentID)
		}
	}
	switch {
	case len(open) > 0:
		t.say("An incident at the centre lies over that time and its paper is not complete"+idsText(open)+".",
			"En hændelse på centret ligger over tidsrummet, og dens papirer er ikke komplette"+idsText(open)+".")
	case g.f.rules.has("RD-46"):
		t.say("The place has no device that could show that the duty was kept.",
			"Stedet har ingen enhed, der kunne vise, at pligten er overholdt.")
	case u.Early:
		t.say("What is known now answers it only at 06:00.", "Det, der nu er kendt, giver først svar kl. 06.00.")
	case v.Kind == KindReport:
		t.say("A report that may be the person's cannot be told from another's.",
			"En melding, der kan være personens, kan ikke skelnes fra en andens.")
	default:
		g.sayUnknown(t)
	}
}

// sayUnknown names the registrations between which the position is not known.
func (g *ground) sayUnknown(t *text) {
	en, da := "Registrations no longer show where the card was", "Registreringerne viser ikke længere, hvor kortet var"
	before, after := g.e.bounds(g.f.period.From, g.f.period.From)
	if before != nil {
		en += "; it was registered " + seenAs(before, false) + " at " + localText(before.at) + idsText(before.ids())
		da += "; det er registreret " + seenAs(before, true) + " " + lokalTekst(before.at) + idsText(before.ids())
	}
	if after != nil {
		en += "; the next registration is " + seenAs(after, false) + " at " + localText(after.at) + idsText(after.ids())
		da += "; næste registrering er " + seenAs(after, true) + " " + lokalTekst(after.at) + idsText(after.ids())
	}
	t.say(en+".", da+".")
}

// sayProvisional says what is waited for.
func (g *ground) sayProvisional(t *text, u *Unit) {
	switch {
	case len(g.blocks) > 0:
		g.sayBlocks(t)
	case slices.Contains(u.Rules, "REL-06"):
		t.say("Nothing proves at present that the silence of the centre's devices is silence.",
			"Intet godtgør for tiden, at tavshed fra centrets enheder er tavshed.")
	default:
		t.say("The manual logs of the centre for that time are not proven complete"+centresText(g.f.centres)+".",
			"Centrets manuelle logbøger for tidsrummet er ikke godtgjort komplette"+centresText(g.f.centres)+".")
	}
}

func centresText(centres []string) string {
	if len(centres) == 0 {
		return ""
	}
	return " (" + strings.Join(centres, ", ") + ")"
}

// sayBlocks names the records that hold the unit and where they lie, so that
// somebody can look at them (contract §1).
func (g *ground) sayBlocks(t *text) {
	const most = 3
	for i, b := range g.blocks {
		if i == most {
			t.say("So do "+strconv.Itoa(len(g.blocks)-most)+" more.", "Det gør "+strconv.Itoa(len(g.blocks)-most)+" til.")
			return
		}
		why, hvorfor := "cannot be read", "ikke kan læses"
		if b.invalid {
			why, hvorfor = "makes no sense", "ikke giver mening"
		}
		where, hvor := b.place()
		t.say("A record of "+where+" that "+why+" may speak of it and holds it until that is settled.",
			"En post i "+hvor+", der "+hvorfor+", kan angå den og holder den, indtil det er afklaret.")
	}
}

// place says where a bad record lies.
func (b *block) place() (english, danish string) {
	english, danish = b.topic, b.topic
	if b.topic == "" {
		english, danish = "an unknown topic", "et ukendt emne"
	}
	if b.pos.OK {
		at := strconv.Itoa(int(b.pos.V.Partition))
		offset := strconv.FormatInt(b.pos.V.Offset, 10)
		return english + ", partition " + at + ", offset " + offset, danish + ", partition " + at + ", offset " + offset
	}
	return english + idsText([]string{b.id}), danish + idsText([]string{b.id})
}
