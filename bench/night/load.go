package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"tilsyn/topics"
)

// loaded is what was written before the measurement.
type loaded struct {
	// Events are card events, Records all records.
	Events, Records int64
	Took            time.Duration
	// EventsTook is the part of it that the card events took.
	EventsTook time.Duration
}

// Batches are large and sent while the next are made: four partitions share a
// request of some megabytes.
const (
	loadBatchBytes = 900 << 10
	loadFlushBytes = 8 << 20
)

// load creates the topics and writes the whole job, persons first.
func load(ctx context.Context, c *topics.Client, j *job, partitions int32, progress io.Writer) (loaded, error) {
	if _, err := c.Create(ctx, topics.CreateOptions{Partitions: partitions, CreateTime: true}); err != nil {
		return loaded{}, err
	}
	p := c.NewProducer(topics.ProducerConfig{Compression: topics.LZ4, MaxBatchBytes: loadBatchBytes,
		FlushBytes: loadFlushBytes})
	l := &loading{ctx: ctx, p: p, progress: progress, began: time.Now()}
	var w writer
	persons := make([]string, j.Persons)
	for i := range persons {
		persons[i] = person(i)
		if err := w.master(i, persons[i], j.kinds(), l.add); err != nil {
			return l.loaded, err
		}
	}
	if err := p.Flush(ctx); err != nil {
		return l.loaded, err
	}
	master := l.Records
	began := time.Now()
	for x := range j.passages() {
		if err := l.add(w.record(j, x, persons)); err != nil {
			return l.loaded, err
		}
	}
	if err := p.Flush(ctx); err != nil {
		return l.loaded, err
	}
	l.Events, l.Took, l.EventsTook = l.Records-master, time.Since(l.began), time.Since(began)
	if p.Acknowledged() != l.Records {
		return l.loaded, fmt.Errorf("%d records written, %d acknowledged", l.Records, p.Acknowledged())
	}
	return l.loaded, nil
}

// loading counts, and tells how far it is.
type loading struct {
	loaded
	ctx      context.Context
	p        *topics.Producer
	progress io.Writer
	began    time.Time
}

// told is after how many records the progress is told.
const told = 1_000_000

func (l *loading) add(o topics.Out) error {
	if err := l.p.Add(l.ctx, o); err != nil {
		return err
	}
	if l.Records++; l.Records%told == 0 {
		fmt.Fprintf(l.progress, "  %d records written, %.2f M/s\n", l.Records,
			float64(l.Records)/time.Since(l.began).Seconds()/1e6)
	}
	return nil
}
