package console

import (
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// field is one field of a form. Texts are Danish|English.
type field struct {
	Name, Label, Help string
	// Type is person, centre, local (a wall-clock time), date, select, number, text, clock (HH:MM), or given: it
	// comes with the form and is only shown.
	Type    string
	Options []option
	// Optional fields may be left empty.
	Optional bool
}

// option is a choice of a select.
type option struct{ Value, Label string }

// fieldError is a message at a field.
type fieldError struct {
	Field string `json:"field"`
	Error string `json:"error"`
}

// entry is one form being filled in.
type entry struct {
	q      *request
	form   *form
	values map[string]string
	// id and version are the fact's; received is when it was written down here.
	id       string
	version  int64
	received duty.Instant
	errors   []fieldError
	world    World
	// who is the person of the form; nil before it was read, or without one.
	who *projection.Person
	// asked is the PersonID that was entered, known or not; empty before, or without one.
	asked string
	// confirm is set where the entry may go on once somebody says that it was checked; doubts are what was said then.
	confirm bool
	doubts  []string
	// before is the version that is corrected; nil for a new fact.
	before any
}

// wrong puts a message at a field; the first one of a field stays.
func (e *entry) wrong(field, text string) {
	if !slices.ContainsFunc(e.errors, func(f fieldError) bool { return f.Field == field }) {
		e.errors = append(e.errors, fieldError{field, pick(e.q.lang, text)})
	}
}

// value is what was entered; an empty one is wrong unless the field is optional.
func (e *entry) value(name string) string {
	v := strings.TrimSpace(e.values[name])
	if v == "" {
		for i := range e.form.fields {
			if e.form.fields[i].Name == name && !e.form.fields[i].Optional {
				e.wrong(name, "Feltet skal udfyldes.|This field must be filled in.")
			}
		}
	}
	return v
}

// optional is the value of a text that may be missing.
func (e *entry) optional(name string) duty.Opt[string] {
	v := e.value(name)
	if len(v) > 200 || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' }) {
		e.wrong(name, "Højst 200 tegn på én linje.|At most 200 characters on one line.")
	}
	if v == "" {
		return duty.None[string]()
	}
	return duty.Some(v)
}

// confirmed reports whether somebody said that the fields with a message were checked.
func (e *entry) confirmed() bool { return e.values["confirmed"] == "yes" }

// doubt puts a message at a field that may be right all the same: it goes on once it was checked, and is shown
// again before it is sent.
func (e *entry) doubt(field, text string) {
	if e.confirmed() {
		e.doubts = append(e.doubts, pick(e.q.lang, text))
		return
	}
	e.confirm = true
	da, en, _ := strings.Cut(text, "|")
	e.wrong(field, da+" Er det rigtigt, så sæt kryds nederst.|"+en+" If it is right all the same, tick the box below.")
}

// person reads a PersonID. One that no fact names is probably mistyped: it is taken when it was checked.
func (e *entry) person(name string) string {
	id := e.value(name)
	if id == "" {
		return ""
	}
	if !duty.UsableKey(id) {
		e.wrong(name, "Det kan ikke være et personnummer (PersonID).|That cannot be a PersonID.")
		return ""
	}
	e.asked = id
	p, err := e.q.live.store.Person(id, e.q.now())
	if err != nil || !p.Known() {
		e.doubt(name, "Ingen oplysning nævner det nummer. Kontrollér det mod kortet.|No fact names that number. Check it "+
			"against the card.")
		return id
	}
	e.who = p
	return id
}

// registered reads a centre that the register has.
func (e *entry) registered(name string) string {
	id := e.value(name)
	p := policyAt(&e.world, e.q.now())
	if id != "" && (p == nil || !p.Registered(id)) {
		e.wrong(name, "Registeret kender ikke det center.|The register does not know that centre.")
		return ""
	}
	return id
}

// centre reads a centre and compares it with that of the person's duties at a time.
func (e *entry) centre(name string, at duty.Instant) string {
	id := e.registered(name)
	if id == "" || e.who == nil {
		return id
	}
	if own := e.bound(at); len(own) > 0 && !slices.Contains(own, id) {
		list := strings.Join(own, ", ")
		e.doubt(name, "Personens pligt er på "+list+".|The person's duty is at "+list+".")
	}
	return id
}

