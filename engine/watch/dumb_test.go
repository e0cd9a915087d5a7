package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// This file is the second evaluator: contract-watch read clause by clause into
// loops over everything. It shares the types of the facts with what it checks,
// and nothing else; numbers are listed one by one, and everything is looked up
// again each time. It is for small worlds.

// dumb is the second evaluator, for one view of the facts.
type dumb struct {
	f      Facts
	p      *duty.Policy
	v      View
	limit  duty.Instant // how long a silence may be
	late   duty.Instant
	forms  map[string]bool // "centre date": the papers of an outage are in
	signs  map[string][]dumbSign
	beats  map[string][]dumbSign // by source, feeds with |centre
	rows   map[string][]Row
	out    []string
	feedAt map[string]string
}

// dumbSign is a sign of a source, with the numbering that it belongs to.
type dumbSign struct {
	sign
	segment string // which numbering; empty where it names no number
}

func (x *dumb) knownRow(r Row) bool {
	return r.Known <= x.v.At && (!x.v.Strict || r.Known <= r.OccurredAt+x.late)
}

func (x *dumb) knownFact(at duty.Instant) bool {
	return at <= x.v.At && (!x.v.Strict || at <= x.v.Due+x.late)
}

func (x *dumb) register(device string) (from, to duty.Instant, centre string, lock, ok bool) {
	for _, d := range x.p.Devices {
		if d.ID == device {
			return d.From, d.To, d.CentreID, d.Type == duty.DeviceTypeOfflineLock, true
		}
	}
	return 0, 0, "", false, false
}

func (x *dumb) gather() {
	x.signs, x.beats, x.rows, x.feedAt = map[string][]dumbSign{}, map[string][]dumbSign{}, map[string][]Row{},
		map[string]string{}
	for i, r := range x.f.Rows {
		if !x.knownRow(r) {
			continue
		}
		beaten := false
		for j, other := range x.f.Rows {
			if other.ID == r.ID && other.DeviceID == r.DeviceID && x.knownRow(other) &&
				(other.Version > r.Version || other.Version == r.Version && j < i) {
				beaten = true
			}
		}
		if beaten || r.OccurredAt > r.Known+24*duty.Hour || outOfTime(r.OccurredAt) {
			continue
		}
		x.rows[r.DeviceID] = append(x.rows[r.DeviceID], r)
		x.signs[r.DeviceID] = append(x.signs[r.DeviceID], dumbSign{sign: rowSign(&r)})
	}
	for i, k := range x.f.Heartbeats {
		if !x.knownFact(k.At) {
			continue
		}
		beaten := false
		for j, other := range x.f.Heartbeats {
			if other.Fact.ID == k.Fact.ID && x.knownFact(other.At) &&
				(other.Fact.Version > k.Fact.Version || other.Fact.Version == k.Fact.Version && j < i) {
				beaten = true
			}
		}
		if beaten || k.Fact.Retracted || k.Fact.At > k.At+24*duty.Hour || outOfTime(k.Fact.At) {
			continue
		}
		g := dumbSign{sign: beatSign(&k)}
		id := k.Fact.SourceID
		if strings.HasPrefix(id, "feed:") {
			centre := ""
			if k.Fact.CentreID.OK {
				centre = k.Fact.CentreID.V
			}
			x.beats[id+"|"+centre] = append(x.beats[id+"|"+centre], g)
			x.feedAt[id+"|"+centre] = centre
			continue
		}
		from, to, _, lock, ok := x.register(id)
		if !ok || lock {
			continue
		}
		x.beats[id] = append(x.beats[id], g)
		if g.at >= from && g.at < to {
			x.signs[id] = append(x.signs[id], g)
		}
	}
	order := func(a, b dumbSign) int {
		row := func(g dumbSign) int {
			if g.row {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq), cmp.Compare(a.epoch, b.epoch),
			cmp.Compare(row(a), row(b)), cmp.Compare(a.id, b.id))
	}
	for _, m := range []map[string][]dumbSign{x.signs, x.beats} {
		for _, list := range m {
			slices.SortFunc(list, order)
		}
	}
}

// outOfTime reports whether a time lies outside of 2000 to 2100.
func outOfTime(at duty.Instant) bool {
	return at < duty.DateOf(2000, 1, 1).Start() || at >= duty.DateOf(2101, 1, 1).Start()
}

// say puts an incident down, with what people said of it.
func (x *dumb) say(cause, centre, device, name string, from, to duty.Instant,
	open bool, kind duty.IncidentKind, dissolved bool) {
	if to <= from {
		to = from + 1
	}
	state := "ACTIVE"
	if dissolved {
		state = "DISSOLVED"
	} else if !open && x.said(cause, centre, device, from, to) {
		state = "REPLACED"
	}
	end := to.String()
	if open {
		end = "null"
	}
	devices := []string{}
	if device != "" {
		devices = append(devices, device)
	}
	x.out = append(x.out, fmt.Sprint("auto:", cause, ":", centre, ":", name, " ", centre, " ", devices,
		" ", from, " ", end, " ", kind, " ", state))
}

func (x *dumb) said(cause, centre, device string, from, to duty.Instant) bool {
	for i, k := range x.f.Incidents {
		if !x.knownFact(k.At) || k.Fact.Origin == duty.OriginAutomatic {
			continue
		}
		beaten := false
		for j, other := range x.f.Incidents {
			if other.Fact.IncidentID == k.Fact.IncidentID && other.Fact.Origin != duty.OriginAutomatic &&
				x.knownFact(other.At) &&
				(other.Fact.Version > k.Fact.Version || other.Fact.Version == k.Fact.Version && j < i) {
				beaten = true
			}
		}
		h := k.Fact
		fits := cause == "silence" || cause == "clock" || h.Kind == duty.IncidentKindSuspectedLoss
		ends := !h.To.OK || h.To.V >= to
		mine := len(h.DeviceIDs) == 0 || slices.Contains(h.DeviceIDs, device)
		if !beaten && !h.Retracted && fits && h.State == duty.IncidentStateActive &&
			h.FormsStatus == duty.FormsStatusComplete &&
			h.CentreID == centre && h.From <= from && ends && mine && k.At >= to {
			return true
		}
	}
	return false
}

func (x *dumb) centres(device string, from, to duty.Instant) []string {
	if _, _, c, _, ok := x.register(device); ok {
		return []string{c}
	}
	var inside, all []string
	for _, r := range x.rows[device] {
		if r.OccurredAt >= from && r.OccurredAt <= to && !slices.Contains(inside, r.CentreID) {
			inside = append(inside, r.CentreID)
		}
		if !slices.Contains(all, r.CentreID) {
			all = append(all, r.CentreID)
		}
	}
	if len(inside) > 0 {
		return inside
	}
	return all
}

// run reads everything and returns the incidents, sorted.
func (x *dumb) run() []string {
	x.gather()
	for device := range x.signs {
		x.split(device)
	}
	for device, list := range x.beats {
		if strings.HasPrefix(device, "feed:") {
			if strings.HasPrefix(device, "feed:card-events|") {
				x.feed(device, list)
			}
			continue
		}
		from, to, centre, _, _ := x.register(device)
		for _, s := range x.quiet(list, from, to) {
			x.say("silence", centre, device, device+":"+s[0].String(), s[0], s[1], s[2] == 1, duty.IncidentKindDevice,
				s[2] == 0 && x.shown(device, s[0], s[1]) && x.papers(centre, s[0], s[1]))
		}
	}
	for device := range x.signs {
		x.numbers(device)
		x.clock(device)
	}
	x.slow()
	x.count()
	slices.Sort(x.out)
	return x.out
}
