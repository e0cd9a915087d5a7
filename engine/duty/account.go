package duty

import (
	"cmp"
	"slices"
)

// Account says how the core came to its verdict on one unit: what it read, what each rule concluded,
// and what it waits for. It is worked out afterwards by the functions that judge, and shows nothing
// of anybody else than the evidence of a record does (EVD-14 item 2).
//
// Many fields: one for each thing that a verdict rests on.
type Account struct {
	// Unit is the verdict, as Evaluate gives it.
	Unit Unit
	// Due is when the unit falls due (RD-27).
	Due Instant
	// Centres are those of the unit; the first is centre_id.
	Centres []string
	// Policies are what each policy gives by itself; the mildest counts (TX-22).
	Policies []PolicyVerdict
	// Readings are how many readings of the facts were judged, of which the mildest counts (TIM-06,
	// REL-10, A-06).
	Readings int
	// Duties are the decisions that bind in the period: those of the unit's kind, and STAY.
	Duties []DutyRead
	// Doubts are the caveats of a would-be STAY record; Triggers those of a NOTIFY night and Slots those
	// of a reporting day, each with its own.
	Doubts   []Doubt
	Triggers []Trigger
	Slots    []Slot
	// Positions say where registrations show the card, from 24 hours before the unit to 24 hours after.
	Positions []PositionRead
	// Registrations are the rows and entries of the same time, and those that the unit rests on.
	Registrations []Registration
	// Interval is the time over which the unit is inferred, from the registration before it to the one after
	// it, or to the clock where there is none. Between are the person's rows of that time, and the papers of it
	// and of 24 hours around it, which are not among Registrations; Cards are its card assignments over it
	// (EVD-14 items 2 to 6, 10, 11).
	Interval Span
	Between  []Registration
	Cards    []string
	// Notices, Permissions, Incidents, Exclusions and Supervision are as in a record.
	Notices     []NoticeConsidered
	Permissions []PermissionConsidered
	Incidents   []IncidentRef
	Exclusions  []ExclusionRef
	Supervision []SupervisionRef
	// Holds are custody, hospital and the like near the unit (OBL-12); Assessments those of departure.
	Holds       []Hold
	Assessments []DepartureAssessment
	// Logs are the manual logs that a record needs (LIF-02); none where the unit is no would-be record.
	Logs []LogRead
	// HeldBy are records that cannot be used and may speak of the unit (contract §1).
	HeldBy []HeldBy
	// Feeds are what the feeds had told (REL-06); Rests is how far they must have told everything.
	Feeds []FeedRead
	Rests Instant
	// Record is what would be told now as a first revision; nil where the unit is no record.
	Record *Violation
}

// PolicyVerdict is what one policy gives by itself.
type PolicyVerdict struct {
	Version, Digest string
	// From is when it was activated.
	From    Instant
	Outcome Outcome
	// Decides is true for the one whose verdict counts.
	Decides bool
}

// DutyRead is a stretch over which a decision binds.
type DutyRead struct {
	Kind       Kind
	DecisionID string
	LegalBasis LegalBasis
	CentreID   string
	Group      Group // effective
	Span       Span
	ServedAt   Opt[Instant]
}

// PositionRead is a stretch of time with one position.
type PositionRead struct {
	Span Span
	// Where is INSIDE, OUTSIDE or UNKNOWN; CentreID is the centre of INSIDE.
	Where    string
	CentreID string
	// Conflicting is true where registrations contradict each other; Pending where an incident without
	// complete forms lies over it (INC-02).
	Conflicting, Pending bool
}

// LogRead is a manual log that a record needs on one date.
type LogRead struct {
	CentreID string
	Date     Date
	Log      LogType
	// To is how far it must be proven, Through how far it is; Beginning: not at all.
	To, Through Instant
}

// Proven reports whether the log is proven as far as it must be.
func (l *LogRead) Proven() bool { return l.Through >= l.To }

// HeldBy is a record that cannot be used and holds the unit.
type HeldBy struct {
	// Topic may be empty; Pos is missing for facts from files.
	Topic string
	Pos   Opt[Position]
	// Since is when it became known; Beginning if nobody can tell.
	Since Instant
	// Senseless is true for one that can be read and makes no sense.
	Senseless bool
}

// FeedRead is how far a feed had told everything.
type FeedRead struct {
	Source  string
	Through Instant
}

// UnitState is what is known of a unit that a person may have on a date.
type UnitState uint8

// What is known of a unit.
const (
	// UnitNone: no decision makes one due on that date.
	UnitNone UnitState = iota
	// UnitAhead: it is not over at the clock, and nothing is judged yet, whatever binds then.
	UnitAhead
	// UnitFound: it was judged.
	UnitFound
)

// Explain says how Evaluate comes to its verdict on one unit at a clock. The account is empty if the
// unit is not found.
func Explain(in Input, k Kind, d Date, at Instant) (Account, UnitState) {
	if d > at.Date() {
		return Account{}, UnitAhead
	}
	in.FromDate, in.ToDate = Some(d), Some(d)
	courts, _ := courtsAt(in, at)
	if !slices.Contains(unitsOf(courts, in, at), unitName{k, d}) {
		return Account{}, UnitNone
	}
	u, ok := mildest(courts, k, d, at)
	if !ok {
		return Account{}, UnitAhead
	}
	a := Account{Unit: u}
	for _, c := range courts {
		v, due, ok := c.unit(k, d, at)
		if ok && c.until > min(due, at) {
			a.Policies = append(a.Policies, PolicyVerdict{c.policy.Policy.Version, c.policy.Policy.Digest,
				c.policy.From, v.Outcome, c == u.court})
		}
	}
	g := u.grounds()
	a.take(g, &u, at)
	if u.Record() {
		v := build(in, &u, nil, statusOf(u.Outcome), None[WithdrawnOutcome](), at)
		v.Digest = v.ComputeDigest()
		a.Record = &v
	}
	return a, UnitFound
}

