package explain

import (
	"unicode"

	"tilsyn/engine/duty"
	"tilsyn/engine/glossary"
)

// words are a text in both languages.
type words struct{ en, da string }

func (h words) String() string { return h.en + " / " + h.da }

// lines are texts in both languages, apart.
func lines(list []words) (en, da []string) {
	en, da = make([]string, len(list)), make([]string, len(list))
	for i, w := range list {
		en[i], da[i] = w.en, w.da
	}
	return en, da
}

// noticeWhy says why a notice counted or did not.
var noticeWhy = map[duty.NoticeReason]words{
	duty.NoticeReasonTimely: {"own, clear, to the operator and in time (NTC-03, NTC-05)",
		"egen, klar, til operatøren og til tiden (NTC-03, NTC-05)"},
	duty.NoticeReasonLate: {"given after the instant by which it was needed (NTC-05, NTC-09)",
		"givet efter det tidspunkt, hvor den skulle være givet (NTC-05, NTC-09)"},
	duty.NoticeReasonOtherNight: {"it means another night (NTC-12)", "den gælder en anden nat (NTC-12)"},
	duty.NoticeReasonThirdParty: {"somebody else gave it (NTC-10)", "en anden har givet den (NTC-10)"},
	duty.NoticeReasonUnclear:    {"it is not clear (NTC-15)", "den er ikke klar (NTC-15)"},
	duty.NoticeReasonWrongRecipient: {"it was not given to the operator (NTC-16)",
		"den er ikke givet til operatøren (NTC-16)"},
	duty.NoticeReasonOutsideRange: {"the instant lies outside the part of the night that it announced (NTC-17)",
		"tidspunktet ligger uden for den del af natten, den gjaldt (NTC-17)"},
	duty.NoticeReasonMultiNight: {"it claims several nights, and this is not the first of them (NTC-11)",
		"den gjaldt flere nætter, og dette er ikke den første (NTC-11)"},
}

// permissionWhy says why a permission counted or did not.
var permissionWhy = map[duty.PermissionReason]words{
	duty.PermissionReasonCovers:  {"it covers the whole unit (PRM-02)", "den dækker det hele (PRM-02)"},
	duty.PermissionReasonPartial: {"it covers a part of the unit (PRM-06)", "den dækker en del (PRM-06)"},
	duty.PermissionReasonOutside: {"it covers another time (PRM-02)", "den dækker en anden tid (PRM-02)"},
	duty.PermissionReasonPending: {"it is applied for and not decided", "den er ansøgt og ikke afgjort"},
	duty.PermissionReasonRefused: {"it was refused", "den er afslået"},
	duty.PermissionReasonRevoked: {"it was revoked before that (PRM-09)",
		"den var tilbagekaldt inden (PRM-09)"},
	duty.PermissionReasonSilentOnReport: {"it does not say whether reports are due (PRM-07)",
		"den siger ikke, om der skal meldes (PRM-07)"},
	duty.PermissionReasonExcusesReport: {"it excuses from reporting (PRM-07)",
		"den fritager for at melde sig (PRM-07)"},
	duty.PermissionReasonRequiresReport: {"it says that reports remain due (PRM-07)",
		"den siger, at der fortsat skal meldes (PRM-07)"},
}

// incidentWhy says what an incident does to the unit.
var incidentWhy = map[duty.IncidentEffect]words{
	duty.IncidentEffectOverlaps: {"lies over the unit (INC-02, INC-04)",
		"ligger over natten eller meldetiden (INC-02, INC-04)"},
	duty.IncidentEffectTaints: {"earlier, and its forms are not complete: what is carried past it is in doubt (INC-05)",
		"tidligere, og skemaerne er ikke komplette: hvad der føres videre forbi den, er tvivlsomt (INC-05)"},
	duty.IncidentEffectNone: {"beside the unit: no effect", "ved siden af: ingen virkning"},
}

