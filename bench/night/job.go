package main

import (
	"errors"
	"fmt"
	"iter"
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// job is the work: persons under STAY whose cards pass the gate, in order of
// time. Everything follows from its fields; nothing is kept in memory.
type job struct {
	// Persons are under STAY at one centre from noon of the first day on.
	Persons int
	// Nights are simulated.
	Nights int
	// Missing is how many of a thousand persons are out in a night.
	Missing int
	Seed    uint64
	// Slots are the passages of a day from noon to noon.
	Slots []slot
	// Three puts everybody under NOTIFY and REPORT as well. Who is out in a night does not report on its
	// date either, so that all three are breached.
	Three bool
}

// slot is a time of day in which everybody passes once.
type slot struct {
	// From and Until are minutes from midnight of the day whose evening the
	// night is named after; beyond 24 hours is the next morning.
	From, Until int
	// Direction is that of the passage; DirectionUnknown makes the slot one for a report at the stand.
	Direction duty.Direction
	// Home is true for a passage that those who miss the night leave out.
	Home bool
}

// wholeDay are six passages from noon to noon: the evening's return and the
// morning's leaving are left out by whoever is out at night. The next entry is
// after 08:00, so that it is no late return (STY-05).
var wholeDay = []slot{
	{13 * 60, 15 * 60, duty.DirectionOut, false},
	{15*60 + 30, 17*60 + 30, duty.DirectionIn, false},
	{18 * 60, 20 * 60, duty.DirectionOut, false},
	{20*60 + 30, 22*60 + 30, duty.DirectionIn, true},
	{30*60 + 30, 32*60 + 30, duty.DirectionOut, true},
	{33*60 + 30, 35*60 + 30, duty.DirectionIn, false},
}

// firstDay is the date of the first evening; no change of summer time is near.
var firstDay = duty.DateOf(2026, 2, 3)

const (
	centre = "KH"
	device = "KH-carousel"
	stand  = "KH-stand"
)

// person is the PersonID of number p.
func person(p int) string { return fmt.Sprintf("P%07d", p) }

// missed reports whether person p is out in night n: the truth.
func (j *job) missed(p, n int) bool {
	x := j.Seed + uint64(p)*0x9e3779b97f4a7c15 + uint64(n)*0xd1b54a32d192ed03
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return x%1000 < uint64(j.Missing)
}

// under puts everybody under one duty, or three if nobody but those who are due is measured and nobody comes
// home: a return that ends three breaches is no single revision to wait for.
func (j *job) under(duties int, dueAlone bool) error {
	if j.Three = duties == 3; duties != 1 && (!j.Three || !dueAlone) {
		return errors.New("-duties must be 1, or 3 with -persons 0 and -no-restarts")
	}
	return nil
}

// kinds are the duties of everybody.
func (j *job) kinds() []duty.Kind {
	if j.Three {
		return []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport}
	}
	return []duty.Kind{duty.KindStay}
}

// truth returns the units that are breaches, by unit id.
func (j *job) truth() map[string]bool {
	out, kinds := map[string]bool{}, j.kinds()
	for n := range j.Nights {
		for p := range j.Persons {
			if !j.missed(p, n) {
				continue
			}
			for _, k := range kinds {
				out[duty.UnitID(k, firstDay+duty.Date(n), person(p))] = true
			}
		}
	}
	return out
}

// passage is one row before it is written out: the gates here write one a passage.
type passage struct {
	person, night, slot int // numbers from 0
	at                  duty.Instant
}

// passages yields them in order of time. Within a slot persons come
// in an order that looks arbitrary and differs from slot to slot.
func (j *job) passages() iter.Seq[passage] {
	return func(yield func(passage) bool) {
		for n := range j.Nights {
			midnight := (firstDay + duty.Date(n)).Start()
			for i, s := range j.Slots {
				from := midnight + duty.Instant(s.From)*duty.Minute
				length := duty.Instant(s.Until-s.From) * duty.Minute
				stride := stride(j.Persons)
				at := int(j.Seed%1000) + 7*(n*len(j.Slots)+i)
				for k := range j.Persons {
					p := (k*stride + at) % j.Persons
					if s.Home && j.missed(p, n) {
						continue
					}
					if !yield(passage{p, n, i, from + length*duty.Instant(k)/duty.Instant(j.Persons)}) {
						return
					}
				}
			}
		}
	}
}

