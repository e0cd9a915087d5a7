package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// timeline lists everything around the unit in order of time: what the law asks at which instant,
// registrations, notices, permissions, holds, incidents and exclusions.
func timeline(c *Case, a *duty.Account) []Item {
	var out []Item
	put := func(at duty.Instant, n Item) {
		n.At, n.sort = at.Local(), int64(at)
		out = append(out, n)
	}
	u := &a.Unit
	first, last := words{"the night begins", "natten begynder"}, words{"the night ends", "natten slutter"}
	if u.Kind == duty.KindReport {
		first = words{"the time to report begins", "meldetiden begynder"}
		last = words{"the time to report ends", "meldetiden slutter"}
	}
	put(u.PeriodFrom, item(first))
	put(u.PeriodTo, item(last))
	if a.Due != u.PeriodTo {
		put(a.Due, item(words{"the unit falls due", "natten eller meldingen er forfalden"}))
	}
	for i := range a.Triggers {
		t := &a.Triggers[i]
		put(t.At, item(words{"a notice was needed by now (" + t.Rule + ")",
			"senest her skulle der være underrettet (" + t.Rule + ")"}))
	}
	if u.Instant.OK && u.Kind != duty.KindNotify && u.Instant.V != u.PeriodTo {
		put(u.Instant.V, item(words{"the instant of the would-be record", "det tidspunkt, en indikation ville have"}))
	}
	for i := range a.Registrations {
		put(a.Registrations[i].At, registrationItem(&a.Registrations[i]))
	}
	for i := range a.Notices {
		n := &a.Notices[i]
		y := item(noticeText(c, n.ID)).because(noticeWhy[n.Reason])
		y.Topic, y.ID, y.Known, y.Counted = duty.TopicNotices, n.ID, knownOf(c, n.ID), yesNo(n.Used)
		put(n.At, y)
	}
	for i := range a.Permissions {
		p := &a.Permissions[i]
		from, to, ok := validity(c, p.ID)
		if !ok {
			continue
		}
		y := item(words{"permission begins", "tilladelse begynder"}).because(permissionWhy[p.Reason])
		y.To, y.Topic, y.ID, y.Counted = to, duty.TopicPermissions, p.ID, yesNo(p.Used)
		put(from, y)
	}
	for i := range a.Holds {
		h := &a.Holds[i]
		n := item(words{strings.ToLower(h.Kind.String()) + " begins", daOf(h.Kind.String()) + " begynder"})
		n.Topic, n.ID = duty.TopicHolds, h.HoldID
		if h.ValidTo.OK {
			n.To = h.ValidTo.V.Local()
		}
		put(h.ValidFrom, n)
	}
	for i := range a.Incidents {
		n := &a.Incidents[i]
		y := item(incidentText(n.FormsStatus)).because(incidentWhy[n.Effect])
		y.Topic, y.ID = duty.TopicIncidents, n.IncidentID
		if n.To.OK {
			y.To = n.To.V.Local()
		}
		put(n.From, y)
	}
	for i := range a.Exclusions {
		e := &a.Exclusions[i]
		if e.Overlaps {
			y := item(words{"data excluded: " + strings.ToLower(e.Status.String()),
				"data udelukket: " + daOf(e.Status.String())}).because(words{"lies over the unit (EXC-02)",
				"ligger over natten eller meldetiden (EXC-02)"})
			y.To, y.Topic, y.ID = (e.ToDate + 1).Start().Local(), duty.TopicExclusions, e.ExclusionID
			put(e.FromDate.Start(), y)
		}
	}
	slices.SortStableFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// item is one thing on the timeline.
func item(what words) Item { return Item{What: what.en, WhatDa: what.da} }

// because adds why it counted or did not.
func (n Item) because(why words) Item {
	n.Why, n.WhyDa = why.en, why.da
	return n
}

// incidentText says how far the forms of an incident are.
func incidentText(forms duty.FormsStatus) words {
	w := words{"incident, forms " + strings.ToLower(forms.String()), "hændelse, skemaerne er ikke inde"}
	if forms == duty.FormsStatusComplete {
		w.da = "hændelse, skemaerne er inde"
	}
	return w
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// registrationItem is one row or entry.
func registrationItem(r *duty.Registration) Item {
	what := words{"row", "række"}
	if r.Topic == duty.TopicManualEntries {
		what = words{"paper", "papir"}
	}
	is := words{}
	switch {
	case r.Direction == duty.DirectionIn:
		is = words{": in", ": ind"}
	case r.Direction == duty.DirectionOut:
		is = words{": out", ": ud"}
	case r.Result.OK:
		code := r.Result.V.String()
		is = words{": " + strings.ToLower(strings.ReplaceAll(code, "_", " ")), ": " + daOf(code)}
	case r.Use == duty.UseReport || r.Use == duty.UsePolice:
		is = words{": report", ": melding"}
	}
	what = words{what.en + is.en, what.da + is.da}
	if r.CardType == duty.CardTypeBarcode {
		what = words{what.en + ", barcode card", what.da + ", stregkodekort"}
	}
	why := useWhy[r.Use]
	if r.Late {
		why.en += "; known too late to accuse by itself (DAT-08)"
		why.da += "; kendt for sent til alene at indikere (DAT-08)"
	}
	n := item(what).because(why)
	n.Topic, n.ID, n.Source, n.Centre = r.Topic, r.ID, r.Source, r.CentreID
	n.Known, n.Counted = r.Known.Local(), yesNo(r.Use.Counted())
	if r.Role != duty.EvidenceRoleContext {
		n.Role = r.Role.String()
	}
	if r.Pos.OK {
		n.Place = fmt.Sprintf("partition %d, offset %d", r.Pos.V.Partition, r.Pos.V.Offset)
	}
	return n
}

// noticeText says by whom and to whom a notice was given.
func noticeText(c *Case, id string) words {
	text := words{"notice", "underretning"}
	v := newestOf(
		c.last().Input.Person.Notices,
		c.last().At,
		func(v *duty.Notice) (bool, int64) { return v.ID == id, v.Version },
	)
	if v == nil {
		return text
	}
	add := func(en, da string) { text = words{text.en + en, text.da + da} }
	add(": by "+strings.ToLower(v.GivenBy.String())+" to "+
		strings.ToLower(strings.ReplaceAll(v.Recipient.String(), "_", " ")),
		": fra "+daOf(v.GivenBy.String())+" til "+daOf(v.Recipient.String()))
	if v.Clarity != duty.ClarityClear {
		add(", "+strings.ToLower(v.Clarity.String()), ", "+daOf(v.Clarity.String()))
	}
	if v.RangeFrom.OK || v.RangeTo.OK {
		from, to := v.RangeFrom.Or("…"), v.RangeTo.Or("…")
		add(", away "+from+"–"+to, ", ude "+from+"–"+to)
	}
	if v.TargetDate.OK {
		add(", for "+v.TargetDate.V.String(), ", for "+v.TargetDate.V.String())
	}
	return text
}

// knownOf says when the version of a notice that counts was in the log.
func knownOf(c *Case, id string) string {
	best, at := int64(0), ""
	for _, k := range c.last().Input.Person.Notices {
		if k.Fact.ID == id && k.At <= c.last().At && k.Fact.Version > best {
			best, at = k.Fact.Version, k.At.Local()
		}
	}
	return at
}

// validity says when a permission begins and ends.
func validity(c *Case, id string) (from duty.Instant, to string, ok bool) {
	v := newestOf(c.last().Input.Person.Permissions, c.last().At, func(v *duty.Permission) (bool, int64) {
		return v.PermissionID == id, v.Version
	})
	if v == nil {
		return 0, "", false
	}
	return v.ValidFrom, v.ValidTo.Local(), true
}

// positions copies where registrations show the card.
func positions(a *duty.Account) []Position {
	out := []Position{}
	for i := range a.Positions {
		p := &a.Positions[i]
		n := Position{From: p.Span.From.Local(), To: p.Span.To.Local(), Where: p.Where, CentreID: p.CentreID}
		switch {
		case p.Conflicting:
			n.Why = "registrations contradict each other, or are evidence for nobody"
			n.WhyDa = "registreringer modsiger hinanden eller er bevis for ingen"
		case p.Pending:
			n.Why = "an incident whose forms are not complete lies over it"
			n.WhyDa = "en hændelse, hvis skemaer ikke er inde, ligger over tiden"
		}
		out = append(out, n)
	}
	return out
}
