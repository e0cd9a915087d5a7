package cli

import (
	"errors"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// policyCmd is `tilsyn policy`.
type policyCmd struct {
	Show  policyShowCmd  `cmd:"" help:"Show parameters, centres, devices, exclusions and tables."`
	Check policyCheckCmd `cmd:"" help:"Check a policy file; every problem is named with line and key."`
	Diff  policyDiffCmd  `cmd:"" help:"What another policy would change, unit by unit."`

	Activate policyActivateCmd `cmd:"" help:"Bring a policy into force, for every engine of the topics."`
	Retract  policyRetractCmd  `cmd:"" help:"Take an activation back, as if it had never been; shows first what is then in force."`
}

// policyShowCmd is `tilsyn policy show`.
type policyShowCmd struct {
	kafkaFlags
	Active bool   `help:"Show which policies were activated on the topics of --brokers, which is in force, and by which the engines judge."`
	Policy string `placeholder:"FILE" help:"Policy file (default: the built-in policy)."`
	On     string `placeholder:"DATE" help:"Only what is in force on a local date, YYYY-MM-DD (default: everything, with its validity)."`
	YAML   bool   `name:"yaml" help:"Write a policy file that means the same."`
}

// Run implements the command.
func (cmd *policyShowCmd) Run(c *console) error {
	if cmd.Active {
		return cmd.active(c)
	}
	book := policy.BuiltinBook()
	if cmd.Policy != "" {
		var err error
		if book, err = readBook("--policy", cmd.Policy, policy.LoadBook); err != nil {
			return err
		}
	}
	on := duty.None[duty.Date]()
	if cmd.On != "" {
		d, err := policy.ParseDate(cmd.On)
		if err != nil {
			return wrong("--on %s: %w", cmd.On, err)
		}
		on = duty.Some(d)
	}
	if cmd.YAML {
		if on.OK {
			return wrong("--yaml writes the whole policy: leave --on out")
		}
		_, err := c.stdout.Write(book.YAML())
		return err
	}
	return book.Show(c.stdout, on)
}

// policyCheckCmd is `tilsyn policy check`.
type policyCheckCmd struct {
	Files []string `arg:"" name:"files" help:"Policy files."`
}

// Run implements the command.
func (cmd *policyCheckCmd) Run(c *console) error {
	var all []error
	for _, file := range cmd.Files {
		book, err := checkedBook(file)
		if err != nil {
			all = append(all, err)
			continue
		}
		fmt.Fprintf(c.stdout, "%s: policy %s, digest %s\n", file, book.Version, book.Digest)
	}
	return errors.Join(all...)
}

// checkedBook reads a policy that may be brought into force: it says something, and
// whence.
func checkedBook(file string) (*policy.Book, error) {
	return readBook("policy", file, policy.CheckBook)
}

func readBook(what, file string, load func(string, []byte) (*policy.Book, error)) (*policy.Book, error) {
	text, err := readFile(what, file)
	if err != nil {
		return nil, err
	}
	book, err := load(file, text)
	if err != nil {
		return nil, &usageError{err}
	}
	return book, nil
}
