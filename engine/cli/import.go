package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"

	"path/filepath"
	"slices"
	"strings"

	"tilsyn/engine/importing"
	"tilsyn/engine/importing/sheet"
	"tilsyn/engine/outfile"
	"tilsyn/engine/replay"
	"tilsyn/schemas"
)

// importCmd is `tilsyn import`.
type importCmd struct {
	Exports  []string `arg:"" name:"exports" help:"Exports: .csv and other text with separators, or .xlsx."`
	Mapping  []string `required:"" placeholder:"FILE" sep:"none" help:"What the export holds, or a directory of mappings (*.yaml); repeatable. Of several mappings each export takes the one of which a pattern under files fits its name."`
	To       string   `default:"-" placeholder:"FILE" help:"Where the facts go, JSON Lines as replay and load read them (default: standard output)."`
	DryRun   bool     `help:"Write nothing; show the first facts of each export, and every row that is rejected with line and reason."`
	First    int      `default:"3" placeholder:"N" help:"With --dry-run: how many facts of each export are shown."`
	After    []string `placeholder:"FILE" sep:"none" help:"Facts of earlier imports; repeatable. What stands there unchanged is left out, what has changed is written as its next version."`
	Rejected string   `placeholder:"FILE" help:"Write every rejected row there, JSON Lines with file, line and reasons."`
}

// Help is shown under the flags.
func (importCmd) Help() string {
	return `Turns rows of exports into facts, as a mapping says: columns, code tables, formats and zone of times, ids. Nothing is guessed: a row with a code that the mapping does not list, or a time that is two, is rejected and named. For each rejected row whose loss could accuse somebody a fact of doubt is written in its place, which holds what it may speak of until the row is imported right, under the same id; and while rows are rejected no marker is written that says that a log is complete. Importing an overlapping export again changes nothing. engine/importing/examples has mappings for five systems.

Exit status: 0 every row was read, 1 rows were rejected, 2 a mapping or an export cannot be read; then nothing is written.

Example:
  tilsyn import --mapping ams.yaml --dry-run export.csv
  tilsyn import --mapping ams.yaml --to facts.jsonl export.csv`
}

