package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"tilsyn/schemas"
)

// schemasCmd is `tilsyn schemas`.
type schemasCmd struct {
	List schemasListCmd `cmd:"" help:"List records, topics, keys and fingerprints."`
	Show schemasShowCmd `cmd:"" help:"Print a schema."`
}

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
