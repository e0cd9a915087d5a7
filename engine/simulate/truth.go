package simulate

import (
	"slices"

	"tilsyn/engine/duty"
)

// Truth is what really happened, unit by unit, and what an honest engine that
// has read every fact ought to hold at Until.
type Truth struct {
	// Until is the clock at the end.
	Until duty.Instant
	// Units are the finished units of every duty, by person, date, kind.
	Units []Unit
	// Faults are those of the plans.
	Faults []*Fault
	// Losses are the times in which passages were lost without any plan, by time.
	Losses []Loss
	// Persons and Days repeat the Config.
	Persons, Days int
}

// Loss is a time in which a share of the passages of a centre never arrived.
type Loss struct {
	CentreID string
	// From and To bound it, To exclusive.
	From, To duty.Instant
	// Passages is how many were lost.
	Passages int
}

// Unit is the truth about one night or reporting slot.
type Unit struct {
	PersonID string
	Kind     duty.Kind
	// Date is the evening date of a night, or the due date of a slot.
	Date duty.Date
	// What really happened.
	What What
	// Indicated says that the records of this unit ought to be INDICATED at
	// the end. It implies Breach.
	Indicated bool
	// Open says that Indicated holds only as long as nothing is seen of lost rows: near
	// a loss, and after a fault of a plan, the record may as well be held or left to
	// people.
	Open bool
	// Why says why a breach ought not to be INDICATED; empty elsewhere.
	Why Why
}

// What is what a resident did about a duty.
type What uint8

// The truths about a unit.
const (
	// Met: the duty was met.
	Met What = iota
	// Excused: a permission, a hold or an established departure.
	Excused
	// Grey: the law or the policy leaves it to people, whatever happened.
	Grey
	// Breach: the duty was not met.
	Breach
)

var whats = [...]string{"MET", "EXCUSED", "GREY", "BREACH"}

// String gives the name used in truth files.
func (x What) String() string { return whats[x] }

// Why is a reason for which a real breach cannot be indicated.
type Why string

// The reasons.
const (
	WhyExclusion    Why = "declared loss of data"
	WhyOutage       Why = "outage"
	WhyUnregistered Why = "movement without registration"
	WhyPaper        Why = "rests on a paper form"
	WhyDeparture    Why = "departure question"
	WhyTransfer     Why = "transfer day"
	WhyUnsettled    Why = "paper logs not yet complete"
	WhyLateMarker   Why = "paper logs completed too late"
	WhySuspension   Why = "exit not confirmed by the temporary registration"
	WhyName         Why = "name on paper does not fit the number"
	WhyUnread       Why = "paper whose number cannot be read"
	WhyDirection    Why = "barcode scanner whose direction was not sure"
	WhyObserved     Why = "a guard wrote that the person was seen"
)

// mark says how a movement can be seen afterwards.
type mark uint8

const (
	registered mark = iota
	onPaper
	unregistered
)

// move is a movement through or over the fence.
type move struct {
	at     duty.Instant
	in     bool
	centre string
	mark   mark // how it was registered
	// known is when the paper arrives on which alone it stands; 0: at once.
	known duty.Instant
	// noted: the temporary registration has it as well (SYS-22).
	noted bool
}

// attended is a report that was made.
type attended struct {
	at     duty.Instant
	centre string
	paper  bool // registered on paper
	police bool // reported to the police
}

// told is an own notice; doubtful ones leave the night to people.
type told struct {
	at       duty.Instant
	doubtful bool
}

// leave is a granted permission.
type leave struct {
	from, to duty.Instant // to is exclusive
	effect   duty.ReportEffect
}

// between is an interval, to exclusive.
type between struct{ from, to duty.Instant }

// span is a time in which a duty binds.
type span struct {
	kind     duty.Kind
	from, to duty.Instant
	centre   string
}

// person is the truth about one resident.
type person struct {
	id          string
	barcode     bool
	duties      []span
	moves       []move
	reports     []attended
	found       []duty.Instant // seen inside by a room check
	observed    []duty.Instant // "present" on a guard's observation form, true or not
	misnamed    []duty.Instant // paper with this number under another name
	traces      []duty.Instant // rows and paper that show no movement
	notices     []told
	permissions []leave
	holds       []between
	departed    duty.Opt[duty.Date] // from which date they are gone for good
	transfer    duty.Opt[duty.Date]
}

// has reports whether the person ever has a duty.
func (p *person) has(kind duty.Kind) bool {
	return slices.ContainsFunc(p.duties, func(s span) bool { return s.kind == kind })
}

// drop takes a duty away with its past.
func (p *person) drop(kind duty.Kind) {
	p.duties = slices.DeleteFunc(p.duties, func(s span) bool { return s.kind == kind })
}

// covers reports whether a duty binds over the whole of an interval; adjoining
// spans count as one.
func (p *person) covers(kind duty.Kind, from, to duty.Instant) bool {
	for _, s := range p.duties {
		if s.kind == kind && s.from <= from && from < s.to {
			from = s.to
		}
	}
	return from >= to
}

// centre gives the place of a duty at an instant.
func (p *person) centre(kind duty.Kind, t duty.Instant) string {
	for _, s := range p.duties {
		if s.kind == kind && s.from <= t && t < s.to {
			return s.centre
		}
	}
	return ""
}

// outside says whether the person really was outside at t; an IN at t counts
// as inside.
func (p *person) outside(t duty.Instant) bool {
	out := false
	for _, m := range p.moves {
		if m.at > t || m.at == t && !m.in {
			break
		}
		out = !m.in
	}
	return out
}

// sight is something that the facts show: where the person was before and
// after an instant.
type sight struct {
	at            duty.Instant
	before, after bool // true: inside
	passage       bool // false for a report or a check
	paper         bool // registered on paper
	noted         bool
}

// seen lists what the facts that are known by until show, in order.
func (p *person) seen(until duty.Instant) []sight {
	var out []sight
	for _, m := range p.moves {
		if m.mark != unregistered && m.known <= until {
			out = append(out, sight{at: m.at, before: !m.in, after: m.in, passage: true,
				paper: m.mark == onPaper, noted: m.noted})
		}
	}
	for _, x := range p.reports {
		if !x.police {
			out = append(out, sight{at: x.at, before: x.centre == kh, after: x.centre == kh, paper: x.paper})
		}
	}
	for _, t := range p.found {
		out = append(out, sight{at: t, before: true, after: true, paper: true})
	}
	slices.SortStableFunc(out, func(a, b sight) int { return int(a.at - b.at) })
	return slices.DeleteFunc(out, func(s sight) bool { return s.at > until })
}

// signs are the instants at which rows, paper or own messages tell of the
// person (RD-42).
func (p *person) signs() []duty.Instant {
	out := slices.Concat(p.found, p.observed, p.traces)
	for _, m := range p.moves {
		if m.mark != unregistered {
			out = append(out, m.at)
		}
	}
	for _, x := range p.reports {
		out = append(out, x.at)
	}
	for _, n := range p.notices {
		out = append(out, n.at)
	}
	return out
}