// Run implements the command.
func (cmd *importCmd) Run(c *console) error {
	mappings, err := cmd.mappings()
	if err != nil {
		return err
	}
	im := importing.New()
	for _, file := range cmd.After {
		err := replay.EachFact(c.ctx, []string{file}, c.stdin, nil, func(f *replay.Fact) error {
			im.After(&f.Fact)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, file := range cmd.Exports {
		m, err := mappingFor(file, mappings)
		if err != nil {
			return err
		}
		err = sheet.Read(file, m, func(r *importing.Row) error {
			im.Add(m, r)
			return c.ctx.Err()
		})
		var bad *sheet.Error
		if errors.As(err, &bad) {
			return &usageError{err}
		}
		if err != nil {
			return err
		}
	}
	lines, err := im.Lines()
	if err != nil {
		return err
	}
	if cmd.DryRun {
		err = cmd.show(c.stdout, im, lines)
	} else {
		err = cmd.write(c, im, lines)
	}
	if err == nil && len(im.Rejected) > 0 {
		err = errFound
	}
	return err
}

// mappings reads the mappings.
func (cmd *importCmd) mappings() ([]*importing.Mapping, error) {
	var out []*importing.Mapping
	for _, file := range cmd.mappingFiles() {
		text, err := readFile("--mapping", file)
		if err != nil {
			return nil, err
		}
		m, err := importing.Load(file, text)
		if err != nil {
			return nil, &usageError{err}
		}
		out = append(out, m)
	}
	return out, nil
}

// mappingFiles are the files of mappings; a directory stands for those in it.
func (cmd *importCmd) mappingFiles() (out []string) {
	for _, file := range cmd.Mapping {
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			if in, err := filepath.Glob(filepath.Join(file, "*.yaml")); err == nil && len(in) > 0 {
				out = append(out, in...)
				continue
			}
		}
		out = append(out, file)
	}
	return out
}

// mappingFor chooses the mapping of an export.
func mappingFor(file string, list []*importing.Mapping) (*importing.Mapping, error) {
	if len(list) == 1 {
		return list[0], nil
	}
	var found []*importing.Mapping
	var names []string
	for _, m := range list {
		if m.Fits(filepath.Base(file)) {
			found = append(found, m)
		}
		names = append(names, m.Name)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, wrong("%s: its name fits the patterns under files of none of the mappings %s", file,
			strings.Join(names, ", "))
	}
	return nil, wrong("%s: its name fits the mappings %s and %s: give one mapping, or other patterns under files",
		file, found[0].Name, found[1].Name)
}

// write writes the facts and says what became of the rows.
func (cmd *importCmd) write(c *console, im *importing.Import, lines []importing.Placed) error {
	if err := cmd.checkOutputs(); err != nil {
		return err
	}
	err := intoFile(cmd.To, c.stdout, func(w io.Writer) error {
		var text []byte
		for i := range lines {
			text = schemas.AppendLine(text[:0], &lines[i].Line)
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if cmd.Rejected != "" {
		if err := intoFile(cmd.Rejected, c.stdout, func(w io.Writer) error { return writeRejected(w, im) }); err != nil {
			return err
		}
	}
	sayImported(c.stderr, im)
	if cmd.Rejected == "" {
		sayRejected(c.stderr, im, mostRejected)
	}
	return nil
}

// checkOutputs refuses an output that would take the place of what is read.
func (cmd *importCmd) checkOutputs() error {
	for _, out := range []string{cmd.To, cmd.Rejected} {
		if out == "" || out == replay.Stdio {
			continue
		}
		id := outfile.Identify(out)
		for _, in := range slices.Concat(cmd.Exports, cmd.Mapping, cmd.After) {
			if in == out || id.Regular() && id.Same(outfile.Identify(in)) {
				return wrong("%s is both input and output: write somewhere else", out)
			}
		}
	}
	if cmd.To == cmd.Rejected {
		return wrong("%s is named for two outputs: give each its own file", cmd.To)
	}
	return nil
}

// intoFile writes a file whole or not at all; Stdio is standard output.
func intoFile(name string, stdout io.Writer, write func(io.Writer) error) error {
	if name == replay.Stdio {
		out := bufio.NewWriter(stdout)
		if err := write(out); err != nil {
			return err
		}
		return out.Flush()
	}
	f, err := outfile.Create(name, outfile.Private)
	if err != nil {
		return wrong("%s: %w", name, reason(err))
	}
	defer f.Discard()
	if err := write(f); err != nil {
		return err
	}
	return f.Commit()
}

// mostRejected is how many rejected rows are named where no file was given for them.
const mostRejected = 20

// show is the dry run.
func (cmd *importCmd) show(w io.Writer, im *importing.Import, lines []importing.Placed) error {
	out := bufio.NewWriter(w)
	shown := map[string]int{}
	for i := range lines {
		l := &lines[i]
		if l.Doubt {
			continue
		}
		if shown[l.File]++; shown[l.File] <= cmd.First {
			fmt.Fprintf(out, "%s:%d becomes %s", l.File, l.Row, schemas.AppendLine(nil, &l.Line))
		}
	}
	sayRejected(out, im, len(im.Rejected))
	sayImported(out, im)
	fmt.Fprintln(out, "nothing was written (--dry-run)")
	return out.Flush()
}

// sayRejected names rejected rows.
func sayRejected(w io.Writer, im *importing.Import, most int) {
	for i := range im.Rejected {
		if i == most {
			fmt.Fprintf(w, "and %d more: --rejected FILE or --dry-run names all\n", len(im.Rejected)-most)
			return
		}
		r := &im.Rejected[i]
		for _, err := range r.Reasons {
			fmt.Fprintf(w, "%s:%d: rejected: %v\n", r.File, r.Line, err)
		}
		if what := holdText(r.Holds); what != "" {
			fmt.Fprintf(w, "%s:%d: %s %s\n", r.File, r.Line, untilText(r), what)
		}
	}
}

// writeRejected writes rejected rows as JSON Lines.
func writeRejected(w io.Writer, im *importing.Import) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range im.Rejected {
		r := &im.Rejected[i]
		line := struct {
			File    string   `json:"file"`
			Line    int      `json:"line"`
			Topic   string   `json:"topic"`
			Reasons []string `json:"reasons"`
			Holds   string   `json:"holds"`
			Stays   bool     `json:"stays"`
		}{File: r.File, Line: r.Line, Topic: r.Topic, Holds: string(r.Holds), Stays: r.Stays}
		for _, err := range r.Reasons {
			line.Reasons = append(line.Reasons, err.Error())
		}
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// sayImported says what became of the rows.
func sayImported(w io.Writer, im *importing.Import) {
	fmt.Fprintf(w, "%s: ", counted(int64(im.Rows), "row"))
	n := 0
	var parts []string
	for _, s := range schemas.Inputs() {
		if k := im.ByTopic[s.Topic()]; k > 0 {
			n += k
			parts = append(parts, fmt.Sprintf("%d %s", k, s.Topic()))
		}
	}
	fmt.Fprint(w, counted(int64(n), "fact"))
	if len(parts) > 0 {
		fmt.Fprintf(w, " (%s)", strings.Join(parts, ", "))
	}
	for _, x := range []struct {
		n    int
		what string
	}{{im.Changed, "of them a higher version of an earlier one"}, {im.Known, "known already and left out"},
		{im.Again, "twice in these exports"}} {
		if x.n > 0 {
			fmt.Fprintf(w, ", %d %s", x.n, x.what)
		}
	}
	fmt.Fprintln(w)
	for _, why := range slices.Sorted(maps.Keys(im.Skipped)) {
		fmt.Fprintf(w, "%s passed over: %s\n", counted(int64(im.Skipped[why]), "row"), why)
	}
	if len(im.Rejected) == 0 {
		return
	}
	fmt.Fprintf(w, "WARNING: rejected and missing: %s. In their place: %s of doubt, which keep back what may rest on "+
		"these rows, so that nobody is accused for want of them. Markers withheld that would say that a log is "+
		"complete: %d. Mend the mapping or the export and import again.\n",
		counted(int64(len(im.Rejected)), "row"), counted(int64(im.Doubts), "fact"), im.Withheld)
}

// untilText says how long a fact of doubt keeps something back.
func untilText(r *importing.Rejected) string {
	switch {
	case r.Holds == importing.HoldsInterval:
		return "until somebody dissolves that incident"
	case r.Stays:
		return "until these facts are made anew, or a Resolution ends it,"
	}
	return "until it is imported right"
}

// holdText says what a fact of doubt keeps back.
func holdText(h importing.Hold) string {
	switch h {
	case importing.HoldsPerson:
		return "nothing is told of its person that may rest on it"
	case importing.HoldsCard:
		return "nothing is told that may rest on it of whoever has its card"
	case importing.HoldsCentre:
		return "nothing is told of its centre that may rest on it"
	case importing.HoldsInterval:
		return "registrations at its centre count as lost at its time"
	case importing.HoldsAll:
		return "NOTHING IS TOLD OF ANYBODY that may rest on it: nobody can tell whose it is"
	}
	return ""
}
