package topics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/segmentio/kafka-go/protocol/describeconfigs"
)

// CheckOptions say what a check accepts.
type CheckOptions struct {
	// Partitions is the expected common partition count; 0 means that of card-events.
	Partitions int32
	// TrustTimestamps accepts input topics with CreateTime
	// (`run --trust-timestamps`, contract §2).
	TrustTimestamps bool
	// AcceptShortHistory accepts limited retention and a log whose beginning was deleted
	// (`--history-floor`, design "Floor"). Violations must be complete all the same: what was told
	// must be known.
	AcceptShortHistory bool
}

// Checked is the result of a check.
type Checked struct {
	// Partitions is the common partition count; 0 if card-events is missing.
	Partitions int32
	// CreateTime is true if any input topic carries the producers' timestamps.
	CreateTime bool
	// Differences are in the contract's order of topics; empty if all is right.
	Differences []Difference
}

// Difference is one deviation from the contract.
type Difference struct {
	// Topic is without prefix. Setting is "topic", "partitions", "first offset" or the name of a topic
	// setting.
	Topic, Setting string
	Want, Got      string
	// Fix says what to do about it.
	Fix string
}

// String describes the difference in one line for a user.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %s is %s, must be %s: %s", d.Topic, d.Setting, d.Got, d.Want, d.Fix)
}

// Check compares the topics of the cluster with the contract. An error is one of asking; what is
// wrong with the topics is in Differences.
func (c *Client) Check(ctx context.Context, opt CheckOptions) (Checked, error) {
	found, err := c.existing(ctx)
	if err != nil {
		return Checked{}, err
	}
	settings, err := c.settings(ctx, found)
	if err != nil {
		return Checked{}, err
	}
	starts, err := c.starts(ctx, found)
	if err != nil {
		return Checked{}, err
	}
	out := Checked{Partitions: found[CardEvents]}
	want := opt.Partitions
	if want == 0 {
		want = out.Partitions
	}
	for _, s := range specs {
		n, there := found[s.Name]
		if !there {
			out.add(s, "topic", "there", "missing", "run `tilsyn topics create`")
			continue
		}
		out.checkPartitions(s, n, want)
		out.checkSettings(s, settings[s.Name], opt)
		out.checkStart(s, starts, opt)
	}
	out.checkSizes(settings)
	return out, nil
}

func (k *Checked) add(s Spec, setting, want, got, fix string) {
	k.Differences = append(k.Differences, Difference{s.Name, setting, want, got, fix})
}

func (k *Checked) checkPartitions(s Spec, n, want int32) {
	switch {
	case s.OnePartition && n != 1:
		k.add(s, "partitions", "1", strconv.Itoa(int(n)), "create the topic anew with one partition")
	case s.Common() && want > 0 && n != want:
		k.add(s, "partitions", strconv.Itoa(int(want)), strconv.Itoa(int(n)),
			"the partition count is one for all topics and fixed for the life of a prefix; begin a new prefix")
	}
}

func (k *Checked) checkSettings(s Spec, got map[string]string, opt CheckOptions) {
	differs := func(setting, want, fix string) {
		if v := got[setting]; v != want {
			k.add(s, setting, want, v, fix)
		}
	}
	if s.Compacted {
		differs(settingCleanup, cleanupCompact, "set it on the topic")
	} else {
		differs(settingCleanup, cleanupDelete, "set it on the topic; what was compacted is gone")
		if !opt.AcceptShortHistory || s.Name == Violations {
			differs(settingRetentionTime, unlimited, "set it on the topic"+orFloor(s))
			differs(settingRetentionBytes, unlimited, "set it on the topic"+orFloor(s))
		}
	}
	if !s.Stamped() {
		return
	}
	kind := got[settingTimestamps]
	if kind == createTime && s.Input() {
		k.CreateTime = true
	}
	switch {
	case !s.Input():
		differs(settingTimestamps, logAppendTime, "set it on the topic; by it the engine learns the brokers' time")
	case kind != createTime || !opt.TrustTimestamps:
		differs(settingTimestamps, logAppendTime, "set it on the topic, "+
			"or pass --trust-timestamps if every producer stamps received_at")
	}
}

// checkSizes requires that every input record fits into a dead letter, every record that is read
// into a hand-over, and every record that the engine makes into its topic. A record that does not
// fit would stop its task for good.
func (k *Checked) checkSizes(settings map[string]map[string]string) {
	largest := int64(0)
	for _, s := range specs {
		if n, err := strconv.ParseInt(settings[s.Name][settingMessage], 10, 64); err == nil && s.Input() {
			largest = max(largest, n)
		}
	}
	for _, s := range specs {
		got, err := strconv.ParseInt(settings[s.Name][settingMessage], 10, 64)
		if err != nil || s.Input() {
			continue // missing, or a broker that does not tell
		}
		want, why := int64(OwnRecordBytes), "what is told of one person may take that much"
		switch s.Name {
		case DeadLetters:
			want, why = max(largest, MaxRecordBytes)+letterBytes, "a dead letter holds all of the largest input record"
		case HandOver:
			want, why = MaxRecordBytes+letterBytes, "it holds the largest input record that is read"
		}
		if got < want {
			k.add(s, settingMessage, "at least "+strconv.FormatInt(want, 10), strconv.FormatInt(got, 10),
				"set it on the topic; "+why)
		}
	}
}

