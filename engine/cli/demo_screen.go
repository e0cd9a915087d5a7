package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// demoScreen writes the demo's feed: on a terminal with colours, whole
// statements and a bar at the bottom; in a pipe one line a record.
type demoScreen struct {
	w io.Writer
	// rich is true on a terminal, colour where the environment allows it too.
	rich, colour bool
	width        int
	bar          string
	// spoken is when a statement was last printed in full: not more often than
	// a reader can follow.
	spoken time.Time
	// explained is set once it was said what an incident of the watch means.
	explained bool
	// err is the first failure of w: nobody reads any more.
	err error
}

// demoWidth is how wide texts, tables and commands are at most; records may be
// wider, where the terminal is.
const demoWidth = 80

// demoBreath is the least time between two statements in full.
const demoBreath = 900 * time.Millisecond

func newDemoScreen(w io.Writer) *demoScreen {
	s := &demoScreen{w: w, width: demoWidth}
	if f, ok := w.(*os.File); ok && isTerminal(w) && os.Getenv("TERM") != "dumb" {
		s.rich = true
		s.colour = os.Getenv("NO_COLOR") == ""
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			s.width = max(columns, 60)
		}
	}
	return s
}

// Colours of the feed.
const (
	plain  = ""
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
	green  = "\x1b[32m"
	blue   = "\x1b[34m"
)

func (s *demoScreen) paint(colour, text string) string {
	if !s.colour || colour == plain {
		return text
	}
	return colour + text + "\x1b[0m"
}

// line prints a line above the bar.
func (s *demoScreen) line(text string) {
	if s.bar == "" {
		s.print(text + "\n")
		return
	}
	s.print("\r\x1b[2K" + text + "\n" + s.bar)
}

func (s *demoScreen) print(text string) {
	if s.err == nil {
		_, s.err = io.WriteString(s.w, text)
	}
}

// clear takes the bar away.
func (s *demoScreen) clear() {
	if s.bar != "" {
		s.print("\r\x1b[2K")
		s.bar = ""
	}
}

// opening says what will be seen.
func (s *demoScreen) opening(cfg simulate.Config, show time.Duration, dir *demoDir) {
	last := simulate.Today(cfg.Until)
	s.line(s.paint(bold, "tilsyn demo"))
	if dir.replaced {
		s.text("Replacing what an earlier demo left in " + dir.shown + ".")
	}
	if dir.note != "" {
		s.text(dir.note)
	}
	s.line("")
	for _, text := range []string{
		fmt.Sprintf("Two simulated departure centres, Kærshovedgård (KH) and Sjælsmark (SJ), with %d residents, "+
			"from %s to %s %s, "+
			"in about %d seconds. What the card readers, guards and offices write goes through a Kafka-protocol broker in this "+
			"process; the engine reads it there, hour by hour as it would have become known, and writes its records back.",
			cfg.Persons, dayWords(cfg.Start), dayWords(last), simulate.LocalTime(cfg.Until)[11:], int(show.Seconds())),
		"A record only indicates that a duty was not met; a case officer assesses it. It waits until the paper logs of its " +
			"centre are complete, so most come on working mornings. What clears a person is applied the moment it is known: " +
			"the record is withdrawn, and shown here beside what it withdraws.",
		"Meanwhile many passages at Sjælsmark are lost on the way. Devices number their rows and say every hour that they " +
			"are well, so the engine notices, holds back whatever the loss may have caused, and takes back what it had told " +
			"when the loss is declared.",
	} {
		s.text(text)
		s.line("")
	}
}

// text prints a paragraph.
func (s *demoScreen) text(text string) {
	for _, l := range wrap(text, min(s.width, demoWidth)) {
		s.line(l)
	}
}

