package explain

import (
	"fmt"
	"strconv"
	"strings"
)

// section is a heading with paragraphs and a table under it; both forms for people are made of them.
type section struct {
	head words
	// before and after are paragraphs around the table; danish is one in Danish.
	before, after []string
	danish        string
	columns       []string
	rows          [][]string
	// empty stands where there is no row.
	empty string
}

// sections are the whole explanation, in the order of the output.
func (x *Explanation) sections() []section {
	out := []section{x.unitSection()}
	if x.Statement != "" {
		out = append(out, section{head: headStatement, before: []string{x.Statement}, danish: x.StatementDa})
	}
	out = append(out, x.orderSection(), x.decisionSection(), x.timelineSection(), x.positionSection(), x.ruleSection(),
		x.doubtSection())
	if len(x.Triggers) > 0 {
		out = append(out, x.triggerSection())
	}
	if len(x.Slots) > 0 {
		out = append(out, x.slotSection())
	}
	none := "none is read: a notice has no effect on this duty (NTC-20)"
	if x.Unit.Kind == "NOTIFY" {
		none = "none is known around that night"
	}
	out = append(out, consideredSection(headNotices, x.Notices, none),
		consideredSection(headPermissions, x.Permissions, "none is known near the unit"), x.centreSection(),
		x.settlementSection(), x.revisionSection(), x.clearingSection())
	return append(out, section{head: headNotes, before: x.Notes})
}

// title is one line about the unit.
func (x *Explanation) title() string {
	return fmt.Sprintf("%s of %s: %s", x.Unit.Kind, x.Unit.Date, x.Verdict.Outcome)
}

func (x *Explanation) unitSection() section {
	s := section{head: headUnit, columns: []string{"", ""}}
	put := func(name, value string) {
		if value != "" {
			s.rows = append(s.rows, []string{name, value})
		}
	}
	put("unit_id", x.Unit.UnitID)
	put("person", x.Unit.PersonID)
	put("as of", short(x.Verdict.AsOf))
	put("outcome", x.Verdict.Outcome)
	if x.Verdict.Pending {
		put("pending", "nothing is told before "+short(x.Verdict.Ready))
	}
	put("period", fmt.Sprintf("%s to %s, %g hours", short(x.Unit.From), short(x.Unit.To), x.Unit.Hours))
	put("due", short(x.Unit.Due))
	put("instant", short(x.Verdict.Instant))
	put("basis", x.Verdict.Basis)
	put("centres", list(x.Unit.Centres))
	put("group", x.Unit.Group)
	for _, p := range x.Verdict.Policies {
		text := fmt.Sprintf("%s (%.12s…): %s", p.Version, p.Digest, p.Outcome)
		if p.From != "" {
			text += ", active from " + short(p.From)
		}
		if p.Decides {
			text += ", decides"
		}
		put("policy", text)
	}
	return s
}

func (x *Explanation) orderSection() section {
	s := section{head: headOrder, columns: []string{"answer", "question", "rule", "read"}}
	for _, c := range x.Order {
		s.rows = append(s.rows, []string{c.Answer, c.Question, c.Rule, strings.Join(c.Read, ", ")})
	}
	return s
}

func (x *Explanation) decisionSection() section {
	s := section{
		head:    headDecisions,
		columns: []string{"duty", "decision", "legal basis", "centre", "group", "binds from", "to"},
		empty:   "none binds over the unit",
	}
	for _, d := range x.Decisions {
		s.rows = append(s.rows, []string{d.Kind, d.DecisionID, d.LegalBasis, d.CentreID, d.Group, short(d.From), short(d.To)})
	}
	return s
}