func (k *Checked) checkStart(s Spec, starts map[TopicPartition]int64, opt CheckOptions) {
	if opt.AcceptShortHistory && s.Name != Violations || s.Compacted {
		return
	}
	var parts []int32
	for tp, at := range starts {
		if tp.Topic == s.Name && at > 0 {
			parts = append(parts, tp.Partition)
		}
	}
	slices.Sort(parts)
	for _, p := range parts {
		at := starts[TopicPartition{s.Name, p}]
		k.add(s, fmt.Sprintf("first offset of partition %d", p), "0", strconv.FormatInt(at, 10),
			"the beginning of the log is gone"+orFloor(s))
	}
}

// orFloor returns what else can be done about a short history, for messages.
func orFloor(s Spec) string {
	if s.Name == Violations {
		return "; what was told must be known: restore the topic, or begin a new prefix"
	}
	return ", or pass --history-floor with the date from which on it holds everything"
}

// ProducerTimes returns the input topics whose records carry their producers' time
// (message.timestamp.type CreateTime), in the contract's order.
func (c *Client) ProducerTimes(ctx context.Context) ([]string, error) {
	found, err := c.existing(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := c.settings(ctx, found)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range specs {
		if s.Input() && settings[s.Name][settingTimestamps] == createTime {
			names = append(names, s.Name)
		}
	}
	return names, nil
}

// existing returns the partition counts of the topics that exist.
func (c *Client) existing(ctx context.Context) (map[string]int32, error) {
	full := make([]string, 0, len(specs))
	for _, s := range specs {
		full = append(full, c.Full(s.Name))
	}
	c.meta.want(full)
	r := c.retry("the topics' metadata")
	defer r.done()
	for {
		found, err := c.existingOnce(ctx, full)
		if err == nil {
			return found, nil
		}
		if err := r.wait(ctx, err); err != nil {
			return nil, err
		}
	}
}

func (c *Client) existingOnce(ctx context.Context, full []string) (map[string]int32, error) {
	if err := c.meta.refresh(ctx); err != nil {
		return nil, err
	}
	found := map[string]int32{}
	for _, f := range full {
		t, err := c.meta.topic(ctx, f)
		var code *CodeError
		switch {
		case err == nil:
			found[c.short(f)] = int32(len(t.partitions))
		case errors.As(err, &code) && code.Code == codeUnknownTopic:
		default:
			return nil, err
		}
	}
	return found, nil
}

// starts returns the first offsets of all partitions.
func (c *Client) starts(ctx context.Context, found map[string]int32) (map[TopicPartition]int64, error) {
	var parts []TopicPartition
	for _, s := range specs {
		for p := range found[s.Name] {
			parts = append(parts, TopicPartition{s.Name, p})
		}
	}
	return c.Offsets(ctx, parts, Earliest)
}

// resourceTopic is the protocol's number for a topic as a configuration resource.
const resourceTopic int8 = 2

// settings returns the settings that the contract fixes, by topic.
func (c *Client) settings(ctx context.Context, found map[string]int32) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	if len(found) == 0 {
		return out, nil
	}
	req := &describeconfigs.Request{}
	for _, s := range specs {
		if _, ok := found[s.Name]; ok {
			req.Resources = append(req.Resources, describeconfigs.RequestResource{
				ResourceType: resourceTopic, ResourceName: c.Full(s.Name),
				ConfigNames: []string{settingCleanup, settingRetentionTime, settingRetentionBytes,
					settingTimestamps, settingMessage},
			})
		}
	}
	err := c.ask(ctx, "the answer to DescribeConfigs", anyBroker{c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*describeconfigs.Response)
		if !ok {
			return errOtherKind("DescribeConfigs")
		}
		for _, t := range res.Resources {
			if t.ErrorCode != 0 {
				return classify(&CodeError{Code: Code(t.ErrorCode), Op: "DescribeConfigs",
					Topic: c.short(t.ResourceName), Partition: -1, Message: t.ErrorMessage})
			}
			m := map[string]string{}
			for _, e := range t.ConfigEntries {
				m[e.ConfigName] = e.ConfigValue
			}
			out[c.short(t.ResourceName)] = m
		}
		return nil
	})
	return out, err
}
