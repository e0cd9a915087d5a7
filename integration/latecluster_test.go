package integration

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/integration/kafkaproc"
	"tilsyn/integration/netfault"
	"tilsyn/topics"
)

// TestLateEndTxnOverTwoBrokers lets the EndTxn of one task arrive in the middle of the task's next
// transaction, which hands over to another task a row that clears somebody. The hand-over and the
// record of progress lie on different brokers. If one were committed without the other, the person
// would stay INDICATED for good. Whenever it arrives, the engine must say what replay says, and
// each history must be sound.
func TestLateEndTxnOverTwoBrokers(t *testing.T) {
	c := newLateCluster(t)
	engine := serve(t, c.program, c.behind.args(t.TempDir())...)
	c.load(t, c.base...)
	c.agree(t, engine) // everybody is INDICATED
	for _, who := range c.persons {
		if n := c.standing(t, who); n == 0 {
			t.Fatalf("nothing is said of %s: the test proves nothing", who)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("moments from seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for i, who := range c.persons {
		p := c.loseEndTxn(t)
		how := 2 // this is what tears, where nothing is done against it
		if i%3 == 0 {
			how = i % 2
		}
		c.hinder(t, how, func() { c.load(t, c.clears[who]) })
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		answer, err := p.Deliver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: the late EndTxn is answered with % x", who, answer)
		c.restore(t)
	}
	c.agree(t, engine)
	for _, who := range c.persons {
		if n := c.standing(t, who); n > 0 {
			t.Errorf("%d units of %s stand, who was registered", n, who)
		}
	}
	engine.stop(t)
	c.deployment.tilsyn(t, "verify")
}

// The task that hands over and the one that gets it, and the nodes that lead what they
// write.
const (
	sendingTask, handOverTask     = 1, 0
	commitsNode, handOverNode     = 1, 0
	lateClusterPersons            = 6
	lateClusterPrefix, lateGroup2 = "late.", "two"
)

// lateCluster is a deployment over two brokers, each of which the engine reaches by a
// proxy, and the facts of persons who are INDICATED until one row of each is known.
type lateCluster struct {
	deployment
	// behind is how the engine reaches the brokers.
	behind  deployment
	proxies []*netfault.Proxy
	client  *topics.Client
	persons []string
	base    []string
	clears  map[string]string
}

func newLateCluster(t *testing.T) *lateCluster {
	t.Helper()
	c := &lateCluster{clears: map[string]string{}}
	var addresses []string
	for i := range 2 {
		p, err := netfault.Listen(uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		c.proxies, addresses = append(c.proxies, p), append(addresses, p.Address())
	}
	cluster := kafkaproc.ClusterForTest(t, kafkaproc.ClusterConfig{Nodes: 2, Proxies: addresses})
	for i, p := range c.proxies {
		p.To(cluster.Behind(i))
	}
	c.deployment = deployment{program: build(t), brokers: cluster.Addresses(),
		prefix: lateClusterPrefix, group: lateGroup2,
		facts: filepath.Join(t.TempDir(), "facts.jsonl")}
	c.behind = c.deployment
	c.behind.brokers = strings.Join(addresses, ",")
	c.tilsyn(t, "topics", "create", "--partitions", "2", "--replication", "1", "--timestamps", "create")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for _, at := range []struct {
		topic           string
		partition, node int32
	}{{topics.HandOver, handOverTask, handOverNode}, {topics.TaskCommits, sendingTask, commitsNode},
		{topics.TaskCommits, handOverTask, commitsNode}} {
		if err := cluster.Replicas(ctx, lateClusterPrefix+at.topic, at.partition, at.node); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if c.client, err = topics.Connect(t.Context(),
		topics.Config{Brokers: strings.Split(c.brokers, ","), Prefix: lateClusterPrefix}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.Close)
	c.makeFacts()
	return c
}

// makeFacts are persons who went out three days ago and of whom nothing is known since;
// and for each a row of the card that names nobody and lies with the other task, by
// which the card came in again half an hour later.
func (c *lateCluster) makeFacts() {
	day := time.Now().UTC().Truncate(24 * time.Hour).Add(-72 * time.Hour)
	fact := func(topic, form string, args ...any) string {
		return fmt.Sprintf(`{"topic":%q,"value":{%s}}`, topic, fmt.Sprintf(form, args...))
	}
	at := func(hours float64) string {
		return day.Add(time.Duration(hours * float64(time.Hour))).Format(time.RFC3339)
	}
	for n := 0; len(c.persons) < lateClusterPersons; n++ {
		who, card := fmt.Sprintf("P-%d", n), fmt.Sprintf("C-%d", n)
		if topics.Partition([]byte(who), 2) != handOverTask || topics.Partition([]byte(card), 2) != sendingTask {
			continue
		}
		row := func(hours float64, way, person string) string {
			return fact(topics.CardEvents, `"id":"row-%s-%g","received_at":%q,"occurred_at":%q,%s"card_id":%q,"card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":%q`,
				who, hours, at(hours), at(hours), person, card, way)
		}
		named := fmt.Sprintf(`"person_id":%q,`, who)
		c.persons = append(c.persons, who)
		c.base = append(c.base,
			fact(topics.GroupChanges, `"id":"g-%s","received_at":%q,"person_id":%q,"group":"EXPELLED_JUDGMENT","valid_from":%q`, who, at(-48), who, at(-48)),
			fact(topics.ObligationChanges, `"id":"o-%s","received_at":%q,"decision_id":"d-%s","person_id":%q,"kind":"STAY","action":"IMPOSE","legal_basis":"RETURN_ACT_13_2","centre_id":"KH","served_at":%q,"valid_from":%q`,
				who, at(-48), who, who, at(-24), at(-24)),
			fact(topics.CardAssignments, `"id":"a-%s","received_at":%q,"card_id":%q,"person_id":%q,"card_type":"BIOMETRIC","valid_from":%q,"anti_passback":"OFF","created":"MANUAL"`,
				who, at(-48), card, who, at(-48)),
			row(12, "IN", named), row(20, "OUT", named))
		c.clears[who] = row(20.5, "IN", "")
	}
	for d := day.Add(-48 * time.Hour); d.Before(time.Now()); d = d.Add(24 * time.Hour) {
		for _, log := range []string{"ASSISTED_PASSAGE", "NOTICE_LOG", "OUTAGE_FORMS", "BARCODE_LOG"} {
			for name, through := range map[string]string{"night": fmt.Sprintf(`"through":%q,`,
				d.Add(6*time.Hour).Format(time.RFC3339)), "day": ""} {
				known := d.Add(7 * time.Hour)
				if name == "day" {
					known = d.Add(25 * time.Hour)
				}
				if known.After(time.Now()) {
					continue
				}
				c.base = append(c.base, fact(topics.Settlements, `"id":"s-%s-%s-%s","received_at":%q,"centre_id":"KH","local_date":%q,"log_type":%q,%s"complete":true`,
					d.Format(time.DateOnly), log, name, known.Format(time.RFC3339), d.Format(time.DateOnly), log, through))
			}
		}
	}
}

// load sends facts, and keeps them for replay.
func (c *lateCluster) load(t *testing.T, facts ...string) {
	t.Helper()
	f, err := os.OpenFile(c.facts, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(facts, "\n") + "\n"
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	output(t, []byte(text), c.program, "load", "-", "--brokers", c.brokers, "--topic-prefix", c.prefix)
}

// standing is how many units of a person stand.
func (c *lateCluster) standing(t *testing.T, who string) int {
	t.Helper()
	last := map[string]string{}
	for _, line := range lines(t, c.tilsyn(t, "tail", topics.Violations, "--from-beginning", "--exit-at-end")) {
		if v := decode[violation](t, line); v.text("person_id") == who {
			last[v.text("unit_id")] = v.text("status")
		}
	}
	n := 0
	for _, status := range last {
		if status != "WITHDRAWN" {
			n++
		}
	}
	return n
}

// loseEndTxn waits until an EndTxn of the task that hands over is lost, which has then
// been repeated, and returns the proxy that has the first one.
func (c *lateCluster) loseEndTxn(t *testing.T) *netfault.Proxy {
	t.Helper()
	id := []byte(topics.TransactionalID(c.prefix, c.group, sendingTask))
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(5 * time.Millisecond) {
		for _, p := range c.proxies {
			switch frame := p.Oldest(); {
			case frame == nil:
				p.Keep(keyEndTxn, 1)
			case bytes.Contains(frame, id):
				for _, other := range c.proxies {
					other.Keep(keyEndTxn, 0)
				}
				return p
			default: // of the other task
				if _, err := p.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	t.Fatal("no EndTxn of the task that hands over was lost")
	return nil
}

// hinder lets facts come while the transaction that hands them over is slow, and returns in the
// middle of it: when the hand-over is written and the record of progress is not (0), at any moment
// (1), or, if the record did not wait, the other way round (2).
func (c *lateCluster) hinder(t *testing.T, how int, come func()) {
	t.Helper()
	node, ready := c.proxies[handOverNode], func() bool { return true }
	switch how {
	case 0:
		node.Delay(500*time.Millisecond, 0)
		before := c.end(t, topics.HandOver, handOverTask)
		ready = func() bool { return c.end(t, topics.HandOver, handOverTask) > before }
	case 2:
		kept := node.Kept()
		node.Hang(keyProduce, 1)
		ready = func() bool { return node.Kept() > kept }
	}
	come()
	for began := time.Now(); !ready(); time.Sleep(2 * time.Millisecond) {
		if time.Since(began) > 3*time.Minute {
			t.Fatal("nothing is handed over")
		}
	}
}

// restore ends all faults and delivers what is kept.
func (c *lateCluster) restore(t *testing.T) {
	t.Helper()
	for _, p := range c.proxies {
		for p.Restore(); p.Kept() > 0; {
			if _, err := p.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// end is how long a partition is, with what is not committed.
func (c *lateCluster) end(t *testing.T, topic string, partition int32) int64 {
	t.Helper()
	part := topics.TopicPartition{Topic: topic, Partition: partition}
	ends, err := c.client.Offsets(t.Context(), []topics.TopicPartition{part}, topics.Latest)
	if err != nil {
		t.Fatal(err)
	}
	return ends[part]
}
