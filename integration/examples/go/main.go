package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
	"tilsyn/topics/producer"
)

func main() {
	brokers := flag.String("brokers", "", "HOST:PORT,…")
	prefix := flag.String("prefix", "tilsyn.", "prefix of the topics")
	dir := flag.String("dir", "", "directory of the buffer")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, topics.Config{Brokers: strings.Split(*brokers, ","), Prefix: *prefix}, *dir)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, cfg topics.Config, dir string) error {
	// The facts are of the past, and so are the heartbeats; a real gateway leaves Clock out.
	now := duty.Instant(time.Now().UnixMilli())
	b, err := producer.Open(producer.Config{Dir: dir, Clock: func() duty.Instant { return now }})
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		line, err := schemas.DecodeLine(lines.Bytes())
		if err != nil {
			return err
		}
		head, _ := schemas.HeadOf(line.Value)
		now = head.ReceivedAt
		if h, ok := line.Value.(*duty.Heartbeat); ok {
			err = b.Beat(h.SourceID, h.CentreID.V) // a real gateway does this each minute
		} else {
			err = b.Put(line.Value)
		}
		if err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}

	ctx, done := context.WithCancel(ctx)
	defer done()
	go b.Run(ctx, cfg, func(err error) { fmt.Fprintln(os.Stderr, err) }) // a real gateway starts it first
	for b.Waiting() > 0 && ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
	}
	done()
	if n := b.Waiting(); n > 0 {
		return fmt.Errorf("%d bytes wait in %s; start again to send them", n, dir)
	}
	return b.Close()
}
