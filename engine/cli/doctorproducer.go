package cli

import (
	"fmt"
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/contact"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// doctorProducerCmd is `tilsyn doctor producer`.
type doctorProducerCmd struct {
	kafkaFlags
	Source string        `placeholder:"ID" help:"Device, or source of heartbeats, whose records count (default: all)."`
	Since  time.Duration `default:"24h" help:"How long ago the brokers had the oldest record that is looked at."`
	Policy string        `placeholder:"FILE" help:"Policy with the register of centres and devices (default: the built-in policy)."`
}

// Help is shown under the flags.
func (doctorProducerCmd) Help() string {
	return `For the first contact with a source, and whenever somebody doubts one. Reads the newest records of all input topics, writes nothing, and names every mistake with the place of the first record that has it, how often, and what to do. No person, card, key or id is printed. Exit status 1 if there is a mistake.`
}

// Run implements the command.
func (cmd *doctorProducerCmd) Run(c *console) error {
	if cmd.Since <= 0 {
		return wrong("--since %s: give a time, such as 24h", cmd.Since)
	}
	p, err := policyOrBuiltin(cmd.Policy)
	if err != nil {
		return err
	}
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	store, err := cmd.reading(c)
	if err != nil {
		return err
	}
	check := contact.Config{Policy: p, Codec: broker.NewCodec(store), Partitions: map[string]int32{},
		Source: cmd.Source}
	for _, name := range contact.Topics() {
		if check.Partitions[name], err = client.Partitions(c.ctx, name); err != nil {
			return err
		}
	}
	seen := contact.New(check)
	if err := cmd.read(c, client, store, seen); err != nil {
		return err
	}
	return cmd.print(c, seen)
}

// read hands over the newest records of all input topics.
func (cmd *doctorProducerCmd) read(c *console, client *topics.Client, store *schemas.Store,
	seen *contact.Check) error {
	parts, err := client.AllPartitions(c.ctx, contact.Topics()...)
	if err != nil {
		return err
	}
	begin, err := client.Offsets(c.ctx, parts, topics.AtTime(time.Now().Add(-cmd.Since).UnixMilli()))
	if err != nil {
		return err
	}
	end, err := client.Offsets(c.ctx, parts, topics.LastStable)
	if err != nil {
		return err
	}
	from, to := broker.Offsets{}, broker.Offsets{}
	for _, p := range parts {
		if begin[p] >= 0 {
			at := broker.Partition{Topic: p.Topic, Index: p.Partition}
			from[at], to[at] = begin[p], end[p]
		}
	}
	scan := broker.Scan{From: broker.NewKafka(client, "", verify.VerifyWait, verify.VerifyBytes).Learning(store.Learn),
		Most: verify.VerifyRecords, Wait: verify.VerifyWait, Short: true}
	return scan.Each(c.ctx, from, to, func(r *broker.Record) error {
		seen.Take(r)
		return nil
	})
}

// print says what was looked at and what is wrong with it.
func (cmd *doctorProducerCmd) print(c *console, seen *contact.Check) error {
	total := 0
	for _, name := range contact.Topics() {
		if n := seen.Taken(name); n > 0 {
			total += n
			fmt.Fprintf(c.stdout, "read  %s: %d records\n", name, n)
		}
	}
	if total == 0 {
		fmt.Fprintf(c.stdout, "do    nothing has come in the last %s: is the source sending to these brokers, under the "+
			"prefix %s, and is --source right?\n", cmd.Since, cmd.TopicPrefix)
		return errFound
	}
	found := seen.Findings()
	for i := range found {
		f := &found[i]
		of, where := "", ""
		if f.Of != "" {
			of = " of " + f.Of
		}
		if f.Records > 0 {
			where = fmt.Sprintf(" (%d records, the first in partition %d at offset %d)", f.Records, f.Partition, f.Offset)
		}
		fmt.Fprintf(c.stdout, "do    %s %s%s: %s%s: %s\n", f.Code, f.Topic, of, f.Wrong, where, f.Do)
	}
	if len(found) > 0 {
		return errFound
	}
	fmt.Fprintf(c.stdout, "ok    nothing is wrong with %d records\n", total)
	return nil
}
