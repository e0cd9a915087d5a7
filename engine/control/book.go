package control

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// All is the centre of the report that sums all centres and what has none.
const All = duty.AllCentres

// Automatic is an incident that the watch found.
type Automatic struct {
	ID, CentreID string
	DeviceIDs    []string
	From         duty.Instant
	To           duty.Opt[duty.Instant]
	Kind         duty.IncidentKind
	// Dissolved was shown to be nothing, Replaced gave way to what people said.
	Dissolved, Replaced bool
}

// Watched is what the watch found.
type Watched struct {
	Incidents   []Automatic
	DataQuality []duty.DataQuality
}

// Letters are the records that nobody can read: how many were received in the period and are open, and
// the age of the oldest that is open.
type Letters struct {
	Received, Open int
	Oldest         duty.Opt[duty.Instant]
}

// Book gathers one control report. Persons are added in any order.
type Book struct {
	world  duty.World
	at     duty.Instant
	centre string
	period Period
	// watch is what the watch found; nil if it was not asked.
	watch  *Watched
	losses []loss

	coverage struct {
		units, undetermined, excluded, unsettled int
		held                                     []duty.Instant
	}
	told struct {
		first, withdrawn int
		exposure         []duty.Instant
		causes           map[duty.RecallCause]bool
		backlog          []duty.Instant
	}
	// kinds are the duties that bind somebody, true if one of their units was judged.
	kinds map[duty.Kind]bool
	codes map[string]int
}

// NewBook begins the report of a centre, or of All, over a period, by the facts known at a clock.
func NewBook(w duty.World, at duty.Instant, centre string, p Period, watch *Watched) *Book {
	b := &Book{world: w, at: at, centre: centre, period: p, watch: watch,
		kinds: map[duty.Kind]bool{}, codes: map[string]int{}}
	b.told.causes = map[duty.RecallCause]bool{}
	b.findLosses()
	return b
}

// of reports whether something of a centre belongs to the report.
func (b *Book) of(centre string) bool { return b.centre == All || b.centre == centre }

// AddPerson adds one person: the verdict at the clock, and what was told. controlled says of each duty
// whether any unit of the person is in the ledger; nil: the verdict itself is the ledger.
func (b *Book) AddPerson(res *duty.Result, told recall.Person, controlled func(duty.Kind) bool) {
	for i := range res.Units {
		u := &res.Units[i]
		if within(b.period.Span, u.Date.Start()) && b.of(u.CentreID) {
			b.addUnit(u, controlled)
		}
	}
	b.addBound(res)
	for i := range b.losses {
		b.losses[i].add(res)
	}
	if b.centre == All {
		for i := range res.DataQuality {
			b.note(&res.DataQuality[i])
		}
	}
	b.addTold(&told)
}

// firstDue is how long a duty can bind before one of its units is due: a night and a day.
const firstDue = 2 * duty.Day

// addBound notes the duties that bind the person in the period, long enough for a unit to be due.
func (b *Book) addBound(res *duty.Result) {
	s := duty.Span{From: b.period.Span.From, To: min(b.period.Span.To, b.at-firstDue)}
	if s.From >= s.To {
		return
	}
	p := b.world.PolicyAt(b.at)
	for i := range p.Centres {
		if !b.of(p.Centres[i].ID) {
			continue
		}
		for _, k := range res.Bound(p.Centres[i].ID, s) {
			if !b.kinds[k] {
				b.kinds[k] = false // it binds, whether or not anything of it was judged
			}
		}
	}
}

// addUnit counts a unit that is due.
func (b *Book) addUnit(u *duty.Unit, controlled func(duty.Kind) bool) {
	if u.Outcome == duty.OutcomeNotApplicable || u.Pending || u.Early {
		return
	}
	b.kinds[u.Kind] = b.kinds[u.Kind] || controlled == nil || controlled(u.Kind)
	c := &b.coverage
	c.units++
	switch u.Outcome {
	case duty.OutcomeUndetermined:
		c.undetermined++
	case duty.OutcomeExcluded:
		c.excluded++
	case duty.OutcomeProvisional:
		c.unsettled++
		c.held = append(c.held, max(0, b.at-u.PeriodTo))
	default:
		if slices.Contains(u.Caveats, "UNSETTLED") {
			c.unsettled++
		}
	}
}

// addTold counts what was told of a person.
func (b *Book) addTold(p *recall.Person) {
	handled := map[string]bool{}
	sorted := duty.SortVersions[duty.Handling](p.Handlings)
	for _, k := range duty.InForce[duty.Handling](sorted, func(k *duty.Known[duty.Handling]) bool {
		return k.At <= b.at
	}) {
		handled[k.Fact.UnitID] = true
	}
	for i := range p.Units {
		u := &p.Units[i]
		known := u.Revisions
		for len(known) > 0 && known[len(known)-1].At > b.at {
			known = known[:len(known)-1]
		}
		if len(known) == 0 || !b.of(known[0].CentreID) {
			continue
		}
		b.addRevisions(known, handled[u.UnitID])
	}
}

// addRevisions counts one unit that was told.
func (b *Book) addRevisions(list []recall.Revision, handled bool) {
	first, last := list[0].At, list[len(list)-1]
	for _, r := range list {
		for i := range b.losses {
			b.losses[i].tookBack(&r)
		}
	}
	if !within(b.period.Span, first) {
		return
	}
	b.told.first++
	if last.Status == duty.StatusWithdrawn {
		b.told.withdrawn++
	} else if !handled {
		b.told.backlog = append(b.told.backlog, b.at-first)
	}
	if i := slices.IndexFunc(list, func(r recall.Revision) bool { return r.CauseID.OK }); i >= 0 {
		b.told.exposure = append(b.told.exposure, list[i].At-first)
		for _, r := range list[i:] {
			if r.Cause.OK {
				b.told.causes[r.Cause.V] = true
			}
		}
	}
}

// note counts a line of data quality that begins in the period.
func (b *Book) note(q *duty.DataQuality) {
	if within(b.period.Span, q.From) {
		b.codes[q.Code.String()]++
	}
}
