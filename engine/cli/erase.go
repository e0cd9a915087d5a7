package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/erase"
	"tilsyn/topics"
)

// eraseCmd is `tilsyn erase` (decision 0046).
type eraseCmd struct {
	kafkaFlags
	Persons     string `required:"" placeholder:"FILE" help:"File with the ids of the persons to erase, one a line; - is standard input. They are no arguments, since whoever may list processes sees these."`
	To          string `required:"" placeholder:"PREFIX" help:"Prefix of the copy. No topic may have it."`
	Policy      string `placeholder:"FILE" help:"Policy file that run has (default: the built-in policy)."`
	LogKey      string `placeholder:"FILE" help:"Private key that run has: it signs the newest checkpoints of the copy (default: they have no signature)."`
	Replication int16  `default:"0" help:"Replicas of each new partition (0: as the brokers have it)."`
	DryRun      bool   `help:"Write nothing: count what would be left out, and say who has to be erased together."`
}

// Help is shown under the flags.
func (eraseCmd) Help() string {
	return `Copies the topics of the prefix to another one so that nothing of the persons named can be read there, and compares: everybody else is judged from both prefixes, and the copy is used only if no unit comes out otherwise. Stop every engine of the prefix first, and whatever else writes to its topics. All other records keep their offsets, keys, values and times. Rows of the persons stay under names of chance, because the numbers of their devices prove that nothing of others is lost. In the logs of revisions their entries are overwritten; roots and proofs of others stay.

Persons whom a record names together with one of these have to be erased together: the command prints their ids, with the topic that says so, and ends with status 1. The old prefix is left as it is: at the end the command prints what to delete, and how run goes on. Until it has ended well no engine runs on the copy; after an error delete its topics and begin again.`
}

// Run implements the command.
func (cmd *eraseCmd) Run(c *console) error {
	if cmd.Replication < 0 {
		return wrong("--replication %d: give 0 or more", cmd.Replication)
	}
	cfg := erase.Config{To: cmd.To, ParsePolicy: parseActivated, Replication: cmd.Replication, Rehearse: cmd.DryRun}
	var err error
	if cfg.Policy, err = policyOrBuiltin(cmd.Policy); err != nil {
		return err
	}
	if cfg.Key, err = logKey(cmd.LogKey); err != nil {
		return err
	}
	if cfg.Kafka, err = cmd.config(c, false); err != nil {
		return err
	}
	if err := ownPrefix("--to", cmd.To, cfg.Kafka.Prefix); err != nil {
		return err
	}
	if cfg.Schemas, err = cmd.reading(c); err != nil {
		return err
	}
	if cfg.Persons, err = personsIn(c, cmd.Persons); err != nil {
		return err
	}
	cfg.Linked = func(person, topic string) {
		fmt.Fprintf(c.stdout, "to be erased together: %s (%s)\n", person, topic)
	}
	bar := newBars(c.stderr)
	cfg.Phase, cfg.Add = bar.Phase, bar.Add
	res, err := erase.Run(c.ctx, cfg)
	bar.Done()
	if err != nil {
		return err
	}
	cmd.print(c.stdout, &res, len(cfg.Persons))
	return nil
}

// personsIn reads the ids of persons, one a line.
func personsIn(c *console, file string) ([]string, error) {
	var text []byte
	var err error
	if file == "-" {
		text, err = io.ReadAll(c.stdin)
	} else {
		text, err = readFile("--persons", file)
	}
	if err != nil {
		return nil, err
	}
	var out []string
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		id := strings.TrimSpace(lines.Text())
		switch {
		case id == "" || slices.Contains(out, id):
		case !duty.UsableKey(id):
			return nil, wrong("--persons %s:%d: this is no id of a person", file, n)
		default:
			out = append(out, id)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, wrong("--persons %s: %w", file, err)
	}
	if len(out) == 0 {
		return nil, wrong("--persons %s names nobody", file)
	}
	return out, nil
}

// print says what was done, and what is to do.
func (cmd *eraseCmd) print(w io.Writer, r *erase.Result, persons int) {
	for _, topic := range slices.Sorted(maps.Keys(r.Dropped)) {
		fmt.Fprintf(w, "%s: %d records left out\n", topic, r.Dropped[topic])
	}
	fmt.Fprintf(w, "%d rows stay under names of chance, %d records that cannot be read stay without their bytes, "+
		"%d lists lose a name\n", r.Strangers, r.Blanked, r.Trimmed)
	fmt.Fprintf(w, "%d entries of the logs of revisions lose their salts; %d records are copied\n", r.Entries, r.Kept)
	if cmd.DryRun {
		fmt.Fprintf(w, "nothing was written; units of others are compared only in a copy\n")
		return
	}
	fmt.Fprintf(w, "%d persons are erased under %s: %d units of others come out the same from both prefixes; "+
		"not compared: %d persons with facts after the last commit\n", persons, cmd.To, r.Compared, r.Ahead)
	fmt.Fprintf(w, `now:
  let producers and consumers use the prefix %s; positions of consumers in topics that are not compacted stay
  tilsyn run --topic-prefix %s --group %s --trust-timestamps, with new --data-dir and --snapshots
  tilsyn verify --topic-prefix %s
  then delete what still has them, the old topics first:
  kafka-topics.sh --bootstrap-server %s --delete --topic '%s'
  old data directories, snapshots and backups (documents, "Erase a closed case")
`, cmd.To, cmd.To, r.Group, cmd.To, cmd.Brokers[0], topicsPattern(cmd.TopicPrefix))
}

// topicsPattern matches the topics of a prefix, and those of no other.
func topicsPattern(prefix string) string {
	var names []string
	for _, s := range topics.All() {
		names = append(names, s.Name)
	}
	return regexp.QuoteMeta(prefix) + "(" + strings.Join(names, "|") + ")"
}
