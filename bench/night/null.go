package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// nullResult is what the null consumer measured.
type nullResult struct {
	Records int64
	// Bytes are those of the values.
	Bytes   int64
	Seconds float64
	// CPU are CPU seconds of the consumer.
	CPU float64
}

// nullVariable makes this program the null consumer: PREFIX@BROKER.
const nullVariable = "TILSYN_BENCH_NULL"

// nullConsumer reads all card events with the engine's fetch path in a process
// of its own, decodes and counts them, and nothing else.
func nullConsumer(ctx context.Context, broker, prefix string) (nullResult, error) {
	var res nullResult
	self, err := os.Executable()
	if err != nil {
		return res, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), nullVariable+"="+prefix+"@"+broker)
	cmd.Stderr = os.Stderr
	bed.DieWithParent(cmd)
	out, err := cmd.Output()
	if err != nil {
		return res, fmt.Errorf("null consumer: %w", err)
	}
	if err := json.Unmarshal(out, &res); err != nil {
		return res, fmt.Errorf("null consumer: %w", err)
	}
	res.CPU = cmd.ProcessState.UserTime().Seconds() + cmd.ProcessState.SystemTime().Seconds()
	return res, nil
}

// nullChild is the process.
func nullChild(ctx context.Context, where string) error {
	prefix, broker, ok := strings.Cut(where, "@")
	if !ok {
		return errors.New(nullVariable + " is PREFIX@BROKER")
	}
	c, err := topics.Connect(ctx, topics.Config{Brokers: []string{broker}, Prefix: prefix})
	if err != nil {
		return err
	}
	defer c.Close()
	parts, err := c.AllPartitions(ctx, topics.CardEvents)
	if err != nil {
		return err
	}
	ends, err := c.Offsets(ctx, parts, topics.LastStable)
	if err != nil {
		return err
	}
	n := &null{ends: ends, at: map[topics.TopicPartition]int64{}}
	began := time.Now()
	if err := n.read(ctx, c, parts); err != nil {
		return err
	}
	n.res.Seconds = time.Since(began).Seconds()
	return json.NewEncoder(os.Stdout).Encode(n.res)
}

// null reads everything up to the ends.
type null struct {
	ends, at map[topics.TopicPartition]int64
	res      nullResult
	event    duty.CardEvent
}

// answer is what one request brought.
type answer struct {
	got []topics.Fetched
	err error
}

// read has one request under way while the answer before is decoded; each has
// its own fetcher, since buffers live until a fetcher's next request.
func (n *null) read(ctx context.Context, c *topics.Client, parts []topics.TopicPartition) error {
	var fetchers [2]*topics.Fetcher
	for i := range fetchers {
		fetchers[i] = c.NewFetcher(topics.FetchOptions{})
	}
	ask := func(f *topics.Fetcher) chan answer {
		var positions []topics.Position
		for _, p := range parts {
			if n.at[p] < n.ends[p] {
				positions = append(positions, topics.Position{Topic: p.Topic, Partition: p.Partition, Offset: n.at[p]})
			}
		}
		if len(positions) == 0 {
			return nil
		}
		reply := make(chan answer, 1)
		go func() {
			got, err := f.Fetch(ctx, positions)
			reply <- answer{got, err}
		}()
		return reply
	}
	under := ask(fetchers[0])
	for turn := 1; under != nil; turn++ {
		a := <-under
		if a.err != nil {
			return a.err
		}
		for i := range a.got {
			n.at[a.got[i].TopicPartition] = a.got[i].Next
		}
		under = ask(fetchers[turn%2])
		for i := range a.got {
			if err := a.got[i].Each(n.record); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *null) record(r *topics.Record) error {
	_, body, err := schemas.SplitFrame(r.Value)
	if err != nil {
		return err
	}
	if _, err := schemas.DecodeCardEventShared(body, &n.event); err != nil {
		return err
	}
	n.res.Records++
	n.res.Bytes += int64(len(r.Value))
	return nil
}
