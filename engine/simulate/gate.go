package simulate

import (
	"fmt"
	"math/rand/v2"

	"tilsyn/engine/duty"
)

// This file holds what the gate and the stands write down.

// pass lets a resident through the gate: the movement happens, and whatever
// works at that moment records it.
func (w *world) pass(r *resident, dice *rand.Rand, t duty.Instant, in bool) {
	r.passed = t
	m := move{at: t, in: in, centre: r.centre, mark: registered}
	out, paperOnly := w.outageAt(r.centre, t)
	switch {
	case paperOnly:
		m.mark, m.known = onPaper, out.forms
		w.paperPassage(r, t, in, duty.FormOutagePassage, out.forms)
	case w.lost(r.centre, t, dice):
		m.mark = unregistered
		if r.cardType == duty.CardTypeBarcode {
			m.mark = onPaper // the log is another source (DAT-05)
		}
		w.losing = true
		m.known = w.rows(r, dice, t, in)
		w.losing = false
	case w.byHand(r, dice):
		m.mark, m.at, m.known = onPaper, t-t%duty.Minute, w.papers(t, dice)
		w.handPassage(r, t, in, true, m.known)
	default:
		w.rows(r, dice, t, in)
	}
	w.note(r, dice, &m)
	w.move(r, m)
}

// note writes a passage into the temporary manual registration, in its time; a
// few are forgotten (SYS-22). One whose row is lost stands there alone (RD-35).
func (w *world) note(r *resident, dice *rand.Rand, m *move) {
	if !inEra(m.at) || m.mark == onPaper || dice.IntN(100) < 12 {
		return
	}
	written := m.at + duty.Instant(dice.IntN(3))*duty.Minute
	arrives := w.papers(m.at, dice)
	m.noted = true
	if m.mark == unregistered {
		m.mark, m.at, m.known = onPaper, m.at-m.at%duty.Minute, arrives
	}
	w.paperPassage(r, written, m.in, duty.FormTemporaryRegistration, arrives)
}

// byHand decides whether a reader fails a resident, so that staff let them
// through and register the passage by hand (RD-38).
func (w *world) byHand(r *resident, dice *rand.Rand) bool {
	return w.cfg.eventful() && r.cardType == duty.CardTypeBiometric && dice.IntN(400) == 0
}

// handPassage writes a passage that staff registered: a line of the assisted log
// that is no anti-passback passage.
func (w *world) handPassage(r *resident, t duty.Instant, in, nameFits bool, arrives duty.Instant) {
	w.paper(r, duty.ManualEntry{
		Form: duty.FormAssistedPassage, Direction: duty.Some(direction(in)), LocalTime: LocalTime(t),
		APB: duty.Some(false), NameMatches: duty.Some(nameFits),
	}, arrives)
}

// slip lets a resident over the fence or through an open door: nothing is
// written (PAS-07, PRS-04).
func (w *world) slip(r *resident, t duty.Instant, in bool) {
	w.move(r, move{at: t, in: in, centre: r.centre, mark: unregistered})
}

// move makes the movement true.
func (w *world) move(r *resident, m move) {
	r.truth.moves = append(r.truth.moves, m)
	r.inside = m.in
}

// rows writes the card rows of a passage: one row of the carousel, two rows of
// its paired readers, or a scan with the handheld or barcode scanner. It returns when
// the paper arrives that belongs to every row of the last; 0 where there is none.
func (w *world) rows(r *resident, dice *rand.Rand, t duty.Instant, in bool) (paper duty.Instant) {
	e := w.event(r, t)
	e.Kind, e.Direction = duty.CardEventKindPassage, duty.Some(direction(in))
	x := dice.IntN(100)
	switch {
	case r.cardType == duty.CardTypeBarcode:
		e.DeviceID, e.DeviceType = r.centre+"-barcode", duty.DeviceTypeBarcodeScanner
		w.row(e, dice)
		paper = w.papers(t, dice)
		w.paperPassage(r, t, in, duty.FormBarcodeLog, paper)
	case x < 50:
		e.DeviceID, e.DeviceType = r.centre+"-carousel", duty.DeviceTypeCarousel
		w.row(e, dice)
		if x < 2 {
			// The lamp stays red; the guard scans the card once more (PAS-05).
			again := e
			again.ID, again.OccurredAt = w.id("ce"), t+duty.Instant(20+dice.IntN(60))*duty.Second
			again.DeviceID, again.DeviceType = w.handheld(r.centre)
			if !in {
				// A passage out counts at its latest row (RD-09).
				again.OccurredAt = t - duty.Instant(20+dice.IntN(60))*duty.Second
			}
			w.row(again, dice)
		} else if x == 2 && w.cfg.eventful() {
			// Staff write a passage down that the reader did take (RD-38).
			w.handPassage(r, t, in, true, w.papers(t, dice))
		}
	case x < 90:
		w.sluice(e, dice, in)
	default:
		e.DeviceID, e.DeviceType = w.handheld(r.centre)
		w.row(e, dice)
	}
	return paper
}

