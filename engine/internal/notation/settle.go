package notation

import (
	"fmt"
	"strings"

	"tilsyn/engine/duty"
)

// annul takes a decision of the profile away from its start.
func (p *Person) annul(w *Words) error {
	list := p.decisions[w.Args[0]]
	if len(list) == 0 {
		return fmt.Errorf("no decision to annul")
	}
	f := p.Facts.ObligationChanges[list[0]].Fact
	known, err := p.received(w, f.ValidFrom)
	if err != nil {
		return err
	}
	f.ID, f.Version, f.Action, f.ReceivedAt = p.id(w, "o"), 2, duty.ActionAnnul, known
	p.add(w, known, &f)
	return nil
}

func (p *Person) departure(w *Words) error {
	t, err := Time(w.Args[0])
	if err != nil {
		return err
	}
	known, err := p.received(w, t)
	if err != nil {
		return err
	}
	outcome := duty.DepartureOutcomeDeparted
	if w.Token == "NODEPART" {
		outcome = duty.DepartureOutcomeNotDeparted
	}
	p.add(w, known, &duty.DepartureAssessment{
		ID: p.id(w, "d"), Version: 1, ReceivedAt: known, PersonID: p.ID, FromDate: dateAt(t), Outcome: outcome,
		DecidedAt: known,
	})
	return nil
}

// cards assigns the cards that the rows were made with, from the start.
func (p *Person) cards() {
	from := p.Facts.GroupChanges[0].Fact.ValidFrom
	if (p.hasBio || !p.hasBar) && !p.assigned(p.ID+"-bio") {
		p.assign(&Words{}, p.ID+"-bio", duty.CardTypeBiometric, from, duty.None[duty.Instant](), from,
			duty.AntiPassbackOn, duty.CardCreationAutomatic)
	}
	if p.hasBar && !p.twoCards {
		p.assign(&Words{}, p.ID+"-bar", duty.CardTypeBarcode, from, duty.None[duty.Instant](), from,
			duty.AntiPassbackOn, duty.CardCreationAutomatic)
	}
}

func (p *Person) assigned(card string) bool {
	for i := range p.Facts.CardAssignments {
		if p.Facts.CardAssignments[i].Fact.CardID == card {
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
			first, last = dateOf(a), dateOf(b)
		}
		first, last = min(first, dateOf(a)), max(last, dateOf(b))
	}
	return first, last, nil
}

// Final returns a clock past everything received and the noon after the last unit.
func (p *Person) Final(units []string) duty.Instant {
	at := p.latest
	if _, last, err := bounds(units); err == nil && last != 0 {
		at = max(at, localTime(last+1, 12*60))
	}
	return at + duty.Minute
}

// Prove returns the proofs of all manual logs around the units asked for: each part of a day as
// soon as it is over, or all at the time of SETTLED. Units that cannot be read are an error.
func (p *Person) Prove(units []string) ([]duty.Known[duty.Settlement], error) {
	first, last, err := bounds(units)
	if err != nil {
		return nil, err
	}
	var list []duty.Known[duty.Settlement]
	for d := first - 8; d <= last+2 && len(units) > 0; d++ {
		for _, centre := range []string{"KH", "SJ", "POLICE"} {
			for name, log := range manualLogs {
				late := p.unsettled && (p.unsettledLog == "" || p.unsettledLog == name)
				if late && p.settledAt == 0 {
					continue
				}
				list = append(list, p.prove(centre, log, d, duty.Some(localTime(d, 6*60)), localTime(d, 6*60), late),
					p.prove(centre, log, d, duty.None[duty.Instant](), localTime(d+1, 0), late))
			}
		}
	}
	return list, nil
}

// manualLogs are the names of the manual logs in [log=].
var manualLogs = map[string]duty.LogType{
	"ASSIST": duty.LogTypeAssistedPassage, "BARCODE": duty.LogTypeBarcodeLog, "NOTICE": duty.LogTypeNoticeLog,
	"FORMS": duty.LogTypeOutageForms, "POLICE": duty.LogTypePoliceLog,
}

// prove is the proof of one log of a day, or of its part up to an instant.
func (p *Person) prove(centre string, log duty.LogType, d duty.Date, through duty.Opt[duty.Instant], known duty.Instant,
	late bool) duty.Known[duty.Settlement] {
	if late {
		known = p.settledAt
	}
	return duty.Known[duty.Settlement]{At: known, Fact: duty.Settlement{
		ID: fmt.Sprintf("%s-%s-%d-%t", centre, log, d, through.OK), Version: 1, ReceivedAt: known, CentreID: centre,
		LocalDate: d,
		LogType:   log, Complete: true, Through: through,
	}}
}
