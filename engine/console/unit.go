package console

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
)

// UnitPage is one night or report: how it came to its verdict, and what would clear it.
type UnitPage struct {
	PersonID string `json:"person_id"`
	Kind     string `json:"kind"`
	Date     string `json:"unit_date"`
	AsOf     string `json:"as_of"`
	// Told is what was told of it; null where nothing was.
	Told        *projection.Row      `json:"told"`
	Explanation *explain.Explanation `json:"explanation"`

	// Drawing is the night with what lies around it.
	Drawing template.HTML `json:"-"`
	// Before and After are the dates beside it.
	Before, After string `json:"-"`
	Asked         string `json:"-"`
	MayHandle     bool   `json:"-"`
}

func unitView() *view {
	return &view{path: "/persons/{person}/{kind}/{date}", right: access.SeePersons,
		title:    "Nat eller melding|Night or report",
		template: "unit.html", answer: UnitPage{}, data: unitPage,
		queries: []query{{"as_of", "what was known then: an instant (RFC 3339) or a local time YYYY-MM-DDTHH:MM"}}}
}

// unitPage explains a unit.
func unitPage(q *request) (any, error) {
	kind, ok := duty.ParseKind(q.PathValue("kind"))
	date, fine := duty.ParseDate(q.PathValue("date"))
	if !ok || !fine {
		return nil, notFound("En enhed er en pligt og en dato, såsom STAY/2026-02-03.|A unit is a duty and a date, such as " +
			"STAY/2026-02-03.")
	}
	at, err := q.asOf()
	if err != nil {
		return nil, err
	}
	p, w, err := q.person(at)
	if err != nil {
		return nil, err
	}
	id := duty.UnitID(kind, date, p.ID)
	if err := q.viewed("unit", p.ID, id); err != nil {
		return nil, err
	}
	x, err := explainUnit(p, &w, kind, date, at, q.saidBy(at))
	var none *explain.NotFoundError
	if errors.As(err, &none) {
		return nil, notFound(noUnit(none))
	}
	if err != nil {
		return nil, err
	}
	q.dear += x.Clearing.Asked / factsDear
	out := &UnitPage{PersonID: p.ID, Kind: kind.String(), Date: date.String(), AsOf: at.Local(), Explanation: x,
		Drawing: drawn(x, q.lang),
		Before:  (date - 1).String(), After: (date + 1).String(), Asked: q.value("as_of"),
		MayHandle: q.actor.May(access.Handle)}
	rows := told(p, q.saidBy(at))
	if i := slices.IndexFunc(rows, func(r projection.Row) bool { return r.UnitID == id }); i >= 0 {
		out.Told = &rows[i]
	}
	return out, nil
}

// drawn is the drawing of a unit in a language.
func drawn(x *explain.Explanation, lang string) template.HTML {
	return template.HTML(x.Drawing(lang)) //nolint:gosec // package explain escapes what comes from outside
}

// noUnit says why there is no such unit.
func noUnit(n *explain.NotFoundError) string {
	if n.Ahead {
		return "Natten eller meldetiden er ikke slut endnu, og intet vurderes før.|The night or the time to report is not " +
			"over, " +
			"and nothing is judged before."
	}
	return "Ingen afgørelse gør den pligt gældende den dag. Kalenderen på personens side viser dem, der er.|No " +
		"decision makes " +
		"that duty due on that date. The calendar on the person's page shows those that there are."
}

// explainUnit asks the core about a unit. What would clear it is asked with the fact added; what a further row
// would do to the watch is not looked at again.
func explainUnit(p *projection.Person, w *World, k duty.Kind, d duty.Date, at, said duty.Instant) (*explain.Explanation,
	error) {
	c := caseOf(p, w, k, d, at)
	for i := range p.Told {
		if v := &p.Told[i]; v.Kind == k && v.UnitDate == d && v.EvaluatedAt <= said {
			c.Told = append(c.Told, *v)
		}
	}
	return explain.Explain(c)
}

// caseOf is a unit as the core is asked about it.
func caseOf(p *projection.Person, w *World, k duty.Kind, d duty.Date, at duty.Instant) explain.Case {
	in := duty.Input{PersonID: p.ID, Person: &p.Facts, Centres: w.Centres, Policies: w.Policies}
	return explain.Case{PersonID: p.ID, Kind: k, Date: d, FromLog: true, Centres: w.Centres.Facts(),
		Moments: []explain.Moment{{At: at, Input: in}},
		With:    func(record any) (duty.Input, bool) { return withFact(in, record, at) }}
}

// withFact is the input with one more fact, known at the clock.
func withFact(in duty.Input, record any, at duty.Instant) (duty.Input, bool) {
	facts := *in.Person
	facts.CardEvents, facts.ManualEntries = slices.Clip(facts.CardEvents), slices.Clip(facts.ManualEntries)
	facts.Notices, facts.Holds = slices.Clip(facts.Notices), slices.Clip(facts.Holds)
	facts.ObligationChanges, facts.Permissions = slices.Clip(facts.ObligationChanges), slices.Clip(facts.Permissions)
	facts.DepartureAssessments = slices.Clip(facts.DepartureAssessments)
	if casefile.File(&facts, record, at, duty.None[duty.Position]()) {
		in.Person = &facts
		return in, true
	}
	centres := *in.Centres.Facts()
	centres.Incidents, centres.Exclusions = slices.Clip(centres.Incidents), slices.Clip(centres.Exclusions)
	centres.Settlements = slices.Clip(centres.Settlements)
	if !casefile.FileAtCentre(&centres, record, at, duty.None[duty.Position]()) {
		return in, false
	}
	watch := in.Centres.Watch()
	in.Centres = duty.NewCentres(centres)
	if watch != nil {
		in.Centres = in.Centres.WithWatch(watch)
	}
	return in, true
}

// byID leads from a unit_id to the unit.
func byID(q *request) {
	if !q.actor.May(access.SeePersons) {
		q.show(workListView(), false)
		return
	}
	row, err := q.live.store.Unit(q.PathValue("unit"))
	switch {
	case err != nil:
		q.fail(err, false)
	case row == nil:
		q.fail(notFound("Ingen post har den enhed (unit_id). Søg efter personen i sagslisten.|No record has that unit_id. "+
			"Search for the person in the work list."), false)
	default:
		if err := q.viewed("unit", row.PersonID, row.UnitID); err != nil { // the address names the person
			q.fail(err, false)
			return
		}
		http.Redirect(q.w, q.Request, unitPath(row.PersonID, row.Kind, row.Date), http.StatusSeeOther)
	}
}

// unitPath is the page of a unit.
func unitPath(person, kind, date string) string {
	return "/persons/" + url.PathEscape(person) + "/" + kind + "/" + date
}
