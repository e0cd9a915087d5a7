package stream

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// produceRaw writes a batch of n records of which the compressed form is given.
func (r *rig) produceRaw(topic string, partition int32, codec topics.Compression, packed []byte,
	n int, at duty.Instant) {
	r.t.Helper()
	const header, crcFrom = 61, 21
	b := make([]byte, header, header+len(packed))
	b = append(b, packed...)
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)-12))
	b[16] = 2
	binary.BigEndian.PutUint16(b[crcFrom:], uint16(codec))
	binary.BigEndian.PutUint32(b[23:], uint32(n-1))
	binary.BigEndian.PutUint64(b[27:], uint64(at))
	binary.BigEndian.PutUint64(b[35:], uint64(at))
	for i := 43; i < 57; i++ {
		b[i] = 0xff // no producer id, epoch or sequence
	}
	binary.BigEndian.PutUint32(b[57:], uint32(n))
	binary.BigEndian.PutUint32(b[17:], crc32.Checksum(b[crcFrom:], datadir.Castagnoli))
	c, err := kgo.NewClient(kgo.SeedBrokers(r.cfg.Brokers...), kgo.MaxVersions(kversion.V3_0_0())) // topics by name
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := contextWithin(r.t)
	defer cancel()
	req := kmsg.NewPtrProduceRequest()
	req.Version, req.Acks, req.TimeoutMillis = 9, -1, 10_000
	t := kmsg.NewProduceRequestTopic()
	t.Topic = r.client.Full(topic)
	p := kmsg.NewProduceRequestTopicPartition()
	p.Partition, p.Records = partition, b
	t.Partitions = append(t.Partitions, p)
	req.Topics = append(req.Topics, t)
	shards := c.RequestSharded(ctx, req)
	for _, s := range shards {
		res, ok := s.Resp.(*kmsg.ProduceResponse)
		if s.Err != nil || !ok || res.Topics[0].Partitions[0].ErrorCode != 0 {
			r.t.Fatalf("%v, %+v", s.Err, res)
		}
	}
}

