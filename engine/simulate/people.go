package simulate

import (
	"fmt"
	"math/rand/v2"

	"tilsyn/engine/duty"
)

// Centres of the built-in register (contract §5).
const (
	kh            = "KH"
	sj            = "SJ"
	policeStation = "POLICE"
)

// resident is one person of the simulation: what the offices know of them and
// what they really do.
type resident struct {
	id        string
	n         int // number, from 0
	group     duty.Group
	nonRefoul bool // cannot be returned (GRP-05)
	centre    string
	card      string
	// assigned is the id of the card's assignment.
	assigned   string
	cardType   duty.CardType
	arrive     duty.Date
	restless   bool // often out late without a word
	private    bool // lives elsewhere and only reports (INT-06)
	reportRule duty.Opt[duty.Schedule]
	police     police

	// Where they are in their life.
	inside bool
	passed duty.Instant // when they last went through the gate
	away   absence
	// stopped is the day from which they report no more.
	stopped duty.Opt[duty.Date]
	// today holds the story of a simulated day, for residents who have one.
	stories map[duty.Date]story
	// reserved are days without outings, so that a story has the night for itself.
	reserved map[duty.Date]bool

	truth person // what really happened
}

// police says whether a decision to report names the police (RD-39).
type police uint8

const (
	agencyOnly  police = iota
	alsoPolice         // the Agency's stand or the police
	policeAlone        // a police station (RD-46)
)

// reportPlace is the place of the duty to report.
func (r *resident) reportPlace() string {
	if r.police == policeAlone {
		return policeStation
	}
	return r.centre
}

// places are those that a decision names.
func (r *resident) places(kind duty.Kind) []duty.ReportPlace {
	if kind == duty.KindReport && r.police == alsoPolice {
		return []duty.ReportPlace{duty.ReportPlaceReturnAgency, duty.ReportPlacePolice}
	}
	if kind == duty.KindReport && r.police == policeAlone {
		return []duty.ReportPlace{duty.ReportPlacePolice}
	}
	return []duty.ReportPlace{duty.ReportPlaceReturnAgency}
}

// absence is a run of nights away from the centre that has been decided on.
type absence struct {
	on bool
	// back is the day on which they come back, at minute; lost for good: never.
	back   duty.Date
	minute hm
	gone   bool
	// wake, where it is set, takes the place of walking in by the gate.
	wake func(*day)
	// calls says what they do each further evening.
	calls calling
}

// calling is what a resident does to tell the operator of a night away.
type calling uint8

const (
	silent    calling = iota // tells nobody
	everyDay                 // a fresh notice for every night
	firstOnly                // one notice, before leaving
	threeDays                // one notice that claims three nights (NTC-11)
)

// enhanced reports whether the resident is of the enhanced regime (GRP-07).
func (r *resident) enhanced() bool {
	return r.group != duty.GroupRejected && r.group != duty.GroupOtherUnlawful
}

// notifies reports whether the resident has a notification duty.
func (r *resident) notifies() bool { return r.enhanced() && !r.private }

// reports reports whether the resident has a reporting duty at all.
func (r *resident) reports() bool { return r.truth.has(duty.KindReport) }

// dice gives the resident's random numbers for one day and purpose. They do
// not depend on anybody else's, so that a change in one place of the
// simulation leaves other lives as they were.
func (w *world) dice(r *resident, d duty.Date, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(w.cfg.Seed, purpose<<56^uint64(r.n)<<24^uint64(uint32(d-w.cfg.Start))))
}

