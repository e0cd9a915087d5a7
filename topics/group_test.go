package topics

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// another connects to the brokers of a client with another prefix, and makes its
// topics.
func another(t *testing.T, c *Client, prefix string) *Client {
	t.Helper()
	cfg := c.cfg
	cfg.Prefix = prefix
	other, err := Connect(bounded(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	if _, err := other.Create(bounded(t), CreateOptions{Partitions: 4}); err != nil {
		t.Fatal(err)
	}
	return other
}

// before changes a membership to what tilsyn used before decision 0010.
func before(cfg MemberConfig) MemberConfig {
	cfg.protocolType, cfg.protocol = "consumer", "tilsyn-sticky"
	return cfg
}

// TestStrangersInGroup: the broker refuses members that do not share out the same topic in the
// same way, whoever joins first, and can be asked who is in the group.
func TestStrangersInGroup(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 4})
	other := another(t, c, c.Prefix()+"b.")
	for _, x := range []struct {
		name          string
		first, second *Client
		change        func(MemberConfig) MemberConfig
		changeFirst   bool
	}{
		{"another prefix", c, other, nil, false},
		{"a tilsyn of before comes second", c, c, before, false},
		{"a tilsyn of before is there", c, c, before, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			ctx := bounded(t)
			group := c.Prefix() + strings.ReplaceAll(x.name, " ", "-")
			one, two := MemberConfig{Group: group, InstanceID: "one"}, MemberConfig{Group: group, InstanceID: "two"}
			switch {
			case x.change == nil:
			case x.changeFirst:
				one = x.change(one)
			default:
				two = x.change(two)
			}
			first, second := x.first.NewMember(one), x.second.NewMember(two)
			a, err := first.Join(ctx)
			if err != nil || len(a.Partitions) != 4 {
				t.Fatalf("%+v, %v", a, err)
			}
			_, err = second.Join(ctx)
			if !errors.Is(err, ErrGroupTaken) || !errors.Is(err, ErrFatal) {
				t.Fatalf("the second one gave %v", err)
			}
			t.Log(err)
			for _, want := range []string{group, "older tilsyn", "--topic-prefix of its own"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q", want)
				}
			}
			if err := first.Heartbeat(ctx); err != nil {
				t.Errorf("the first one is disturbed: %v", err)
			}
			g, err := x.second.DescribeGroup(ctx, group)
			if err != nil || g.State != GroupStable || len(g.Members) != 1 || g.Members[0].InstanceID != "one" ||
				g.Members[0].Host == "" {
				t.Errorf("%+v, %v", g, err)
			}
			if ours := x.first == x.second && !x.changeFirst; g.Ours != ours {
				t.Errorf("ours: %v, want %v", g.Ours, ours)
			}
			// When the first one is gone the group is free.
			if err := first.Leave(ctx); err != nil {
				t.Fatal(err)
			}
			if realBrokers() == nil && x.change != nil {
				// The embedded broker remembers of what type a group was.
				if err := c.DeleteGroup(ctx, group); err != nil {
					t.Fatal(err)
				}
			}
			if a, err = second.Join(ctx); err != nil || len(a.Partitions) != 4 {
				t.Errorf("after the first one left: %+v, %v", a, err)
			}
		})
	}
}

// TestConsumerInGroup: a consumer of the newer protocol (KIP-848) is in the group first. A real
// broker refuses our member; with either broker nothing is shared with the consumer.
func TestConsumerInGroup(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 4})
	ctx := bounded(t)
	group := c.Prefix() + "consumers"
	var id *string
	beat := func(epoch int32) {
		t.Helper()
		req := kmsg.NewPtrConsumerGroupHeartbeatRequest()
		req.Group, req.MemberEpoch, req.RebalanceTimeoutMillis = group, epoch, 30_000
		if epoch == 0 {
			req.SubscribedTopicNames, req.Topics = []string{c.Full(CardEvents)}, []kmsg.ConsumerGroupHeartbeatRequestTopic{}
		}
		if id != nil {
			req.MemberID = *id
		}
		res := kmsg.NewPtrConsumerGroupHeartbeatResponse()
		err := c.ask(ctx, "the heartbeat", c.groupCoordinator(group), func(ctx context.Context, cn *conn) error {
			body, err := cn.callRaw(ctx, protocol.ApiKey(req.Key()), 0, req.AppendTo(append(cn.newFrame(nil), 0)), nil)
			if err != nil {
				return err
			}
			if err := res.ReadFrom(body[1:]); err != nil {
				return err
			}
			if res.ErrorCode != 0 {
				return classify(&CodeError{Code: Code(res.ErrorCode), Op: "ConsumerGroupHeartbeat", Partition: -1})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if res.MemberID != nil {
			id = res.MemberID
		}
	}
	beat(0)
	m := c.NewMember(MemberConfig{Group: group, InstanceID: "a"})
	if realBrokers() == nil {
		// The embedded broker keeps members of the two protocols apart, and each kind
		// has all partitions.
		if a, err := m.Join(ctx); err != nil || len(a.Partitions) != 4 {
			t.Errorf("beside a consumer: %+v, %v", a, err)
		}
		return
	}
	_, err := m.Join(ctx)
	if !errors.Is(err, ErrGroupTaken) {
		t.Fatalf("beside a consumer: %v", err)
	}
	beat(-1) // it leaves
	if a, err := m.Join(ctx); err != nil || len(a.Partitions) != 4 {
		t.Errorf("after it left: %+v, %v", a, err)
	}
}

// Who is in a group, what each has, and that it is nobody when all have left.
func TestDescribeGroup(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 3})
	ctx := bounded(t)
	group := c.Prefix() + "described"
	if g, err := c.DescribeGroup(ctx, group); err != nil || g.State != GroupDead || len(g.Members) > 0 {
		t.Fatalf("before: %+v, %v", g, err)
	}
	m := c.NewMember(MemberConfig{Group: group, InstanceID: "a"})
	if _, err := m.Join(ctx); err != nil {
		t.Fatal(err)
	}
	g, err := c.DescribeGroup(ctx, group)
	if err != nil || !g.Ours || len(g.Members) != 1 || fmt.Sprint(g.Members[0].Partitions) != "[0 1 2]" {
		t.Errorf("%+v, %v", g, err)
	}
	// A process that never joined takes its instance out by its id alone.
	if err := c.NewMember(MemberConfig{Group: group, InstanceID: "a"}).Leave(ctx); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if g, err = c.DescribeGroup(ctx, group); err != nil || g.State == GroupEmpty && len(g.Members) == 0 {
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("after it left: %+v", g)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteGroup(ctx, group); err != nil {
		t.Error(err)
	}
	if err := c.DeleteGroup(ctx, group); err != nil {
		t.Errorf("one that is not there: %v", err)
	}
}
