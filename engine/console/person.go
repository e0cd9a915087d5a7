package console

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// PersonPage is everything about one person.
//
// Many fields: one for each part of the page.
type PersonPage struct {
	PersonID string `json:"person_id"`
	// Others are those who were ever linked with the person (IDN-07).
	Others []string `json:"linked_with"`
	AsOf   string   `json:"as_of"`
	Group  string   `json:"group"`
	Month  Month    `json:"calendar"`
	// Told are the units that were told, the newest date first.
	Told []projection.Row `json:"told"`
	// Clearing says, of those that nobody has handled, the newest first, what would clear them.
	Clearing []Cleared `json:"clearing"`
	// Waiting are units that would be records and wait for paper, for a feed, or for time.
	Waiting       []Mark     `json:"waiting"`
	Duties        []Decision `json:"duties"`
	Permissions   []Allowed  `json:"permissions"`
	Cards         []Card     `json:"cards"`
	Registrations []Row      `json:"registrations"`
	// Counts are those of the newest case summary (contract-case 7); empty without one.
	Counts           []Count   `json:"counts"`
	PriorConvictions int32     `json:"prior_convictions"`
	Observations     []Finding `json:"observations"`
	Quality          []Finding `json:"data_quality"`
	// Asked is the as_of that was asked for; empty for now.
	Asked string `json:"-"`
}

// Decision is a decision about a duty, as its records say it.
type Decision struct {
	DecisionID string `json:"decision_id"`
	Kind       string `json:"kind"`
	Action     string `json:"action"`
	LegalBasis string `json:"legal_basis"`
	CentreID   string `json:"centre_id"`
	From       string `json:"valid_from"`
	To         string `json:"valid_to"`
	ServedAt   string `json:"served_at"`
	// Days is how old it is at the clock.
	Days string `json:"age_days"`
}

// Allowed is a permission.
type Allowed struct {
	PermissionID string `json:"permission_id"`
	Status       string `json:"status"`
	From         string `json:"valid_from"`
	To           string `json:"valid_to"`
	ReportEffect string `json:"report_effect"`
}

// Card is a card that the person was given.
type Card struct {
	CardID string `json:"card_id"`
	Type   string `json:"card_type"`
	From   string `json:"valid_from"`
	To     string `json:"valid_to"`
	APB    string `json:"anti_passback"`
}

// Row is one registration of the month: a row of a device, paper, or a notice.
type Row struct {
	Topic string `json:"topic"`
	ID    string `json:"id"`
	// At is its own time: an instant, or a wall-clock time as written on paper (TIM-06).
	At        string `json:"at"`
	What      string `json:"what"`
	Direction string `json:"direction"`
	Source    string `json:"source"`
	CentreID  string `json:"centre_id"`
	Known     string `json:"known_at"`
	Version   int64  `json:"version"`

	// Entry is the page of the desk where it can be corrected; empty for a row of a device.
	Entry string `json:"-"`
}

// Count is one row of the counts.
type Count struct {
	Month        string `json:"month"`
	Kind         string `json:"kind"`
	Indicated    int32  `json:"indicated"`
	NeedsReview  int32  `json:"needs_review"`
	Withdrawn    int32  `json:"withdrawn"`
	Undetermined int32  `json:"undetermined"`
	Excluded     int32  `json:"excluded"`
}

// Finding is an observation or a line about data quality that is open.
type Finding struct {
	Code string `json:"code"`
	From string `json:"from"`
	To   string `json:"to"`
}

// ClearingOf says what would clear a unit of the page; nil where nobody was asked.
func (p *PersonPage) ClearingOf(unit string) *Cleared { return clearedOf(p.Clearing, unit) }

func personView() *view {
	return &view{path: "/persons/{person}", right: access.SeePersons, title: "Person|Person", template: "person.html",
		answer: PersonPage{}, data: personPage, queries: []query{{"month", "the month of calendar and registrations, " +
			"YYYY-MM"},
			{"as_of", "what was known then: an instant (RFC 3339) or a local time YYYY-MM-DDTHH:MM"}}}
}