// useWhy says whether a registration counted, and why not.
var useWhy = map[duty.RegistrationUse]words{
	duty.UsePassage: {"a passage (PAS-03, PAS-05)", "en passage (PAS-03, PAS-05)"},
	duty.UseReport:  {"a report (RPT-03)", "en melding (RPT-03)"},
	duty.UseCheck:   {"seen present in a check (EVD-09)", "set til stede ved en kontrol (EVD-09)"},
	duty.UsePolice: {"a report; it shows no position (RD-04)",
		"en melding; den viser ikke, hvor kortet er (RD-04)"},
	duty.UseOneWay: {"an exit on excluded dates or of a device that the register does not know: it never accuses (EXC-04)",
		"en udgang på udelukkede datoer eller fra udstyr, som registeret ikke kender: den indikerer aldrig (EXC-04)"},
	duty.UseIncomplete: {"only one scan of a sluice passage (PAS-04, RD-14)",
		"kun én scanning af en slusepassage (PAS-04, RD-14)"},
	duty.UseUnlocked: {"the assisted-passage log says that it only unlocked the card (PAS-07, PAS-08)",
		"loggen over assisterede passager siger, at rækken kun låste kortet op (PAS-07, PAS-08)"},
	duty.UseConflict: {"the card was assigned to somebody else: evidence for neither (CARD_CONFLICT)",
		"kortet var tildelt en anden: bevis for ingen af dem"},
	duty.UseClock: {"its time cannot be right: it clears and never accuses (REL-10)",
		"tiden kan ikke passe: den frikender og indikerer aldrig (REL-10)"},
	duty.UseSamePaper: {"an electronic row of the same passage counts in its place (RD-10)",
		"en elektronisk række af samme passage tæller i stedet (RD-10)"},
	duty.UseAssisted: {"says that a row only unlocked the card (PAS-09)",
		"siger, at en række kun låste kortet op (PAS-09)"},
	duty.UseUnmatched: {"an assisted passage that fits no row (RD-28)",
		"en assisteret passage, der ikke passer til nogen række (RD-28)"},
	duty.UseMisnamed: {"the name does not fit the number: it clears and never accuses (RD-36)",
		"navnet passer ikke til nummeret: den frikender og indikerer aldrig (RD-36)"},
	duty.UseNobody: {"its number cannot be read: it may be anybody's (RD-47)",
		"nummeret kan ikke læses: det kan være enhvers (RD-47)"},
	duty.UseNotFound: {"a check that found nobody shows nothing by itself (EVD-09)",
		"en kontrol, der ikke fandt nogen, viser intet alene (EVD-09)"},
	duty.UseObservation: {"an observation form is a doubt, never a position (RD-41)",
		"et observationsskema er en tvivl og viser aldrig, hvor kortet er (RD-41)"},
	duty.UseAttachment: {"attached; no rule reads it here", "vedlagt; ingen regel læser den her"},
}

// The headings, in the order of the output.
var (
	headUnit        = words{"Unit", "Enhed"}
	headStatement   = words{"Statement", "Erklæring"}
	headOrder       = words{"What was asked", "Hvad der blev spurgt om"}
	headDecisions   = words{"Decisions", "Afgørelser"}
	headTimeline    = words{"Timeline", "Tidslinje"}
	headPositions   = words{"Where registrations show the card", "Hvor registreringerne viser kortet"}
	headRules       = words{"Rules that fired", "Anvendte regler"}
	headDoubts      = words{"Doubts", "Tvivlspunkter"}
	headTriggers    = words{"Instants by which a notice was needed", "Tidspunkter for rettidig underretning"}
	headSlots       = words{"Due times of the day", "Dagens meldetider"}
	headNotices     = words{"Notices", "Underretninger"}
	headPermissions = words{"Permissions", "Tilladelser"}
	headIncidents   = words{"Incidents, exclusions, supervision", "Hændelser, udelukkelser, tilsyn"}
	headSettlement  = words{"What a record waits for", "Hvad der ventes på"}
	headRevisions   = words{"Revisions", "Revisioner"}
	headClearing    = words{"What would clear or lower it", "Hvad der ville frikende eller formilde"}
	headNotes       = words{"What to know, and what this cannot say", "Forbehold"}
)

