package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// deadLettersCmd are the commands about records that nobody can read.
type deadLettersCmd struct {
	List    lettersListCmd    `cmd:"" help:"List the records that cannot be read, what each holds back and since when."`
	Resolve lettersResolveCmd `cmd:"" help:"Say that a record which cannot be read is of no importance, or was replaced."`
}

// letterFlags are the flags of both.
type letterFlags struct {
	kafkaFlags
	Policy       string `placeholder:"FILE" help:"Policy file that run has (default: the built-in policy)."`
	HistoryFloor string `placeholder:"DATE" help:"As run has it: the logs may begin later than at their first record."`
}

func (f *letterFlags) letters(c *console) (cfg verify.LettersConfig, err error) {
	cfg.ParsePolicy = parseActivated
	if cfg.Policy, err = policyOrBuiltin(f.Policy); err != nil {
		return cfg, err
	}
	if cfg.Floor, err = historyFloor(f.HistoryFloor); err != nil {
		return cfg, err
	}
	if cfg.Kafka, err = f.config(c, false); err != nil {
		return cfg, err
	}
	cfg.Schemas, err = f.reading(c)
	return cfg, err
}

// lettersListCmd is `tilsyn dead-letters list`.
type lettersListCmd struct {
	letterFlags
	All    bool   `help:"Also those that are closed: sent again, or resolved."`
	Format string `default:"text" enum:"text,json" help:"text, or json: one line of JSON each."`
}

// Help is shown under the flags.
func (lettersListCmd) Help() string {
	return `Reads the topics; no engine need run, and nothing is written. A record that cannot be read may be the one that clears somebody. So the units that it may concern are held back, from 14 days before it on, until it is sent again in a readable form under the same key and id, or somebody resolves it (tilsyn dead-letters resolve). tilsyn tail prints the record itself.`
}

// Run implements the command.
func (cmd *lettersListCmd) Run(c *console) error {
	cfg, err := cmd.letters(c)
	if err != nil {
		return err
	}
	all, err := verify.Letters(c.ctx, cfg)
	if err != nil {
		return err
	}
	open := 0
	for i := range all {
		l := &all[i]
		if l.Open {
			open++
		} else if !cmd.All {
			continue
		}
		if err := printLetter(c.stdout, l, cmd.Format); err != nil {
			return err
		}
	}
	if cmd.Format == "text" {
		_, err = fmt.Fprintf(c.stdout, "dead letters: %d, of which %d are open\n", len(all), open)
	}
	return err
}

// printLetter prints a dead letter in the form asked for.
func printLetter(w io.Writer, l *verify.Letter, format string) error {
	if format == "json" {
		return json.NewEncoder(w).Encode(l)
	}
	state := "open"
	if !l.Open {
		state = "closed"
	}
	_, err := fmt.Fprintf(w, "%s %s %s, in the log since %s: %s\n",
		placeText(l), state, l.Reason, l.Since.Format(time.RFC3339), holdsText(l))
	if err == nil && l.Error != "" {
		_, err = fmt.Fprintf(w, "    %s\n", l.Error)
	}
	return err
}

// placeText is the place of a record as `dead-letters resolve` takes it.
func placeText(l *verify.Letter) string {
	return fmt.Sprintf("%s:%d:%d", l.Topic, l.Partition, l.Offset)
}

// holdsText says whose units a dead letter holds while it is open.
func holdsText(l *verify.Letter) string {
	due := "that fall due after " + l.HoldsFrom.Format(time.RFC3339)
	switch {
	case !l.Open:
		return "holds nothing any more"
	case l.Holds == "PERSON":
		return fmt.Sprintf("holds the units of %s %s", l.Person, due)
	case l.Holds == "CENTRE":
		return fmt.Sprintf("holds the units at %s %s", l.Centre, due)
	case l.Holds == "ALL":
		return "holds the units of everybody " + due
	}
	return "holds nobody's units"
}

// lettersResolveCmd is `tilsyn dead-letters resolve`.
type lettersResolveCmd struct {
	letterFlags
	Place   string `arg:"" name:"place" help:"The record, as TOPIC:PARTITION:OFFSET (dead-letters list prints it)."`
	Outcome string `required:"" enum:"IRRELEVANT,REPLACED" help:"IRRELEVANT: it says nothing of any duty. REPLACED: what it said has been sent in another record."`
	By      string `required:"" placeholder:"NAME" help:"Who answers for it; goes into the record."`
	Yes     bool   `help:"Write it. Without it the command only shows what the record holds back."`
}