// populate makes the residents and publishes what the offices decide on their
// arrival.
func (w *world) populate() {
	w.residents = make([]*resident, w.cfg.Persons)
	for i := range w.residents {
		r := &resident{n: i, id: fmt.Sprintf("P-%05d", 10001+i)}
		dice := w.dice(r, w.cfg.Start, 1)
		r.arrive = w.cfg.Start
		if w.cfg.Days > 7 && dice.IntN(12) == 0 {
			r.arrive += duty.Date(1 + dice.IntN(w.cfg.Days/2))
		}
		r.centre = kh
		if dice.IntN(100) < 35 {
			r.centre = sj
		}
		r.card, r.cardType = fmt.Sprintf("C-%05d", 50001+i), duty.CardTypeBiometric
		if dice.IntN(100) < 10 {
			r.cardType = duty.CardTypeBarcode
		}
		r.group = pickGroup(dice)
		r.nonRefoul = r.group == duty.GroupForeignFighter && dice.IntN(3) == 0
		r.private = r.group == duty.GroupTolerated && dice.IntN(5) == 0
		r.restless = dice.IntN(100) < 4
		r.reportRule = pickSchedule(dice, r.arrive)
		r.stories, r.reserved = map[duty.Date]story{}, map[duty.Date]bool{}
		r.police = pickPolice(w.dice(r, w.cfg.Start, 9), r.private)
		r.truth.id, r.truth.barcode = r.id, r.cardType == duty.CardTypeBarcode
		w.residents[i] = r
		w.enrol(r, dice.IntN(100) < 88 || r.private)
	}
}

// pickGroup draws a group; all occur.
func pickGroup(dice *rand.Rand) duty.Group {
	switch x := dice.IntN(100); {
	case x < 30:
		return duty.GroupRejected
	case x < 56:
		return duty.GroupExpelledJudgment
	case x < 78:
		return duty.GroupTolerated
	case x < 86:
		return duty.GroupForeignFighter
	case x < 93:
		return duty.GroupExpelled25
	default:
		return duty.GroupOtherUnlawful
	}
}

// pickPolice draws where a resident may report: who lives elsewhere often does
// so at a police station.
func pickPolice(dice *rand.Rand, private bool) police {
	switch x := dice.IntN(100); {
	case private && x < 50:
		return policeAlone
	case x < 12:
		return alsoPolice
	}
	return agencyOnly
}

// pickSchedule draws a reporting schedule; missing means daily.
func pickSchedule(dice *rand.Rand, from duty.Date) duty.Opt[duty.Schedule] {
	switch x := dice.IntN(100); {
	case x < 76:
		return duty.None[duty.Schedule]()
	case x < 82:
		return duty.Some(duty.Schedule{Type: duty.ScheduleTypeDaily,
			WindowFrom: duty.Some("08:00"), WindowTo: duty.Some("16:00")})
	case x < 91:
		return duty.Some(duty.Schedule{Type: duty.ScheduleTypeWeekdays,
			Weekdays: []duty.Weekday{duty.WeekdayMon, duty.WeekdayWed, duty.WeekdayFri}})
	case x < 97:
		return duty.Some(duty.Schedule{Type: duty.ScheduleTypeQuota, QuotaPerWeek: 3})
	default:
		s := duty.Schedule{Type: duty.ScheduleTypeDates}
		for i := range 20 {
			s.Dates = append(s.Dates, from+duty.Date(2+3*i))
		}
		return duty.Some(s)
	}
}

// enrol publishes group, card and decisions of a resident on arrival. The
// duties to stay and to notify bind from noon of that day, the duty to report
// from the next midnight, so that the first night and the first slot are whole.
func (w *world) enrol(r *resident, reporting bool) {
	morning := at(r.arrive, 8*60, r.n%3600)
	w.putGroup(r, r.group, r.nonRefoul, at(r.arrive, 0, 0), morning)
	r.assigned = w.id("ca")
	put(w, duty.TopicCardAssignments, r.id, duty.CardAssignment{
		ID: r.assigned, Version: 1, ReceivedAt: morning, CardID: r.card, PersonID: r.id, CardType: r.cardType,
		ValidFrom: morning, AntiPassback: w.antiPassback(), Created: duty.CardCreationAutomatic,
	}, morning)
	noon := at(r.arrive, 12*60, 0)
	next := at(r.arrive+1, 0, 0)
	if !r.private {
		w.impose(r, duty.KindStay, r.centre, noon, morning)
	}
	if r.notifies() {
		w.impose(r, duty.KindNotify, r.centre, noon, morning)
	}
	if reporting {
		w.impose(r, duty.KindReport, r.reportPlace(), next, morning)
	}
}