// record prints a revision.
func (s *demoScreen) record(v *duty.Violation, change demoChange, before demoSaid) {
	if change == demoDetail {
		return
	}
	colour := map[duty.Status]string{duty.StatusIndicated: yellow, duty.StatusNeedsReview: cyan,
		duty.StatusWithdrawn: green}[v.Status]
	if !s.rich {
		s.compact(v, change, before)
		return
	}
	note := ""
	switch {
	case change == demoOther:
		note = "until now " + statusWords(before.status)
	case v.Status == duty.StatusNeedsReview:
		note = strings.Join(v.Caveats, " ")
	}
	head := fmt.Sprintf("%s  %-10s  %-6s  %-20s  %s  %s", timeWords(v.EvaluatedAt),
		statusWords(v.Status), v.Kind, unitWords(v), v.PersonID, v.CentreID)
	note = cut(note, s.width-len(head)-3)
	s.line(strings.TrimRight(strings.Replace(head, statusWords(v.Status), s.paint(colour, statusWords(v.Status)),
		1)+"  "+s.paint(dim, note), " "))
	if change == demoGone {
		s.under(green, fmt.Sprintf("withdraws %s of %s: %s", statusWords(before.status), timeWords(before.told), causeOf(v)))
	}
	if now := time.Now(); change == demoNew && now.Sub(s.spoken) >= demoBreath {
		s.spoken = now
		s.under(dim, shortStatement(v.Statement))
	}
}

// under prints a text below a record.
func (s *demoScreen) under(colour, text string) {
	for _, l := range wrap(text, s.width-20) {
		s.line(s.paint(colour, fmt.Sprintf("%18s%s", "", l)))
	}
}

// compact prints a revision as one line, with fields that a program can cut.
func (s *demoScreen) compact(v *duty.Violation, change demoChange, before demoSaid) {
	text := fmt.Sprintf("%s  %-12s  %-6s  %s  %s  %s", simulate.LocalTime(v.EvaluatedAt), v.Status, v.Kind,
		simulate.DateString(v.UnitDate), v.PersonID, v.CentreID)
	switch change {
	case demoGone:
		text += fmt.Sprintf("  withdraws %s of %s: %s", before.status, simulate.LocalTime(before.told), causeOf(v))
	case demoOther:
		text += "  until now " + before.status.String()
	}
	s.line(text)
}

// incident and exclusion print what explains the records that follow.
func (s *demoScreen) incident(x *duty.Incident) {
	what := map[duty.IncidentKind]string{
		duty.IncidentKindFrost: "hard frost: the card readers fail", duty.IncidentKindDevice: "a card reader failed",
	}[x.Kind]
	if what == "" {
		what = "the registrations may be incomplete"
	}
	span := "from " + timeWords(x.From)
	if x.To.OK {
		span += " to " + timeWords(x.To.V)[11:]
	}
	forms := "; passages are on paper forms, which have not arrived"
	if x.FormsStatus == duty.FormsStatusComplete {
		forms = "; all paper forms have arrived by now"
	}
	s.event(x.ReceivedAt, x.CentreID, what+" "+strings.Join(strings.Fields(span), " ")+forms)
}

func (s *demoScreen) exclusion(x *duty.Exclusion) {
	s.event(x.ReceivedAt, x.CentreID, fmt.Sprintf("passages of %s to %s were lost in the data flow, one officer declares "+
		"and another approves: the dates are excluded and every record over them is recalled",
		dayWords(x.FromDate), dayWords(x.ToDate)))
}

func (s *demoScreen) event(t duty.Instant, centre, text string) {
	if !s.rich {
		s.line(fmt.Sprintf("%s  %-12s  %s: %s", simulate.LocalTime(t), "EVENT", centre, text))
		return
	}
	for i, l := range wrap(centre+": "+text, s.width-20) {
		when := ""
		if i == 0 {
			when = timeWords(t)
		}
		s.line(fmt.Sprintf("%-16s  %s", when, s.paint(blue, l)))
	}
}

// progress draws the bar.
func (s *demoScreen) progress(now duty.Instant, part float64, t *demoTally) {
	if !s.rich {
		return
	}
	const cells = 24
	done := int(part * cells)
	tail := fmt.Sprintf("%3.0f %%  %d indicated, %d for review, %d withdrawn", 100*part,
		t.count(duty.KindUnknown, duty.StatusIndicated), t.count(duty.KindUnknown, duty.StatusNeedsReview),
		t.count(duty.KindUnknown, duty.StatusWithdrawn))
	text := timeWords(now) + "  " + strings.Repeat("█", done) + strings.Repeat("░", cells-done) + " " + tail
	if runes := []rune(text); len(runes) >= s.width {
		text = string(runes[:s.width-1])
	}
	s.bar = text
	s.print("\r\x1b[2K" + s.bar)
}
