package cli

import (
	"fmt"
	"io"
	"strings"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
)

// controlRow is a figure of the control report, of the period and of the one before.
type controlRow struct{ Name, Now, Before string }

// controlPart is a part of the report, shown as a table.
type controlPart struct {
	Title string
	Head  []string
	Rows  [][]string
}

// controlHead are the sums of the report, beside those of the period before.
func controlHead(now, before *duty.ControlReport) []controlRow {
	row := func(name string, of func(*duty.ControlReport) string) controlRow {
		return controlRow{name, of(now), of(before)}
	}
	sum := func(of func(*duty.ControlSource) int64) func(*duty.ControlReport) string {
		return func(r *duty.ControlReport) string {
			n := int64(0)
			for i := range r.Sources {
				n += of(&r.Sources[i])
			}
			return duration(duty.Some(n))
		}
	}
	return []controlRow{
		row("supervised time of all sources", sum(func(s *duty.ControlSource) int64 { return s.SupervisedMs })),
		row("silent time of all sources", sum(func(s *duty.ControlSource) int64 { return s.SilentMs })),
		row("suspected losses", func(r *duty.ControlReport) string { return fmt.Sprint(len(r.Losses)) }),
		row("hours of devices reconciled", func(r *duty.ControlReport) string {
			return fmt.Sprintf("%d of %d", r.Reconciliations.Done, r.Reconciliations.Due)
		}),
		row("units due", func(r *duty.ControlReport) string { return fmt.Sprint(r.Coverage.Units) }),
		row("units that data cannot answer", func(r *duty.ControlReport) string { return share(r.Coverage.UndeterminedPermille) }),
		row("units excluded", func(r *duty.ControlReport) string { return share(r.Coverage.ExcludedPermille) }),
		row("units without proven logs", func(r *duty.ControlReport) string { return share(r.Coverage.UnsettledPermille) }),
		row("what was told and taken back", func(r *duty.ControlReport) string { return share(r.Withdrawals.Permille) }),
		row("told until taken back, median", func(r *duty.ControlReport) string { return duration(r.Withdrawals.ExposureP50Ms) }),
		row("recalls opened, of them open, overdue", func(r *duty.ControlReport) string {
			return fmt.Sprintf("%d, %d, %d", r.Recalls.Opened, r.Recalls.Open, r.Recalls.Overdue)
		}),
		row("dead letters received, of them open", func(r *duty.ControlReport) string {
			return number(r.DeadLetters.Received) + ", " + number(r.DeadLetters.Open)
		}),
		row("rows of nobody, worst week", func(r *duty.ControlReport) string { return share(r.Identity.UnlinkedPermilleMax) }),
		row("age of what nobody has handled, median", func(r *duty.ControlReport) string { return duration(r.Handled.BacklogP50Ms) }),
		row("duties that bind somebody, controlled", func(r *duty.ControlReport) string { return duties(r) }),
	}
}

// duties lists the duties that bind somebody, and whether each was controlled at all.
func duties(r *duty.ControlReport) string {
	var out []string
	for _, d := range r.Handled.DutiesControlled {
		word := "controlled"
		if !d.Controlled {
			word = "NOT CONTROLLED"
		}
		out = append(out, d.Kind.String()+" "+word)
	}
	if len(out) == 0 {
		return "none binds"
	}
	return strings.Join(out, ", ")
}

