package cli

import (
	"encoding/json"
	"errors"
	"regexp"

	"tilsyn/engine/duty"
	"tilsyn/engine/evidence"
	"tilsyn/engine/outfile"
	"tilsyn/engine/replay"
)

// exportCmd is `tilsyn export`.
type exportCmd struct {
	Who   string   `arg:"" optional:"" name:"who" help:"A unit: its unit_id, as a record has it, or KIND:DATE:PERSON, such as STAY:2026-02-03:P-1. Or a person: the PersonID, with --from and --to."`
	Facts []string `arg:"" optional:"" name:"facts" help:"Files of facts, as replay takes them. Without any, the topics are read."`

	From        string `placeholder:"DATE" help:"First unit date, YYYY-MM-DD: of a night the date of its evening."`
	To          string `placeholder:"DATE" help:"Last unit date."`
	Out         string `placeholder:"FILE" help:"Write the evidence package there, a zip archive; - is standard output."`
	Certificate string `placeholder:"FILE" help:"Write the certificate of one record there, as JSON; - is standard output."`
	Note        string `placeholder:"FILE" help:"The note of 11 March 2024, to be enclosed; its hash must be the one that the policy names. Without it the package names it."`
	Proofs      string `placeholder:"FILE" help:"Proofs that the revisions are in the log of all revisions, to be enclosed: lines of JSON, one proof each, as log prove prints them (default: from the topics, those that the log gives; from files none)."`
	Check       string `placeholder:"FILE" help:"Check a package: hashes, digests, proofs, and that its facts give its records. Whatever differs is named."`
	inspectFlags
}

// Help is shown under the flags.
func (exportCmd) Help() string {
	return `Makes one archive of what a court can rest on, for one unit or for all records of a person over some dates: each record with its revisions and its certificate, all twenty attachments of EVD-14 (each present, none found, not applicable or not yet received), the registrations with topic, partition, offset, device, card and authentication, facts that give the same records when they are replayed, the policies, a manifest with the hash of every file, and a cover page in Danish and English. From the topics it has proofs, from their log, that the revisions are in the log of all revisions, or says of which it has none. The same facts, flags, version and checkpoint of the log give the same bytes. Nothing of others is in it.

In a certificate every statement of silence cites its coverage: heartbeats and numbers of each device, markers of each log, forms of each incident, promises of each feed. integration/check_evidence.py, which needs nothing but Python, checks both without tilsyn and says what it cannot check.

Exit status of --check: 0 nothing differs, 1 something does, 2 the file is no package.

Examples:
  tilsyn export STAY:2026-02-03:P-1 facts.jsonl --out stay.zip
  tilsyn export P-1 --from 2026-02-01 --to 2026-02-28 --brokers localhost:9092 --out february.zip
  tilsyn export --check february.zip`
}

// Run implements the command.
func (cmd *exportCmd) Run(c *console) error {
	if cmd.Check != "" {
		if cmd.Who != "" || cmd.Out != "" || cmd.Certificate != "" {
			return wrong("--check takes a package and nothing else")
		}
		return checkPackage(c, cmd.Check, cmd.TempDir)
	}
	if (cmd.Out == "") == (cmd.Certificate == "") {
		return wrong("give --out FILE for a package, --certificate FILE for the certificate of one record, " +
			"or --check FILE")
	}
	w, r, err := cmd.wanted()
	if err != nil {
		return err
	}
	if len(cmd.Facts) == 0 {
		// Proofs are read after the facts, from the same brokers.
		done, err := cmd.reach(cmd.TempDir)
		if err != nil {
			return err
		}
		defer done()
	}
	x, err := cmd.inspect(c, cmd.Facts, w)
	if err != nil {
		return err
	}
	if r.Kind != duty.KindUnknown {
		r.From, r.To = x.Date, x.Date
		r.Kind = x.Kind
	}
	if cmd.Certificate != "" {
		return cmd.certify(c, x)
	}
	return cmd.pack(c, x, r)
}

// wanted reads of whom and when something is asked for. A range of one unit has its duty.
func (cmd *exportCmd) wanted() (replay.Wanted, evidence.Range, error) {
	var r evidence.Range
	if cmd.Who == "" {
		return replay.Wanted{}, r, wrong("name a unit or a person: a unit_id, KIND:DATE:PERSON such as " +
			"STAY:2026-02-03:P-1, " +
			"or a PersonID with --from and --to")
	}
	from, err := dateFlag("--from", cmd.From)
	if err != nil {
		return replay.Wanted{}, r, err
	}
	to, err := dateFlag("--to", cmd.To)
	if err != nil {
		return replay.Wanted{}, r, err
	}
	if from.OK && to.OK && from.V > to.V {
		return replay.Wanted{}, r, wrong("--from %s is after --to %s: give the earlier date first", from.V, to.V)
	}
	if unitForm.MatchString(cmd.Who) || unitIDForm.MatchString(cmd.Who) {
		w, err := wantedUnit(cmd.Who)
		if err == nil && w.UnitID == "" && (from.OK && w.Date < from.V || to.OK && w.Date > to.V) {
			err = wrong("the unit is of %s, which --from and --to leave out: a unit needs neither", w.Date)
		}
		w.Now = true
		r.Kind = duty.KindStay // any: it is known once the unit is found
		return w, r, err
	}
	switch {
	case cmd.Certificate != "":
		return replay.Wanted{}, r, wrong("--certificate is of one unit: name it as its unit_id or as KIND:DATE:PERSON, " +
			"such as STAY:2026-02-03:P-1; for a person give --out FILE, --from and --to")
	case !from.OK || !to.OK:
		return replay.Wanted{}, r, wrong("for a person give --from DATE and --to DATE; a unit is written as its " +
			"unit_id or as " +
			"KIND:DATE:PERSON, such as STAY:2026-02-03:P-1")
	case !duty.UsableKey(cmd.Who):
		return replay.Wanted{}, r, wrong("that is no PersonID: write it as the facts do")
	}
	r.From, r.To = from.V, to.V
	if days := int(to.V-from.V) + 1; days > evidence.MaxDays {
		return replay.Wanted{}, r, &usageError{&evidence.LimitError{Days: days}}
	}
	return replay.Wanted{PersonID: cmd.Who, Date: from.V, Until: to, Now: true}, r, nil
}

// unitForm is how a unit is named by its duty; a person's id may have colons too.
var unitForm = regexp.MustCompile(`(?i)^(STAY|NOTIFY|REPORT):`)

// dateFlag reads a date that may be left out.
func dateFlag(name, text string) (duty.Opt[duty.Date], error) {
	if text == "" {
		return duty.None[duty.Date](), nil
	}
	d, ok := duty.ParseDate(text)
	if !ok {
		return duty.None[duty.Date](), wrong("%s %s: write a date as YYYY-MM-DD", name, text)
	}
	return duty.Some(d), nil
}

// certify writes the certificate of one record.
func (cmd *exportCmd) certify(c *console, x *inspection) error {
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
	var empty *evidence.EmptyError
	var limit *evidence.LimitError
	if errors.As(err, &none) || errors.As(err, &empty) || errors.As(err, &limit) {
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