// stride is a number without a common divisor with n, so that its multiples
// modulo n are a permutation.
func stride(n int) int {
	for s := 610_031; ; s += 2 {
		a, b := s, n
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return s
		}
	}
}

// writer turns passages and persons into records; its buffers are used again.
type writer struct {
	value []byte
	id    []byte
	event duty.CardEvent
}

var (
	cardEvents  = schemaOf(topics.CardEvents)
	decisions   = schemaOf(topics.ObligationChanges)
	groups      = schemaOf(topics.GroupChanges)
	assignments = schemaOf(topics.CardAssignments)
)

func schemaOf(topic string) *schemas.Schema {
	s, ok := schemas.Lookup(topic)
	if !ok {
		panic("no schema for " + topic)
	}
	return s
}

// record writes a passage out; the record is valid until the next call.
func (w *writer) record(j *job, x passage, persons []string) topics.Out {
	s := &j.Slots[x.slot]
	w.id = strconv.AppendInt(append(w.id[:0], 'e'), int64((x.night*len(j.Slots)+x.slot)*j.Persons+x.person), 36)
	name := persons[x.person]
	w.event = duty.CardEvent{
		ID: string(w.id), Version: 1, ReceivedAt: x.at + 1000, PersonID: duty.Some(name), CardID: "C" + name[1:],
		CardType: duty.CardTypeBiometric, CentreID: centre, DeviceID: device, DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(s.Direction), Scan: duty.ScanComplete, OccurredAt: x.at,
	}
	if s.Direction == duty.DirectionUnknown {
		w.event.Kind, w.event.Direction = duty.CardEventKindReport, duty.None[duty.Direction]()
		w.event.DeviceID, w.event.DeviceType = stand, duty.DeviceTypeReportingStand
	}
	w.value = schemas.AppendCardEvent(cardEvents.AppendFrame(w.value[:0]), &w.event)
	return topics.Out{Topic: topics.CardEvents, Partition: topics.ByKey, Key: []byte(name), Value: w.value,
		Timestamp: int64(w.event.ReceivedAt)}
}

// bases are the legal bases of the duties of whoever is expelled by judgment (domain 3.2).
var bases = map[duty.Kind]duty.LegalBasis{duty.KindStay: duty.LegalBasisReturnAct132,
	duty.KindNotify: duty.LegalBasisReturnAct134, duty.KindReport: duty.LegalBasisReturnAct123}

// master yields what has to be known of a person before its first passage. STAY and NOTIFY begin at noon
// of the first day, REPORT with the day, so that its first slot is covered whole (RPT-08).
func (w *writer) master(p int, name string, kinds []duty.Kind, yield func(topics.Out) error) error {
	known := firstDay.Start() + 8*duty.Hour + duty.Instant(p/1000)
	begins := firstDay.Start() + 12*duty.Hour
	card := "C" + name[1:]
	out := func(topic string, s *schemas.Schema, v any) error {
		w.value = s.AppendValue(w.value[:0], v)
		return yield(topics.Out{Topic: topic, Partition: topics.ByKey, Key: []byte(name), Value: w.value,
			Timestamp: int64(known)})
	}
	if err := out(topics.GroupChanges, groups, &duty.GroupChange{
		ID: "g" + name, Version: 1, ReceivedAt: known, PersonID: name, Group: duty.GroupExpelledJudgment,
		ValidFrom: firstDay.Start(),
	}); err != nil {
		return err
	}
	if err := out(topics.CardAssignments, assignments, &duty.CardAssignment{
		ID: "a" + name, Version: 1, ReceivedAt: known, CardID: card, PersonID: name, CardType: duty.CardTypeBiometric,
		ValidFrom: begins, AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic,
	}); err != nil {
		return err
	}
	for i, k := range kinds {
		v := duty.ObligationChange{
			ID: "opr"[i:i+1] + name, Version: 1, ReceivedAt: known, DecisionID: "DNR"[i:i+1] + name, PersonID: name, Kind: k,
			Action: duty.ActionImpose, LegalBasis: bases[k], CentreID: centre, ServedAt: duty.Some(begins), ValidFrom: begins,
		}
		if k == duty.KindReport {
			v.ServedAt, v.ValidFrom = duty.Some(firstDay.Start()), firstDay.Start()
			v.Schedule = duty.Some(duty.Schedule{Type: duty.ScheduleTypeDaily})
		}
		if err := out(topics.ObligationChanges, decisions, &v); err != nil {
			return err
		}
	}
	return nil
}
