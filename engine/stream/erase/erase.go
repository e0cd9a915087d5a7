package erase

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/treelog"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// Config configures [Run]. Fields without a default are required.
type Config struct {
	// Kafka says how to reach the brokers, and the prefix that is copied. To is the prefix of the copy.
	Kafka topics.Config
	To    string
	// Persons are those to be erased; links and aliases are not followed.
	Persons []string
	// Policy, ParsePolicy and Schemas are as in VerifyConfig of package verify.
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	Schemas     *schemas.Store
	// Key signs the newest checkpoints of the logs of revisions (default: they have no signature).
	Key *treelog.Key
	// Replication is that of the new topics (default: the brokers').
	Replication int16
	// Rehearse counts what would be copied, and writes nothing.
	Rehearse bool
	// Linked is called with each person who has to be named too, and the topic that says so.
	Linked func(person, topic string)
	// Phase begins a step of so many records, 0 if that is not known, and Add moves it on (default: nobody looks).
	Phase func(name string, total int64)
	Add   func(n int64)
}

// Result is what came of it.
type Result struct {
	// Kept records are copied as they are, Strangers are rows that were given to persons of chance, Blanked lost bytes
	// that nobody can read, Trimmed are lists that lost a name.
	Kept, Strangers, Blanked, Trimmed int
	// Dropped are the records left out, by topic.
	Dropped map[string]int
	// Entries of the logs of revisions were erased; ErasedEntries are all erased ones that verify finds.
	Entries, ErasedEntries int
	// Compared is how many units of others were judged from both prefixes, Ahead how many persons were left out of that
	// because a fact of theirs is newer than the last commit.
	Compared, Ahead int
	// Group writes the prefix; the copy is of the same.
	Group string
}

func (r *Result) dropped(topic string) { r.Dropped[topic]++ }

// Errors of [Run].
var (
	// ErrRunning says that an engine is running.
	ErrRunning = errors.New("stop every engine of the prefix first")
	// ErrLinked says that others have to be erased together with the persons.
	ErrLinked = errors.New("records name these persons together with others, who can only be erased together with them")
	// ErrUnfinished says that a copy was begun under the prefix and is not whole.
	ErrUnfinished = errors.New("a copy was begun under the new prefix and is not whole")
	// ErrMention says that records of others speak of the persons.
	ErrMention = errors.New("records of others, or of centres, speak of the persons")
)

// readWait is how long a fetch waits for records, readBytes how many bytes it asks for.
const (
	readWait  = 250 * time.Millisecond
	readBytes = 4 << 20
)

// Run copies the topics of a prefix without some persons. Whatever it returns, the old prefix is as it was; after an
// error no engine runs on the copy, whose topics have to be deleted.
func Run(ctx context.Context, cfg Config) (Result, error) {
	c, done, err := connect(ctx, cfg)
	if err != nil {
		return Result{}, err
	}
	defer done()
	last, err := readProgress(ctx, c.scan(), c.parts)
	if err != nil {
		return c.result, err
	}
	if c.result.Group, err = c.checkStopped(ctx, last); err != nil {
		return c.result, err
	}
	if c.begun, err = c.ends(ctx); err != nil {
		return c.result, err
	}
	if err := c.checkNew(ctx); err != nil {
		return c.result, err
	}
	if c.survey, err = c.findOut(ctx); err != nil {
		return c.result, err
	}
	if cfg.Rehearse {
		return c.result, c.copy(ctx, last)
	}
	if err := c.begin(ctx); err != nil {
		return c.result, err
	}
	if err := c.copy(ctx, last); err != nil {
		return c.result, err
	}
	if err := c.writeProgress(ctx, last, unfinished); err != nil {
		return c.result, err
	}
	if err := c.compare(ctx); err != nil {
		return c.result, err
	}
	if err := c.checkUnchanged(ctx); err != nil {
		return c.result, err
	}
	if err := c.stamp(ctx); err != nil {
		return c.result, err
	}
	return c.result, c.writeProgress(ctx, last, c.result.Group)
}

// stamp lets the brokers put their time on what comes, in topics in which they do so under the old prefix.
func (c *copier) stamp(ctx context.Context) error {
	theirs, err := c.source.ProducerTimes(ctx)
	if err != nil {
		return err
	}
	for _, s := range topics.All() {
		if s.Input() && !slices.Contains(theirs, s.Name) {
			if err := c.to.Stamp(ctx, s.Name); err != nil {
				return fmt.Errorf("set the new topic %s to the brokers' time: %w", s.Name, err)
			}
		}
	}
	return nil
}

