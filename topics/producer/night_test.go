package producer

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/contact"
	"tilsyn/schemas"
	"tilsyn/topics"
)

const (
	// carousel is the device of the examples.
	carousel = "KH-carousel"
	parts    = 4
)

// facts are the facts of the examples.
func facts(t *testing.T) (out []schemas.Line) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "integration", "examples", "facts.jsonl"))
	must(t, err)
	for text := range bytes.Lines(text) {
		l, err := schemas.DecodeLine(text)
		must(t, err)
		out = append(out, l)
	}
	return out
}

// connect waits for the broker and makes the topics.
func connect(t *testing.T, b *topics.Embedded) *topics.Client {
	t.Helper()
	c, err := topics.Connect(t.Context(), topics.Config{Brokers: b.Brokers(), Prefix: "tilsyn."})
	must(t, err)
	t.Cleanup(c.Close)
	_, err = c.Create(t.Context(), topics.CreateOptions{Partitions: parts, CreateTime: true})
	must(t, err)
	return c
}

// received are the records of all inputs.
func received(t *testing.T, c *topics.Client) (out []broker.Record) {
	t.Helper()
	f := c.NewFetcher(topics.FetchOptions{})
	tps, err := c.AllPartitions(t.Context(), contact.Topics()...)
	must(t, err)
	ends, err := c.Offsets(t.Context(), tps, topics.LastStable)
	must(t, err)
	for tp, end := range ends {
		for at := int64(0); at < end; {
			got, err := f.Fetch(t.Context(), []topics.Position{{Topic: tp.Topic, Partition: tp.Partition, Offset: at}})
			must(t, err)
			for i := range got {
				must(t, got[i].Each(func(r *topics.Record) error {
					out = append(out, broker.Record{Partition: broker.Partition{Topic: tp.Topic, Index: tp.Partition},
						Offset: r.Offset, At: duty.Instant(r.Timestamp), Stamped: true, Key: bytes.Clone(r.Key),
						Value: bytes.Clone(r.Value)})
					return nil
				}))
				at = got[i].Next
			}
		}
	}
	return out
}

// judge replays facts and returns violations and automatic incidents.
func judge(t *testing.T, lines []schemas.Line, at duty.Instant) (said, incidents string) {
	t.Helper()
	var text []byte
	for i := range lines {
		text = append(schemas.AppendLine(text, &lines[i]), '\n')
	}
	var out bytes.Buffer
	file := filepath.Join(t.TempDir(), "incidents.jsonl")
	_, err := replay.Run(t.Context(), replay.Options{Facts: []string{replay.Stdio}, Stdin: bytes.NewReader(text),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}, AsOf: []duty.Instant{at},
		Violations: replay.Stdio, Stdout: &out, Incidents: file, TempDir: t.TempDir()})
	must(t, err)
	found, err := os.ReadFile(file)
	must(t, err)
	return out.String(), string(found)
}

// TestANightWithoutALink: the link goes down in the evening, a write and an answer get lost, the
// process dies, and the link comes back in the morning. Nothing is wrong with what arrives, the watch sees
// neither gap nor silence, and everybody is judged as if nothing had been.
func TestANightWithoutALink(t *testing.T) {
	t.Parallel()
	all := facts(t)
	var judged []schemas.Line // as a system would send them that has neither numbers nor a buffer
	for _, l := range all {
		if l.Topic != duty.TopicHeartbeats {
			judged = append(judged, l)
		}
	}
	end, _ := duty.ParseInstant("2026-02-05T08:00:00+01:00")
	expected, _ := judge(t, judged, end)
	if strings.Count(expected, "\n") != 5 {
		t.Fatalf("the examples give\n%s", expected)
	}

	embedded, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	must(t, err)
	t.Cleanup(embedded.Close)
	client := connect(t, embedded)
	link := &sink{}
	d := newBench(t)
	evening, _ := duty.ParseInstant("2026-02-03T19:00:00+01:00")
	morning, _ := duty.ParseInstant("2026-02-04T09:20:00+01:00")
	d.now, _ = duty.ParseInstant("2026-02-03T10:00:00+01:00")
	b := d.open(t, nil)
	w := &wire{to: client.NewProducer(topics.ProducerConfig{}), link: link}
	known := func(l schemas.Line) duty.Instant { h, _ := schemas.HeadOf(l.Value); return h.ReceivedAt }
	slices.SortStableFunc(judged, func(x, y schemas.Line) int { return int(known(x) - known(y)) })
	for i := 0; i < len(judged) || d.now < end; d.now += 3 * duty.Minute {
		for ; i < len(judged) && known(judged[i]) <= d.now; i++ {
			must(t, b.Put(judged[i].Value))
			must(t, b.Put(judged[i].Value)) // the source was not sure
		}
		must(t, b.Beat(carousel, "KH"))
		switch {
		case d.now < evening, d.now == end:
			link.down, link.halfway = false, false
		case d.now < morning:
			link.down, link.halfway = true, d.now < evening+6*duty.Minute
			if d.now == evening+duty.Hour {
				must(t, b.Close())
				now := d.now
				b = d.open(t, nil)
				d.now = now
			}
		default:
			link.down, link.halfway = false, false
		}
		if err := b.Send(t.Context(), w); (err != nil) != link.down {
			t.Fatal(err)
		}
	}
	must(t, b.Send(t.Context(), w))
	if n := b.Waiting(); n != 0 {
		t.Errorf("%d bytes wait", n)
	}

	check := contact.New(contact.Config{Policy: policy.Builtin(), Codec: broker.NewCodec(schemas.NewStore()),
		Partitions: partsOf(contact.Topics())})
	var arrived []schemas.Line
	store := schemas.NewStore()
	for _, r := range received(t, client) {
		check.Take(&r)
		s, _ := schemas.Lookup(r.Topic)
		v, err := store.Decode(s, r.Value)
		must(t, err)
		arrived = append(arrived, schemas.Line{Topic: r.Topic, Value: v})
	}
	if len(arrived) <= len(judged) {
		t.Errorf("%d facts arrived, %d were put with heartbeats beside them", len(arrived), len(judged))
	}
	for _, f := range check.Findings() {
		t.Errorf("%s %s %s: %s", f.Code, f.Topic, f.Of, f.Wrong)
	}
	got, incidents := judge(t, arrived, end)
	if withoutWatch(got) != withoutWatch(expected) || incidents != "" {
		t.Errorf("said\n%s\nwant\n%s\nincidents\n%s", got, expected, incidents)
	}
}