// handheld is the guards' scanner, or the carousel where they had none yet (DEV-05).
func (w *world) handheld(centre string) (string, duty.DeviceType) {
	if id := centre + "-handheld"; w.source(id) != nil {
		return id, duty.DeviceTypeHandheld
	}
	return centre + "-carousel", duty.DeviceTypeCarousel
}

// sluice writes the two rows of paired readers. The time that counts is the
// first on the way in and the second on the way out (PAS-03).
func (w *world) sluice(e duty.CardEvent, dice *rand.Rand, in bool) {
	e.DeviceType = duty.DeviceTypeCarousel
	walk := duty.Instant(8+dice.IntN(40)) * duty.Second
	first, second := e, e
	second.ID = w.id("ce")
	first.Scan, second.Scan = duty.ScanFirst, duty.ScanSecond
	first.DeviceID, second.DeviceID = e.CentreID+"-carousel-outer", e.CentreID+"-carousel-inner"
	if in {
		second.OccurredAt += walk
	} else {
		first.DeviceID, second.DeviceID = second.DeviceID, first.DeviceID
		first.OccurredAt -= walk
	}
	w.row(first, dice)
	w.row(second, dice)
}

// event begins a card row.
func (w *world) event(r *resident, t duty.Instant) duty.CardEvent {
	return duty.CardEvent{
		ID: w.id("ce"), Version: 1, PersonID: duty.Some(r.id), CardID: r.card, CardType: r.cardType,
		CentreID: r.centre, Scan: duty.ScanComplete, OccurredAt: t,
	}
}

// row sends a card row on its way; online devices write in near real time
// (DAT-01). Rows of a day are numbered per device before they go.
func (w *world) row(e duty.CardEvent, dice *rand.Rand) {
	e.ReceivedAt = e.OccurredAt + duty.Instant(200+dice.IntN(2800))
	w.today = append(w.today, sent{e, w.losing})
}

// locked writes a refused attempt, which is information only (PAS-06).
func (w *world) locked(r *resident, dice *rand.Rand, t duty.Instant, in bool) {
	e := w.event(r, t)
	e.Kind, e.Direction = duty.CardEventKindLockedAttempt, duty.Some(direction(in))
	e.DeviceID, e.DeviceType = r.centre+"-carousel", duty.DeviceTypeCarousel
	w.row(e, dice)
}

// unlock writes the card row that only re-activates a locked card, and the
// line of the assisted-passage log about it (PAS-07, SYS-19).
func (w *world) unlock(r *resident, dice *rand.Rand, t duty.Instant, in bool, arrives duty.Instant) {
	e := w.event(r, t)
	e.Kind, e.Direction = duty.CardEventKindPassage, duty.Some(direction(in))
	e.DeviceID, e.DeviceType = r.centre+"-carousel", duty.DeviceTypeCarousel
	w.row(e, dice)
	r.truth.traces = append(r.truth.traces, t)
	w.paper(r, duty.ManualEntry{
		Form: duty.FormAssistedPassage, Direction: duty.Some(direction(in)), LocalTime: LocalTime(t), APB: duty.Some(true),
	}, arrives)
}

// paperPassage writes a passage on a form or log that arrives later.
func (w *world) paperPassage(r *resident, t duty.Instant, in bool, form duty.Form, arrives duty.Instant) {
	w.paper(r, duty.ManualEntry{Form: form, Direction: duty.Some(direction(in)), LocalTime: LocalTime(t)}, arrives)
}

// paper sends a line of a paper form on its way.
func (w *world) paper(r *resident, m duty.ManualEntry, arrives duty.Instant) {
	m.ID, m.Version, m.ReceivedAt, m.PersonID, m.CentreID = w.id("me"), 1, arrives, duty.Some(r.id), r.centre
	if !m.NameMatches.OK {
		m.NameMatches = duty.Some(true)
	}
	m.DocumentRef = duty.Some(fmt.Sprintf("SCAN-%s-%s", m.CentreID, m.LocalTime[:10]))
	put(w, duty.TopicManualEntries, r.id, m, arrives)
}

// report makes a resident report now: at Kærshovedgård at a stand inside, at
// Sjælsmark at one outside the fence. The caller sees to it that they stand on
// the right side.
func (w *world) report(r *resident, dice *rand.Rand, t duty.Instant) {
	out, paperOnly := w.outageAt(r.centre, t)
	r.truth.reports = append(r.truth.reports, attended{at: t, centre: r.centre, paper: paperOnly})
	if paperOnly {
		w.paper(r, duty.ManualEntry{Form: duty.FormOutageReport, LocalTime: LocalTime(t)}, out.forms)
		return
	}
	e := w.event(r, t)
	e.Kind = duty.CardEventKindReport
	e.DeviceID, e.DeviceType = r.centre+"-stand", duty.DeviceTypeReportingStand
	w.row(e, dice)
	if dice.IntN(40) == 0 {
		// Several reports within seconds are normal (RPT-04).
		e.ID, e.OccurredAt = w.id("ce"), t+3*duty.Second
		w.row(e, dice)
	}
}

func direction(in bool) duty.Direction {
	if in {
		return duty.DirectionIn
	}
	return duty.DirectionOut
}
