package cli

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// tailCmd is `tilsyn tail`.
type tailCmd struct {
	kafkaFlags
	Topic           string `arg:"" help:"Topic without prefix, such as violations."`
	FromBeginning   bool   `help:"Begin with the first record (default: with the next one)."`
	ExitAtEnd       bool   `help:"End with the record that is the last one when the command starts."`
	TrustTimestamps bool   `help:"Print producers' times as logged_at too, as run --trust-timestamps takes them."`
}

// Help is shown under the flags.
func (tailCmd) Help() string {
	return `Only records of committed transactions are read. Input topics are printed in the form that replay and load read, with partition, offset and logged_at; output topics as the records themselves. logged_at is when the broker had the record. On a topic with message.timestamp.type=CreateTime a record carries its producer's time instead, and nobody knows when the broker had it: logged_at is then left out, and replay takes received_at. --trust-timestamps prints the producer's time. A record that cannot be read, or that the engine cannot file under its key, is printed with its key and its bytes in base64, so that replay --skip-bad holds the same people as run; so are dead letters. Of topics that have no schema a value that is JSON, such as a line of audit, is printed as value, all others in base64. A key that is no UTF-8 is printed as key_base64.`
}

// Run implements the command.
func (cmd *tailCmd) Run(c *console) error {
	spec, err := knownTopic(cmd.Topic)
	if err != nil {
		return err
	}
	store, err := cmd.reading(c)
	if err != nil {
		return err
	}
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	t := &tail{spec: spec, trust: cmd.TrustTimestamps, out: bufio.NewWriterSize(c.stdout, 64<<10),
		store: store}
	t.schema, _ = schemas.Lookup(spec.Name)
	if err := t.follow(c, client, cmd.FromBeginning, cmd.ExitAtEnd); err != nil {
		if c.ctx.Err() != nil && !cmd.ExitAtEnd {
			return nil // Ctrl-C is how following ends.
		}
		return err
	}
	return t.out.Flush()
}

// tail prints a topic.
type tail struct {
	spec   topics.Spec
	schema *schemas.Schema
	store  *schemas.Store
	// trust prints the producers' times as those of the broker.
	trust bool
	out   *bufio.Writer
	line  []byte
	// parts is how many partitions the topic has.
	parts int32
}

// follow reads all partitions.
func (t *tail) follow(c *console, client *topics.Client, fromBeginning, exitAtEnd bool) error {
	parts, err := client.AllPartitions(c.ctx, t.spec.Name)
	if err != nil {
		return err
	}
	t.parts = int32(len(parts))
	end, err := client.Offsets(c.ctx, parts, topics.LastStable)
	if err != nil {
		return err
	}
	if !exitAtEnd {
		client.NeverGiveUp() // giving up is for the start
	}
	next := end
	if fromBeginning {
		if next, err = client.Offsets(c.ctx, parts, topics.Earliest); err != nil {
			return err
		}
	}
	fetcher := client.NewFetcher(topics.FetchOptions{})
	for {
		var positions []topics.Position
		for _, p := range parts {
			if !exitAtEnd || next[p] < end[p] {
				positions = append(positions, topics.Position{Topic: p.Topic, Partition: p.Partition, Offset: next[p]})
			}
		}
		if len(positions) == 0 {
			return t.out.Flush()
		}
		got, err := fetcher.Fetch(c.ctx, positions)
		if err != nil {
			return err
		}
		for i := range got {
			f := &got[i]
			limit := end[f.TopicPartition]
			err := f.Each(func(r *topics.Record) error {
				if exitAtEnd && r.Offset >= limit {
					return nil
				}
				if t.schema != nil {
					if err := t.store.Learn(c.ctx, r.Value); err != nil {
						return err
					}
				}
				return t.print(f.Partition, r)
			})
			if err != nil {
				return err
			}
			next[f.TopicPartition] = f.Next
		}
		if err := t.out.Flush(); err != nil {
			return err
		}
	}
}

// print prints one record.
func (t *tail) print(partition int32, r *topics.Record) error {
	t.line = t.line[:0]
	var v any
	var err error
	switch {
	case r.Fault != nil:
		err = r.Fault
	case t.schema != nil && r.Value != nil:
		v, err = t.store.Decode(t.schema, r.Value)
	}
	if err == nil && v != nil {
		err = t.keyFault(partition, r, v)
	}
	switch {
	case v == nil || err != nil:
		t.raw(partition, r, v, err)
	case t.schema.Input():
		t.line = schemas.AppendLine(t.line, &schemas.Line{
			Topic: t.spec.Name, Value: v, Partition: duty.Some(partition), Offset: duty.Some(r.Offset),
			LoggedAt: t.loggedAt(r),
		})
	default:
		t.line = append(t.schema.AppendJSON(t.line, v), '\n')
	}
	_, err = t.out.Write(t.line)
	return err
}

