package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tilsyn/topics"
)

// alter changes one topic behind tilsyn's back, as an operator might.
func alter(t *testing.T, brokers []string, req kmsg.Request) {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	if _, err := c.Request(ctx, req); err != nil {
		t.Fatal(err)
	}
}

func setting(topic, name, value string) kmsg.Request {
	r := kmsg.NewIncrementalAlterConfigsRequest()
	x := kmsg.NewIncrementalAlterConfigsRequestResource()
	x.ResourceType, x.ResourceName = kmsg.ConfigResourceTypeTopic, "tilsyn."+topic
	c := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
	c.Name, c.Value = name, &value
	x.Configs = append(x.Configs, c)
	r.Resources = append(r.Resources, x)
	return &r
}

func deletion(topic string) kmsg.Request {
	r := kmsg.NewDeleteTopicsRequest()
	x := kmsg.NewDeleteTopicsRequestTopic()
	name := "tilsyn." + topic
	x.Topic = &name
	r.Topics, r.TopicNames = append(r.Topics, x), append(r.TopicNames, name)
	return &r
}

func growth(topic string, n int32) kmsg.Request {
	r := kmsg.NewCreatePartitionsRequest()
	x := kmsg.NewCreatePartitionsRequestTopic()
	x.Topic, x.Count = "tilsyn."+topic, n
	r.Topics, r.TimeoutMillis = append(r.Topics, x), 5000
	return &r
}

// TestRunRefuses: each thing that can be wrong with the topics is refused by
// name, with what to do about it.
func TestRunRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change []kmsg.Request
		want   string
	}{
		{"a topic is missing", []kmsg.Request{deletion("permissions")}, "permissions: topic is missing, must be there: run `tilsyn topics create`"},
		{"more partitions", []kmsg.Request{growth("holds", 5)}, "holds: partitions is 5, must be 2: the partition count is one for all topics and fixed for the life of a prefix"},
		{"a compacted input", []kmsg.Request{setting("card-events", "cleanup.policy", "compact")}, "card-events: cleanup.policy is compact, must be delete"},
		{"a retention", []kmsg.Request{setting("notices", "retention.ms", "604800000")}, "notices: retention.ms is 604800000, must be -1: set it on the topic, or pass --history-floor"},
		{"a retention of what was told", []kmsg.Request{setting("violations", "retention.ms", "604800000")}, "violations: retention.ms is 604800000, must be -1: set it on the topic; what was told must be known"},
		{"the producers' time", []kmsg.Request{setting("card-events", "message.timestamp.type", "CreateTime")}, "card-events: message.timestamp.type is CreateTime, must be LogAppendTime"},
		{"small dead letters", []kmsg.Request{setting("dead-letters", "max.message.bytes", "1000000")}, "dead-letters: max.message.bytes is 1000000, must be at least"},
	} {
		broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
		if err != nil {
			t.Fatal(err)
		}
		p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
		p.ok(t, "topics", "create", "--partitions", "2")
		for _, req := range c.change {
			alter(t, broker.Brokers(), req)
		}
		r := p.run(t, "run", "--data-dir", "data")
		if r.status != 1 || !strings.Contains(r.stderr, "the topics are not as tilsyn needs them") ||
			!strings.Contains(r.stderr, c.want) {
			t.Errorf("%s: status %d\n%s", c.name, r.status, r.stderr)
		}
		if n := strings.Count(r.stderr, ", must be "); n != 1 {
			t.Errorf("%s: %d things are named\n%s", c.name, n, r.stderr)
		}
		broker.Close()
	}
}

// TestRunWithoutPermission: a user who may not do what is needed is told what,
// at once, and not after having waited for it to pass.
func TestRunWithoutPermission(t *testing.T) {
	t.Parallel()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{Extra: []kfake.Opt{
		kfake.EnableSASL(), kfake.Superuser("PLAIN", "admin", "secret"), kfake.EnableACLs(),
		kfake.User("PLAIN", "guest", "secret", kfake.ACL{
			Resource: kmsg.ACLResourceTypeTopic, Name: "*", Pattern: kmsg.ACLResourcePatternTypeLiteral,
			Operation: kmsg.ACLOperationDescribe, Allow: true}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	as := func(user, password string) program {
		return program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
			"TILSYN_SASL_MECHANISM=PLAIN",
			"TILSYN_SASL_USERNAME=" + user, "TILSYN_SASL_PASSWORD=" + password}}
	}
	as("admin", "secret").ok(t, "topics", "create", "--partitions", "1")
	for _, c := range []struct {
		user, password, want string
		status               int
	}{
		{"guest", "secret", "DescribeConfigs on card-events: Topic Authorization Failed: trying again does not help: User:guest lacks the right DescribeConfigs on topic tilsyn.card-events; an administrator", 1},
		{"admin", "wrong", "check the user name and password", 3},
	} {
		r := as(c.user, c.password).run(t, "run", "--data-dir", "data", "--give-up-after", "2s")
		if r.status != c.status || !strings.Contains(r.stderr, c.want) || strings.Contains(r.stderr, "secret") {
			t.Errorf("%s: status %d\n%s", c.user, r.status, r.stderr)
		}
	}
}
