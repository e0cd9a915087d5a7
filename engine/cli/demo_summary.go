package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

var demoKinds = []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport, duty.KindUnknown}

// summary prints what was said, why some of it was withdrawn and, for a demo
// that ran to its end, what became of the loss and how all of it compares with what the
// residents did.
func (s *demoScreen) summary(show *demoShow, whole bool) {
	t := show.tally
	s.line("")
	if !whole {
		s.line("Stopped early. What was said until then:")
		s.line("")
	}
	s.heading("Records at the end", "STAY", "NOTIFY", "REPORT", "all")
	for _, status := range []duty.Status{duty.StatusIndicated, duty.StatusNeedsReview, duty.StatusWithdrawn} {
		row := []any{map[duty.Status]string{
			duty.StatusIndicated: "indicated", duty.StatusNeedsReview: "for review (weak or ambiguous)",
			duty.StatusWithdrawn: "withdrawn",
		}[status]}
		for _, k := range demoKinds {
			row = append(row, t.count(k, status))
		}
		s.row(row...)
	}
	s.text(fmt.Sprintf("%d revisions were written; the %d that changed only details are not shown above.",
		t.revisions, t.details))
	s.causes(t)
	if whole {
		s.lossSummary(show.loss, t, &show.consumers)
		s.comparison(t, show.play.truth)
	}
}

func (s *demoScreen) causes(t *demoTally) {
	if len(t.causes) == 0 {
		return
	}
	causes := make([]demoCause, 0, len(t.causes))
	for c := range t.causes {
		causes = append(causes, c)
	}
	slices.SortFunc(causes, func(a, b demoCause) int { return cmp.Or(t.causes[b]-t.causes[a], cmp.Compare(a, b)) })
	s.line("")
	s.heading("Withdrawn because")
	for _, c := range causes {
		s.line(fmt.Sprintf("  %4d  %s", t.causes[c], c))
	}
}

// comparison holds what was said against the truth of the simulation.
func (s *demoScreen) comparison(t *demoTally, truth *simulate.Truth) {
	s.line("")
	s.heading("What residents did, and what is indicated", "STAY", "NOTIFY", "REPORT", "all")
	said := t.statuses()
	scores := make([]simulate.Score, len(demoKinds))
	for i, k := range demoKinds {
		scores[i] = truth.Compare(said, k)
	}
	for _, r := range []struct {
		name  string
		value func(*simulate.Score) any
	}{
		{"nights and reporting days judged", func(x *simulate.Score) any { return x.Units }},
		{"duty really not met", func(x *simulate.Score) any { return x.Breaches }},
		{"… of these, the data can carry", func(x *simulate.Score) any { return x.Expected }},
		{"… of these, indicated", func(x *simulate.Score) any { return x.Found }},
		{"indicated though the duty was met", func(x *simulate.Score) any { return x.Wrong }},
		{"precision", func(x *simulate.Score) any { return percent(x.Precision()) }},
		{"recall", func(x *simulate.Score) any { return percent(x.Recall()) }},
	} {
		row := []any{r.name}
		for i := range scores {
			row = append(row, r.value(&scores[i]))
		}
		s.row(row...)
	}
	s.unanswered(&scores[len(scores)-1])
}

// unanswered says why some breaches are left alone.
func (s *demoScreen) unanswered(all *simulate.Score) {
	if len(all.Unanswered) == 0 {
		return
	}
	reasons := make([]simulate.Why, 0, len(all.Unanswered))
	for why := range all.Unanswered {
		reasons = append(reasons, why)
	}
	slices.SortFunc(reasons, func(a, b simulate.Why) int {
		return cmp.Or(all.Unanswered[b]-all.Unanswered[a], cmp.Compare(a, b))
	})
	var parts []string
	for _, why := range reasons {
		parts = append(parts, fmt.Sprintf("%s %d", why, all.Unanswered[why]))
	}
	text := "Left alone, because data cannot answer and nobody may be accused by a gap: " + strings.Join(parts, ", ") + "."
	s.text(text)
}

// demoPort is the port in the commands that go on from the demo.
const demoPort = 19092

// demoPages is the address of the pages in these commands.
const demoPages = "127.0.0.1:19093"

// next prints the commands that go on from here.
func (s *demoScreen) next(d *demoDir, until duty.Instant, whole bool) {
	self, dir := selfCommand(), shellPath(d.shown)
	s.line("")
	if !whole {
		s.text("The data so far are in " + dir + "; the next demo there replaces them.")
		return
	}
	s.line(s.paint(bold, "Go on with the data in "+dir+":"))
	broker, rules := fmt.Sprintf("--brokers 127.0.0.1:%d", demoPort), "--policy "+filepathIn(dir, simulate.PolicyFile)
	for _, x := range []struct {
		what string
		do   []string
	}{
		{"judge the same facts again, from the file, without a broker",
			[]string{self + " replay", "--as-of " + until.String(), rules,
				"--violations " + filepathIn(dir, demoReplayed), filepathIn(dir, simulate.FactsFile)}},
		{"let the engine run on, on the real clock, with its pages; Ctrl-C ends it", []string{self + " run",
			"--embedded " + filepathIn(dir, demoBroker), "--embedded-port " + strconv.Itoa(demoPort),
			"--data-dir " + filepathIn(dir, demoState), rules, "--trust-timestamps",
			"--listen " + demoPages, "--insecure-local"}},
		{"while it runs, from another terminal: every record …", []string{self + " tail violations", "--from-beginning", "--exit-at-end", broker}},
		{"… what was taken back, and who has acknowledged it", []string{self + " recall status", "--all", rules, broker}},
		{"… and the proof that the records follow from the facts", []string{self + " verify", rules, broker}},
		{"what really happened, unit by unit", []string{"less " + filepathIn(dir, simulate.TruthFile)}},
	} {
		s.line("  # " + x.what)
		for _, l := range shellLines(x.do, demoWidth-2) {
			s.line("  " + l)
		}
	}
}

// shellLines puts the parts of a command on lines that a shell reads as one.
func shellLines(parts []string, width int) []string {
	const on, indent = " \\", "    "
	lines := []string{parts[0]}
	for _, p := range parts[1:] {
		last := &lines[len(lines)-1]
		if utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(p)+len(on) <= width {
			*last += " " + p
			continue
		}
		*last += on
		lines = append(lines, indent+p)
	}
	return lines
}

// heading and row print tables with columns of one width.
func (s *demoScreen) heading(title string, columns ...string) {
	line := fmt.Sprintf("%-42s", title)
	for _, c := range columns {
		line += fmt.Sprintf("%9s", c)
	}
	s.line(s.paint(bold, strings.TrimRight(line, " ")))
}

func (s *demoScreen) row(cells ...any) {
	line := fmt.Sprintf("  %-40v", cells[0])
	for _, c := range cells[1:] {
		line += fmt.Sprintf("%9v", c)
	}
	s.line(line)
}

// selfCommand is how this program was started: `go run .` builds it in a
// temporary directory, which is of no use to anybody.
func selfCommand() string {
	self, err := os.Executable()
	if err != nil || strings.Contains(self, string(filepath.Separator)+"go-build") {
		return "go run ."
	}
	return shellPath(os.Args[0])
}

func filepathIn(dir, name string) string { return strings.TrimSuffix(dir, "/") + "/" + name }

// shellPath quotes a path for a shell where it needs it.
func shellPath(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool {
		return !strings.ContainsRune("/._-~+,=@%", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