// antiPassback is what is known of it for a new card: before November 2022 nobody
// saw to it that it was on (CRD-11).
func (w *world) antiPassback() duty.AntiPassback {
	if ofSummer(w.cfg.Start) {
		return duty.AntiPassbackUnknown
	}
	return duty.AntiPassbackOn
}

// impose publishes a decision and remembers the duty.
func (w *world) impose(r *resident, kind duty.Kind, centre string, from, served duty.Instant) {
	o := duty.ObligationChange{
		ID: w.id("ob"), Version: 1, ReceivedAt: served, DecisionID: decisionID(r, kind), PersonID: r.id,
		Kind: kind, Action: duty.ActionImpose, LegalBasis: w.legalBasis(kind, r.group, r.nonRefoul), CentreID: centre,
		ServedAt: duty.Some(served), ValidFrom: from, Places: r.places(kind),
	}
	if kind == duty.KindReport {
		o.Schedule = r.reportRule
	}
	put(w, duty.TopicObligationChanges, r.id, o, served)
	r.truth.duties = append(r.truth.duties, span{kind: kind, from: from, to: duty.Forever, centre: centre})
}

// amend publishes a later version of a decision, valid from an instant on, with
// another centre or another basis.
func (w *world) amend(r *resident, kind duty.Kind, version int64, centre string, from, served duty.Instant) {
	o := duty.ObligationChange{
		ID: w.id("ob"), Version: version, ReceivedAt: served, DecisionID: decisionID(r, kind), PersonID: r.id,
		Kind: kind, Action: duty.ActionAmend, LegalBasis: w.legalBasis(kind, r.group, r.nonRefoul), CentreID: centre,
		ServedAt: duty.Some(served), ValidFrom: from, Places: r.places(kind),
	}
	if kind == duty.KindReport {
		o.Schedule = r.reportRule
	}
	put(w, duty.TopicObligationChanges, r.id, o, served)
	for i := range r.truth.duties {
		if s := &r.truth.duties[i]; s.kind == kind && s.to == duty.Forever {
			s.to = from
		}
	}
	r.truth.duties = append(r.truth.duties, span{kind: kind, from: from, to: duty.Forever, centre: centre})
}

// putGroup publishes a group.
func (w *world) putGroup(r *resident, g duty.Group, nonRefoul bool, from, received duty.Instant) {
	put(w, duty.TopicGroupChanges, r.id, duty.GroupChange{
		ID: w.id("gr"), Version: 1, ReceivedAt: received, PersonID: r.id, Group: g,
		NonRefoulement: nonRefoul, ValidFrom: from,
	}, received)
}

func decisionID(r *resident, kind duty.Kind) string {
	return fmt.Sprintf("D-%s-%s", r.id[2:], kind)
}

// before2021 is the table of domain §3.2 for decisions before the Return Act.
func before2021(kind duty.Kind, g duty.Group) duty.LegalBasis {
	switch {
	case kind == duty.KindNotify:
		return duty.LegalBasisAliensAct42a10
	case kind == duty.KindStay:
		return duty.LegalBasisAliensAct42a8
	case g == duty.GroupRejected:
		return duty.LegalBasisAliensAct343
	}
	return duty.LegalBasisOther
}

// legalBasis is the table of domain §3.2.
func (w *world) legalBasis(kind duty.Kind, g duty.Group, nonRefoul bool) duty.LegalBasis {
	switch {
	case ofSummer(w.cfg.Start):
		return before2021(kind, g)
	case kind == duty.KindNotify:
		return duty.LegalBasisReturnAct134
	case kind == duty.KindStay && (g == duty.GroupRejected || g == duty.GroupOtherUnlawful):
		return duty.LegalBasisReturnAct131
	case kind == duty.KindStay:
		return duty.LegalBasisReturnAct132
	case g == duty.GroupRejected:
		return duty.LegalBasisReturnAct1214
	case g == duty.GroupOtherUnlawful:
		return duty.LegalBasisOther
	case g == duty.GroupTolerated || nonRefoul:
		return duty.LegalBasisReturnAct122
	case g == duty.GroupExpelledJudgment:
		return duty.LegalBasisReturnAct123
	default:
		return duty.LegalBasisReturnAct124
	}
}
