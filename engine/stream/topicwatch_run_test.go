package stream

import (
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// grow gives a topic so many partitions.
func (r *rig) grow(topic string, partitions int32) {
	r.t.Helper()
	admin, err := kgo.NewClient(kgo.SeedBrokers(r.cfg.Brokers...))
	if err != nil {
		r.t.Fatal(err)
	}
	defer admin.Close()
	ctx, cancel := contextWithin(r.t)
	defer cancel()
	req := kmsg.NewPtrCreatePartitionsRequest()
	one := kmsg.NewCreatePartitionsRequestTopic()
	one.Topic, one.Count = r.client.Full(topic), partitions
	req.Topics = append(req.Topics, one)
	res, err := req.RequestWith(ctx, admin)
	if err != nil || len(res.Topics) != 1 || res.Topics[0].ErrorCode != 0 {
		r.t.Fatalf("adding partitions: %+v, %v", res, err)
	}
}

// loadInto writes records to a partition, which may be newer than what the client
// knows of the topic.
func (r *rig) loadInto(partition int32, feeds []testkit.Feed) {
	r.t.Helper()
	ctx, cancel := contextWithin(r.t)
	defer cancel()
	p := r.client.NewProducer(topics.ProducerConfig{})
	for i := range feeds {
		f := &feeds[i]
		value, err := r.codec.Encode(f.Topic, f.Record)
		if err == nil {
			_, err = p.Produce(ctx, []topics.Out{{Topic: f.Topic, Partition: partition, Key: []byte(f.Key),
				Value: value, Timestamp: int64(f.At)}})
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// last is the newest revision of every unit of a partition.
func (r *rig) last(part int32) []*duty.Violation {
	r.t.Helper()
	newest := map[string]*duty.Violation{}
	for _, v := range r.read(part) {
		newest[v.UnitID] = v
	}
	return slices.Collect(maps.Values(newest))
}

// askHTTP asks a running engine over HTTP.
func askHTTP(t *testing.T, address, path string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + address + path)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// Partitions are added to card-events while the engine runs. Within seconds it is not ready; it
// says why once, and ends with that reason. A restart is refused for the same reason.
func TestPartitionsAddedUnderTheEngine(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "waits for an engine that ends by itself; a smaller test adds partitions of centres")
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(7, 2)), 20, 7))
	var log safeBuffer
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Log, cfg.Listen = zerolog.New(&log), freeAddress(t)
	cfg.Limits.MarkEvery = 100 * time.Millisecond
	e := start(t, cfg)
	e.rest()
	told := revisions(cfg)
	if code, _ := askHTTP(t, cfg.Listen, "/readyz"); code != http.StatusOK || told == 0 {
		t.Fatalf("/readyz %d, told %d", code, told)
	}
	r.grow(duty.TopicCardEvents, 4)
	const says = "card-events has 4 partitions now and had 2"
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		code, body := askHTTP(t, cfg.Listen, "/readyz")
		if code == http.StatusServiceUnavailable && strings.Contains(body, says) {
			break
		}
		if time.Since(began) > within {
			t.Fatalf("/readyz %d all the time: %s", code, body)
		}
	}
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) { // the other task may have been the first to say so
		_, body := askHTTP(t, cfg.Listen, "/metrics")
		if strings.Contains(body, `tilsyn_task_stands{task="0"} 1`) {
			break
		}
		if time.Since(began) > within {
			t.Fatal("tilsyn_task_stands is not 1")
		}
	}
	select {
	case err := <-e.done:
		if !errors.Is(err, task.ErrTopics) || !strings.Contains(err.Error(), says) {
			t.Errorf("the engine ended with %v", err)
		}
	case <-time.After(within):
		t.Fatal("the engine does not end")
	}
	if n := strings.Count(log.String(), says); n != 1 {
		t.Errorf("it was told %d times:\n%s", n, log.String())
	}
	if revisions(cfg) != told {
		t.Errorf("%d revisions were told after that", revisions(cfg)-told)
	}
	next := r.config(seeds.Start + 20*duty.Day)
	next.DataDir = cfg.DataDir
	ends(t, next, task.ErrTopics)
}

// A running engine reads partitions that are added to a centre-keyed topic, without
// a restart, and so does one that is started later.
func TestCentrePartitionsAddedUnderTheEngine(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(7, 2)), 20, 7))
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Limits.MarkEvery = 100 * time.Millisecond
	e := start(t, cfg)
	e.rest()
	told := revisions(cfg)
	if told == 0 {
		t.Fatal("nothing was told that an exclusion could take back")
	}
	r.grow("exclusions", 3)
	day := testkit.DayOfInstant(seeds.Start)
	at := seeds.Start + 10*duty.Day
	var feeds []testkit.Feed
	for _, centre := range []string{"KH", "SJ"} {
		feeds = append(feeds, testkit.Feed{At: at, Topic: "exclusions", Key: centre,
			Record: &duty.Exclusion{ID: "x" + centre, Version: 1, ReceivedAt: at, ExclusionID: "x" + centre,
				CentreID: centre, FromDate: day, ToDate: day + 30, Status: duty.ExclusionStatusDeclared,
				Reason: "r", DeclaredBy: "d", ApprovedBy: "a", DeclaredAt: at}})
	}
	r.loadInto(1, feeds[:1])
	r.loadInto(2, feeds[1:])
	for began := time.Now(); revisions(cfg) == told; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > within {
			t.Fatal("the exclusion in a new partition is not read")
		}
	}
	e.rest()
	for _, v := range append(r.last(0), r.last(1)...) {
		if v.Status != duty.StatusWithdrawn {
			t.Errorf("%s of %s is %s", v.Kind, v.UnitDate, v.Status)
		}
	}
	e.end()
	r.verified()
	next := r.config(seeds.Start + 20*duty.Day)
	next.DataDir = cfg.DataDir
	r.runToRest(next)
	if revisions(next) != 0 {
		t.Errorf("a restart told %d", revisions(next))
	}
}