// statusOf is the status of a first revision.
func statusOf(o Outcome) Status {
	if o == OutcomeIndicated {
		return StatusIndicated
	}
	return StatusNeedsReview
}

// take fills the account from what the judge read.
func (a *Account) take(g *ground, u *Unit, at Instant) {
	e, c := g.e, g.court
	e.trace = &trace{}
	f := e.judge(u.Kind, u.Date)
	t := e.trace
	e.trace = nil
	a.Due, a.Centres, a.Readings = f.due, f.centres, len(c.withLate.all)
	a.Doubts, a.Triggers, a.Slots = t.doubts, t.triggers, t.slots
	for i := range a.Triggers {
		tr := &a.Triggers[i]
		tr.Chosen = f.instant.OK && tr.At == f.instant.V && tr.Outcome == f.outcome
	}
	if g.f.before == nil && g.f.exit == nil && u.Kind != KindReport {
		g.f.before, g.f.after = e.bounds(g.f.period.From, g.f.period.From)
	}
	g.paper = g.paperOf(u.Kind, nil)
	a.Duties = e.dutiesRead(u.Kind, f.period)
	around := Span{f.period.From - Day, f.period.To + Day}
	a.Positions = e.positionsRead(around, f.around.pending)
	a.Registrations = g.registrationsRead(around)
	a.Interval = g.interval()
	whole := Span{a.Interval.From - Day, a.Interval.To + Day}
	a.Between = slices.DeleteFunc(g.registrationsRead(whole), func(r Registration) bool {
		return r.Topic == TopicCardEvents && !a.Interval.contains(r.At) ||
			slices.ContainsFunc(a.Registrations, func(x Registration) bool { return x.Topic == r.Topic && x.ID == r.ID })
	})
	a.Cards = g.cards(whole)
	a.Notices, a.Permissions = g.noticesConsidered(u), g.permissionsConsidered(u)
	a.Incidents, a.Exclusions, a.Supervision = g.incidentRefs(), g.exclusionRefs(), g.supervisionRefs()
	for _, k := range e.holds {
		if (Span{k.Fact.ValidFrom, k.Fact.ValidTo.Or(Forever)}).overlaps(around) {
			a.Holds = append(a.Holds, k.Fact)
		}
	}
	for _, k := range e.assessments {
		a.Assessments = append(a.Assessments, k.Fact)
	}
	if f.outcome.Severity() > SeverityNone {
		a.waits(c.proof(&g.f, u.Kind, u.Date, g.par), at)
	}
}

// waits fills in what a would-be record waits for.
func (a *Account) waits(p *proof, at Instant) {
	for _, k := range p.keys {
		a.Logs = append(a.Logs, LogRead{k.centre, k.date, k.log, k.to, p.centres.reach(k.settlementKey, at, at)})
	}
	slices.SortStableFunc(a.Logs, func(x, y LogRead) int {
		return cmp.Or(cmp.Compare(x.CentreID, y.CentreID), cmp.Compare(x.Date, y.Date), cmp.Compare(x.Log, y.Log))
	})
	blocks := p.holding(at)
	slices.SortFunc(blocks, (*block).compare)
	for _, b := range slices.CompactFunc(blocks, func(a, b *block) bool { return a.compare(b) == 0 }) {
		a.HeldBy = append(a.HeldBy, HeldBy{b.topic, b.pos, b.known, b.invalid})
	}
	a.Rests = p.f.rests()
	if p.watch != nil {
		for _, f := range p.feeds() {
			a.Feeds = append(a.Feeds, FeedRead{f.Source, f.through(at)})
		}
	}
}

// dutiesRead lists what binds in a period: the duties of a kind, and STAY.
func (e *evaluation) dutiesRead(k Kind, period Span) []DutyRead {
	var out []DutyRead
	add := func(k Kind, parts []dutyPart) {
		for i := range parts {
			p := &parts[i]
			if p.span.overlaps(period) {
				out = append(out, DutyRead{k, p.version.DecisionID, p.version.LegalBasis, p.version.CentreID, p.group,
					p.span, p.version.ServedAt})
			}
		}
	}
	switch k {
	case KindNotify:
		add(k, e.duties.notify)
	case KindReport:
		add(k, e.duties.report)
	}
	add(KindStay, e.duties.stay)
	return out
}

// positionsRead lists the positions of a span; neighbours that say the same are one.
func (e *evaluation) positionsRead(s Span, pending []Span) []PositionRead {
	var out []PositionRead
	for _, p := range e.within(s, pending) {
		n := PositionRead{Span: p.span, Where: "UNKNOWN", Conflicting: p.conflicting}
		switch p.place.kind {
		case inside:
			n.Where, n.CentreID = "INSIDE", p.place.centre
		case outside:
			n.Where = "OUTSIDE"
		default:
			_, n.Pending = covering(e.pendingOver(e.pieces[e.pieceAt(p.span.From)].place, pending), p.span.From)
		}
		if i := len(out) - 1; i >= 0 && out[i].Where == n.Where && out[i].CentreID == n.CentreID &&
			out[i].Conflicting == n.Conflicting && out[i].Pending == n.Pending {
			out[i].Span.To = n.Span.To
			continue
		}
		out = append(out, n)
	}
	return out
}