func (x *Explanation) timelineSection() section {
	s := section{head: headTimeline,
		columns: []string{"time", "what", "source", "to", "fact", "known", "role", "counted", "why"}}
	for _, n := range x.Timeline {
		source, fact := n.Source, ""
		if n.Centre != "" {
			source += " at " + n.Centre
		}
		if n.Topic != "" {
			fact = n.Topic + " " + n.ID
		}
		if n.Place != "" {
			fact += " (" + n.Place + ")"
		}
		s.rows = append(
			s.rows,
			[]string{short(n.At), n.What, source, short(n.To), fact, short(n.Known), n.Role, n.Counted, n.Why},
		)
	}
	return s
}

func (x *Explanation) positionSection() section {
	s := section{head: headPositions, columns: []string{"from", "to", "where", "why"}}
	for _, p := range x.Positions {
		where := strings.ToLower(p.Where)
		if p.CentreID != "" {
			where += " " + p.CentreID
		}
		s.rows = append(s.rows, []string{short(p.From), short(p.To), where, p.Why})
	}
	return s
}

func (x *Explanation) ruleSection() section {
	s := section{head: headRules, columns: []string{"rule", "paragraph", "law", "from", "read", "concluded"}}
	for _, r := range x.Rules {
		s.rows = append(s.rows, []string{r.ID, strings.TrimSpace("§" + r.Section + " " + r.Title), r.Text, r.Source,
			list(r.Read), r.Concluded})
	}
	return s
}

// capsText says whether a caveat keeps a record at NEEDS_REVIEW.
var capsText = map[string]string{
	"yes":       "keeps the record at NEEDS_REVIEW",
	"no":        "does not change the outcome by itself",
	"sometimes": "may keep the record at NEEDS_REVIEW (domain chapter 4)",
}

func (x *Explanation) doubtSection() section {
	s := section{head: headDoubts, columns: []string{"doubt", "effect", "set when", "rules"}, empty: "none of its own"}
	for _, d := range x.Doubts {
		s.rows = append(s.rows, []string{d.Code, capsText[d.Caps], d.Text, strings.Join(d.Rules, ", ")})
	}
	if len(x.BaseDoubts) > 0 {
		s.after = []string{"On every record of this duty: " + list(x.BaseDoubts) + "."}
	}
	return s
}

func (x *Explanation) triggerSection() section {
	s := section{head: headTriggers, columns: []string{"time", "result", "rule", "read", "doubts", "decides"}}
	for _, t := range x.Triggers {
		s.rows = append(s.rows, []string{short(t.At), t.Result, t.Rule, strings.Join(t.Read, ", "),
			strings.Join(t.Doubts, ", "), yesOrEmpty(t.Chosen)})
	}
	return s
}

