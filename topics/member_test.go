package topics

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestMembership(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 4})
	ctx := bounded(t)
	group := c.Prefix() + "group"
	cfg := MemberConfig{Group: group, InstanceID: "one", SessionTimeout: 10 * time.Second}
	cfg.Save = func(b []byte) error { cfg.Memory = b; return nil }
	m := c.NewMember(cfg)
	a, err := m.Join(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Partitions, []int32{0, 1, 2, 3}) || a.MemberID == "" {
		t.Fatalf("%+v", a)
	}
	if err := m.Heartbeat(ctx); err != nil {
		t.Error(err)
	}

	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID(group, 2)})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	begin(t, w)
	produce(t, w, Out{Topic: Violations, Partition: 2, Value: []byte("v")})
	if err := w.SendOffsets(ctx, a.Offsets([]Position{{CardEvents, 2, 17}, {Notices, 2, 3}})); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	stableEnd(t, c, Violations, 2)
	parts := []TopicPartition{{CardEvents, 2}, {Notices, 2}, {Notices, 3}}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		got, err := c.Committed(ctx, group, parts)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 2 && got[parts[0]] == 17 && got[parts[1]] == 3 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("committed %v", got)
		}
	}

	// A restart with the same instance id takes over at once and fences the
	// process before it.
	heir := c.NewMember(cfg)
	start := time.Now()
	b, err := heir.Join(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 2500*time.Millisecond || b.Generation != a.Generation ||
		!slices.Equal(b.Partitions, a.Partitions) {
		t.Errorf("after a restart: %+v in %s, before %+v", b, took, a)
	}
	if err := m.Heartbeat(ctx); !errors.Is(err, ErrRebalance) {
		t.Errorf("the process before gave %v", err)
	}
	if err := heir.Heartbeat(ctx); err != nil {
		t.Error(err)
	}
	begin(t, w)
	if err := w.SendOffsets(ctx, a.Offsets([]Position{{CardEvents, 2, 99}})); !errors.Is(err, ErrAbortable) {
		t.Errorf("offsets of the process before gave %v", err)
	}
	if err := w.Abort(ctx); err != nil {
		t.Error(err)
	}
	begin(t, w)
	if err := w.SendOffsets(ctx, b.Offsets([]Position{{CardEvents, 2, 18}})); err != nil {
		t.Error(err)
	}
	if err := w.Commit(ctx); err != nil {
		t.Error(err)
	}
}

// TestTwoMembers: a second instance makes the first one join again; they share
// the partitions, and the first keeps what it may. When the second leaves, the
// first gets all of them at once.
func TestTwoMembers(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 5})
	ctx := bounded(t)
	cfg := func(id string) MemberConfig { return MemberConfig{Group: c.Prefix() + "two", InstanceID: id} }
	one, two := c.NewMember(cfg("a")), c.NewMember(cfg("b"))
	if _, err := one.Join(ctx); err != nil {
		t.Fatal(err)
	}
	type joined struct {
		a   Assignment
		err error
	}
	second := make(chan joined, 1)
	go func() {
		a, err := two.Join(ctx)
		second <- joined{a, err}
	}()
	for {
		err := one.Heartbeat(ctx)
		if errors.Is(err, ErrRebalance) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	a, err := one.Join(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b := <-second
	if b.err != nil {
		t.Fatal(b.err)
	}
	if !slices.Equal(a.Partitions, []int32{0, 1, 2}) || !slices.Equal(b.a.Partitions, []int32{3, 4}) ||
		a.Instances != 2 || a.Generation != b.a.Generation {
		t.Errorf("shares %+v and %+v", a, b.a)
	}
	if err := two.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	for {
		if err := one.Heartbeat(ctx); errors.Is(err, ErrRebalance) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if a, err = one.Join(ctx); err != nil || len(a.Partitions) != 5 || a.Instances != 1 || a.Anew {
		t.Errorf("after the other left: %+v, %v", a, err)
	}
	if err := two.Leave(ctx); err != nil {
		t.Errorf("leaving twice: %v", err)
	}
}

// A member that the group has forgotten is told so when it joins again.
func TestForgottenMember(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 2})
	ctx := bounded(t)
	m := c.NewMember(MemberConfig{Group: c.Prefix() + "g", InstanceID: "a"})
	before, err := m.Join(ctx)
	if err != nil || before.Anew {
		t.Fatalf("%+v, %v", before, err)
	}
	admin := c.NewMember(MemberConfig{Group: c.Prefix() + "g", InstanceID: "a"})
	if err := admin.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	if err := m.Heartbeat(ctx); !errors.Is(err, ErrRebalance) {
		t.Fatalf("heartbeat of a member that was removed: %v", err)
	}
	after, err := m.Join(ctx)
	if err != nil || !after.Anew || !slices.Equal(after.Partitions, before.Partitions) {
		t.Errorf("%+v, %v", after, err)
	}
}