// asOf reads the clock that a page is asked for.
func (q *request) asOf() (duty.Instant, error) {
	text := q.value("as_of")
	if text == "" {
		return q.now(), nil
	}
	at, ok := duty.ParseInstant(text)
	if !ok {
		at, ok = momentWritten(text)
	}
	if !ok || !at.Plausible() {
		return 0, badRequest("Tidspunktet kan ikke læses: skriv åååå-mm-dd tt:mm, såsom 2026-02-03 22:40.|The time cannot " +
			"be read: write YYYY-MM-DD HH:MM, such as 2026-02-03 22:40.")
	}
	return min(at, q.now()), nil
}

// momentWritten reads a local time as people write it: a date as dateWritten reads it, then a space or a T, perhaps
// "kl.", and hours and minutes with a colon or a point.
func momentWritten(text string) (duty.Instant, bool) {
	text = strings.Replace(strings.Replace(text, "T", " ", 1), "kl. ", "", 1)
	date, clock, _ := strings.Cut(strings.TrimSpace(text), " ")
	d, ok := dateWritten(date)
	minutes, fine := clockMinutes(strings.Replace(clock, ".", ":", 1))
	early, _ := d.Readings(minutes)
	return early, ok && fine
}

// saidBy is the clock of what was told: without an as_of everything that was.
func (q *request) saidBy(at duty.Instant) duty.Instant {
	if q.value("as_of") == "" {
		return duty.Forever
	}
	return at
}

// noPerson is what a reader is told of somebody whom the topics do not know.
var noPerson = notFound("Ingen oplysning nævner det personnummer (PersonID). Kontrollér, at det er skrevet som på " +
	"kortet; " +
	"er personen lige oprettet, så prøv igen om et øjeblik.|No fact names that PersonID. Check that it is written as on " +
	"the card; if the person was only just created, try again in a moment.")

// person reads a person and what the core judges by.
func (q *request) person(at duty.Instant) (*projection.Person, World, error) {
	id := q.PathValue("person")
	if !duty.UsableKey(id) {
		return nil, World{}, noPerson
	}
	w, ok := q.live.world()
	if !ok {
		return nil, w, errNoWorld
	}
	p, err := q.live.store.Person(id, at)
	if err == nil && !p.Known() {
		err = noPerson
	}
	return p, w, err
}

// personPage makes the page.
func personPage(q *request) (any, error) {
	at, err := q.asOf()
	if err != nil {
		return nil, err
	}
	p, w, err := q.person(at)
	if err != nil {
		return nil, err
	}
	if err := q.viewed("person", p.ID, ""); err != nil {
		return nil, err
	}
	res := duty.Evaluate(duty.Input{PersonID: p.ID, Person: &p.Facts, Centres: w.Centres, Policies: w.Policies}, at)
	q.dear += len(res.Units) / nightsDear
	first, ok := monthOf(q.value("month"))
	if !ok {
		y, m, _ := at.Date().Civil()
		first = duty.DateOf(y, m, 1)
	}
	out := &PersonPage{PersonID: p.ID, Others: orNone(p.Others), AsOf: at.Local(), Told: told(p, q.saidBy(at)),
		Waiting: []Mark{},
		Duties:  decisions(p, at), Permissions: permissions(p, at), Cards: cards(p, at), Counts: counts(p),
		Observations: []Finding{}, Quality: []Finding{}, Registrations: registrations(p, first, at), Asked: q.value("as_of")}
	bound := [2]duty.Date{at.Date(), at.Date()}
	var shown []duty.Unit
	for i := range res.Units {
		u := &res.Units[i]
		bound[0], bound[1] = min(bound[0], u.Date), max(bound[1], u.Date)
		if u.Outcome == duty.OutcomeProvisional || u.Pending {
			out.Waiting = append(out.Waiting, Mark{Kind: u.Kind.String(), Outcome: u.Outcome.String(), Pending: u.Pending,
				Date: u.Date.String()})
		}
		if u.Date >= first && u.Date < nextMonth(first, 1) && !u.Early {
			shown = append(shown, *u)
		}
		if u.Outcome != duty.OutcomeNotApplicable {
			out.Group = u.Group.String()
		}
	}
	own := func(string) (*projection.Person, error) { return p, nil }
	if out.Clearing, err = q.cleared(out.Told, at, own); err != nil {
		return nil, err
	}
	out.Month = calendar(first, shown, out.Told, bound)
	if p.Summary != nil {
		out.PriorConvictions = p.Summary.PriorConvictions
	}
	for i := range res.Observations {
		o := &res.Observations[i]
		out.Observations = append(out.Observations, Finding{o.Code.String(), o.From.Local(), localOr(o.To)})
	}
	for i := range res.DataQuality {
		d := &res.DataQuality[i]
		out.Quality = append(out.Quality, Finding{d.Code.String(), d.From.Local(), localOr(d.To)})
	}
	return out, nil
}

