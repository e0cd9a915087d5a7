package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/integration/kafkaproc"
)

// bench is what all measurements share.
type bench struct {
	broker         *kafkaproc.Broker
	dir            string
	binary, policy string
	partitions     int
	patience       time.Duration
	// noRestarts leaves restart and rebuild out.
	noRestarts     bool
	progress       io.Writer
	profileTo      string
	profileSeconds int
	// peerJVM and peerSettings are those of Kafka Streams.
	peerJVM, peerSettings string
	// profiled are the parts of which there is a profile, profiling waits for those being taken.
	profiled  map[string]bool
	profiling sync.WaitGroup
}

func main() {
	// Processes that are started are tied to the thread that starts them, so this one must stay.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if where := os.Getenv(nullVariable); where != "" {
		err = nullChild(ctx, where)
	} else {
		err = measure(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "night:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to do
	}
}

func measure(ctx context.Context) (err error) {
	j := &job{Slots: wholeDay}
	b := &bench{progress: os.Stderr, profiled: map[string]bool{}}
	flag.IntVar(&j.Persons, "persons", 200_000, "persons under STAY; 0: the night job is not measured")
	flag.IntVar(&j.Nights, "nights", 3, "simulated nights")
	flag.IntVar(&j.Missing, "missing", 10, "how many of a thousand miss a night")
	flag.Uint64Var(&j.Seed, "seed", 1, "what else the job follows from")
	due := flag.Int("due", 1_000_000, "persons due at one instant, measured after the night job; 0: not measured")
	flag.BoolVar(&b.noRestarts, "no-restarts", false,
		"after the burst go on to the exclusion, without restart and rebuild")
	duties := flag.Int("duties", 1, "duties of those who are due: 1 is STAY, 3 are STAY, NOTIFY and REPORT, "+
		"with -persons 0 and -no-restarts")
	runs := flag.Int("runs", 3, "runs of each; figures are medians")
	flag.IntVar(&b.partitions, "partitions", 4, "partitions of the topics keyed by person")
	flag.DurationVar(&b.patience, "patience", 10*time.Minute, "how long one run of the engine may take")
	flag.StringVar(&b.binary, "engine", "", "tilsyn binary to measure (default: built from these sources)")
	dir := flag.String("dir", os.TempDir(), "where broker and engine keep their data")
	out := flag.String("out", "", "append the results to this file, such as bench/results.md")
	flag.StringVar(&b.profileTo, "profile", "",
		"write CPU profiles of the engine in the first run to files that begin so: .night, .fill, .burst, .exclusion, "+
			".withdrawals; and what its heap holds after each, with .heap behind")
	flag.IntVar(&b.profileSeconds, "profile-seconds", 10, "how long these profiles are")
	heap := flag.Int("broker-heap", 1024, "Java heap of the broker in MB")
	pairs := 0
	flag.IntVar(&pairs, "pairs", 0,
		"instead of all this, so many runs of engine and Kafka Streams (bench/peers) in turn, on the same topics")
	flag.StringVar(&b.peerJVM, "peer-jvm", "-Xmx2g", "arguments of Kafka Streams' Java, with blanks")
	flag.StringVar(&b.peerSettings, "peer-settings", "statestore.cache.max.bytes=0",
		"settings of Kafka Streams, NAME=VALUE with commas")
	var w withdrawals
	w.flags()
	flag.Parse()
	if j.Persons < 0 || *due < 0 || j.Nights < 1 || *runs < 1 || b.partitions < 1 {
		return errors.New("-nights, -runs and -partitions must be at least 1, -persons and -due at least 0")
	}
	if err := j.under(*duties, j.Persons == 0 && b.noRestarts); err != nil {
		return err
	}
	if err := w.check(j); err != nil {
		return err
	}
	place := bed.Where()
	site, err := bed.Open(ctx, bed.SiteConfig{Dir: *dir, Name: "tilsyn-night-", Binary: b.binary, HeapMB: *heap})
	if err != nil {
		return err
	}
	defer func() { site.Close(err) }()
	b.dir, b.binary, b.broker = site.Dir, site.Binary, site.Broker
	// No manual log has to be proven complete, so that a night is decided at 06:00 and the grace after it.
	if b.policy, err = site.Write("policy.yaml", "parameters: {settle.required: []}\n"); err != nil {
		return err
	}
	text := fmt.Sprintf("\n## %s\n\n`go run ./bench/night %s`\n\n", place, strings.Join(os.Args[1:], " "))
	more, err := b.parts(ctx, j, asked{pairs: pairs, due: *due, runs: *runs, withdrawals: w})
	if err != nil {
		return err
	}
	fmt.Print(text + more)
	return bed.Append(*out, text+more)
}

// asked is what is to be measured, and how often: so many pairs with the peer, or withdrawals, or the night job and
// so many persons due at once.
type asked struct {
	pairs, due, runs int
	withdrawals
}

// parts measures it and returns the tables.
func (b *bench) parts(ctx context.Context, j *job, a asked) (text string, err error) {
	switch {
	case a.pairs > 0:
		return b.pairs(ctx, j, a.pairs)
	case a.count > 0:
		soon, err := b.repeat(a.runs, "withdrawals", func(prefix string) (*bed.Figures, error) {
			return b.withdraw(ctx, j, a.withdrawals, prefix)
		})
		return bed.Table(soon), err
	}
	if j.Persons > 0 {
		nights, err := b.repeat(a.runs, "night", func(prefix string) (*bed.Figures, error) {
			return b.night(ctx, j, prefix)
		})
		if err != nil {
			return "", err
		}
		text += bed.Table(nights) + "\n" + ratio(nights) + "\n"
	}
	if a.due > 0 {
		crowd := *j
		crowd.Persons = a.due
		bursts, err := b.repeat(a.runs, "due", func(prefix string) (*bed.Figures, error) {
			return b.due(ctx, &crowd, prefix)
		})
		if err != nil {
			return "", err
		}
		text += bed.Table(bursts)
	}
	return text, nil
}

// repeat does a measurement several times, each under a prefix of its own.
func (b *bench) repeat(runs int, name string, once func(prefix string) (*bed.Figures, error)) ([]*bed.Figures, error) {
	var all []*bed.Figures
	for i := range runs {
		fmt.Fprintf(b.progress, "%s, run %d of %d\n", name, i+1, runs)
		f, err := once(fmt.Sprintf("%s%d.", name, i+1))
		if f != nil {
			fmt.Fprint(b.progress, bed.Table([]*bed.Figures{f}))
		}
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func (b *bench) engineConfig(prefix, dir string) bed.EngineConfig {
	cfg := bed.EngineConfig{Binary: b.binary, Broker: b.broker.Address(), Prefix: prefix, Dir: dir, Policy: b.policy}
	if b.profileTo != "" {
		cfg.Args = append(cfg.Args, "--pprof")
	}
	return cfg
}

// profile takes a profile of a part, the first time only, while it runs: once that of the part before is
// over, since the engine takes one at a time.
func (b *bench) profile(ctx context.Context, e *bed.Engine, part string) {
	if b.profileTo == "" || b.profiled[part] {
		return
	}
	b.profiled[part] = true
	b.profiling.Wait()
	b.profiling.Go(func() {
		if err := e.Profile(ctx, b.profileSeconds, b.profileTo+"."+part); err != nil {
			fmt.Fprintln(b.progress, "  no profile of "+part+":", err)
		}
		if err := e.Heap(ctx, b.profileTo+"."+part+".heap"); err != nil {
			fmt.Fprintln(b.progress, "  no heap profile of "+part+":", err)
		}
	})
}
