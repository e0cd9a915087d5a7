package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
	"tilsyn/engine/replay"
)

// explainCmd is `tilsyn explain`.
type explainCmd struct {
	Unit  string   `arg:"" name:"unit" help:"Unit: its unit_id, as a record has it, or KIND:DATE:PERSON, such as STAY:2026-02-03:P-1."`
	Facts []string `arg:"" optional:"" name:"facts" help:"Files of facts, as replay takes them. Without any, the topics are read."`

	inspectFlags
	stateKeyFlag
	State  string `placeholder:"DIR" help:"Take the facts of persons from the state in the data directory of a stopped engine; those of centres are not in it and come from FACTS."`
	Format string `default:"text" enum:"text,json,html" help:"text, json, or html: one page that needs nothing else."`
}

// Help is shown under the flags.
func (explainCmd) Help() string {
	return `Says how one unit came to its verdict: every registration and paper row around it with whether it counted and why not, each rule that fired with its paragraph, what it read and concluded, notices and permissions, incidents, exclusions, what a record waits for, all revisions with what changed, and which single facts would clear or lower it, with whom to ask for each. These are found by asking the core again with the fact added. From the topics, committed records only are read; no engine need run, no group is joined, and what was told comes from violations. Nothing is written, and nobody is told.

Example:
  tilsyn explain STAY:2026-02-03:P-1 --as-of 2026-02-05T08:00:00+01:00 facts.jsonl`
}

// Run implements the command.
func (cmd *explainCmd) Run(c *console) error {
	wanted, err := wantedUnit(cmd.Unit)
	if err != nil {
		return err
	}
	if cmd.StateKeyFile != "" && cmd.State == "" {
		return wrong("--state-key-file opens the directory of --state DIR: give both, or neither")
	}
	look := cmd.inspect
	if cmd.State != "" {
		look = cmd.fromState
	}
	x, err := look(c, cmd.Facts, wanted)
	if err != nil {
		return err
	}
	found, err := explained(x.Inspection, x.fromLog)
	if err != nil {
		return err
	}
	found.Notes = append(found.Notes, x.notes...)
	return writeExplanation(c.stdout, found, cmd.Format)
}

// explained explains what was gathered.
func explained(x *replay.Inspection, fromLog bool) (*explain.Explanation, error) {
	in := explain.Case{PersonID: x.PersonID, Kind: x.Kind, Date: x.Date, Thinned: x.Thinned, Told: x.Told,
		FromLog: fromLog, Centres: x.CentreFacts(), With: x.With, Quick: x.Quick}
	for _, m := range x.Moments {
		in.Moments = append(in.Moments, explain.Moment{At: m.At, Input: m.Input})
	}
	out, err := explain.Explain(in)
	return out, unitError(err)
}

// unitError makes an error about the unit one of wrong usage.
func unitError(err error) error {
	var none *replay.NoUnitError
	var not *explain.NotFoundError
	if errors.As(err, &none) || errors.As(err, &not) {
		return &usageError{err}
	}
	return err
}

// unitIDForm is the form of a unit_id.
var unitIDForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// wantedUnit reads how a unit is named.
func wantedUnit(text string) (replay.Wanted, error) {
	if id := strings.ToLower(text); unitIDForm.MatchString(id) {
		return replay.Wanted{UnitID: id}, nil
	}
	const forms = "write its unit_id, such as 1c9a7a3e-5d0f-5b0e-9c3b-0123456789ab, or KIND:DATE:PERSON, " +
		"such as STAY:2026-02-03:P-1"
	kind, rest, ok := strings.Cut(text, ":")
	date, person, also := strings.Cut(rest, ":")
	if !ok || !also {
		return replay.Wanted{}, wrong("UNIT is neither a unit_id nor KIND:DATE:PERSON: %s", forms)
	}
	w := replay.Wanted{PersonID: person}
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport} {
		if strings.EqualFold(k.String(), kind) {
			w.Kind = k
		}
	}
	if w.Kind == duty.KindUnknown {
		return w, wrong("UNIT begins with %q, which is no duty: it is STAY, NOTIFY or REPORT; %s", kind, forms)
	}
	var fine bool
	if w.Date, fine = duty.ParseDate(date); !fine {
		return w, wrong(
			"UNIT has %q where its date stands: write YYYY-MM-DD, of a night the date of its evening; %s",
			date,
			forms,
		)
	}
	if !duty.UsableKey(person) {
		return w, wrong("UNIT names no person behind its date: %s", forms)
	}
	return w, nil
}

// writeExplanation writes it in the form asked for.
func writeExplanation(w io.Writer, x *explain.Explanation, format string) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(x)
	case "html":
		_, err := io.WriteString(w, x.HTML())
		return err
	}
	_, err := fmt.Fprint(w, x.Text())
	return err
}