func localOr(at duty.Opt[duty.Instant]) string {
	if !at.OK || at.V >= duty.Forever {
		return ""
	}
	return at.V.Local()
}

// told are the rows of the units as they stood at a clock, the newest date first.
func told(p *projection.Person, at duty.Instant) []projection.Row {
	out := []projection.Row{}
	for _, r := range p.Units {
		last := int32(0)
		for i := range p.Told {
			v := &p.Told[i]
			if v.UnitID == r.UnitID && v.EvaluatedAt <= at && v.Revision > last {
				last = v.Revision
				r.Revision, r.Status, r.Changed = v.Revision, v.Status.String(), v.EvaluatedAt.Local()
				r.WithdrawnOutcome, r.Caveats = "", orNone(v.Caveats)
				if v.WithdrawnOutcome.OK {
					r.WithdrawnOutcome = v.WithdrawnOutcome.V.String()
				}
			}
		}
		if last > 0 {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b projection.Row) int {
		return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// decisions are all that were made about the duties of the person, the newest first.
func decisions(p *projection.Person, at duty.Instant) []Decision {
	out := []Decision{}
	for i := range p.Facts.ObligationChanges {
		k := &p.Facts.ObligationChanges[i]
		if k.At > at || k.Fact.PersonID != p.ID {
			continue
		}
		out = append(out, Decision{DecisionID: k.Fact.DecisionID, Kind: k.Fact.Kind.String(), Action: k.Fact.Action.String(),
			LegalBasis: k.Fact.LegalBasis.String(), CentreID: k.Fact.CentreID, From: k.Fact.ValidFrom.Local(),
			To: localOr(k.Fact.ValidTo), ServedAt: localOr(k.Fact.ServedAt), Days: age(k.Fact.ValidFrom.Date(), at.Date())})
	}
	slices.SortStableFunc(out, func(a, b Decision) int { return cmp.Compare(b.From, a.From) })
	return out
}

func permissions(p *projection.Person, at duty.Instant) []Allowed {
	out := []Allowed{}
	sorted := duty.SortVersions[duty.Permission](p.Facts.Permissions)
	for _, k := range duty.InForce[duty.Permission](sorted, knownBy[duty.Permission](at)) {
		out = append(out, Allowed{k.Fact.PermissionID, k.Fact.Status.String(), k.Fact.ValidFrom.Local(),
			k.Fact.ValidTo.Local(),
			k.Fact.ReportEffect.String()})
	}
	slices.SortStableFunc(out, func(a, b Allowed) int { return cmp.Compare(b.From, a.From) })
	return out
}

func cards(p *projection.Person, at duty.Instant) []Card {
	out := []Card{}
	sorted := duty.SortVersions[duty.CardAssignment](p.Facts.CardAssignments)
	for _, k := range duty.InForce[duty.CardAssignment](sorted, knownBy[duty.CardAssignment](at)) {
		if k.Fact.PersonID == p.ID {
			out = append(out, Card{k.Fact.CardID, k.Fact.CardType.String(), k.Fact.ValidFrom.Local(), localOr(k.Fact.ValidTo),
				k.Fact.AntiPassback.String()})
		}
	}
	slices.SortStableFunc(out, func(a, b Card) int { return cmp.Compare(b.From, a.From) })
	return out
}

func counts(p *projection.Person) []Count {
	out := []Count{}
	if p.Summary == nil {
		return out
	}
	for _, m := range p.Summary.Months {
		out = append(out, Count{m.Month, m.Kind.String(), m.Indicated, m.NeedsReview, m.Withdrawn, m.Undetermined,
			m.Excluded})
	}
	return out
}

// registrations are the rows, paper and notices of a month, in order of time.
func registrations(p *projection.Person, first duty.Date, at duty.Instant) []Row {
	out := []Row{}
	from, to := first.Start(), nextMonth(first, 1).Start()
	for _, k := range duty.InForce[duty.CardEvent](duty.SortVersions[duty.CardEvent](p.Facts.CardEvents),
		knownBy[duty.CardEvent](at)) {
		if e := &k.Fact; e.OccurredAt >= from && e.OccurredAt < to && (!e.PersonID.OK || ours(p, e.PersonID.V)) {
			out = append(out, Row{duty.TopicCardEvents, e.ID, e.OccurredAt.Local(), e.Kind.String(), directionOf(e.Direction),
				e.DeviceID, e.CentreID, k.At.Local(), e.Version, ""})
		}
	}
	month := monthName(first)
	for _, k := range duty.InForce[duty.ManualEntry](duty.SortVersions[duty.ManualEntry](p.Facts.ManualEntries),
		knownBy[duty.ManualEntry](at)) {
		if m := &k.Fact; len(m.LocalTime) > 7 && m.LocalTime[:7] == month {
			what := m.Form.String()
			dir := directionOf(m.Direction)
			if m.Result.OK {
				dir = m.Result.V.String()
			}
			out = append(out, Row{duty.TopicManualEntries, m.ID, m.LocalTime, what, dir, m.DocumentRef.V, m.CentreID,
				k.At.Local(), m.Version, entryPath(paperSlug(m.Form), m.ID, m.PersonID.V)})
		}
	}
	for _, k := range duty.InForce[duty.Notice](duty.SortVersions[duty.Notice](p.Facts.Notices),
		knownBy[duty.Notice](at)) {
		if n := &k.Fact; len(n.LocalTime) > 7 && n.LocalTime[:7] == month {
			out = append(out, Row{duty.TopicNotices, n.ID, n.LocalTime, "NOTICE", "", n.Channel.String(), n.CentreID,
				k.At.Local(), n.Version, entryPath("notice", n.ID, n.PersonID)})
		}
	}
	slices.SortStableFunc(out, func(a, b Row) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// entryPath is the page of an entry; empty where no form has written it.
func entryPath(form, id, person string) string {
	if form == "" {
		return ""
	}
	return "/desk/" + form + "/entries/" + url.PathEscape(id) + "?" + url.Values{"key": {person}}.Encode()
}

// ours reports whether a name is the person's, or that of somebody who was linked with it.
func ours(p *projection.Person, id string) bool { return id == p.ID || slices.Contains(p.Others, id) }

// knownBy admits what was known at a clock.
func knownBy[T any](at duty.Instant) func(*duty.Known[T]) bool {
	return func(k *duty.Known[T]) bool { return k.At <= at }
}

func directionOf(d duty.Opt[duty.Direction]) string {
	if !d.OK {
		return ""
	}
	return d.V.String()
}
