package simulate

import (
	"fmt"
	"math/rand/v2"

	"tilsyn/engine/duty"
)

// outage is a time in which a centre's readers write nothing and guards write
// paper (INC-01, PAS-11).
type outage struct {
	id       string
	centre   string
	kind     duty.IncidentKind
	devices  []string
	from, to duty.Instant // to is exclusive
	// known is when somebody reports it, forms when the paper arrives, complete
	// when all of it is stated to have arrived.
	known, forms, complete duty.Instant
}

// loss is a time in which a share of a centre's passages never arrives. There
// is no paper about it.
type loss struct {
	centre   string
	from, to duty.Instant // to is exclusive
	percent  int
	// passages are those that were lost so far.
	passages int
}

// exclusion is a declared loss of data over whole dates (EXC-01 to EXC-06).
type exclusion struct {
	id       string
	centre   string
	from, to duty.Date    // both inclusive
	declared duty.Instant // when it becomes known
}

// plan sets the centres' rare events: a frost at Kærshovedgård whose forms
// arrive three days late, a broken reader at Sjælsmark that nobody reports for
// two days, and a loss of rows there that is found out a week later and ends
// in an exclusion. The days are thirds of the simulation; everything is
// resolved before it ends.
func (w *world) plan() {
	if !w.cfg.eventful() || w.cfg.Undisturbed {
		return
	}
	s, n := w.cfg.Start, duty.Date(w.cfg.Days)
	lossDay := s + n/5
	w.losses = append(w.losses, loss{centre: sj, from: at(lossDay, 11*60, 0), to: at(lossDay+1, 15*60, 0), percent: 65})
	w.exclusions = append(w.exclusions, exclusion{
		id: "EX-SJ-1", centre: sj, from: lossDay, to: lossDay + 1, declared: at(nextWorkday(lossDay+7), 10*60+30, 0),
	})
	f := s + n*2/5
	w.outages = append(w.outages, outage{
		id: "IN-KH-1", centre: kh, kind: duty.IncidentKindFrost, devices: []string{"KH-carousel", "KH-handheld", "KH-stand"},
		from: at(f, 20*60, 0), to: at(f, 25*60+30, 0), known: at(f, 20*60+50, 0),
		forms: at(nextWorkday(f+3), 10*60, 0), complete: at(nextWorkday(f+3), 14*60, 0),
	})
	r := s + n*11/20
	known := nextWorkday(r + 2)
	forms := nextWorkday(known + 1)
	w.outages = append(w.outages, outage{
		id: "IN-SJ-1", centre: sj, kind: duty.IncidentKindDevice, devices: []string{"SJ-carousel"},
		from: at(r, 19*60+30, 0), to: at(r, 22*60+40, 0), known: at(known, 13*60, 0),
		forms: at(forms, 10*60, 0), complete: at(forms, 12*60, 0),
	})
	for _, o := range w.outages {
		w.over(o.from, o.to, &spell{mute: true}, o.devices...)
	}
}

// announce publishes what is known of the events, and when.
func (w *world) announce() {
	for _, o := range w.outages {
		w.announceOutage(o)
	}
	for _, x := range w.exclusions {
		put(w, duty.TopicExclusions, x.centre, duty.Exclusion{
			ID: x.id + "-v1", Version: 1, ReceivedAt: x.declared, ExclusionID: x.id, CentreID: x.centre,
			FromDate: x.from, ToDate: x.to, Status: duty.ExclusionStatusDeclared, Reason: "passages lost in the data flow",
			DeclaredBy: "officer 1", ApprovedBy: "officer 2", DeclaredAt: x.declared,
		}, x.declared)
	}
	if !w.cfg.eventful() {
		return
	}
	half := w.cfg.Start + duty.Date(w.cfg.Days/2)
	t := at(nextWorkday(half), 15*60, 0)
	put(w, duty.TopicSupervisionResults, kh, duty.SupervisionResult{
		ID: "SU-KH-1", Version: 1, ReceivedAt: t, CentreID: kh, FromDate: w.cfg.Start, ToDate: half - 1,
		ResultRef: "SUPERVISION-KH-1",
	}, t)
}

func (w *world) announceOutage(o outage) {
	x := duty.Incident{
		ID: o.id + "-v1", Version: 1, ReceivedAt: o.known, IncidentID: o.id, CentreID: o.centre, DeviceIDs: o.devices,
		From: o.from, Kind: o.kind, FormsStatus: duty.FormsStatusPending,
		State: duty.IncidentStateActive, Origin: duty.OriginHuman,
	}
	if o.known >= o.to {
		x.To = duty.Some(o.to)
	}
	put(w, duty.TopicIncidents, o.centre, x, x.ReceivedAt)
	next := func(received duty.Instant, forms duty.FormsStatus) {
		x.Version++
		x.ID, x.ReceivedAt = fmt.Sprintf("%s-v%d", o.id, x.Version), received
		x.To, x.FormsStatus = duty.Some(o.to), forms
		put(w, duty.TopicIncidents, o.centre, x, received)
	}
	if o.known < o.to {
		next(o.to+40*duty.Minute, duty.FormsStatusPending)
	}
	if o.complete != 0 {
		next(o.complete, duty.FormsStatusComplete)
	}
}

// outageAt gives the outage of a centre at an instant in which paper is
// written.
func (w *world) outageAt(centre string, t duty.Instant) (outage, bool) {
	for _, o := range w.outages {
		if o.forms != 0 && o.centre == centre && o.from <= t && t < o.to {
			return o, true
		}
	}
	return outage{}, false
}

// lost decides whether a passage is lost on the way.
func (w *world) lost(centre string, t duty.Instant, dice *rand.Rand) bool {
	for i := range w.losses {
		l := &w.losses[i]
		if l.centre == centre && l.from <= t && t < l.to && dice.IntN(100) < l.percent {
			l.passages++
			return true
		}
	}
	return false
}

// busy reports whether a centre has an event on a date, when more residents
// are on the move so that it can be seen.
func (w *world) busy(centre string, d duty.Date) bool {
	from, to := at(d, dawn, 0), at(d, nextDawn, 0)
	for _, o := range w.outages {
		if o.centre == centre && o.from < to && from < o.to {
			return true
		}
	}
	for _, l := range w.losses {
		if l.centre == centre && l.from < to && from < l.to {
			return true
		}
	}
	return false
}
