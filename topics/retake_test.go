package topics

import (
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestALostAnswerToJoinGroupFencesNobody: if the answer to a JoinGroup is lost, the group takes
// that request and the next one for two processes. The member joins again and goes on.
func TestALostAnswerToJoinGroupFencesNobody(t *testing.T) {
	c, cfg := retaking(t)
	ctx := bounded(t)
	m := c.NewMember(cfg)
	a, err := m.Join(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// What the coordinator does late is a join without a member id.
	late := c.NewMember(cfg)
	if _, err := late.Join(ctx); err != nil {
		t.Fatal(err)
	}
	if err := m.Heartbeat(ctx); !errors.Is(err, ErrRebalance) {
		t.Fatalf("after the late join: %v, want to be asked to join again", err)
	}
	b, err := m.Join(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Partitions) != len(a.Partitions) {
		t.Errorf("joined again with %v, before %v", b.Partitions, a.Partitions)
	}
	if err := m.Heartbeat(ctx); err != nil {
		t.Error(err)
	}
}

// TestTwoProcessesOfOneInstance: two processes take the instance id from each other until one of
// them gets an error; the other goes on.
func TestTwoProcessesOfOneInstance(t *testing.T) {
	c, cfg := retaking(t)
	ctx := bounded(t)
	pair := []*Member{c.NewMember(cfg), c.NewMember(cfg)}
	for _, m := range pair {
		if _, err := m.Join(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for turn := range 2*maxRetakes + 1 {
		m, other := pair[turn%2], pair[1-turn%2]
		err := m.Heartbeat(ctx)
		if errors.Is(err, ErrFenced) {
			if turn < 2*maxRetakes {
				t.Errorf("fenced at turn %d, want %d", turn, 2*maxRetakes)
			}
			if err := other.Heartbeat(ctx); err != nil {
				t.Errorf("the other one cannot go on: %v", err)
			}
			return
		}
		if !errors.Is(err, ErrRebalance) {
			t.Fatalf("turn %d: %v", turn, err)
		}
		if _, err := m.Join(ctx); err != nil {
			t.Fatalf("turn %d: %v", turn, err)
		}
	}
	t.Error("nobody was told that there are two")
}

// TestACoordinatorThatForgetsFencesNobody: a coordinator that forgets a member between JoinGroup and SyncGroup fences
// it, however often. It is waited for.
func TestACoordinatorThatForgetsFencesNobody(t *testing.T) {
	e := embedded(t, EmbeddedConfig{})
	c := connect(t, e)
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 4}); err != nil {
		t.Fatal(err)
	}
	left := maxRetakes + 2
	e.Cluster().ControlKey(int16(kmsg.SyncGroup), func(r kmsg.Request) (kmsg.Response, error, bool) {
		if left == 0 {
			return nil, nil, false
		}
		left--
		e.Cluster().KeepControl()
		res := r.ResponseKind().(*kmsg.SyncGroupResponse)
		res.ErrorCode = int16(codeFencedInstance)
		return res, nil, true
	})
	m := c.NewMember(MemberConfig{Group: c.Prefix() + "group", InstanceID: "one", SessionTimeout: 10 * time.Second})
	a, err := m.Join(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Partitions) != 4 || left > 0 {
		t.Errorf("joined with %v, and %d times not fenced", a.Partitions, left)
	}
}

func retaking(t *testing.T) (*Client, MemberConfig) {
	t.Helper()
	c := cluster(t, CreateOptions{Partitions: 4})
	return c, MemberConfig{Group: c.Prefix() + "group", InstanceID: "one", SessionTimeout: 10 * time.Second}
}