func yesOrEmpty(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

func (x *Explanation) slotSection() section {
	s := section{head: headSlots, columns: []string{"from", "to", "outcome", "rules", "doubts"}}
	for _, v := range x.Slots {
		s.rows = append(s.rows, []string{short(v.From), short(v.To), v.Outcome, strings.Join(v.Rules, ", "),
			strings.Join(v.Doubts, ", ")})
	}
	return s
}

func consideredSection(h words, items []Considered, none string) section {
	s := section{head: h, columns: []string{"of", "fact", "counted", "reason", "why"}, empty: none}
	for _, n := range items {
		s.rows = append(s.rows, []string{short(n.At), n.ID, yesNo(n.Used), n.Reason, n.Why})
	}
	return s
}

func (x *Explanation) centreSection() section {
	s := section{head: headIncidents, columns: []string{"from", "to", "what", "fact", "effect"},
		empty: "none of the unit's centres"}
	for _, n := range x.Incidents {
		s.rows = append(s.rows, []string{short(n.From), short(n.To), "incident, forms " + n.Forms, n.ID, n.Effect})
	}
	for _, e := range x.Exclusions {
		effect := "other dates: no effect"
		if e.Overlaps {
			effect = "lies over the unit (EXC-02)"
		}
		s.rows = append(s.rows, []string{e.From, e.To, "data excluded: " + e.Status, e.ID, effect})
	}
	for _, v := range x.Supervision {
		what := "supervision without remarks"
		if v.Remarks {
			what = "supervision with remarks"
		}
		s.rows = append(s.rows, []string{v.From, v.To, what, v.Ref, "evidence beside the registrations (EVD-17)"})
	}
	return s
}

func (x *Explanation) settlementSection() section {
	s := section{
		head:    headSettlement,
		columns: []string{"log or feed", "date", "needed through", "proven through", "enough"},
	}
	for _, l := range x.Settlement.Logs {
		s.rows = append(
			s.rows,
			[]string{l.Log + " of " + l.CentreID, l.Date, short(l.Needed), orNone(short(l.Through)), yesNo(l.Proven)},
		)
	}
	for _, f := range x.Settlement.Feeds {
		s.rows = append(s.rows, []string{f.Source, "", short(x.Settlement.Rests), orNone(short(f.Through)), yesNo(f.Enough)})
	}
	for _, h := range x.Settlement.HeldBy {
		s.after = append(s.after, "Held by "+h+".")
	}
	for _, m := range x.Settlement.Missing {
		s.after = append(s.after, "Missing: "+m+".")
	}
	switch {
	case !recordLike(x.Verdict.Outcome):
		s.after = append(s.after, "The unit is no would-be record, so it waits for nothing.")
	case len(x.Settlement.Missing) == 0:
		s.after = append(s.after, "Settled: nothing is missing.")
	}
	return s
}

// recordLike reports whether an outcome is a record, or may become one.
func recordLike(outcome string) bool {
	return outcome == "INDICATED" || outcome == "NEEDS_REVIEW" || outcome == "PROVISIONAL"
}

func (x *Explanation) revisionSection() section {
	s := section{
		head:    headRevisions,
		columns: []string{"revision", "status", "at", "because of", "changed", "became known", "statement"},
		empty:   "nothing was told of the unit by then",
	}
	for _, r := range x.Revisions {
		status := r.Status
		if r.WithdrawnOutcome != "" {
			status += " (" + r.WithdrawnOutcome + ")"
		}
		changed := make([]string, len(r.Changed))
		for i, c := range r.Changed {
			changed[i] = c.Field + ": " + orNone(c.From) + " → " + orNone(c.To)
		}
		statement := "" // that of the newest record stands above
		if r.Status == "WITHDRAWN" {
			statement = r.Statement
		}
		s.rows = append(s.rows, []string{strconv.Itoa(r.Revision), status, short(r.At), r.Reason, strings.Join(changed, "; "),
			strings.Join(r.Known, ", "), statement})
	}
	return s
}

func (x *Explanation) clearingSection() section {
	s := section{head: headClearing, columns: []string{"then", "what", "på dansk", "ask", "times of those asked"}}
	c := &x.Clearing
	if !recordLike(c.Now) {
		s.empty = "The unit is no record: there is nothing to clear."
		return s
	}
	s.before = []string{
		fmt.Sprintf("It is %s now. %d facts were asked of the core, each by itself, as if it were known at this "+
			"clock. These would lower it:", c.Now, c.Asked),
	}
	for _, f := range c.Facts {
		s.rows = append(s.rows, []string{f.Outcome, f.What, f.WhatDa, f.Whom + " / " + f.WhomDa, timesText(f.At)})
	}
	s.empty = "No single fact of those asked lowers it."
	s.after = []string{"Not asked: " + strings.Join(c.Other, "; ") + "."}
	return s
}

// timesText says at which of the own times that were asked it does.
func timesText(at []string) string {
	times := make([]string, len(at))
	for i := range at {
		times[i] = short(at[i])
	}
	if n := len(times); n > 3 {
		return fmt.Sprintf("%d, from %s to %s", n, times[0], times[n-1])
	}
	return strings.Join(times, ", ")
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// short is local time with a space before the clock.
func short(s string) string { return strings.Replace(s, "T", " ", 1) }

func list(ids []string) string { return orNone(strings.Join(ids, ", ")) }
