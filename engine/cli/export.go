package cli

import (
	"encoding/json"
	"errors"

	"tilsyn/engine/evidence"
	"tilsyn/engine/outfile"
	"tilsyn/engine/replay"
)

// exportCmd is `tilsyn export`.
type exportCmd struct {
	Unit  string   `arg:"" name:"unit" help:"Unit: its unit_id, as a record has it, or KIND:DATE:PERSON, such as STAY:2026-02-03:P-1."`
	Facts []string `arg:"" optional:"" name:"facts" help:"Files of facts, as replay takes them. Without any, the topics are read."`

	Certificate string `placeholder:"FILE" required:"" help:"Write the certificate of the record there, as JSON; - is standard output."`
	inspectFlags
}

// Help is shown under the flags.
func (exportCmd) Help() string {
	return `Writes the certificate of one record that is INDICATED or NEEDS_REVIEW: the record and its revisions, the registrations with device, side, card and authentication, each rule with what it read, and every statement of silence with its coverage, which is the heartbeats and numbers of each device, the markers of each log, the forms of each incident and the promises of each feed. Rows of others are not in it. integration/check_evidence.py, which needs nothing but Python, checks it without tilsyn and says what it cannot check.

Example:
  tilsyn export STAY:2026-02-03:P-1 facts.jsonl --certificate STAY.json`
}

// Run implements the command.
func (cmd *exportCmd) Run(c *console) error {
	wanted, err := wantedUnit(cmd.Unit)
	if err != nil {
		return err
	}
	wanted.Now = true
	x, err := cmd.inspect(c, cmd.Facts, wanted)
	if err != nil {
		return err
	}
	cert, err := evidence.Certify(evidenceCase(x), x.Kind, x.Date)
	if err != nil {
		return recordError(err)
	}
	text, err := json.MarshalIndent(cert, "", " ")
	if err != nil {
		return err
	}
	return writeWhole(c, cmd.Certificate, append(text, '\n'))
}

// evidenceCase is what records are certified from.
func evidenceCase(x *inspection) *evidence.Case {
	last := x.Moments[len(x.Moments)-1]
	return &evidence.Case{At: last.At, Input: last.Input, Centres: x.CentreFacts(), Told: x.Told, FromLog: x.fromLog,
		Signs: x.Signs}
}

// recordError makes an error about the record one of wrong usage.
func recordError(err error) error {
	var none *evidence.NoRecordError
	if errors.As(err, &none) {
		return &usageError{err}
	}
	return unitError(err)
}

// writeWhole writes a file that appears whole or not at all, or to standard output.
func writeWhole(c *console, path string, content []byte) error {
	if path == replay.Stdio {
		_, err := c.stdout.Write(content)
		return err
	}
	f, err := outfile.Create(path, outfile.Private)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(content); err != nil {
		return err
	}
	return f.Commit()
}
