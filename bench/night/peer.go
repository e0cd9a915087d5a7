package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// peerTopic is where Kafka Streams writes the nights that somebody was out, without prefix.
const peerTopic = "peer-nights"

// peer is Kafka Streams at work on a loaded job.
type peer struct {
	*bench
	client *topics.Client
	group  string
	cmd    *exec.Cmd
	log    string
	ended  chan struct{}

	mu sync.Mutex
	// first is when it read its first record, last when the last night could be read.
	first, last time.Time
	// units counts the records of each night, by unit id; odd are those of no night at all.
	units map[string]int
	odd   int
	err   error
}

// peerOn runs the peer on what was loaded, and adds its figures.
func (b *bench) peerOn(ctx context.Context, f *bed.Figures, c *topics.Client, j *job, l loaded, jars string) error {
	before, err := bed.UsageOf(b.broker.Pid())
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(b.dir, "streams-")
	if err != nil {
		return err
	}
	p := &peer{bench: b, client: c, group: "streams-" + strings.TrimSuffix(c.Prefix(), "."),
		log: filepath.Join(dir, "log"), ended: make(chan struct{}), units: map[string]int{}}
	began := time.Now()
	if err := p.start(dir, jars); err != nil {
		return err
	}
	defer p.end(syscall.SIGKILL)
	reading, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.watch(reading)
	}()
	defer func() {
		stop()
		<-done
	}()
	truth := j.truth()
	records, committed, err := p.follow(ctx, len(truth))
	if err != nil {
		return err
	}
	u, err := bed.UsageOf(p.cmd.Process.Pid)
	if err != nil {
		return err
	}
	after, err := bed.UsageOf(b.broker.Pid())
	if err != nil {
		return err
	}
	p.end(syscall.SIGTERM)
	stop()
	<-done
	events := float64(l.Events)
	f.Add("streams", "card events/s to the last night readable", events/p.last.Sub(p.first).Seconds())
	f.Add("streams", "card events/s to the last record committed", events/committed.Sub(p.first).Seconds())
	f.Add("streams", "s from start to first record", p.first.Sub(began).Seconds())
	f.Add("streams", "s to the last night readable", p.last.Sub(p.first).Seconds())
	f.Add("streams", "CPU s", u.CPU)
	f.Add("streams", "CPU s of the broker", after.CPU-before.CPU)
	f.Add("streams", "CPU µs per record", u.CPU*1e6/float64(records))
	f.Add("streams", "peak RSS, MB", u.PeakMB)
	f.Add("streams", "written to disk, B/event", u.WrittenMB*(1<<20)/events)
	f.Add("streams", "nights", float64(len(p.units)))
	return p.against(truth)
}

// start starts Java; it must be called on the main thread.
func (p *peer) start(dir, jars string) error {
	log, err := os.Create(p.log)
	if err != nil {
		return err
	}
	args := append(strings.Fields(p.peerJVM), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
		"-Dapplication="+p.group, "-Dbrokers="+p.broker.Address(), "-Dprefix="+p.client.Prefix(),
		"-Doutput="+p.client.Prefix()+peerTopic, fmt.Sprintf("-Dpartitions=%d", p.partitions),
		"-Dstate="+filepath.Join(dir, "state"), "-Dstreams="+p.peerSettings, "-cp", jars, "tilsyn.peers.NightJob")
	p.cmd = exec.Command("java", args...) //nolint:noctx // end stops it
	p.cmd.Stderr = log
	bed.DieWithParent(p.cmd)
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return errors.Join(err, log.Close())
	}
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(out)
		if lines.Scan() && lines.Text() == "reading" {
			p.mu.Lock()
			p.first = time.Now()
			p.mu.Unlock()
		}
		_, _ = io.Copy(log, out)
		_ = p.cmd.Wait() // that it ended is what matters
		_ = log.Close()
	}()
	return nil
}

// end stops Java with a signal and waits for it.
func (p *peer) end(with syscall.Signal) {
	_ = p.cmd.Process.Signal(with) // it may be gone
	select {
	case <-p.ended:
	case <-time.After(40 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// follow waits until the peer has committed the ends of its inputs and as many nights can be read as there are.
func (p *peer) follow(ctx context.Context, nights int) (records int64, committed time.Time, err error) {
	parts, err := p.client.AllPartitions(ctx, topics.CardEvents, topics.ObligationChanges)
	if err != nil {
		return 0, committed, err
	}
	ends, err := p.client.Offsets(ctx, parts, topics.LastStable)
	if err != nil {
		return 0, committed, err
	}
	for _, end := range ends {
		records += end
	}
	limit, spoke := time.After(p.patience), time.Now()
	for {
		var done int64
		at, _ := p.client.Committed(ctx, p.group, parts) // the group may not be there yet
		for _, offset := range at {
			done += max(offset, 0)
		}
		if done >= records && committed.IsZero() {
			committed = time.Now()
		}
		p.mu.Lock()
		told, err := len(p.units), p.err
		p.mu.Unlock()
		// Where some are missing, they have had time enough to become readable.
		if err != nil || !committed.IsZero() && (told >= nights || time.Since(committed) > pause) {
			return records, committed, err
		}
		if time.Since(spoke) > 10*time.Second {
			spoke = time.Now()
			fmt.Fprintf(p.progress, "  streams: %d of %d records committed, %d of %d nights\n", done, records, told, nights)
		}
		select {
		case <-ctx.Done():
			return records, committed, ctx.Err()
		case <-p.ended:
			return records, committed, fmt.Errorf("the peer ended; see %s", p.log)
		case <-limit:
			return records, committed, fmt.Errorf("the peer took longer than %s; see %s", p.patience, p.log)
		case <-time.After(look / 2):
		}
	}
}

// watch reads the nights as they become readable.
func (p *peer) watch(ctx context.Context) {
	var parts []topics.TopicPartition
	for ctx.Err() == nil && len(parts) == 0 {
		var err error
		if parts, err = p.client.AllPartitions(ctx, peerTopic); err != nil { // not made yet
			time.Sleep(look)
		}
	}
	if err := bed.Follow(ctx, p.client, parts, &p.mu, p.take); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.err = fmt.Errorf("reading the nights of Kafka Streams: %w", err)
	}
}

// take takes in a record. Its timestamp is the end of the night, which is named after the evening before.
func (p *peer) take(r *topics.Record, at time.Time) error {
	evening := duty.Instant(r.Timestamp).Date() - 1
	if (evening+1).Start()+6*duty.Hour != duty.Instant(r.Timestamp) {
		p.odd++
		return nil
	}
	p.units[duty.UnitID(duty.KindStay, evening, string(r.Key))]++
	p.last = at
	return nil
}

// against compares the nights with the truth.
func (p *peer) against(truth map[string]bool) error {
	missing, extra, twice := 0, 0, 0
	for unit := range truth {
		if p.units[unit] == 0 {
			missing++
		}
	}
	for unit, n := range p.units {
		if !truth[unit] {
			extra++
		}
		if n > 1 {
			twice++
		}
	}
	if missing+extra+twice+p.odd > 0 {
		return fmt.Errorf("the run of Kafka Streams does not count: of %d nights %d are missing, %d are too many, "+
			"%d come twice, %d are no nights", len(truth), missing, extra, twice, p.odd)
	}
	return nil
}
