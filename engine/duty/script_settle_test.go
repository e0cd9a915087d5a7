package duty_test

import (
	"fmt"
	"strings"

	"tilsyn/engine/duty"
)

// annul takes a decision of the profile away from its start.
func (s *script) annul(w *words) error {
	list := s.decisions[w.args[0]]
	if len(list) == 0 {
		return fmt.Errorf("no decision to annul")
	}
	k := s.c.facts.ObligationChanges[list[0]]
	known, err := s.received(w, k.Fact.ValidFrom)
	if err != nil {
		return err
	}
	k.Fact.ID, k.Fact.Version, k.Fact.Action, k.Fact.ReceivedAt, k.At = s.id("o"), 2, duty.ActionAnnul, known, known
	s.c.facts.ObligationChanges = append(s.c.facts.ObligationChanges, k)
	return nil
}

func (s *script) departure(w *words) error {
	t, err := scriptTime(w.args[0])
	if err != nil {
		return err
	}
	known, err := s.received(w, t)
	if err != nil {
		return err
	}
	outcome := duty.DepartureOutcomeDeparted
	if w.token == "NODEPART" {
		outcome = duty.DepartureOutcomeNotDeparted
	}
	s.c.facts.DepartureAssessments = append(s.c.facts.DepartureAssessments,
		duty.Known[duty.DepartureAssessment]{At: known, Fact: duty.DepartureAssessment{
			ID: s.id("d"), Version: 1, ReceivedAt: known, PersonID: "P", FromDate: dateAt(t), Outcome: outcome, DecidedAt: known,
		}})
	return nil
}

// cards assigns the cards that the rows were made with, from the start.
func (s *script) cards() {
	from := s.c.facts.GroupChanges[0].Fact.ValidFrom
	if (s.hasBio || !s.hasBar) && !s.assigned("P-bio") {
		s.assign("P-bio", duty.CardTypeBiometric, from, duty.None[duty.Instant](), from, duty.AntiPassbackOn,
			duty.CardCreationAutomatic)
	}
	if s.hasBar && !s.twoCards {
		s.assign("P-bar", duty.CardTypeBarcode, from, duty.None[duty.Instant](), from, duty.AntiPassbackOn,
			duty.CardCreationAutomatic)
	}
}

func (s *script) assigned(card string) bool {
	for i := range s.c.facts.CardAssignments {
		if s.c.facts.CardAssignments[i].Fact.CardID == card {
			return true
		}
	}
	return false
}

// bounds are the first and last date of units as N2026-02-03..2026-02-05.
func bounds(words []string) (first, last duty.Date, err error) {
	for i, w := range words {
		if len(w) < 11 || (w[0] != 'N' && w[0] != 'D') {
			return 0, 0, fmt.Errorf("%q: write N2026-02-03, N2026-02-03..2026-02-05 or D2026-02-03", w)
		}
		a, b, _ := strings.Cut(w[1:], "..")
		if b == "" {
			b = a
		}
		if i == 0 {
			first, last = dateOfText(a), dateOfText(b)
		}
		first, last = min(first, dateOfText(a)), max(last, dateOfText(b))
	}
	return first, last, nil
}

// final is a clock past everything received and the noon after the last unit.
func (s *script) final(words []string) duty.Instant {
	at := s.latest
	if _, last, err := bounds(words); err == nil && last != 0 {
		at = max(at, localTime(last+1, 12*60))
	}
	return at + duty.Minute
}

// settle proves all manual logs around the units asked for, each part of a day
// as soon as it is over, or all at the time of SETTLED.
func (s *script) settle(words []string) error {
	first, last, err := bounds(words)
	if err != nil {
		return err
	}
	s.c.centres.Settlements = nil
	for d := first - 8; d <= last+2 && len(words) > 0; d++ {
		for _, centre := range []string{"KH", "SJ", "POLICE"} {
			for name, log := range scriptLogs {
				late := s.unsettled && (s.unsettledLog == "" || s.unsettledLog == name)
				if late && s.settledAt == 0 {
					continue
				}
				s.prove(centre, log, d, duty.Some(localTime(d, 6*60)), localTime(d, 6*60), late)
				s.prove(centre, log, d, duty.None[duty.Instant](), localTime(d+1, 0), late)
			}
		}
	}
	return nil
}

// scriptLogs are the names of the manual logs in [log=].
var scriptLogs = map[string]duty.LogType{
	"ASSIST": duty.LogTypeAssistedPassage, "BARCODE": duty.LogTypeBarcodeLog, "NOTICE": duty.LogTypeNoticeLog,
	"FORMS": duty.LogTypeOutageForms, "POLICE": duty.LogTypePoliceLog,
}

func (s *script) prove(centre string, log duty.LogType, d duty.Date, through duty.Opt[duty.Instant],
	known duty.Instant, late bool) {
	if late {
		known = s.settledAt
	}
	s.c.centres.Settlements = append(s.c.centres.Settlements, duty.Known[duty.Settlement]{At: known, Fact: duty.Settlement{
		ID: fmt.Sprintf("%s-%s-%d-%t", centre, log, d, through.OK), Version: 1, ReceivedAt: known,
		CentreID: centre, LocalDate: d,
		LogType: log, Complete: true, Through: through,
	}})
}
