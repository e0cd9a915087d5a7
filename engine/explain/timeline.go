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
	first, last := "the night begins", "the night ends"
	if u.Kind == duty.KindReport {
		first, last = "the time to report begins", "the time to report ends"
	}
	put(u.PeriodFrom, Item{What: first})
	put(u.PeriodTo, Item{What: last})
	if a.Due != u.PeriodTo {
		put(a.Due, Item{What: "the unit falls due"})
	}
	for i := range a.Triggers {
		t := &a.Triggers[i]
		put(t.At, Item{What: "a notice was needed by now (" + t.Rule + ")"})
	}
	if u.Instant.OK && u.Kind != duty.KindNotify && u.Instant.V != u.PeriodTo {
		put(u.Instant.V, Item{What: "the instant of the would-be record"})
	}
	for i := range a.Registrations {
		put(a.Registrations[i].At, registrationItem(&a.Registrations[i]))
	}
	for i := range a.Notices {
		n := &a.Notices[i]
		put(
			n.At,
			Item{What: "notice" + noticeText(c, n.ID), Topic: duty.TopicNotices, ID: n.ID, Known: knownOf(c, n.ID),
				Counted: yesNo(n.Used), Why: noticeWhy[n.Reason]},
		)
	}
	for i := range a.Permissions {
		p := &a.Permissions[i]
		from, to, ok := validity(c, p.ID)
		if !ok {
			continue
		}
		put(
			from,
			Item{What: "permission begins", To: to, Topic: duty.TopicPermissions, ID: p.ID, Counted: yesNo(p.Used),
				Why: permissionWhy[p.Reason]},
		)
	}
	for i := range a.Holds {
		h := &a.Holds[i]
		n := Item{What: strings.ToLower(h.Kind.String()) + " begins", Topic: duty.TopicHolds, ID: h.HoldID}
		if h.ValidTo.OK {
			n.To = h.ValidTo.V.Local()
		}
		put(h.ValidFrom, n)
	}
	for i := range a.Incidents {
		n := &a.Incidents[i]
		y := Item{
			What:  "incident, forms " + strings.ToLower(n.FormsStatus.String()),
			Topic: duty.TopicIncidents,
			ID:    n.IncidentID,
			Why:   incidentWhy[n.Effect],
		}
		if n.To.OK {
			y.To = n.To.V.Local()
		}
		put(n.From, y)
	}
	for i := range a.Exclusions {
		e := &a.Exclusions[i]
		if e.Overlaps {
			put(
				e.FromDate.Start(),
				Item{What: "data excluded: " + strings.ToLower(e.Status.String()), To: (e.ToDate + 1).Start().Local(),
					Topic: duty.TopicExclusions, ID: e.ExclusionID, Why: "lies over the unit (EXC-02)"},
			)
		}
	}
	slices.SortStableFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// registrationItem is one row or entry.
func registrationItem(r *duty.Registration) Item {
	what := "row"
	if r.Topic == duty.TopicManualEntries {
		what = "paper"
	}
	switch {
	case r.Direction == duty.DirectionIn:
		what += ": in"
	case r.Direction == duty.DirectionOut:
		what += ": out"
	case r.Result.OK:
		what += ": " + strings.ToLower(strings.ReplaceAll(r.Result.V.String(), "_", " "))
	case r.Use == duty.UseReport || r.Use == duty.UsePolice:
		what += ": report"
	}
	if r.CardType == duty.CardTypeBarcode {
		what += ", barcode card"
	}
	n := Item{What: what, Topic: r.Topic, ID: r.ID, Source: r.Source, Centre: r.CentreID, Known: r.Known.Local(),
		Counted: yesNo(r.Use.Counted()), Why: useWhy[r.Use]}
	if r.Late {
		n.Why += "; known too late to accuse by itself (DAT-08)"
	}
	if r.Role != duty.EvidenceRoleContext {
		n.Role = r.Role.String()
	}
	if r.Pos.OK {
		n.Place = fmt.Sprintf("partition %d, offset %d", r.Pos.V.Partition, r.Pos.V.Offset)
	}
	return n
}

// noticeText says by whom and to whom a notice was given.
func noticeText(c *Case, id string) string {
	v := newestOf(
		c.last().Input.Person.Notices,
		c.last().At,
		func(v *duty.Notice) (bool, int64) { return v.ID == id, v.Version },
	)
	if v == nil {
		return ""
	}
	text := ": by " + strings.ToLower(
		v.GivenBy.String(),
	) + " to " + strings.ToLower(
		strings.ReplaceAll(v.Recipient.String(), "_", " "),
	)
	if v.Clarity != duty.ClarityClear {
		text += ", " + strings.ToLower(v.Clarity.String())
	}
	if v.RangeFrom.OK || v.RangeTo.OK {
		text += ", away " + v.RangeFrom.Or("…") + "–" + v.RangeTo.Or("…")
	}
	if v.TargetDate.OK {
		text += ", for " + v.TargetDate.V.String()
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
		case p.Pending:
			n.Why = "an incident whose forms are not complete lies over it"
		}
		out = append(out, n)
	}
	return out
}