// withoutWatch leaves out what a violation says of the watch, and the digest of it all.
func withoutWatch(said string) string {
	var out []string
	for line := range strings.Lines(said) {
		v, _, err := mustSchema().DecodeJSON([]byte(asOfCut(line)))
		if err != nil {
			return fmt.Sprint(err)
		}
		x := v.(*duty.Violation)
		out = append(out, fmt.Sprintln(x.UnitID, x.Revision, x.Status, x.Instant, x.Caveats, x.Settled, x.Basis))
	}
	return strings.Join(out, "")
}

func mustSchema() *schemas.Schema {
	s, _ := schemas.Lookup(duty.TopicViolations)
	return s
}

// asOfCut takes away the field that an output file has beside the record (contract §4).
func asOfCut(line string) string {
	i := strings.Index(line, `"as_of":"`)
	return line[:i] + line[i+len(`"as_of":"2026-02-05T07:00:00.000Z",`):]
}

func partsOf(names []string) map[string]int32 {
	m := map[string]int32{}
	for _, n := range names {
		m[n] = parts
	}
	return m
}

// wire is a Writer over a link that may be down: then records arrive and their answer does not, or nothing arrives.
type wire struct {
	to   *topics.Producer
	link *sink
}

// Produce implements Writer.
func (w *wire) Produce(ctx context.Context, outs []topics.Out) ([]topics.Produced, error) {
	if w.link.halfway {
		if _, err := w.to.Produce(ctx, outs[:(len(outs)+1)/2]); err != nil {
			return nil, err
		}
	}
	if w.link.down {
		return nil, errDown
	}
	return w.to.Produce(ctx, outs)
}

// TestRun goes on by itself when the broker comes, goes and comes back, with other producer ids.
func TestRun(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	start := func(port int) *topics.Embedded {
		e, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: data, SyncWrites: true, Ports: []int{port}})
		must(t, err)
		return e
	}
	e := start(0)
	port := e.Port()
	connect(t, e).Close()
	address := e.Brokers()
	e.Close()

	d := newBench(t)
	b := d.open(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	ended, failed := make(chan struct{}), make(chan error, 100)
	go func() {
		defer close(ended)
		b.Run(ctx, topics.Config{Brokers: address, Prefix: "tilsyn.", GiveUpAfter: time.Second}, func(err error) {
			select {
			case failed <- err:
			default:
			}
		})
	}()
	must(t, b.Put(row("a", 0)))
	<-failed
	for i, id := range []string{"b", "c"} {
		e = start(port)
		must(t, b.Put(row(id, 0)))
		for b.Waiting() > 0 {
			select {
			case <-t.Context().Done():
				t.Fatal("nothing is sent")
			case <-time.After(10 * time.Millisecond):
			}
		}
		if i == 0 {
			e.Close()
		}
	}
	stop()
	<-ended
	var ids []string
	for _, r := range received(t, connect(t, e)) {
		s, _ := schemas.Lookup(r.Topic)
		v, err := schemas.NewStore().Decode(s, r.Value)
		must(t, err)
		ids = append(ids, v.(*duty.CardEvent).ID)
	}
	slices.Sort(ids)
	want(t, "arrived", slices.Compact(ids), "a", "b", "c")
	e.Close()
}