// connect reaches the brokers; call done at the end.
func connect(ctx context.Context, cfg Config) (c *copier, done func(), err error) {
	if cfg.Phase == nil {
		cfg.Phase = func(string, int64) {}
	}
	if cfg.Add == nil {
		cfg.Add = func(int64) {}
	}
	if cfg.Schemas == nil {
		cfg.Schemas = schemas.NewStore()
	}
	from, err := topics.Connect(ctx, cfg.Kafka)
	if err != nil {
		return nil, nil, err
	}
	kafka := cfg.Kafka
	kafka.Prefix = cfg.To
	to, err := topics.Connect(ctx, kafka)
	if err != nil {
		from.Close()
		return nil, nil, err
	}
	c = &copier{cfg: cfg, from: from, to: to, codec: broker.NewCodec(cfg.Schemas),
		source:    broker.NewKafka(from, "", readWait, readBytes).Learning(cfg.Schemas.Learn),
		strangers: strangers{ids: map[string]string{}}, result: Result{Dropped: map[string]int{}}}
	done = func() { from.Close(); to.Close() }
	if c.parts, err = from.Partitions(ctx, topics.CardEvents); err != nil {
		done()
		return nil, nil, err
	}
	return c, done, nil
}

// ends asks where all logs of the old prefix end. It refuses logs with an open transaction, and those whose beginning
// is gone.
func (c *copier) ends(ctx context.Context) (broker.Offsets, error) {
	there, err := c.source.Topics(ctx)
	if err != nil {
		return nil, err
	}
	var parts []broker.Partition
	for _, s := range topics.All() {
		state, ok := there[s.Name]
		if !ok {
			return nil, fmt.Errorf("there is no topic %s under the prefix %q; run `tilsyn topics check` with it", s.Name,
				c.from.Prefix())
		}
		for i := range state.Partitions {
			parts = append(parts, broker.Partition{Topic: s.Name, Index: i})
		}
	}
	stable, err := c.source.Ends(ctx, parts, broker.LastStable)
	if err != nil {
		return nil, err
	}
	ends, err := c.source.Ends(ctx, parts, broker.HighWatermark)
	if err != nil {
		return nil, err
	}
	starts, err := c.source.Ends(ctx, parts, broker.LogStart)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		s, _ := topics.Lookup(p.Topic)
		switch {
		case stable[p] < ends[p]:
			return nil, fmt.Errorf("%s partition %d: a transaction is open since offset %d: %w, or wait until the brokers "+
				"have ended it", p.Topic, p.Index, stable[p], ErrRunning)
		case starts[p] > 0 && !s.Compacted:
			return nil, fmt.Errorf("%s partition %d begins at offset %d: what lay before is gone, and such a prefix is not "+
				"copied; records before a date are erased with DeleteRecords and run --history-floor", p.Topic, p.Index,
				starts[p])
		}
	}
	return stable, nil
}

// checkNew refuses a new prefix under which topics lie.
func (c *copier) checkNew(ctx context.Context) error {
	there, err := c.to.Topics(ctx)
	if err != nil || len(there) == 0 {
		return err
	}
	if there[duty.TopicTaskCommits].Partitions == c.parts {
		scan := broker.Scan{From: broker.NewKafka(c.to, "", readWait, readBytes), Most: readRecords, Wait: readWait}
		last, err := readProgress(ctx, scan, c.parts)
		if err != nil {
			return err
		}
		if last[0].Group == unfinished {
			return fmt.Errorf("%w: delete the topics whose names begin with %s, and begin again", ErrUnfinished, c.cfg.To)
		}
	}
	return fmt.Errorf("there are topics under the prefix %q already: give one that has none", c.cfg.To)
}

// begin makes the new topics and notes that the copy is not whole.
func (c *copier) begin(ctx context.Context) error {
	counts := map[string]int32{}
	for p := range c.begun { //house:order-free counted
		counts[p.Topic]++
	}
	if _, err := c.to.Create(ctx, topics.CreateOptions{Partitions: c.parts, Counts: counts, CreateTime: true,
		Replication: c.cfg.Replication}); err != nil {
		return fmt.Errorf("make the new topics: %w", err)
	}
	c.producer = c.to.NewProducer(topics.ProducerConfig{Compression: topics.LZ4})
	c.skipper = c.to.NewTxnWriter(topics.TxnConfig{TransactionalID: c.to.TransactionalID("erase", 0)})
	marks := make([]stored.Progress, c.parts)
	for n := range marks {
		marks[n] = stored.NewProgress(int32(n))
	}
	if err := c.writeProgress(ctx, marks, unfinished); err != nil {
		return err
	}
	return c.skipper.Init(ctx)
}

// apart are the topics that are not copied record by record: the engine's own, of which the rest follows.
var apart = map[string]bool{duty.TopicTaskCommits: true, duty.TopicLogLeaves: true, duty.TopicLogCheckpoints: true}

// copy copies all topics, or in a rehearsal looks through them.
func (c *copier) copy(ctx context.Context, last []stored.Progress) error {
	for _, s := range topics.All() {
		if apart[s.Name] {
			continue
		}
		if err := c.topic(ctx, s); err != nil {
			return err
		}
	}
	for n := range last {
		if err := c.revisionLog(ctx, int32(n), &last[n].Log); err != nil {
			return err
		}
	}
	if len(c.places) > 0 {
		return fmt.Errorf("%w, and so these are still named there: %s", ErrMention, strings.Join(c.places, "; "))
	}
	return nil
}
