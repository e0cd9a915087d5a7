package main

import (
	"context"
	"errors"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// lastDay is the last day that is lived, whatever the history: all runs have the same morning, and no change of
// summer time is near. Three years before it the simulator can live already.
var lastDay = duty.DateOf(2026, 4, 21)

// Moments of the last evening and the morning after it.
var (
	// evening is when the backlog ends: what is known later comes as it is known.
	evening = lastDay.Start() + 22*duty.Hour + 30*duty.Minute
	noon    = (lastDay + 1).Start() + 12*duty.Hour
)

// simulation is what is simulated over so many days.
func (b *bench) simulation(days int) simulate.Config {
	cfg := simulate.Config{Seed: b.seed, Start: lastDay - duty.Date(days-1), Days: days, Persons: b.persons, Until: noon}
	if b.watched {
		cfg.Undisturbed, cfg.Numbered, cfg.Reconciled = true, true, true
		cfg.Heartbeats = heartbeats
	} else {
		cfg.Ordinary = true
	}
	return cfg
}

// heartbeats is how often devices and feeds say that they are well with -watched.
const heartbeats = 15 * duty.Minute

// job is a simulation of which the backlog was written.
type job struct {
	truth *simulate.Truth
	// backlog is how many facts were written, later are those of the morning.
	backlog int64
	later   []simulate.Fact
	// firstMarker and lastMarker are when the first and the last log of the last night was stated to be complete
	// after 06:00; zero where none was.
	firstMarker, lastMarker duty.Instant
	// topics are those that hold any fact.
	topics map[string]bool
}

// load creates the topics and writes what is known by the evening.
func (b *bench) load(ctx context.Context, c *topics.Client, days int) (*job, error) {
	if _, err := c.Create(ctx, topics.CreateOptions{Partitions: int32(b.partitions), CreateTime: true}); err != nil {
		return nil, err
	}
	p := c.NewProducer(topics.ProducerConfig{Compression: topics.LZ4})
	j := &job{topics: map[string]bool{}}
	var err error
	j.truth, err = simulate.Run(b.simulation(days), simulate.SinkFunc(func(f simulate.Fact) error {
		j.topics[f.Topic] = true
		if f.ReceivedAt >= evening {
			j.later = append(j.later, f)
			j.note(&f)
			return nil
		}
		j.backlog++
		return send(ctx, p, &f)
	}))
	if err := errors.Join(err, p.Flush(ctx)); err != nil {
		return nil, err
	}
	if p.Acknowledged() != j.backlog {
		return nil, fmt.Errorf("%d facts written, %d acknowledged", j.backlog, p.Acknowledged())
	}
	return j, nil
}

// note remembers the markers of the morning.
func (j *job) note(f *simulate.Fact) {
	if _, ok := f.Record.(*duty.Settlement); !ok || f.ReceivedAt < bursts[len(bursts)-1].at+grace {
		return
	}
	if j.firstMarker == 0 {
		j.firstMarker = f.ReceivedAt
	}
	j.lastMarker = f.ReceivedAt
}

// send writes one fact.
func send(ctx context.Context, p *topics.Producer, f *simulate.Fact) error {
	s, ok := schemas.Lookup(f.Topic)
	if !ok {
		return errors.New("a simulated fact is of no known topic")
	}
	return p.Add(ctx, topics.Out{Topic: f.Topic, Partition: topics.ByKey, Key: []byte(f.Key),
		Value: s.AppendValue(nil, f.Record), Timestamp: int64(f.ReceivedAt)})
}

// sendUntil writes the facts that are known before t, and after them one that says nothing and is known at t, which
// moves the clock: that the log of the police station, where none of the residents has a duty, is not complete. Said of
// a centre it would have everybody there judged once more. Each instance has a clock of its own, and the markers are
// read by all.
func (r *run) sendUntil(ctx context.Context, t duty.Instant) error {
	p := r.client.NewProducer(topics.ProducerConfig{Compression: topics.LZ4})
	for len(r.job.later) > 0 && r.job.later[0].ReceivedAt < t {
		if err := send(ctx, p, &r.job.later[0]); err != nil {
			return err
		}
		r.job.later = r.job.later[1:]
	}
	if err := p.Flush(ctx); err != nil {
		return err
	}
	r.moves++
	clock := simulate.Fact{Topic: topics.Settlements, Key: "POLICE", ReceivedAt: t, Record: &duty.Settlement{
		ID: fmt.Sprintf("clock-%d", r.moves), Version: 1, ReceivedAt: t, CentreID: "POLICE", LocalDate: lastDay,
		LogType: duty.LogTypePoliceLog,
	}}
	return errors.Join(send(ctx, p, &clock), p.Flush(ctx))
}
