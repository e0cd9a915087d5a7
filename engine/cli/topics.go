package cli

import (
	"fmt"
	"strings"

	"tilsyn/topics"
)

// topicsCmd is `tilsyn topics`.
type topicsCmd struct {
	Create topicsCreateCmd `cmd:"" help:"Create the topics that are missing."`
	Check  topicsCheckCmd  `cmd:"" help:"Compare the topics with the contract; differences make exit status 1."`
	ACLs   topicsACLsCmd   `cmd:"" name:"acls" help:"The rights that each role needs on the brokers: list, give or check them."`
}

// topicsCreateCmd is `tilsyn topics create`.
type topicsCreateCmd struct {
	kafkaFlags
	Partitions  int32  `default:"12" help:"Partitions of the topics keyed by person; fixed for the life of a prefix."`
	Replication int16  `default:"0" help:"Replicas of each partition (0: as the brokers have it)."`
	Timestamps  string `default:"append" enum:"append,create" help:"Whose time input records carry: append (the broker's) or create (the producer's; for backfills, benchmarks and virtual clocks only, and run then needs --trust-timestamps)."`
}

// Run implements the command.
func (cmd *topicsCreateCmd) Run(c *console) error {
	if cmd.Partitions < 1 {
		return wrong("--partitions %d: give at least 1", cmd.Partitions)
	}
	if cmd.Replication < 0 {
		return wrong("--replication %d: give 0 or more", cmd.Replication)
	}
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	opt := topics.CreateOptions{Partitions: cmd.Partitions, Replication: cmd.Replication,
		CreateTime: cmd.Timestamps == "create"}
	created, err := client.Create(c.ctx, opt)
	for _, name := range created {
		fmt.Fprintf(c.stdout, "created %s\n", client.Full(name))
	}
	if err != nil {
		return err
	}
	if len(created) == 0 {
		fmt.Fprintln(c.stdout, "every topic is there already")
	}
	check := topics.CheckOptions{Partitions: cmd.Partitions, TrustTimestamps: opt.CreateTime, AcceptShortHistory: true}
	return checkTopics(c, client, check)
}

// topicsCheckCmd is `tilsyn topics check`.
type topicsCheckCmd struct {
	kafkaFlags
	Partitions         int32 `default:"0" help:"Partitions that the topics keyed by person must have (0: as many as card-events)."`
	TrustTimestamps    bool  `help:"Accept input topics whose records carry the producer's time."`
	AcceptShortHistory bool  `help:"Accept a limited retention and logs whose beginning is gone (run --history-floor)."`
}

// Run implements the command.
func (cmd *topicsCheckCmd) Run(c *console) error {
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	opt := topics.CheckOptions{Partitions: cmd.Partitions, TrustTimestamps: cmd.TrustTimestamps,
		AcceptShortHistory: cmd.AcceptShortHistory}
	if err := checkTopics(c, client, opt); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout, "every topic is as the contract has it")
	return nil
}

// checkTopics prints what differs and returns errFound if anything does.
func checkTopics(c *console, client *topics.Client, opt topics.CheckOptions) error {
	found, err := client.Check(c.ctx, opt)
	if err != nil {
		return err
	}
	for _, d := range found.Differences {
		fmt.Fprintln(c.stdout, strings.TrimSpace(d.String()))
	}
	if len(found.Differences) > 0 {
		return errFound
	}
	return nil
}
