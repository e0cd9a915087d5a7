package topics

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

func TestCreateAndCheck(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 4})
	ctx := bounded(t)
	again, err := c.Create(ctx, CreateOptions{Partitions: 4})
	if err != nil || len(again) != 0 {
		t.Errorf("creating again made %v, %v", again, err)
	}
	got, err := c.Check(ctx, CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Differences) != 0 || got.Partitions != 4 || got.CreateTime {
		t.Errorf("a new cluster is not right: %+v", got)
	}
	got, err = c.Check(ctx, CheckOptions{Partitions: 5})
	if err != nil || len(got.Differences) != 14+8+4 {
		t.Errorf("other partition count expected: %d differences, %v", len(got.Differences), err)
	}
}

func TestCheckNothingThere(t *testing.T) {
	c := connect(t, embedded(t, EmbeddedConfig{}))
	got, err := c.Check(bounded(t), CheckOptions{})
	if err != nil || len(got.Differences) != len(All()) || got.Partitions != 0 {
		t.Errorf("%d differences, %d partitions, %v", len(got.Differences), got.Partitions, err)
	}
}

func TestCheckCreateTime(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 1, CreateTime: true})
	got, err := c.Check(bounded(t), CheckOptions{})
	if err != nil || len(got.Differences) != 14+9 || !got.CreateTime {
		t.Fatalf("%d differences, %v", len(got.Differences), err)
	}
	if s := got.Differences[0].String(); !strings.Contains(s,
		"card-events: message.timestamp.type is CreateTime, must be LogAppendTime") {
		t.Error(s)
	}
	got, err = c.Check(bounded(t), CheckOptions{TrustTimestamps: true})
	if err != nil || len(got.Differences) != 0 {
		t.Errorf("trusted: %+v, %v", got.Differences, err)
	}
}

// TestCheckFindsEach makes topics that are wrong in one way each.
func TestCheckFindsEach(t *testing.T) {
	c := connect(t, embedded(t, EmbeddedConfig{}))
	ctx := bounded(t)
	type set map[string]string
	makeTopic := func(name string, partitions int32, settings set) { createTopic(t, c, name, partitions, settings) }
	right := func(s set) set {
		out := set{settingCleanup: cleanupDelete, settingRetentionTime: unlimited, settingRetentionBytes: unlimited,
			settingTimestamps: logAppendTime}
		for k, v := range s {
			out[k] = v
		}
		return out
	}
	makeTopic(Notices, 3, right(set{settingCleanup: cleanupCompact}))
	makeTopic(Permissions, 3, right(set{settingRetentionTime: "86400000"}))
	makeTopic(Holds, 5, right(nil))
	makeTopic(Policies, 2, right(nil))
	makeTopic(Incidents, 7, right(nil)) // free to choose
	makeTopic(TaskCommits, 3, set{settingCleanup: cleanupDelete})
	makeTopic(DeadLetters, 3, right(set{settingMessage: "1048588"}))
	makeTopic(HandOver, 3, right(set{settingMessage: "1048588"}))
	makeTopic(Violations, 3, right(set{settingMessage: "1048575"}))
	makeTopic(Outcomes, 3, set{settingCleanup: cleanupCompact, settingMessage: "500000"})
	makeTopic(CaseSummaries, 3, set{settingCleanup: cleanupCompact, settingMessage: "1048588"})
	if _, err := c.Create(ctx, CreateOptions{Partitions: 3}); err != nil {
		t.Fatal(err)
	}
	got, err := c.Check(ctx, CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var short []string
	for _, d := range got.Differences {
		short = append(short, d.Topic+" "+d.Setting+" "+d.Got)
		if d.Fix == "" || d.Want == "" {
			t.Errorf("%+v does not say what to do", d)
		}
	}
	want := "notices cleanup.policy compact, permissions retention.ms 86400000, holds partitions 5, " +
		"policies partitions 2, task-commits cleanup.policy delete, task-commits message.timestamp.type CreateTime, " +
		"violations max.message.bytes 1048575, outcomes max.message.bytes 500000, " +
		"dead-letters max.message.bytes 1048588, hand-over max.message.bytes 1048588"
	if s := strings.Join(short, ", "); s != want {
		t.Errorf("found %s\nwant  %s", s, want)
	}
	floor, err := c.Check(ctx, CheckOptions{AcceptShortHistory: true})
	if err != nil || len(floor.Differences) != 9 {
		t.Errorf("with a history floor: %v, %v", floor.Differences, err)
	}
}

func TestGivesUpWithoutBroker(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	told := 0
	_, err = Connect(bounded(t), Config{Brokers: []string{addr}, GiveUpAfter: 1500 *
		time.Millisecond, OnWait: func(w Waiting) {
		told++
		if s := w.String(); !strings.Contains(s, addr) || !strings.Contains(s, "giving up in") {
			t.Error(s)
		}
	}})
	if !errors.Is(err, ErrGaveUp) || told == 0 {
		t.Errorf("%v after telling %d times", err, told)
	}
}

func TestWrongSettings(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no broker":    {},
		"no port":      {Brokers: []string{"localhost"}},
		"no such SASL": {Brokers: []string{"localhost:1"}, SASL: SASL{Mechanism: "MAGIC"}},
	} {
		if _, err := Connect(bounded(t), cfg); !errors.Is(err, ErrFatal) || strings.Contains(err.Error(), "gave up") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMissingTopic(t *testing.T) {
	t.Parallel()
	c := connect(t, embedded(t, EmbeddedConfig{}))
	c.cfg.patience = 300 * time.Millisecond
	_, err := c.Partitions(bounded(t), "nowhere")
	if !errors.Is(err, ErrFatal) || !strings.Contains(err.Error(), "t.nowhere does not exist") {
		t.Error(err)
	}
}
