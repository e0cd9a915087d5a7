package evidence

import (
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// registrations lists the rows and papers of a record.
func (w *cover) registrations(rows []Row) {
	w.raw("<h3>")
	w.say("Registreringer", "Registrations")
	w.raw("</h3>\n")
	if len(rows) == 0 {
		w.p("Ingen er kendt.", "None is known.")
		return
	}
	w.columns(w.of("Tidspunkt", "Time"), w.of("Hvad", "What"), w.of("Enhed eller papir", "Device or paper"),
		w.of("Kort og genkendelse", "Card and authentication"), w.of("Betydning", "Meaning"), w.of("Kilde", "Source"))
	for i := range rows {
		r := &rows[i]
		at, _ := duty.ParseInstant(r.At)
		where := r.Topic + " " + r.ID
		if r.Partition != nil && r.Offset != nil {
			where += " (" + strconv.Itoa(int(*r.Partition)) + ":" + strconv.FormatInt(*r.Offset, 10) + ")"
		}
		device := r.Device + w.side(r.Side)
		if r.Form != "" {
			device = w.paper(r.Form)
		}
		w.row(clock(at), w.what(r), device, w.identified(r), w.meaning(r), where)
	}
	w.end()
}

// side says on which side of the gate or the fence a device stands.
func (w *cover) side(side string) string {
	switch side {
	case "OUTER":
		return w.of(", ydre læser", ", outer reader")
	case "INNER":
		return w.of(", indre læser", ", inner reader")
	case "INSIDE":
		return w.of(", inden for hegnet", ", inside the fence")
	case "OUTSIDE":
		return w.of(", uden for hegnet", ", outside the fence")
	}
	return ""
}

// paper names a form.
func (w *cover) paper(form string) string {
	if words, ok := formNames[form]; ok {
		return w.of(words[1], words[0])
	}
	return form
}

// formNames name the papers in English and Danish.
var formNames = map[string][2]string{
	"OUTAGE_PASSAGE":         {"outage form, passage", "nedbrudsformular, passage"},
	"OUTAGE_REPORT":          {"outage form, report", "nedbrudsformular, melding"},
	"BARCODE_LOG":            {"barcode log", "stregkodelog"},
	"ASSISTED_PASSAGE":       {"assisted-passage log", "log over personaleafhjulpne passager"},
	"POLICE_REPORT":          {"police report list", "politiets meldeliste"},
	"TEMPORARY_REGISTRATION": {"temporary manual registration", "midlertidig manuel registrering"},
	"PRESENCE_CHECK":         {"presence check", "tilstedeværelseskontrol"},
	"OBSERVATION":            {"guard's observation form", "portvagtens observationsskema"},
}

// what says what a registration is of.
func (w *cover) what(r *Row) string {
	switch {
	case r.Direction == "IN":
		return w.of("ind", "in")
	case r.Direction == "OUT":
		return w.of("ud", "out")
	case r.Use == "REPORT" || r.Use == "NO_POSITION":
		return w.of("melding", "report")
	}
	return w.of("notering", "entry")
}

// identified says by which card, and how its holder was recognised.
func (w *cover) identified(r *Row) string {
	switch r.Authentication {
	case "BIO":
		return r.CardID + w.of(", fingeraftryk", ", fingerprint")
	case "BAR_STAFF":
		return r.CardID + w.of(", stregkode; foto set af personalet", ", barcode; photo seen by staff")
	}
	return w.of("skrevet af personalet", "written by staff")
}

// meaning says what a registration is to the record.
func (w *cover) meaning(r *Row) string {
	switch {
	case r.Role == "TRIGGER":
		return w.of("udgangen, det drejer sig om", "the exit in question")
	case r.Role == "BOUND_BEFORE":
		return w.of("den sidste før", "the last before")
	case r.Role == "BOUND_AFTER":
		return w.of("den første efter", "the first after")
	case !r.Counted:
		return w.of("tæller ikke", "does not count")
	}
	return w.of("omkring", "around it")
}

// silence is one statement of silence with what it rests on; what is proven is said in one line, the rest one by one.
func (w *cover) silence(s *Silence) {
	w.raw("<h3>")
	w.say("Hvad der ikke er registreret, og hvad det hviler på", "What was not registered, and what that rests on")
	w.raw("</h3>\n")
	w.p(s.SaysDa, s.Says)
	switch s.State {
	case "COVERED":
		w.p("Alt, hvad udsagnet hviler på, er vist:", "Everything that this rests on is shown:")
	case "PEOPLE":
		w.p("Udsagnet hviler delvist på, hvad personalet har noteret: ikke alt har selv meldt, at det virkede.",
			"This rests in part on what staff noted: not everything said by itself that it worked.")
	default:
		w.p("Udsagnet er ikke afklaret: se nedenfor, hvad der mangler.", "This is not settled: see below what is missing.")
	}
	w.grounds(s)
}

// grounds lists what a statement rests on: what is proven by number, what is not each with its words.
func (w *cover) grounds(s *Silence) {
	var proven []string
	words := map[string][]string{}
	var order []string
	for i := range s.Cites {
		c := &s.Cites[i]
		if c.State == "PROVEN" && c.Kind != "EXCLUSIONS" && c.Kind != "FORMS" {
			proven = append(proven, w.ground(c))
			continue
		}
		text := w.of(c.TextDa, c.Text)
		if !slices.Contains(order, text) {
			order = append(order, text)
		}
		words[text] = append(words[text], c.Source)
	}
	w.raw("<ul>\n")
	if len(proven) > 0 {
		w.raw("<li>")
		w.say("Vist: ", "Shown: ")
		w.text(strings.Join(proven, "; ") + ".")
		w.raw("</li>\n")
	}
	for _, text := range order {
		w.raw("<li>")
		if names := words[text]; names[0] != "checked" && names[0] != "known facts" {
			w.text(strings.Join(names, ", ") + ": ")
		}
		w.text(text)
		w.raw("</li>\n")
	}
	w.raw("</ul>\n")
}

// ground names what is shown.
func (w *cover) ground(c *Cite) string {
	switch c.Kind {
	case "HEARTBEAT":
		return w.of("livstegn fra ", "heartbeats of ") + c.Source
	case "NUMBERS":
		return w.of("fortløbende numre fra ", "unbroken numbers of ") + c.Source
	case "FEED":
		return w.of("melding om fuldstændighed fra ", "promise that all was sent, of ") + c.Source
	}
	place, log := c.Source, ""
	if i := strings.LastIndexByte(c.Source, ' '); i >= 0 {
		place, log = c.Source[:i], c.Source[i+1:]
	}
	words := [2]string{log, log}
	for t, x := range logWords { //house:order-free one of them fits
		if t.String() == log {
			words = x
		}
	}
	return w.of(words[1]+" markeret komplet", words[0]+" marked as complete") + " (" + place + ")"
}

// attachments lists the twenty items of EVD-14.
func (w *cover) attachments(list []Attachment) {
	w.raw("<h3>")
	w.say("Bilag", "Attachments")
	w.raw("</h3>\n")
	w.columns(w.of("Nr.", "No."), w.of("Bilag", "Attachment"), w.of("Status", "State"), w.of("Hvor", "Where"))
	for i := range list {
		a := &list[i]
		state := map[string]string{
			"PRESENT": w.of("vedlagt", "present"), "NONE_FOUND": w.of("intet fundet", "none found"),
			"NOT_APPLICABLE":   w.of("ikke relevant", "not applicable"),
			"NOT_YET_RECEIVED": w.of("endnu ikke modtaget", "not yet received"),
			"NAMED":            w.of("nævnt, ikke vedlagt", "named, not enclosed"),
		}[a.State]
		where := strings.Join(a.In, ", ")
		if len(a.Elsewhere) > 0 {
			where += w.of(" (ikke i pakken: ", " (not in the package: ") + strings.Join(a.Elsewhere, ", ") + ")"
		}
		w.row(strconv.Itoa(a.Item), w.of(a.TitleDa, a.Title), state, where)
	}
	w.end()
}

// caveats are those that every record has.
func (w *cover) caveats(b *Bundle) {
	var codes []string
	for _, u := range b.Units {
		codes = append(codes, u.Record.BaseCaveats...)
	}
	slices.Sort(codes)
	if codes = slices.Compact(codes); len(codes) == 0 {
		return
	}
	w.h2("Forbehold, der gælder alle", "Caveats that apply to every record")
	w.raw("<ul>\n")
	for _, code := range codes {
		en, da := Caveat(code)
		w.raw("<li>")
		w.say(da, en)
		w.raw(" <small>")
		w.text(code)
		w.raw("</small></li>\n")
	}
	w.raw("</ul>\n")
}

// last says how to check the package, and what it does not show.
func (w *cover) last() {
	w.h2("Sådan kontrolleres pakken", "How to check this package")
	w.p("manifest.json nævner hver fil med dens SHA-256. Programmet check_evidence.py regner kontrolsummer, "+
		"nætter, regler og dækning "+
		"efter uden tilsyn. Kommandoen nedenfor afgør sagen igen ud fra pakkens egne oplysninger.",
		"manifest.json names every file with its SHA-256. The program check_evidence.py works out digests, nights, "+
			"rules and coverage "+
			"again without tilsyn. The command below judges anew from the package's own facts.")
	w.raw("<pre>")
	w.text("python3 check_evidence.py PACKAGE.zip\ntilsyn export --check PACKAGE.zip\n" + w.m.Replay.Command)
	w.raw("</pre>\n")
	if w.m.Replay.Same {
		w.p("Ved udtrækket gav den afgørelse det samme resultat.", "When the package was made that gave the same records.")
	} else {
		w.p("Ved udtrækket gav den afgørelse ikke det samme, fordi oplysninger, som ikke må følge med, mangler: "+
			strings.Join(w.m.Replay.Differs, "; ")+".",
			"When the package was made that did not give the same, since facts that may not go along are missing: "+
				strings.Join(w.m.Replay.Differs, "; ")+".")
	}
	if w.m.Replay.Level > 0 {
		w.p("Pakken rummer personens registreringer også uden for 24 timer omkring hvert tidsrum, fordi afgørelsen "+
			"hviler på dem.",
			"The package has registrations of the person also from beyond 24 hours around each unit, since the record "+
				"rests on them.")
	}
	w.inclusion()
	w.h2("Hvad pakken ikke viser", "What this package does not show")
	w.raw("<ul>\n")
	for _, n := range hidden {
		w.raw("<li>")
		w.say(n[1], n[0])
		w.raw("</li>\n")
	}
	w.raw("</ul>\n")
}

// inclusion says of which revisions the log of all revisions is shown to have them.
func (w *cover) inclusion() {
	missing := strconv.Itoa(len(w.m.Log.Missing))
	switch {
	case w.m.Log.State != "INCLUDED":
		w.p("Pakken viser ikke, at revisionerne står i loggen over alle revisioner; det kan kun kontrolleres i loggen.",
			"The package does not show that the revisions stand in the log of all revisions; only the log itself can show it.")
	case len(w.m.Log.Missing) == 0:
		w.p("Pakken viser, at de oplyste revisioner står i loggen over alle revisioner ("+w.m.Log.File+").",
			"The package shows that the revisions told stand in the log of all revisions ("+w.m.Log.File+").")
	default:
		w.p("Pakken viser, at nogle af de oplyste revisioner står i loggen over alle revisioner ("+w.m.Log.File+"), "+
			"men ikke alle: antal uden bevis: "+missing+". "+"manifest.json nævner dem med begrundelse.",
			"The package shows that some of the revisions told stand in the log of all revisions ("+w.m.Log.File+"), "+
				"and not all: number without proof: "+missing+". "+"manifest.json names them with the reason.")
	}
}

// hidden are what no certificate shows, in English and Danish.
var hidden = [][2]string{
	{"A registration shows that a card was used, not by whom, and that none was made shows nothing by itself.",
		"En registrering viser, at et kort blev brugt, ikke af hvem, og at der ingen er, viser intet i sig selv."},
	{"Registrations of others are not here: of their rows only which numbers of a device arrived. Whether these " +
		"rows exist can be " +
		"checked in the log alone.",
		"Andres registreringer er ikke i pakken: af dem ses kun, hvilke numre fra en enhed der er modtaget. Om " +
			"rækkerne findes, kan " +
			"kun kontrolleres i loggen."},
	{"Heartbeats are given as times; that a device registered everything while it sent them is what its supplier " +
		"promises, and no data " +
		"can show it.",
		"Livstegn er angivet som tidspunkter; at en enhed registrerede alt imens, er leverandørens tilsagn, som ingen " +
			"data kan vise."},
	{"A marker says that somebody marked a paper log as complete; whether it was, only that paper can show.",
		"En markering siger, at nogen har markeret en papirlog som komplet; om den var det, kan kun papiret vise."},
	{"The pattern of earlier nights and the corroborating and contradicting facts are in the record; their rows " +
		"are not here where " +
		"they lie outside what must be attached.",
		"Mønstret af tidligere nætter og støttende og modstridende forhold står i posten; deres rækker er ikke med, " +
			"hvor de ligger uden " +
			"for det, der skal vedlægges."},
}
