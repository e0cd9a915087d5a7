package evidence

// caveatWords says each caveat (domain §4) so that somebody who knows no code can weigh it, in English and Danish.
var caveatWords = map[string][2]string{
	"ABSENCE_NOT_CONCLUSIVE": {"That no registration exists does not show by itself where the person was.",
		"At der ikke findes en registrering, viser ikke i sig selv, hvor personen var."},
	"CARD_NOT_PERSON": {"A registration shows that a card was used, not who used it.",
		"En registrering viser, at et kort blev brugt, ikke hvem der brugte det."},
	"PHYSICAL_BYPASS_POSSIBLE": {"The centre can be entered and left without a registration, for example over the " +
		"fence.",
		"Man kan komme ind på og ud fra centret uden registrering, for eksempel over hegnet."},
	"AUTOMATED_TRANSFER_RISK": {"Data are carried between systems automatically, and errors can arise on the way.",
		"Data overføres automatisk mellem systemer, og der kan opstå fejl undervejs."},
	"MANUAL_PROCESS_RISK": {"Parts of the registration are done by hand, and errors can arise in that.",
		"Dele af registreringen sker manuelt, og der kan opstå fejl i den."},
	"NOTICE_LOG_MANUAL": {"Notices are noted by hand by staff; one that was given may not have been noted.",
		"Underretninger noteres manuelt af personalet; en given underretning kan mangle i noteringen."},
	"OPEN_INTERVAL": {"No registration after the unit closes the absence; a return may not have been registered.",
		"Ingen registrering efter tidsrummet afslutter fraværet; en tilbagekomst kan være uregistreret."},
	"STAFF_IDENTIFIED": {"A registration it rests on was made with a barcode card, whose holder staff identified " +
		"by a photo.",
		"En registrering, det hviler på, er foretaget med stregkodekort, hvor personalet genkendte personen på et foto."},
	"PRE_2022_11_22": {"A registration is older than the practice that the note of 11 March 2024 describes (22 " +
		"November 2022).",
		"En registrering er ældre end den praksis, som notatet af 11. marts 2024 beskriver (22. november 2022)."},
	"MONTH_BOUNDARY": {"The night lies across the end of a month; it counts in the month of its evening.",
		"Natten ligger hen over et månedsskifte; den tælles i den måned, hvor aftenen ligger."},
	"LATE_NOTICE": {"The person gave an own, clear notice, but after the instant by which it was due.",
		"Personen gav selv en klar underretning, men efter fristen."},
	"THIRD_PARTY_NOTICE": {"Somebody else gave a notice in time.", "En anden gav en underretning i tide."},
	"MULTI_NIGHT_NOTICE": {"An earlier notice claimed several nights, this one among them.",
		"En tidligere underretning angik flere nætter, herunder denne."},
	"MANUAL_PERIOD": {"There was an outage in the time it is inferred from; registrations of that time are on paper.",
		"Der var driftsstop i det tidsrum, der sluttes ud fra; registreringer fra den tid er på papir."},
	"ASSIST_UNMATCHED": {"The log of assisted passages has an entry that fits no registration; one it rests on may " +
		"only " +
		"have unlocked the card.",
		"Loggen over personaleafhjulpne passager har en linje, der ikke passer til en registrering; en registrering " +
			"kan blot have " +
			"låst kortet op."},
	"TAINTED": {"An outage or excluded data lie in the time it is inferred from, and are not cleared up.",
		"Et driftsstop eller udelukkede data ligger i det tidsrum, der sluttes ud fra, og er ikke afklaret."},
	"SAME_DIRECTION": {"The registrations before the exit contradict each other.",
		"Registreringerne før udgangen modsiger hinanden."},
	"NEAR_BOUNDARY": {"A registration lies within minutes of the limit of the night or slot.",
		"En registrering ligger få minutter fra grænsen for natten eller meldetiden."},
	"LATE_RETURN": {"The person came back in the morning soon after the night ended.",
		"Personen kom tilbage om morgenen kort efter nattens udløb."},
	"PARTIAL_NOTICE": {"A notice covers a part of the absence.", "En underretning dækker en del af fraværet."},
	"UNCLEAR_NOTICE": {"There was an own notice that is not clear.", "Der var en egen underretning, som er uklar."},
	"WRONG_RECIPIENT_NOTICE": {"There was a notice to somebody else than the operator.",
		"Der var en underretning til en anden end indkvarteringsoperatøren."},
	"NOTICE_TARGET_UNCLEAR": {"It is not clear which night a notice means.", "Det er uklart, hvilken nat en " +
		"underretning angår."},
	"PERMISSION_PARTIAL":          {"A permission covers a part of it.", "En tilladelse dækker en del af tidsrummet."},
	"PERMISSION_EXPIRED_IN_NIGHT": {"A permission ended in the night.", "En tilladelse udløb i løbet af natten."},
	"PERMISSION_SILENT_ON_REPORT": {"There is a permission to be away, which does not say whether reports remain due.",
		"Der er en tilladelse til fravær, som ikke siger, om meldepligten består."},
	"TWO_CARDS": {"The person had a biometric card and a barcode card at the same time.",
		"Personen havde et biometrisk kort og et stregkodekort på samme tid."},
	"DIRECTION_RISK": {"The direction of a barcode registration may be wrong.",
		"Retningen af en stregkoderegistrering kan være forkert."},
	"MANUAL_EVIDENCE": {"It rests on an entry made by hand.", "Det hviler på en manuel registrering."},
	"LOG_MISMATCH": {"A barcode registration is missing in the barcode log, which is complete.",
		"En stregkoderegistrering mangler i stregkodeloggen, som er komplet."},
	"TIME_AMBIGUOUS": {"The time on a paper exists twice or not at all, because the clock was changed that night.",
		"Tidspunktet på et papir findes to gange eller slet ikke, fordi uret blev stillet den nat."},
	"AMS_SUSPENSION": {"A registration is of the time in which data of the system were not used in criminal cases " +
		"(1 December 2020 to " +
		"22 March 2024).",
		"En registrering er fra den periode, hvor systemets data ikke blev brugt i straffesager (1. december 2020 til " +
			"22. marts " +
			"2024)."},
	"DEPARTURE_QUESTION": {"The person may have left Denmark for good; that has not been assessed.",
		"Personen kan være udrejst varigt; det er ikke vurderet."},
	"NAME_MISMATCH": {"The name on a paper does not fit the number on it.", "Navnet på et papir passer ikke til " +
		"nummeret."},
	"OBSERVED_PRESENT": {"A guard's observation form notes the person as present in the time of the absence.",
		"Et observationsskema fra portvagten noterer personen som til stede i fraværsperioden."},
	"UNASSIGNED_PAPER": {"There is a paper of the centre near that time whose number nobody can read; it may be " +
		"the person's.",
		"Der er et papir fra centret tæt på tidspunktet, hvis nummer ikke kan læses; det kan være personens."},
	"TRANSFER": {"The duty moved from one centre to another in that time.",
		"Pligten flyttede fra et center til et andet i tidsrummet."},
	"WRONG_PLACE": {"The person reported at another place than the decision names.",
		"Personen meldte sig et andet sted end det, afgørelsen nævner."},
	"WRONG_CENTRE": {"The person was registered at a centre that is not the assigned one.",
		"Personen er registreret på et andet center end det anviste."},
	"LATE_DATA": {"It is indicated only by data that became known very late.",
		"Det fremgår kun af data, der er kommet meget sent."},
	"RECONSTRUCTED": {"Data of that time were lost or unreadable and came later.",
		"Data fra den tid var tabt eller ulæselige og er kommet senere."},
	"UNSETTLED": {"Not every paper log of that time was marked as complete.",
		"Ikke alle papirlogge fra den tid er markeret som komplette."},
}

// Caveat returns a caveat in plain words; the code itself where nobody wrote words for it.
func Caveat(code string) (en, da string) {
	if w, ok := caveatWords[code]; ok {
		return w[0], w[1]
	}
	return code, code
}