// bound are the centres that the decisions about the person name at a time.
func (e *entry) bound(at duty.Instant) []string {
	newest := map[string]*duty.ObligationChange{}
	for i := range e.who.Facts.ObligationChanges {
		o := &e.who.Facts.ObligationChanges[i].Fact
		if old := newest[o.DecisionID]; old == nil || o.Version > old.Version {
			newest[o.DecisionID] = o
		}
	}
	var out []string
	for _, o := range newest {
		if !o.Retracted && o.Action != duty.ActionAnnul && o.ValidFrom <= at && at < o.ValidTo.Or(duty.Forever) {
			out = append(out, o.CentreID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// local reads a wall-clock time as paper has it (TIM-06). What no reading of it puts in the past is wrong.
func (e *entry) local(name string) (text string, at duty.Instant) {
	text = e.value(name)
	if text == "" {
		return "", e.q.now()
	}
	at, ok := localInstant(text)
	switch {
	case !ok || !at.Plausible():
		e.wrong(name, "Tidspunktet kan ikke læses: skriv ÅÅÅÅ-MM-DDTTT:MM.|The time cannot be read: write YYYY-MM-DDTHH:MM.")
	case at > e.q.now():
		e.wrong(name, "Tidspunktet ligger i fremtiden.|The time lies in the future.")
	}
	return text, at
}

// localInstant is the earlier reading of a wall-clock time YYYY-MM-DDTHH:MM or with seconds.
func localInstant(text string) (duty.Instant, bool) {
	if len(text) != 16 && len(text) != 19 || text[10] != 'T' {
		return 0, false
	}
	d, ok := duty.ParseDate(text[:10])
	minutes, fine := clockMinutes(text[11:16])
	if !ok || !fine || len(text) == 19 && (text[16] != ':' || !digit(text[17], '5') || !digit(text[18], '9')) {
		return 0, false
	}
	early, _ := d.Readings(minutes)
	return early, true
}

func digit(c, most byte) bool { return c >= '0' && c <= most }

// clockMinutes reads HH:MM as minutes after midnight.
func clockMinutes(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' || !digit(s[0], '2') || !digit(s[1], '9') || !digit(s[3], '5') || !digit(s[4], '9') {
		return 0, false
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, h < 24
}

// date reads a date; one after today is wrong unless ahead is set.
func (e *entry) date(name string, ahead bool) (duty.Date, bool) {
	text := e.value(name)
	if text == "" {
		return 0, false
	}
	d, ok := duty.ParseDate(text)
	switch {
	case !ok || !d.Start().Plausible():
		e.wrong(name, "Datoen kan ikke læses: skriv ÅÅÅÅ-MM-DD.|The date cannot be read: write YYYY-MM-DD.")
	case !ahead && d > e.q.now().Date():
		e.wrong(name, "Datoen ligger i fremtiden.|The date lies in the future.")
	default:
		return d, true
	}
	return 0, false
}

// clock reads HH:MM; missing is none.
func (e *entry) clock(name string) duty.Opt[string] {
	text := e.value(name)
	if text == "" {
		return duty.None[string]()
	}
	if _, ok := clockMinutes(text); !ok {
		e.wrong(name, "Skriv klokken som TT:MM.|Write the time as HH:MM.")
	}
	return duty.Some(text)
}

// number reads a whole number within bounds.
func (e *entry) number(name string, least, most int) int {
	text := e.value(name)
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < least || n > most) {
		bounds := strconv.Itoa(least) + "–" + strconv.Itoa(most)
		e.wrong(name, "Skriv et helt tal: "+bounds+".|Write a whole number: "+bounds+".")
		return least
	}
	return n
}

// choice reads a select by the parser of its enum.
func choice[T any](e *entry, name string, parse func(string) (T, bool)) (T, bool) {
	text := e.value(name)
	v, ok := parse(text)
	ok = ok && text != "UNKNOWN"
	if ok {
		for i := range e.form.fields {
			f := &e.form.fields[i]
			ok = ok && (f.Name != name || slices.ContainsFunc(f.Options, func(o option) bool { return o.Value == text }))
		}
	}
	if text != "" && !ok {
		e.wrong(name, "Vælg en af mulighederne.|Choose one of the options.")
	}
	return v, ok && text != ""
}

// yesNo reads yes, no, or nothing.
func (e *entry) yesNo(name string) duty.Opt[bool] {
	switch e.value(name) {
	case "yes":
		return duty.Some(true)
	case "no":
		return duty.Some(false)
	case "":
	default:
		e.wrong(name, "Vælg en af mulighederne.|Choose one of the options.")
	}
	return duty.None[bool]()
}

// card compares a card's number with what the person was given at a time. The number is no part of the fact.
func (e *entry) card(name string, at duty.Instant) {
	number := e.value(name)
	if number == "" || e.who == nil {
		return
	}
	sorted := duty.SortVersions[duty.CardAssignment](e.who.Facts.CardAssignments)
	for _, k := range duty.InForce[duty.CardAssignment](sorted, knownBy[duty.CardAssignment](e.q.now())) {
		a := &k.Fact
		if a.CardID == number && ours(e.who, a.PersonID) && a.ValidFrom <= at && at < a.ValidTo.Or(duty.Forever) {
			return
		}
	}
	e.wrong(name, "Kortet er ikke personens på det tidspunkt. Kontrollér begge numre.|The card is not the person's at "+
		"that "+
		"time. Check both numbers.")
}
