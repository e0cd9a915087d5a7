package cli

import (
	"fmt"
	"text/tabwriter"

	"tilsyn/schemas"
)

// schemasRegisterCmd is `tilsyn schemas register`.
type schemasRegisterCmd struct {
	kafkaFlags
	DryRun bool `help:"Only say what would be registered and set."`
}

// Help is shown under the flags.
func (schemasRegisterCmd) Help() string {
	return `Registers the schema of every topic under its subject, the topic's name with prefix and "-value", and gives subjects without a compatibility of their own FULL_TRANSITIVE. Run it before the engines of a new version are started with --schema-registry: they register nothing. Everything is looked at before anything is written: a subject whose compatibility is weaker than FULL, and a version in it that ours cannot read or that cannot read ours, are refused, each with the reason. What is there already stays as it is. It asks no broker.`
}

// Run implements the command.
func (cmd *schemasRegisterCmd) Run(c *console) error {
	if len(cmd.SchemaRegistry) == 0 {
		return wrong("no schema registry is named: give --schema-registry URL or TILSYN_SCHEMA_REGISTRY")
	}
	_, r, err := cmd.open(c)
	if err != nil {
		return err
	}
	done, err := r.Register(c.ctx, schemas.List(), cmd.DryRun)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SUBJECT\tID\tSCHEMA\tCOMPATIBILITY")
	for _, d := range done {
		id, schema, level := fmt.Sprint(d.ID), "there already", d.Level
		if d.New {
			schema = "registered"
		}
		if d.Set {
			level += ", set"
		}
		if cmd.DryRun && d.New {
			id, schema = "-", "would be registered"
		}
		if cmd.DryRun && d.Set {
			level = d.Level + ", would be set"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", d.Subject, id, schema, level)
	}
	return w.Flush()
}
