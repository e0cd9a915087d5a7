package explain

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/duty/law"
	"tilsyn/engine/glossary"
)

// doubts are the caveats of the unit, each with the rules that set it.
func doubts(a *duty.Account) []Doubt {
	noted := notedDoubts(a)
	out := []Doubt{}
	for _, code := range a.Unit.Caveats {
		d := Doubt{Code: code, Caps: "no", Text: law.Caveat(code), TextDa: doubtDa[code], Rules: []string{}}
		if code == "LATE_DATA" || code == "UNSETTLED" || code == "RECONSTRUCTED" {
			d.Caps = "yes"
			for _, r := range settling {
				if has(a.Unit.Rules, r) {
					d.Rules = append(d.Rules, r)
				}
			}
		}
		if strings.HasPrefix(d.Text, "see ") || len(d.Text) < 8 {
			d.Text = "" // the law says it under its rules
		}
		for i := range noted {
			if n := &noted[i]; n.Code == code {
				if n.Caps {
					d.Caps = "yes"
				}
				for _, r := range n.Rules {
					if !has(d.Rules, r) {
						d.Rules = append(d.Rules, r)
					}
				}
			}
		}
		if code == "MANUAL_PERIOD" && d.Caps == "no" || code == "OPEN_INTERVAL" {
			d.Caps = "sometimes"
		}
		out = append(out, d)
	}
	return out
}

// settling are the rules that say when a record may be told, or that it came too late (contract §5).
var settling = []string{"DAT-08", "EXC-06", "INC-06", "INC-07", "LIF-02", "RD-46", "REL-06"}

// notedDoubts are those of the candidates that decide.
func notedDoubts(a *duty.Account) []duty.Doubt {
	out := slices.Clone(a.Doubts)
	for i := range a.Triggers {
		if a.Triggers[i].Chosen {
			out = append(out, a.Triggers[i].Doubts...)
		}
	}
	for i := range a.Slots {
		if s := &a.Slots[i]; s.Outcome.Severity() > duty.SeverityNone {
			out = append(out, s.Doubts...)
		}
	}
	return out
}

// rules are those that fired, with what each read and concluded.
func rules(a *duty.Account) []Rule {
	out := []Rule{}
	noted := notedDoubts(a)
	for _, id := range a.Unit.Rules {
		t := ruleText(id)
		then := concluded(id, a, noted)
		out = append(out, Rule{ID: id, Section: t.Section, Title: t.Title, Text: t.Text, TextDa: ruleDa[id],
			Source: t.Source, Read: readBy(id, a), Concluded: then.en, ConcludedDa: then.da})
	}
	return out
}

// concluded says what followed from a rule.
func concluded(id string, a *duty.Account, noted []duty.Doubt) words {
	var sets []string
	caps := false
	for i := range noted {
		if has(noted[i].Rules, id) {
			sets, caps = append(sets, noted[i].Code), caps || noted[i].Caps
		}
	}
	u := &a.Unit
	if len(sets) > 0 {
		set := words{"sets " + strings.Join(sets, ", "), "giver forbeholdet " + quoted(sets)}
		if caps {
			return words{set.en + ", which keeps a record at NEEDS_REVIEW", set.da + ", som højst fører til vurdering"}
		}
		return words{set.en + ", which by itself does not change the outcome", set.da + ", som ikke alene ændrer udfaldet"}
	}
	if has(settling, id) {
		var late []string
		for _, c := range []string{"LATE_DATA", "RECONSTRUCTED", "UNSETTLED"} {
			if has(u.Caveats, c) {
				late = append(late, c)
			}
		}
		switch {
		case u.Outcome == duty.OutcomeProvisional:
			return words{"nothing is told until what is missing has come: PROVISIONAL",
				"intet meddeles, før det, der mangler, er kommet"}
		case len(late) > 0:
			return words{"not more than NEEDS_REVIEW: " + strings.Join(late, ", "), "højst til vurdering: " + quoted(late)}
		}
	}
	switch {
	case u.Outcome.Severity() > duty.SeverityNone || u.Outcome == duty.OutcomeProvisional:
		return words{"makes it a would-be record", "gør den til noget, der kan meddeles"}
	default:
		return words{"decides " + u.Outcome.String(), "afgør: " + daOf(u.Outcome.String())}
	}
}