// letters are how many dead letters without bytes there are, by place and key.
func (r *rig) letters() map[string]int {
	r.t.Helper()
	ctx, cancel := contextWithin(r.t)
	defer cancel()
	found := map[string]int{}
	s := broker.Scan{From: broker.NewKafka(r.client, "", verify.VerifyWait, verify.VerifyBytes), Most: 100,
		Wait: verify.VerifyWait}
	n, err := r.client.Partitions(ctx, topics.DeadLetters)
	if err != nil {
		r.t.Fatal(err)
	}
	for p := range n {
		err := s.All(ctx, []broker.Partition{{Topic: duty.TopicDeadLetters, Index: p}}, func(rec *broker.Record) error {
			h := deadletter.HeadersOf(rec)
			if rec.Value == nil {
				found[h["topic"]+"/"+h["partition"]+"/"+string(rec.Key)]++
			}
			if h["error"] == "" || strings.Contains(h["error"], "Qperson") {
				r.t.Errorf("dead letter of %d bytes: %v", len(rec.Value), h)
			}
			return nil
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return found
}

// accused are how many units are told of a person at last.
func (r *rig) accused() map[string]int {
	r.t.Helper()
	ctx, cancel := contextWithin(r.t)
	defer cancel()
	last := map[string]*duty.Violation{}
	s := broker.Scan{From: broker.NewKafka(r.client, "", verify.VerifyWait, verify.VerifyBytes), Most: 100,
		Wait: verify.VerifyWait}
	n, err := r.client.Partitions(ctx, duty.TopicViolations)
	if err != nil {
		r.t.Fatal(err)
	}
	for p := range n {
		err := s.All(ctx, []broker.Partition{{Topic: duty.TopicViolations, Index: p}}, func(rec *broker.Record) error {
			v, err := r.codec.Decode(rec.Topic, rec.Value)
			if err == nil {
				last[v.(*duty.Violation).UnitID] = v.(*duty.Violation)
			}
			return err
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	of := map[string]int{}
	for _, v := range last {
		if v.Status != duty.StatusWithdrawn {
			of[v.PersonID]++
		}
	}
	return of
}

// TestRecordThatUnpacksToMuch: a record of 70 MB that is a few KB when compressed becomes a dead
// letter that holds its person. Everybody else is told, what follows it is read, and a restart
// does the same.
func TestRecordThatUnpacksToMuch(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a record of 70 MB")
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(51, 51)), 12, 6)
	readable := feeds[:0]
	for _, f := range feeds {
		if f.Record != nil { // else it holds its person by itself
			readable = append(readable, f)
		}
	}
	half := len(readable) / 2
	r.load(readable[:half])
	ctx, cancel := contextWithin(t)
	defer cancel()
	zeros := make([]byte, 16<<20)
	if seeds.Full() {
		zeros = make([]byte, 70<<20)
	}
	held := map[string]bool{}
	for i, codec := range []topics.Compression{topics.Gzip, topics.Snappy, topics.LZ4, topics.Zstd} {
		p := r.client.NewProducer(topics.ProducerConfig{Compression: codec, MaxBatchBytes: 80 << 20})
		who := []byte{'Q', 'p', 'e', 'r', 's', 'o', 'n', byte('0' + i)}
		held[string(who)] = true
		value := zeros
		if codec == topics.Snappy {
			value = zeros[:15<<20] // more would be no small batch
		}
		if err := p.Add(ctx, topics.Out{Topic: duty.TopicCardEvents, Partition: topics.ByKey, Key: who,
			Value: value, Timestamp: int64(seeds.Start + duty.Hour)}); err != nil {
			t.Fatal(err)
		}
		if err := p.Flush(ctx); err != nil {
			t.Fatal(err)
		}
	}
	r.load(readable[half:])
	cfg := r.config(seeds.Start + 20*duty.Day)
	for range 2 {
		e := start(t, cfg)
		// Unpacking may take longer than an engine must be quiet to be at rest.
		for begin := time.Now(); cfg.Stats.Commits.Load() == 0 && time.Since(begin) < within; {
			time.Sleep(20 * time.Millisecond)
		}
		e.rest()
		e.end()
		if got := r.verified(); got.Persons == 0 {
			t.Fatalf("%+v", got)
		}
		letters := r.letters()
		if len(letters) != len(held) {
			t.Errorf("dead letters %v", letters)
		}
		for at, n := range letters {
			if n != 1 || !held[at[strings.LastIndexByte(at, '/')+1:]] {
				t.Errorf("%d dead letters of %s", n, at)
			}
		}
		accused := r.accused()
		if len(accused) < 3 {
			t.Errorf("only %v are told of", accused)
		}
		for who := range held {
			if accused[who] > 0 {
				t.Errorf("%d units of a person are told whose row is lost", accused[who])
			}
		}
	}
}

// TestBatchThatDoesNotUnpack: a batch of which nothing can be read, in whatever codec or topic,
// becomes one dead letter that holds everybody, since it may concern anybody. The engine goes on.
func TestBatchThatDoesNotUnpack(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(52, 52)), 8, 5))
	want := map[string]int{}
	at := seeds.Start + duty.Hour
	for i, topic := range []string{duty.TopicCardEvents, "notices", duty.TopicCardAssignments,
		duty.TopicIdentityLinks, "settlements"} {
		codec := topics.Compression(1 + i%4)
		r.produceRaw(topic, int32(i%2), codec, []byte("this is no compressed batch"), 3+i, at)
		want[topic+"/"+string(rune('0'+i%2))+"/"]++
	}
	// And one that unpacks to what are no records.
	r.produceRaw("holds", 1, topics.None, []byte("these are no records"), 2, at)
	want["holds/1/"]++
	r.load([]testkit.Feed{{At: seeds.Start + 3*duty.Day, Topic: "notices", Key: "Qperson1",
		Record: &duty.Notice{ID: "behind", Version: 1, ReceivedAt: seeds.Start + 3*duty.Day,
			PersonID: "Qperson1", CentreID: "KH", LocalTime: "2026-03-04T12:00", Channel: duty.ChannelGuard,
			GivenBy:   duty.GivenBySelf,
			Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1}}})
	cfg := r.config(seeds.Start + 20*duty.Day)
	for range 2 {
		e := start(t, cfg)
		e.rest()
		e.end()
		if got := r.verified(); got.Persons < 8 {
			t.Fatalf("%+v", got)
		}
		if accused := r.accused(); len(accused) > 0 {
			t.Errorf("told of %v", accused)
		}
	}
	got := r.letters()
	if len(got) != len(want) {
		t.Errorf("dead letters %v, want %v", got, want)
	}
	for place, n := range want {
		if got[place] != n {
			t.Errorf("%d dead letters of %s, want %d", got[place], place, n)
		}
	}
}