// Help is shown under the flags.
func (lettersResolveCmd) Help() string {
	return `Writes a Resolution, which every engine of these topics reads: the units that the record holds back are judged without it, and what it kept from being told may be told. So look at the record first (tilsyn tail TOPIC), and have it sent again where that can be done: that needs no Resolution. A paper entry whose number cannot be read is settled in the same way, by IRRELEVANT, though it is no dead letter. To take a Resolution back, load version 2 of it with retracted true (tilsyn tail resolutions prints it).`
}

// Run implements the command.
func (cmd *lettersResolveCmd) Run(c *console) error {
	if err := checkBy(cmd.By); err != nil {
		return err
	}
	topic, pos, err := parsePlace(cmd.Place)
	if err != nil {
		return err
	}
	cfg, err := cmd.letters(c)
	if err != nil {
		return err
	}
	l, err := verify.Resolvable(c.ctx, cfg, topic, pos)
	switch {
	case errors.Is(err, verify.ErrNoLetter):
		return wrong("%s is neither a dead letter nor a paper entry without a person: "+
			"`tilsyn dead-letters list --all` lists the dead letters", cmd.Place)
	case err != nil:
		return err
	case !l.Open && l.Topic == duty.TopicAcknowledgements:
		return wrong("%s is an acknowledgement that cannot be used: it holds nobody, so that there is nothing to resolve; "+
			"send it again", cmd.Place)
	case !l.Open:
		return wrong("%s is closed already: it was sent again, or resolved", cmd.Place)
	}
	if err := printLetter(c.stdout, &l, "text"); err != nil {
		return err
	}
	if !cmd.Yes {
		return wrong("nothing was written: say --yes to resolve it as %s", cmd.Outcome)
	}
	client, err := topics.Connect(c.ctx, cfg.Kafka)
	if err != nil {
		return err
	}
	defer client.Close()
	now := duty.Instant(time.Now().UnixMilli())
	outcome, _ := duty.ParseResolutionOutcome(cmd.Outcome)
	record := duty.Resolution{
		ID:      fmt.Sprintf("resolution-%s-%d-%d-%d", topic, pos.Partition, pos.Offset, now),
		Version: 1, ReceivedAt: now, Topic: topic, Partition: pos.Partition, Offset: pos.Offset,
		Outcome: outcome, By: cmd.By, At: now,
	}
	s, _ := schemas.Of(&record)
	store, err := cmd.writing(c, s)
	if err != nil {
		return err
	}
	out := topics.Out{
		Topic: topics.Resolutions, Partition: resolutionPartition(&l), Key: l.Key,
		Value: store.AppendValue(nil, s, &record), Timestamp: int64(now),
	}
	if _, err := client.NewProducer(topics.ProducerConfig{}).Produce(c.ctx, []topics.Out{out}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "%s is resolved as %s by %s\n", cmd.Place, cmd.Outcome, cmd.By)
	return err
}

// resolutionPartition is where a Resolution lies: beside a record that is keyed by person, so that
// it does so even where the key names nobody.
func resolutionPartition(l *verify.Letter) int32 {
	if spec, ok := topics.Lookup(l.Topic); ok && spec.Class == topics.PersonInput {
		return l.Partition
	}
	return topics.ByKey
}

// parsePlace reads TOPIC:PARTITION:OFFSET.
func parsePlace(text string) (topic string, pos duty.Position, err error) {
	part := strings.Split(text, ":")
	if len(part) != 3 {
		return "", pos, wrong("%s is no place of a record: write TOPIC:PARTITION:OFFSET, such as notices:3:1041", text)
	}
	spec, err := knownTopic(part[0])
	if err != nil {
		return "", pos, err
	}
	partition, err1 := strconv.ParseInt(part[1], 10, 32)
	offset, err2 := strconv.ParseInt(part[2], 10, 64)
	if err1 != nil || err2 != nil || partition < 0 || offset < 0 {
		return "", pos, wrong("%s is no place of a record: PARTITION and OFFSET are numbers from 0, "+
			"as in notices:3:1041", text)
	}
	return spec.Name, duty.Position{Partition: int32(partition), Offset: offset}, nil
}