// quoted are codes in Danish.
func quoted(codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = "„" + glossary.Word("da", c) + "“"
	}
	return strings.Join(out, ", ")
}

// readBy lists the facts that a rule read, by what its paragraph is about.
func readBy(id string, a *duty.Account) []string {
	family, _, _ := strings.Cut(id, "-")
	if by, ok := readingsBy[id]; ok {
		family = by
	}
	switch family {
	case "NTC":
		ids := idsOf(a.Notices, func(n *duty.NoticeConsidered) string { return n.ID })
		return append(ids, relied(a)...)
	case "PRM":
		return idsOf(a.Permissions, func(p *duty.PermissionConsidered) string { return p.ID })
	case "OBL":
		return idsOf(a.Duties, func(d *duty.DutyRead) string { return d.DecisionID })
	case "HOLD":
		return idsOf(a.Holds, func(h *duty.Hold) string { return h.HoldID })
	case "ASSESSMENT":
		return append(idsOf(a.Assessments, func(d *duty.DepartureAssessment) string { return d.ID }), relied(a)...)
	case "EXC":
		return idsOf(a.Exclusions, func(e *duty.ExclusionRef) string { return e.ExclusionID })
	case "INC":
		return append(idsOf(a.Incidents, func(i *duty.IncidentRef) string { return i.IncidentID }), relied(a)...)
	case "LIF", "REL":
		return idsOf(
			a.Logs,
			func(l *duty.LogRead) string { return l.CentreID + " " + l.Date.String() + " " + l.Log.String() },
		)
	case "RPT":
		return uses(a, duty.UseReport, duty.UsePolice)
	case "PAPER":
		return uses(a, duty.UseMisnamed, duty.UseNobody, duty.UseObservation, duty.UseNotFound, duty.UseAttachment)
	case "ASSIST":
		return append(uses(a, duty.UseAssisted, duty.UseUnmatched, duty.UseUnlocked), relied(a)...)
	case "STY":
		return append(relied(a), within(a)...)
	}
	return relied(a)
}

// readingsBy says what rules read whose name does not.
var readingsBy = map[string]string{
	"OBL-12": "HOLD", "EVD-12": "ASSESSMENT", "EVD-13": "ASSESSMENT", "RD-04": "ASSESSMENT", "RD-42": "ASSESSMENT",
	"RD-01": "INC", "RD-32": "INC", "RD-19": "NTC", "RD-20": "NTC", "RD-50": "NTC", "RD-07": "PRM", "RD-08": "PRM",
	"RD-28": "ASSIST", "PAS-09": "ASSIST", "RD-36": "PAPER", "RD-41": "PAPER", "RD-47": "PAPER", "RD-44": "OBL",
	"RD-46": "OBL", "OBL-13": "OBL", "RD-24": "OBL", "CNT-05": "OBL", "STY-07": "OBL", "RPT-08": "OBL", "RPT-02": "OBL",
}

// relied are the registrations that the unit rests on.
func relied(a *duty.Account) []string {
	out := []string{}
	for i := range a.Registrations {
		r := &a.Registrations[i]
		if r.Role != duty.EvidenceRoleContext && !has(out, r.ID) {
			out = append(out, r.ID)
		}
	}
	return out
}

// within are those inside the period.
func within(a *duty.Account) []string {
	out := []string{}
	for i := range a.Registrations {
		r := &a.Registrations[i]
		if a.Unit.PeriodFrom <= r.At && r.At < a.Unit.PeriodTo && r.Role == duty.EvidenceRoleContext {
			out = append(out, r.ID)
		}
	}
	return out
}

func uses(a *duty.Account, want ...duty.RegistrationUse) []string {
	out := []string{}
	for i := range a.Registrations {
		if slices.Contains(want, a.Registrations[i].Use) {
			out = append(out, a.Registrations[i].ID)
		}
	}
	return out
}
