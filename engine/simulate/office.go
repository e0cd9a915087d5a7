package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"tilsyn/engine/duty"
)

// This file holds the completeness markers of the paper logs (LIF-02, REL-12).
// On each working morning, after the bundle of paper, the office states for
// every log that the days since the last working morning are complete, and
// that today is complete until 06:00, so that the last night is settled.

var allLogs = [...]duty.LogType{duty.LogTypeAssistedPassage, duty.LogTypeBarcodeLog, duty.LogTypeNoticeLog,
	duty.LogTypeOutageForms}

// The police send a list of who reported to them; that it is complete is marked
// for each centre, and for the station itself (RD-39, RD-40).
var policeLog = []duty.LogType{duty.LogTypePoliceLog}

// logs are the logs that a REPORT unit waits for.
func (p police) logs() []duty.LogType {
	switch p {
	case alsoPolice:
		return append(allLogs[:], duty.LogTypePoliceLog)
	case policeAlone:
		return policeLog
	}
	return allLogs[:]
}

// required reports whether a log must be proven for a date: that of barcodes
// from when there is one (DAT-05).
func required(log duty.LogType, d duty.Date) bool {
	return log != duty.LogTypeBarcodeLog || d >= dateOf(2023, 3, 20)
}

// logDay is one log of one centre on one date.
type logDay struct {
	centre string
	log    duty.LogType
	date   duty.Date // local date
}

// proof is when a log of a date was stated to be complete: until 06:00, and as
// a whole.
type proof struct{ dawn, whole duty.Instant }

// markLogs publishes all markers of the simulation.
func (w *world) markLogs() {
	for _, centre := range []string{kh, sj, policeStation} {
		for _, log := range append(allLogs[:], duty.LogTypePoliceLog) {
			if centre == policeStation && log != duty.LogTypePoliceLog {
				continue
			}
			for d := w.cfg.Start; d <= w.cfg.Start+duty.Date(w.cfg.Days)+1; d++ {
				w.markLog(logDay{centre, log, d})
			}
		}
	}
}

func (w *world) markLog(x logDay) {
	p := proof{dawn: marking(nextWorkday(x.date), x), whole: marking(nextWorkday(x.date+1), x)}
	if delay := w.tardy(x); delay > 0 {
		p.dawn = max(p.dawn, marking(nextWorkday(x.date+delay), x))
		p.whole = max(p.whole, marking(nextWorkday(x.date+1+delay), x))
	}
	if x.log == duty.LogTypeOutageForms {
		for _, o := range w.outages {
			touches := o.centre == x.centre && o.from < at(x.date+1, 0, 0) && at(x.date, 0, 0) < o.to
			if touches && o.known < o.to {
				p.dawn, p.whole = max(p.dawn, o.complete+duty.Hour), max(p.whole, o.complete+duty.Hour)
			}
		}
	}
	if slices.Contains(w.withheld, x) {
		w.proofs[x] = proof{duty.Forever, duty.Forever}
		return
	}
	dawnMark, wholeMark := w.mark(x, "dawn"), w.mark(x, "day")
	dawnMark.ReceivedAt, dawnMark.Through = p.dawn, duty.Some(at(x.date, dawn, 0))
	wholeMark.ReceivedAt = p.whole
	put(w, duty.TopicSettlements, x.centre, dawnMark, p.dawn)
	put(w, duty.TopicSettlements, x.centre, wholeMark, p.whole)
	w.proofs[x] = p
}

func (w *world) mark(x logDay, part string) duty.Settlement {
	return duty.Settlement{
		ID:      fmt.Sprintf("%s-%s-%s-%s", x.centre, x.log, DateString(x.date), part),
		Version: 1, CentreID: x.centre, LocalDate: x.date, LogType: x.log, Complete: true,
	}
}

// marking gives the minute after 09:00 at which an office marks a log.
func marking(d duty.Date, x logDay) duty.Instant {
	return at(d, 9*60+hm(x.log)*3, 0)
}

// tardy says how many days a marker is late: few are, and one by more than the
// engine waits (settle.max_wait).
func (w *world) tardy(x logDay) duty.Date {
	if !w.cfg.eventful() {
		return 0
	}
	if x == (logDay{sj, duty.LogTypeBarcodeLog, w.cfg.Start + 2}) {
		return 16
	}
	c := uint64(x.centre[0])
	dice := rand.New(rand.NewPCG(w.cfg.Seed, 6<<56|c<<40|uint64(x.log)<<32|uint64(uint32(x.date))))
	if dice.IntN(40) != 0 {
		return 0
	}
	return duty.Date(1 + dice.IntN(4))
}

// provenNight gives the time at which all logs were proven for a night of a
// centre.
func (w *world) provenNight(centre string, d duty.Date) duty.Instant {
	var t duty.Instant
	for _, log := range allLogs {
		if !required(log, d) {
			continue
		}
		next := w.proofs[logDay{centre, log, d + 1}]
		t = max(t, w.proofs[logDay{centre, log, d}].whole, min(next.dawn, next.whole))
	}
	return t
}

// provenDay gives the time at which logs were proven for a whole date.
func (w *world) provenDay(centre string, d duty.Date, logs []duty.LogType) duty.Instant {
	var t duty.Instant
	for _, log := range logs {
		if !required(log, d) {
			continue
		}
		t = max(t, w.proofs[logDay{centre, log, d}].whole)
	}
	return t
}
