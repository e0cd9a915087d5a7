package evidence

import (
	"strconv"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// clock is an instant as a reader of either language takes it: local time to the minute, with the date.
func clock(t duty.Instant) string { return strings.Replace(t.Local()[:16], "T", " ", 1) }

// sayings is what a statement of silence says.
func sayings(about string, s duty.Span) (en, da string) {
	from, to := clock(s.From), clock(s.To)
	switch about {
	case "PASSAGES":
		return "Between " + from + " and " + to + " no registration shows the card of the person at the centre.",
			"Mellem " + from + " og " + to + " viser ingen registrering personens kort på centret."
	case "REPORTS":
		return "Between " + from + " and " + to + " no report of the person is registered where it was due.",
			"Mellem " + from + " og " + to + " er der ikke registreret en melding fra personen på et meldested."
	case "NOTICES":
		return "In the night from " + from + " no timely, own and clear notice to the operator is noted.",
			"For natten fra " + from + " er der ikke noteret en rettidig, egen og klar underretning af operatøren."
	}
	return "From " + from + " to " + to + " no permission, custody or stay in hospital that covers the unit is known.",
		"Fra " + from + " til " + to + " kendes ingen tilladelse, frihedsberøvelse eller indlæggelse, der dækker enheden."
}

// words says what a device or feed gave.
func (x *Cite) words(g *watch.Signs, s duty.Span) {
	switch x.Kind + " " + x.State {
	case "HEARTBEAT PROVEN":
		x.Text = "It said all the time that it was working: " + strconv.Itoa(len(g.Beats)) + " heartbeats, no pause " +
			"too long."
		x.TextDa = "Enheden meldte hele tiden, at den virkede: " + strconv.Itoa(len(g.Beats)) +
			" livstegn uden en for lang pause."
		if !steady(g.Beats, s, duty.Forever) {
			x.Text = "Heartbeats are missing; its numbers show that no registration was lost."
			x.TextDa = "Livstegn mangler; dens numre viser, at ingen registrering gik tabt."
		}
	case "HEARTBEAT PARTLY":
		x.Text = "It did not say over the whole time that it was working; what people noted about outages is the rest."
		x.TextDa = "Enheden meldte ikke hele tiden, at den virkede; resten bygger på, hvad personalet noterede om " +
			"driftsstop."
	case "HEARTBEAT NOT_SUPERVISED":
		x.Text = "It sends no heartbeats. That it was working rests on what people noted about outages alone."
		x.TextDa = "Enheden sender ikke livstegn. At den virkede, bygger alene på, hvad personalet noterede om driftsstop."
	case "HEARTBEAT OPEN", "NUMBERS OPEN":
		x.Text = "Registrations of it may be missing in this time: " + strings.Join(x.Facts, ", ") + "."
		x.TextDa = "Registreringer fra enheden kan mangle i tidsrummet: " + strings.Join(x.Facts, ", ") + "."
	case "NUMBERS PROVEN":
		n := &g.Numbers.V
		first, last := strconv.FormatInt(n.First.Number, 10), strconv.FormatInt(n.Last.Number, 10)
		x.Text = "Its registrations are numbered, and every number after " + first + " up to " + last + " arrived."
		x.TextDa = "Dens registreringer er nummererede, og hvert nummer efter " + first + " til og med " + last +
			" er modtaget."
		if first == last {
			x.Text = "Its registrations are numbered, and it gave out no number in this time: it stood at " + first + "."
			x.TextDa = "Dens registreringer er nummererede, og den gav intet nummer i tidsrummet: den stod på " +
				first + "."
		}
	case "NUMBERS PARTLY":
		x.Text = "Its registrations are numbered, but the numbers do not span the whole time."
		x.TextDa = "Dens registreringer er nummererede, men numrene dækker ikke hele tidsrummet."
	case "NUMBERS NOT_NUMBERED":
		x.Text = "Its registrations carry no numbers, so that a single lost one would not be seen."
		x.TextDa = "Dens registreringer er ikke nummererede; en enkelt tabt registrering ville ikke kunne ses."
	case "FEED PROVEN":
		x.Text = "The system said that everything up to this time had been sent."
		x.TextDa = "Systemet har meldt, at alt indtil dette tidspunkt var sendt."
	case "FEED OPEN":
		x.Text = "The system has not said that everything up to this time was sent."
		x.TextDa = "Systemet har ikke meldt, at alt indtil dette tidspunkt var sendt."
	case "FEED NOT_SUPERVISED":
		x.Text = "The system does not say how far everything was sent."
		x.TextDa = "Systemet melder ikke, hvor langt alt er sendt."
	}
}

// logWords names the manual logs in both languages.
var logWords = map[duty.LogType][2]string{
	duty.LogTypeAssistedPassage: {"assisted-passage log", "loggen over personaleafhjulpne passager"},
	duty.LogTypeBarcodeLog:      {"barcode log", "stregkodeloggen"},
	duty.LogTypeNoticeLog:       {"notice log", "underretningsloggen"},
	duty.LogTypeOutageForms:     {"log of outage forms", "nedbrudsformularerne"},
	duty.LogTypePoliceLog:       {"police log", "politiets log"},
}

func markerWords(l *duty.LogRead) (en, da string) {
	w := logWords[l.Log]
	if !l.Proven() {
		return "The " + w[0] + " at " + l.CentreID + ": nobody has marked this log as complete through " +
				"" + clock(l.To) + ".",
			"Ingen har markeret " + w[1] + " for " + l.CentreID + " som komplet til " + clock(l.To) + "."
	}
	return "The " + w[0] + " at " + l.CentreID + ": marked as complete through " + clock(l.To) + ".",
		"For " + l.CentreID + " er " + w[1] + " markeret som komplet til " + clock(l.To) + "."
}

func formsWords(x *duty.IncidentRef) (en, da string) {
	if x.FormsStatus == duty.FormsStatusComplete {
		return "There was an outage from " + clock(x.From) + "; all its forms have come in.",
			"Der var driftsstop fra " + clock(x.From) + "; alle formularer er modtaget."
	}
	return "There was an outage from " + clock(x.From) + ", and not all its forms have come in.",
		"Der var driftsstop fra " + clock(x.From) + ", og ikke alle formularer er modtaget."
}

func exclusionWords(over bool, n int) (en, da string) {
	if over {
		return "The data of that date are excluded.", "Datoens data er udelukket."
	}
	if n == 0 {
		return "No excluded period of the centre is known.", "Der kendes ingen udelukket periode for centret."
	}
	return strconv.Itoa(n) + " excluded periods of the centre were checked; none lies over the unit.",
		strconv.Itoa(n) + " udelukkede perioder for centret er kontrolleret; ingen ligger over enheden."
}

// nothing says that a statement rests on nothing but what is known.
func nothing() Cite {
	return Cite{Kind: "NONE", Source: "known facts", State: "NOT_SUPERVISED", Facts: []string{},
		Text:   "Nobody says how far everything was sent; it rests on what is known at the clock.",
		TextDa: "Ingen melder, hvor langt alt er sendt; det bygger på, hvad der er kendt på opgørelsestidspunktet."}
}

// holdsUnsaid says that no feed speaks of custody and hospital.
func holdsUnsaid() Cite {
	return Cite{Kind: "NONE", Source: "known facts", State: "NOT_SUPERVISED", Facts: []string{},
		Text:   "Nobody says that all custody and stays in hospital were sent; that rests on what is known at the clock.",
		TextDa: "Ingen melder, at al frihedsberøvelse og indlæggelse er sendt; det bygger på, hvad der er kendt."}
}

// notShown says what a certificate does not show.
func notShown() []string {
	var out []string
	for _, n := range hidden {
		out = append(out, n[0])
	}
	return out
}
