package cli

import (
	"fmt"
	"time"

	"tilsyn/engine/duty"
)

// policyActivateCmd is `tilsyn policy activate`.
type policyActivateCmd struct {
	kafkaFlags
	File string `arg:"" name:"file" help:"Policy file."`
	By   string `required:"" placeholder:"NAME" help:"Who brings it into force; goes into the record."`
	At   string `placeholder:"INSTANT" help:"From when on, RFC 3339 (default: now); an instant in the past counts from when the record is known."`
}

// Help is shown under the flags.
func (policyActivateCmd) Help() string {
	return `Writes the text of the file to the topic policies, where every engine of these topics reads it. What fell due before is judged by the mildest of all policies that were in force since (TX-22): a new policy never makes it harsher. The policy of run --policy stays as it is: it applies to the time before the first activation.`
}

// Run implements the command.
func (cmd *policyActivateCmd) Run(c *console) error {
	if err := checkBy(cmd.By); err != nil {
		return err
	}
	text, err := readFile("policy", cmd.File)
	if err != nil {
		return err
	}
	book, err := checkedBook(cmd.File)
	if err != nil {
		return err
	}
	now := duty.Instant(time.Now().UnixMilli())
	from := now
	if cmd.At != "" {
		at, err := instants("--at", []string{cmd.At})
		if err != nil {
			return err
		}
		if from = at[0]; !from.Plausible() {
			return wrong("--at %s lies outside 2000 to 2100: no engine would use it", cmd.At)
		}
	}
	record := duty.PolicyActivation{
		ID: fmt.Sprintf("%s-%d", book.Digest[:12], now), Version: 1, ReceivedAt: now,
		PolicyVersion: book.Version, Digest: book.Digest, Text: string(text), ActivatedAt: from, By: cmd.By,
	}
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := cmd.writePolicies(c, client, []duty.PolicyActivation{record}); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "policy %s, digest %s, is in force from %s\n", book.Version, book.Digest,
		time.UnixMilli(int64(from)).UTC().Format(time.RFC3339))
	return nil
}