// controlParts are the tables of the report.
func controlParts(r *duty.ControlReport) []controlPart {
	controls := controlPart{Title: "Controls", Head: []string{"control", "due", "done", "findings", "followed up", "open"}}
	for _, c := range r.Controls {
		controls.add(c.Control.String(), number(c.Due), number(c.Done), number(c.Findings), number(c.FollowedUp),
			number(c.Open))
	}
	sources := controlPart{Title: "Sources",
		Head: []string{"source", "supervised", "silent", "silences", "longest", "gaps", "rows missing", "resets", "rows"}}
	for _, s := range r.Sources {
		sources.add(s.SourceID, duration(duty.Some(s.SupervisedMs)), duration(duty.Some(s.SilentMs)), fmt.Sprint(s.Silences),
			duration(s.LongestMs), number(s.Gaps), number(s.RowsMissing), number(s.Resets), number(s.Rows))
	}
	incidents := controlPart{Title: "Incidents", Head: []string{"kind", "origin", "opened", "dissolved", "forms pending",
		"lasted", "noticed after, median", "forms after, median"}}
	for _, i := range r.Incidents {
		incidents.add(i.Kind.String(), i.Origin.String(), fmt.Sprint(i.Opened), fmt.Sprint(i.Dissolved),
			fmt.Sprint(i.FormsPending), duration(i.DurationMs), duration(i.NoticeP50Ms), duration(i.FormsP50Ms))
	}
	losses := controlPart{Title: "Suspected losses",
		Head: []string{"incident", "from", "to", "state", "persons", "units held"}}
	for _, l := range r.Losses {
		to := "lasts"
		if l.To.OK {
			to = instantText(l.To.V)
		}
		losses.add(l.ID, instantText(l.From), to, l.State.String(), fmt.Sprint(l.Persons), fmt.Sprint(l.UnitsHeld))
	}
	logs := controlPart{Title: "Logs said to be complete",
		Head: []string{"log", "due", "on time", "late", "missing", "after, median", "90 %", "longest"}}
	for _, s := range r.Settlements {
		logs.add(s.LogType.String(), fmt.Sprint(s.Due), fmt.Sprint(s.OnTime), fmt.Sprint(s.Late), fmt.Sprint(s.Missing),
			duration(s.DelayP50Ms), duration(s.DelayP90Ms), duration(s.DelayMaxMs))
	}
	actions := controlPart{Title: "What was done about controls",
		Head: []string{"control", "what", "at", "as it should", "took", "reference"}}
	for _, a := range r.Actions {
		actions.add(a.Control.String(), a.Kind.String(), instantText(a.At), yesNo(a.Ok), duration(a.DurationMs), a.Ref.V)
	}
	changes := controlPart{Title: "Changes", Head: []string{"kind", "system", "at"}}
	for _, c := range r.Changes {
		changes.add(c.Kind.String(), c.System, instantText(c.At))
	}
	supervision := controlPart{Title: "Results of supervision", Head: []string{"reference", "from", "to", "remarks"}}
	for _, s := range r.Supervision {
		supervision.add(s.ResultRef, s.FromDate.String(), s.ToDate.String(), yesNo(s.Remarks))
	}
	quality := controlPart{Title: "Data quality", Head: []string{"code", "lines"}}
	missing := controlPart{Title: "Not measured", Head: []string{"field"}}
	for _, q := range r.Quality {
		if q.Code == control.NotMeasured {
			missing.add(q.Field.V)
			continue
		}
		quality.add(q.Code, fmt.Sprint(q.Count))
	}
	return []controlPart{controls, sources, incidents, losses, logs, actions, changes, supervision, quality, missing}
}

func (p *controlPart) add(cells ...string) { p.Rows = append(p.Rows, cells) }

// controlText prints the report as text.
func controlText(w io.Writer, now, before *duty.ControlReport) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", controlTitle(now))
	table := [][]string{{"", now.Period, before.Period}}
	for _, r := range controlHead(now, before) {
		table = append(table, []string{r.Name, r.Now, r.Before})
	}
	writeTable(&b, table)
	for _, p := range controlParts(now) {
		if len(p.Rows) > 0 {
			fmt.Fprintf(&b, "\n%s\n", p.Title)
			writeTable(&b, append([][]string{p.Head}, p.Rows...))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", control.Sentence)
	_, err := io.WriteString(w, b.String())
	return err
}

// controlTitle is the first line.
func controlTitle(r *duty.ControlReport) string {
	centre, state := "centre "+r.CentreID, "not final"
	if r.CentreID == control.All {
		centre = "all centres"
	}
	if r.Final {
		state = "final"
	}
	return fmt.Sprintf("Control report, %s, %s, as of %s (%s)", centre, r.Period, instantText(r.AsOf), state)
}

// writeTable writes rows in columns, set apart by two blanks.
func writeTable(b *strings.Builder, rows [][]string) {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", width[i]-len([]rune(cell))+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// notMeasured stands where nothing was measured.
const notMeasured = "–"

// number is a count as text.
func number(n duty.Opt[int32]) string {
	if !n.OK {
		return notMeasured
	}
	return fmt.Sprint(n.V)
}

// share is a share in percent.
func share(permille duty.Opt[int32]) string {
	if !permille.OK {
		return notMeasured
	}
	return fmt.Sprintf("%d.%d %%", permille.V/10, permille.V%10)
}

// duration is a length of time in its two greatest units.
func duration(ms duty.Opt[int64]) string {
	if !ms.OK {
		return notMeasured
	}
	s := ms.V / 1000
	switch d, h, m := s/86400, s/3600%24, s/60%60; {
	case d > 0:
		return fmt.Sprintf("%d d %d h", d, h)
	case h > 0:
		return fmt.Sprintf("%d h %d min", h, m)
	case m > 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d s", s)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
