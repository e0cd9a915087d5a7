package duty

import "strconv"

// Danish dates and words of statements, as an official writes them.

var maaneder = [...]string{"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september",
	"oktober", "november", "december"}

// dato writes a date: "3. februar 2026".
func dato(d Date) string {
	year, month, day := civilOf(int64(d))
	return strconv.FormatInt(day, 10) + ". " + maaneder[month-1] + " " + strconv.FormatInt(year, 10)
}

// datoer joins two dates by a word, the later with month and year, the earlier
// with as much as differs: "18. og 19. november 2026".
func datoer(from Date, og string, to Date) string {
	y1, m1, day := civilOf(int64(from))
	y2, m2, _ := civilOf(int64(to))
	text := strconv.FormatInt(day, 10) + "."
	switch {
	case y1 != y2:
		text = dato(from)
	case m1 != m2:
		text += " " + maaneder[m1-1]
	}
	return text + " " + og + " " + dato(to)
}

// lokalTekst writes an instant as local date and minute: "den 3. februar 2026
// kl. 20.00".
func lokalTekst(t Instant) string { return "den " + klokken(t) }

func klokken(t Instant) string {
	minute := t.clockMinute()
	return dato(t.Date()) + " kl. " + two(minute/60) + "." + two(minute%60)
}

// natten writes the night that begins on a date.
func natten(d Date) string { return "natten mellem den " + datoer(d, "og", d+1) }

// ugen writes a quota week by its first and last date.
func ugen(from, last Date) string { return "ugen fra den " + datoer(from, "til den", last) }

// paaDansk is what a unit turned out to be.
func paaDansk(w WithdrawnOutcome) string {
	switch w {
	case WithdrawnOutcomeCompliant:
		return "efter det nu oplyste er pligten opfyldt"
	case WithdrawnOutcomeExcused:
		return "efter det nu oplyste forelå der tilladelse eller lovligt forfald"
	case WithdrawnOutcomeNotApplicable:
		return "efter det nu oplyste gjaldt pligten ikke"
	case WithdrawnOutcomeExcluded:
		return "registreringerne for perioden må ikke anvendes"
	}
	return "registreringerne kan ikke afgøre spørgsmålet"
}
