package cli

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"tilsyn/schemas"
)

// schemasCmd is `tilsyn schemas`.
type schemasCmd struct {
	List  schemasListCmd  `cmd:"" help:"List records, topics, keys and fingerprints."`
	Show  schemasShowCmd  `cmd:"" help:"Print a schema."`
	Check schemasCheckCmd `cmd:"" help:"Judge changed schemas against the built-in ones; exit status 1 if one may not be used."`

	Register schemasRegisterCmd `cmd:"" help:"Register the schemas in a schema registry."`
}

// schemasListCmd is `tilsyn schemas list`.
type schemasListCmd struct{}

// Run implements the command.
func (schemasListCmd) Run(c *console) error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RECORD\tTOPIC\tDIRECTION\tKEY\tFINGERPRINT")
	for _, s := range schemas.List() {
		direction := "output"
		if s.Input() {
			direction = "input"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%016x\n", s.Name(), s.Topic(), direction, s.KeyText(), s.Fingerprint())
	}
	return w.Flush()
}

// schemasShowCmd is `tilsyn schemas show`.
type schemasShowCmd struct {
	Name      string `arg:"" help:"Record (CardEvent), topic (card-events) or file (card-event.avsc)."`
	Canonical bool   `help:"Print the Parsing Canonical Form, of which the fingerprint is taken."`
}

// Run implements the command.
func (cmd *schemasShowCmd) Run(c *console) error {
	s, err := findSchema(cmd.Name)
	if err != nil {
		return err
	}
	text := s.Text()
	if cmd.Canonical {
		text = append(append([]byte(nil), s.Canonical()...), '\n')
	}
	_, err = c.stdout.Write(text)
	return err
}

// findSchema finds a schema under any of its names.
func findSchema(name string) (*schemas.Schema, error) {
	for _, s := range schemas.List() {
		if strings.EqualFold(name, s.Name()) || name == s.Topic() || name == s.File() {
			return s, nil
		}
	}
	return nil, wrong("there is no schema %q: `tilsyn schemas list` names them", name)
}

// schemasCheckCmd is `tilsyn schemas check`.
type schemasCheckCmd struct {
	Files []string `arg:"" name:"files" help:"Changed .avsc files."`
}

// Run implements the command.
func (cmd *schemasCheckCmd) Run(c *console) error {
	bad := false
	for _, file := range cmd.Files {
		text, err := readFile("schema", file)
		if err != nil {
			return err
		}
		judged, err := schemas.CheckCompatibility(bytes.TrimPrefix(text, byteOrderMark))
		if err != nil {
			return wrong("%s: %w; `tilsyn schemas show NAME` prints a schema as it must be", file, err)
		}
		bad = bad || !judged.OK()
		printCompatibility(c, file, judged)
	}
	if bad {
		return errFound
	}
	return nil
}

func printCompatibility(c *console, file string, j *schemas.Compatibility) {
	verdict := "BACKWARD and FORWARD compatible with the built-in schema"
	switch {
	case j.Identical && j.OK():
		verdict = "the same as the built-in schema"
	case !j.OK():
		verdict = "may not be used in place of the built-in schema"
	}
	fmt.Fprintf(c.stdout, "%s: %s: %s\n", file, j.Schema.Name(), verdict)
	for _, part := range []struct {
		what  string
		lines []string
	}{
		{"not BACKWARD compatible", j.Backward}, {"not FORWARD compatible", j.Forward},
		{"against the contract", j.Rules}, {"note", j.Notes},
	} {
		for _, l := range part.lines {
			fmt.Fprintf(c.stdout, "  %s: %s\n", part.what, l)
		}
	}
}
