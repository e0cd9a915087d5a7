package integration

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tilsyn/integration/kafkaproc"
	"tilsyn/topics"
)

// changing is an engine on a real broker whose topics somebody changes.
type changing struct {
	*rig
	client  *topics.Client
	admin   *kgo.Client
	engine  *service
	address string
}

// newChanging starts a broker and an engine that takes the brokers' times.
func newChanging(t *testing.T) *changing {
	t.Helper()
	c := &changing{rig: &rig{brokers: kafkaproc.ForTest(t, kafkaproc.Config{}).Address(),
		program: build(t), dir: t.TempDir()}}
	c.tilsyn(t, nil, "topics", "create", "--partitions", "4")
	var err error
	if c.client, err = topics.Connect(t.Context(),
		topics.Config{Brokers: []string{c.brokers}, Prefix: prefix}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.Close)
	if c.admin, err = kgo.NewClient(kgo.SeedBrokers(c.brokers)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.admin.Close)
	c.engine = serve(t, c.program, "run", "--brokers", c.brokers, "--topic-prefix", prefix, "--data-dir",
		filepath.Join(c.dir, "state"), "--listen", "127.0.0.1:0")
	c.address = c.engine.address(t)
	c.ready(t, http.StatusOK, "")
	return c
}

// ready waits until /readyz has a status, and says something.
func (c *changing) ready(t *testing.T, want int, says string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		c.engine.running(t)
		code, body := get(t, c.address, "/readyz")
		if code == want && strings.Contains(body, says) {
			return
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("/readyz %d, want %d and %q: %s", code, want, says, body)
		}
	}
}

// grow gives a topic so many partitions.
func (c *changing) grow(t *testing.T, topic string, partitions int32) {
	t.Helper()
	req, one := kmsg.NewPtrCreatePartitionsRequest(), kmsg.NewCreatePartitionsRequestTopic()
	one.Topic, one.Count = prefix+topic, partitions
	req.Topics = append(req.Topics, one)
	res, err := req.RequestWith(t.Context(), c.admin)
	if err == nil && len(res.Topics) == 1 {
		err = kerr.ErrorForCode(res.Topics[0].ErrorCode)
	}
	if err != nil || len(res.Topics) != 1 {
		t.Fatalf("adding partitions: %+v, %v", res, err)
	}
}

// setTimes sets whose time the records of card-events carry.
func (c *changing) setTimes(t *testing.T, kind string) {
	t.Helper()
	if err := c.client.SetTopic(t.Context(), topics.CardEvents, "message.timestamp.type", kind); err != nil {
		t.Fatal(err)
	}
}

// row is a card row of an earlier day, as `load` takes it.
func row(n int, daysAgo int) string {
	at := time.Now().UTC().AddDate(0, 0, -daysAgo).Format(time.RFC3339)
	return fmt.Sprintf(`{"topic":"card-events","value":{"id":"e%d","person_id":"P-%d","card_id":"C-%d","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel",`+
		`"device_type":"CAROUSEL","kind":"PASSAGE","direction":"OUT","occurred_at":%q,"received_at":%q}}`+"\n", n, n%40, n%40, at, at)
}

// ended waits until the engine has ended by itself, and returns the last lines of its log.
func (c *changing) ended(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case <-c.engine.Done():
	case <-ctx.Done():
		t.Fatalf("the engine does not end:\n%s", last(c.engine.text()))
	}
	if c.engine.Err() == nil {
		t.Error("the engine ended as if it had been told to")
	}
	return last(c.engine.text())
}