// notes are what this explanation cannot say.
func notes(c *Case, a *duty.Account, x *Explanation) []words {
	out := []words{
		{"Registrations concern the card and not the holder; this explains an indication and no finding. A person decides.",
			"Registreringer vedrører kortet og ikke indehaveren; dette forklarer en indikation og er ingen konstatering. Et " +
				"menneske afgør."},
		{"Rows of offline locks and key fobs, and refused attempts, are never used and not shown (DEV-07, EVD-11, PAS-06).",
			"Rækker fra offline-låse og nøglebrikker og afviste forsøg bruges aldrig og vises ikke (DEV-07, EVD-11, PAS-06)."},
		{"Shown is what was known at " + x.Verdict.AsOf + "; what became known later is left out.",
			"Vist er, hvad der var kendt " + timeDa(x.Verdict.AsOf) + "; hvad der blev kendt senere, er udeladt."},
	}
	if a.Readings > 1 {
		out = append(out, words{"Some times can be read in more than one way. All readings were judged and the mildest " +
			"counts; registrations and positions are shown in that reading (TIM-06, REL-10).",
			"Nogle tider kan læses på flere måder. Alle læsninger er prøvet, og den mildeste gælder; registreringer og " +
				"stillinger er vist i den læsning (TIM-06, REL-10)."})
	}
	if x.RevisionsFrom == "replay" {
		out = append(out, words{"No violations log was read: the revisions are those that an engine would have written " +
			"that looked whenever something became known. How many a real one wrote may differ (contract §3).",
			"Ingen log over meddelelser er læst: udgaverne er dem, en motor ville have skrevet, der så efter, hver gang noget " +
				"blev kendt. Hvor mange en virkelig motor skrev, kan være et andet tal (kontrakten § 3)."})
		if c.Thinned {
			out = append(out, words{"There were too many such instants to look at each: later ones were looked at once a day " +
				"or less, so that a revision may stand later than it would have been written, or be left out.",
				"Der var for mange af den slags tidspunkter til at se på hvert: senere er der set én gang om dagen eller " +
					"sjældnere, så en udgave kan stå senere, end den ville være skrevet, eller mangle."})
		}
	}
	if x.RevisionsFrom == "log" {
		out = append(out, differs(c, a)...)
	}
	return out
}

// differs says where what was told is not what the facts give now.
func differs(c *Case, a *duty.Account) []words {
	const nothing = "nothing"
	told, now := nothing, nothing
	if n := len(c.Told); n > 0 {
		told = c.Told[n-1].Status.String()
	}
	if a.Record != nil {
		now = a.Record.Status.String()
	}
	if told == now || told == duty.StatusWithdrawn.String() && now == nothing {
		return nil
	}
	return []words{{"Told last is " + told + ", and the facts known at this clock give " + now +
		": the engine has not reached this clock, or had other facts or another policy. tilsyn verify says which.",
		"Sidst meddelt er „" + statusDa(told) + "“, og oplysningerne på dette tidspunkt giver „" + statusDa(now) +
			"“: motoren er ikke nået hertil, eller den havde andre oplysninger eller andre regler. tilsyn verify siger hvilke."}}
}

// statusDa is a status in Danish, or that there is none.
func statusDa(status string) string {
	if w, ok := glossary.Of(status); ok {
		return lower(w.Da)
	}
	return "intet"
}

// lower begins a text with a small letter, inside a sentence.
func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsLower(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// daOf is a code in Danish inside a sentence.
func daOf(code string) string { return lower(glossary.Word("da", code)) }

// timeDa writes a local instant as people do in Danish.
func timeDa(local string) string {
	if len(local) < 16 {
		return local
	}
	return local[8:10] + "." + local[5:7] + "." + local[:4] + " kl. " + local[11:13] + "." + local[14:16]
}
