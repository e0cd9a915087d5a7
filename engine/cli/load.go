package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/replay"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// loadCmd is `tilsyn load`.
type loadCmd struct {
	kafkaFlags
	Facts  []string `arg:"" name:"facts" help:"Files of facts, as for replay; - is standard input."`
	Policy string   `placeholder:"FILE" help:"Policy file, for the centres of devices (default: the built-in policy)."`
}

// Help is shown under the flags.
func (loadCmd) Help() string {
	return `Records are sent in the order of the files, each with its received_at as timestamp, which a topic with LogAppendTime replaces. What was acknowledged is printed per topic. Loading the same facts twice changes no verdict.`
}

// Run implements the command.
func (cmd *loadCmd) Run(c *console) error {
	pol, err := policyOrBuiltin(cmd.Policy)
	if err != nil {
		return err
	}
	if err := checkFacts(cmd.Facts); err != nil {
		return err
	}
	store, err := cmd.writing(c, schemas.Inputs()...)
	if err != nil {
		return err
	}
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	l := &loader{
		ctx: c.ctx, client: client, store: store, policy: pol, sent: map[string]int64{},
		producer: client.NewProducer(topics.ProducerConfig{Compression: topics.LZ4}),
	}
	err = replay.EachFact(c.ctx, cmd.Facts, c.stdin, newBars(c.stderr), l.add)
	if err == nil {
		err = l.flush()
	}
	l.print(c)
	if l.nobodys > 0 {
		fmt.Fprintf(c.stderr, "tilsyn: the keys of %d records are not usable (first %v): "+
			"a key has 1 to 256 bytes of UTF-8 without control characters, and no blank at its ends. "+
			"Nobody can tell whose they are, so they hold the units of all until a Resolution settles them\n",
			l.nobodys, l.firstOf)
	}
	return err
}

// loader sends facts.
type loader struct {
	ctx      context.Context
	client   *topics.Client
	producer *topics.Producer
	store    *schemas.Store // says in which frame records are written
	policy   *duty.Policy
	// pending are records per topic since the last flush; sent are those that
	// were acknowledged.
	pending []string
	sent    map[string]int64
	// nobodys counts records whose key is not usable, the first at firstOf.
	nobodys int64
	firstOf error
}

// loadBatch is how many records are sent at a time.
const loadBatch = 20_000

func (l *loader) add(f *replay.Fact) error {
	s, ok := schemas.Of(f.Fact.Value)
	if !ok {
		return f.At(errors.New("is of no known topic"))
	}
	out := topics.Out{Topic: f.Fact.Topic, Partition: topics.ByKey, Value: l.store.AppendValue(nil, s, f.Fact.Value)}
	head, _ := schemas.HeadOf(f.Fact.Value)
	out.Timestamp = int64(head.ReceivedAt)
	var err error
	if out.Key, out.Partition, err = l.key(f.Fact.Value); err != nil {
		return f.At(err)
	}
	if n := len(out.Key) + len(out.Value); n > topics.MaxRecordBytes {
		return f.At(fmt.Errorf("the record takes %d bytes; more than %d are not read of one", n, topics.MaxRecordBytes))
	}
	if of, _ := duty.TopicOf(out.Topic); of.Key != duty.KeyOther && !duty.UsableKey(string(out.Key)) {
		if l.nobodys++; l.nobodys == 1 {
			l.firstOf = f.At(errors.New("the key names nobody"))
		}
	}
	if err := l.producer.Add(l.ctx, out); err != nil {
		return err
	}
	l.pending = append(l.pending, f.Fact.Topic)
	if len(l.pending) >= loadBatch {
		return l.flush()
	}
	return nil
}

// key returns the key of a record and, where the key alone does not say it, the
// partition (contract §2).
func (l *loader) key(v any) ([]byte, int32, error) {
	switch v := v.(type) {
	case *duty.Reconciliation:
		for i := range l.policy.Devices {
			if d := &l.policy.Devices[i]; d.ID == v.DeviceID {
				return []byte(d.CentreID), topics.ByKey, nil
			}
		}
		return nil, 0, errors.New("device_id: the register does not know the device, and so not its centre, " +
			"which is the key: name its --policy")
	case *duty.Resolution:
		return l.originalKey(v)
	}
	key, ok := casefile.Key(v)
	if !ok {
		return nil, 0, errors.New("the record has no key")
	}
	return []byte(key), topics.ByKey, nil
}

// originalKey reads the key of the record that a Resolution speaks of: its own
// key is the same, and so is its partition where both topics are keyed by
// person.
func (l *loader) originalKey(v *duty.Resolution) ([]byte, int32, error) {
	spec, ok := topics.Lookup(v.Topic)
	if !ok || !spec.Input() {
		return nil, 0, errors.New("topic: is no input topic")
	}
	got, err := l.client.NewFetcher(topics.FetchOptions{}).
		Fetch(l.ctx, []topics.Position{{Topic: v.Topic, Partition: v.Partition, Offset: v.Offset}})
	if err != nil {
		return nil, 0, err
	}
	var key []byte
	found := false
	for i := range got {
		err := got[i].Each(func(r *topics.Record) error {
			if r.Offset == v.Offset {
				key, found = slices.Clone(r.Key), true
			}
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	if !found {
		return nil, 0, fmt.Errorf("there is no record at offset %d of %s[%d]", v.Offset, v.Topic, v.Partition)
	}
	if spec.Class == topics.PersonInput {
		return key, v.Partition, nil
	}
	return key, topics.ByKey, nil
}

func (l *loader) flush() error {
	if err := l.producer.Flush(l.ctx); err != nil {
		return err
	}
	for _, t := range l.pending {
		l.sent[t]++
	}
	l.pending = l.pending[:0]
	return nil
}

// print says what was acknowledged, in the contract's order of topics.
func (l *loader) print(c *console) {
	var total int64
	for _, s := range topics.All() {
		if n := l.sent[s.Name]; n > 0 {
			fmt.Fprintf(c.stdout, "%s: %d records acknowledged\n", s.Name, n)
			total += n
		}
	}
	fmt.Fprintf(c.stdout, "all topics: %d records acknowledged\n", total)
}