// TestTopicsChangeUnderTheEngine changes the topics of a real broker while the engine
// runs: card-events takes its producers' times for a while, a centre-keyed topic gets
// more partitions, and then card-events does.
func TestTopicsChangeUnderTheEngine(t *testing.T) {
	c := newChanging(t)
	c.tilsyn(t, []byte(row(1, 0)), "load", "-")

	c.setTimes(t, "CreateTime")
	c.tilsyn(t, []byte(row(2, 30)), "load", "-")
	c.ready(t, http.StatusServiceUnavailable, "records of card-events carry the time of their producers")
	letters := string(c.tilsyn(t, nil, "tail", topics.DeadLetters, "--from-beginning", "--exit-at-end"))
	if strings.Count(letters, "PRODUCER_TIME") != 1 {
		t.Errorf("dead letters: %s", letters)
	}
	c.setTimes(t, "LogAppendTime")
	c.ready(t, http.StatusOK, "")

	// What lies in a new partition is read: here something that cannot be.
	before := metric(t, c.address, "tilsyn_dead_letters_total")
	c.grow(t, topics.Exclusions, 3)
	p := c.client.NewProducer(topics.ProducerConfig{})
	if _, err := p.Produce(t.Context(),
		[]topics.Out{{Topic: topics.Exclusions, Partition: 2, Key: []byte("KH"), Value: []byte{0xff}}}); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); metric(t, c.address, "tilsyn_dead_letters_total") == before; time.Sleep(100 *
		time.Millisecond) {
		if c.engine.running(t); time.Since(began) > 3*time.Minute {
			t.Fatal("a new partition of exclusions is not read")
		}
	}
	c.ready(t, http.StatusOK, "")

	c.grow(t, topics.CardEvents, 8)
	const says = "card-events has 8 partitions now and had 4"
	c.ready(t, http.StatusServiceUnavailable, says)
	for began := time.Now(); metric(t, c.address, "tilsyn_task_stands") != 4; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > 3*time.Minute {
			t.Error("tilsyn_task_stands is not 1 for every task")
			break
		}
	}
	if text := c.ended(t); !strings.Contains(text, says) {
		t.Errorf("the engine ended with:\n%s", text)
	}
}

// TestTopicMadeAnewUnderTheEngine deletes card-events of a real broker under the engine and makes
// it again with more records than before. The engine is stopped (SIGSTOP) meanwhile, so that all
// it sees is a log that goes on.
func TestTopicMadeAnewUnderTheEngine(t *testing.T) {
	c := newChanging(t)
	var few, many strings.Builder
	for n := range 40 {
		few.WriteString(row(n, 0))
	}
	for n := range 400 {
		many.WriteString(row(n, 0))
	}
	c.tilsyn(t, []byte(few.String()), "load", "-")
	for began := time.Now(); metric(t, c.address, "tilsyn_input_records_total") < 40; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 3*time.Minute {
			t.Fatal("the rows are not read")
		}
	}
	c.ready(t, http.StatusOK, "")
	if err := c.engine.Pause(); err != nil {
		t.Fatal(err)
	}
	req, one := kmsg.NewPtrDeleteTopicsRequest(), kmsg.NewDeleteTopicsRequestTopic()
	one.Topic = kmsg.StringPtr(prefix + topics.CardEvents)
	// Requests of before version 6 name topics here.
	req.Topics, req.TopicNames = append(req.Topics, one), append(req.TopicNames, *one.Topic)
	res, err := req.RequestWith(t.Context(), c.admin)
	if err == nil && len(res.Topics) == 1 {
		err = kerr.ErrorForCode(res.Topics[0].ErrorCode)
	}
	if err != nil || len(res.Topics) != 1 {
		t.Fatalf("deleting card-events: %+v, %v", res, err)
	}
	c.tilsyn(t, nil, "topics", "create", "--partitions", "4")
	c.tilsyn(t, []byte(many.String()), "load", "-")
	if err := c.engine.Continue(); err != nil {
		t.Fatal(err)
	}
	if text := c.ended(t); !strings.Contains(text, "card-events was deleted and made anew") {
		t.Errorf("the engine ended with:\n%s", text)
	}
	if said := c.tilsyn(t, nil, "tail", topics.Violations, "--from-beginning", "--exit-at-end"); len(said) > 0 {
		t.Errorf("something was told: %s", said)
	}
}
