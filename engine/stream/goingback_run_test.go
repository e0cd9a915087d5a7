package stream

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/observe"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// An engine that goes on from commits of a newer version with another state layout and topics of its own says so,
// builds its state and tells nothing anew. It does not go on from progress of a newer form, nor where inputs that it
// does not have were read, nor from outputs by schemas that it does not know, and says what to run.
func TestGoingBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(35, 5)), 20, 9))
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Leave = true
	e := start(t, cfg)
	e.rest()
	e.end()
	said := len(r.read(0)) + len(r.read(1))
	later := broker.Partition{Topic: "of-a-later-version"}
	for task := range int32(2) {
		at := r.progress(task)
		at.Layout++
		at.Outputs[later] = 7
		record, err := at.Encode()
		must(t, err)
		r.commit(r.client.TransactionalID("e2e", task), task, record)
	}
	next, log := r.config(seeds.Start+20*duty.Day), &safeBuffer{}
	next.DataDir, next.Leave, next.Log = cfg.DataDir, true, zerolog.New(log).Hook(observe.Named{})
	e = start(t, next)
	e.rest()
	e.end()
	if n := strings.Count(log.String(), `"event":"version-goes-back"`); n != 2 || said == 0 {
		t.Errorf("told %d times of 2 tasks; %d records were told before\n%s", n, said, log.String())
	}
	if n := len(r.read(0)) + len(r.read(1)); n != said {
		t.Errorf("%d records were told anew", n-said)
	}
	r.verified()

	refused := func(what string) {
		t.Helper()
		err := trial(t, r.config(seeds.Start+20*duty.Day))
		if !errors.Is(err, stored.ErrNewer) || !strings.Contains(err.Error(), what) ||
			strings.Contains(err.Error(), "another --topic-prefix") {
			t.Errorf("it ended with %v, want an error of a newer version with %q", err, what)
		}
	}
	for _, read := range []func(*stored.Progress) broker.Offsets{
		func(at *stored.Progress) broker.Offsets { return at.Inputs },
		func(at *stored.Progress) broker.Offsets { return at.Centres },
	} {
		at := r.progress(1)
		before, err := at.Encode()
		must(t, err)
		read(&at)[later] = 3
		record, err := at.Encode()
		must(t, err)
		r.commit(r.client.TransactionalID("e2e", 1), 1, record)
		refused("the topic of-a-later-version, which this version does not read")
		r.commit(r.client.TransactionalID("e2e", 1), 1, before)
	}
	_, err := r.client.NewProducer(topics.ProducerConfig{}).Produce(t.Context(), []topics.Out{{Topic: topics.Violations,
		Partition: 0, Key: []byte("u"), Value: []byte("\xC3\x0112345678")}})
	must(t, err)
	refused("violations partition 0")
	at := r.progress(1)
	record, err := at.Encode()
	must(t, err)
	r.commit(r.client.TransactionalID("e2e", 1), 1, bytes.Replace(record, []byte(`"version":1`), []byte(`"version":2`), 1))
	refused("progress of task 1 is of version 2")
}