// loggedAt is when the broker had a record (contract §1), as far as that is known: a
// producer's time is none, unless it is to be taken for one.
func (t *tail) loggedAt(r *topics.Record) duty.Opt[duty.Instant] {
	if !r.AppendTime && !t.trust {
		return duty.None[duty.Instant]()
	}
	return duty.Some(duty.Instant(r.Timestamp))
}

// keyFault says why a record cannot be printed as what it says: replay would hold
// others than run. A key that is not usable stands in the record as well, and replay
// sees it there.
func (t *tail) keyFault(partition int32, r *topics.Record, v any) error {
	if named, ok := casefile.Key(v); ok && named == string(r.Key) && !duty.UsableKey(named) {
		return nil
	}
	return casefile.KeyFault(t.spec.Name, string(r.Key), partition, v, func(key string) int32 {
		return topics.Partition([]byte(key), t.parts)
	})
}

// raw prints a record that has no schema, does not follow it, or cannot be filed
// under its key. replay takes such a line of an input topic for an unreadable one and
// finds its key and time in it.
func (t *tail) raw(partition int32, r *topics.Record, v any, fault error) {
	b := append(t.line, `{"topic":`...)
	b = quote(b, t.spec.Name)
	b = strconv.AppendInt(append(b, `,"partition":`...), int64(partition), 10)
	b = strconv.AppendInt(append(b, `,"offset":`...), r.Offset, 10)
	switch at := t.loggedAt(r); {
	case at.OK:
		b = append(at.V.Append(append(b, `,"logged_at":"`...)), '"')
	case t.schema == nil || !t.schema.Input():
		b = append(duty.Instant(r.Timestamp).Append(append(b, `,"timestamp":"`...)), '"')
	}
	b = appendKey(b, r.Key)
	if len(r.Headers) > 0 {
		b = append(b, `,"headers":{`...)
		for i, h := range r.Headers {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(quote(b, string(h.Key)), ':')
			b = quote(b, string(h.Value))
		}
		b = append(b, '}')
	}
	if fault != nil {
		b = quote(append(b, `,"error":`...), fault.Error())
	}
	if t.schema != nil && t.schema.Input() {
		b = append(b, `,"value":`...)
		b = t.salvaged(b, r, v)
	}
	if text := jsontext.Value(bytes.Clone(r.Value)); t.schema == nil && text.Kind() == '{' && text.Compact() == nil {
		b = append(append(b, `,"value":`...), text...)
	} else if r.Value != nil {
		b = append(b, `,"value_base64":"`...)
		b = append(base64.StdEncoding.AppendEncode(b, r.Value), '"')
	}
	t.line = append(b, "}\n"...)
}

// appendKey appends the key of a record so that nothing of it gets lost: as text
// where it is text, else in base64. A missing key is null.
func appendKey(b, key []byte) []byte {
	switch {
	case key == nil:
		return append(b, `,"key":null`...)
	case utf8.Valid(key):
		return quote(append(b, `,"key":`...), string(key))
	}
	b = base64.StdEncoding.AppendEncode(append(b, `,"key_base64":"`...), key)
	return append(b, '"')
}

// salvaged appends what is known of an unreadable fact, under the names of the
// record: its id, and whom it names where that is not its key.
func (t *tail) salvaged(b []byte, r *topics.Record, v any) []byte {
	id, ok := t.store.SalvageID(t.schema, r.Value)
	if head, decoded := schemas.HeadOf(v); decoded {
		id, ok = head.ID, true
	}
	b = append(b, '{')
	if ok {
		b = quote(append(b, `"id":`...), id)
	}
	if named, field, differs := otherKey(v, r.Key); differs {
		if ok {
			b = append(b, ',')
		}
		b = append(quote(b, field), ':')
		b = quote(b, named)
	}
	return append(b, '}')
}

// otherKey returns the key that a record names where it is not the one that it has.
func otherKey(v any, key []byte) (named, field string, differs bool) {
	if v == nil {
		return "", "", false
	}
	named, ok := casefile.Key(v)
	if !ok || named == string(key) {
		return "", "", false
	}
	return named, casefile.KeyField(v), true
}

func quote(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s)
	return b
}
