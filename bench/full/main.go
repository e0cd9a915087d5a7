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
	"strconv"
	"strings"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/simulate"
	"tilsyn/integration/kafkaproc"
)

// bench is what all runs share.
type bench struct {
	broker         *kafkaproc.Broker
	dir            string
	binary, policy string
	// args are further arguments of the engine.
	args       []string
	persons    int
	seed       uint64
	watched    bool
	partitions int
	patience   time.Duration
	progress   io.Writer
	// profileTo is how the names of CPU profiles begin, empty for none; each is profileSeconds long.
	profileTo      string
	profileSeconds int
}

func main() {
	// Processes that are started are tied to the thread that starts them, so this one must stay.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "full:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to do
	}
}

func measure(ctx context.Context) (err error) {
	b := &bench{progress: os.Stderr}
	flag.IntVar(&b.persons, "persons", 2000, "residents")
	history := flag.String("history", "14,60,365", "days of history, with commas")
	instances := flag.String("instances", "1,3", "how many engines share the work, with commas")
	runs := flag.Int("runs", 3, "runs of each; figures are medians")
	flag.Uint64Var(&b.seed, "seed", 1, "chooses the course of events")
	flag.BoolVar(&b.watched, "watched", false,
		"with row numbers, heartbeats, daily counts, and the rare stories of residents")
	flag.IntVar(&b.partitions, "partitions", 4, "partitions of the topics keyed by person")
	flag.DurationVar(&b.patience, "patience", 20*time.Minute, "how long each part of a run may take")
	flag.StringVar(&b.binary, "engine", "", "tilsyn binary to measure (default: built from these sources)")
	memory := flag.String("memory", "", "--memory of the engine (default: its own)")
	flag.StringVar(&b.profileTo, "profile", "",
		"write CPU profiles of the first engine in the mornings to files that begin so, and what its heap holds after each,"+
			" with .heap behind")
	flag.IntVar(&b.profileSeconds, "profile-seconds", 20, "how long these profiles are")
	dir := flag.String("dir", os.TempDir(), "where broker and engines keep their data")
	out := flag.String("out", "", "append the results to this file, such as bench/results.md")
	heap := flag.Int("broker-heap", 1024, "Java heap of the broker in MB")
	flag.Parse()
	days, err := numbers("-history", *history)
	if err != nil {
		return err
	}
	counts, err := numbers("-instances", *instances)
	if err != nil {
		return err
	}
	if flag.NArg() > 0 || *runs < 1 || b.partitions < 1 {
		return errors.New("there are only flags, and -runs and -partitions are at least 1")
	}
	for _, d := range days {
		if err := b.simulation(d).Check(); err != nil {
			return fmt.Errorf("-history %d: %w", d, err)
		}
	}
	if *memory != "" {
		b.args = append(b.args, "--memory", *memory)
	}
	if b.profileTo != "" {
		b.args = append(b.args, "--pprof")
	}
	place := bed.Where()
	site, err := bed.Open(ctx, bed.SiteConfig{Dir: *dir, Name: "tilsyn-full-", Binary: b.binary, HeapMB: *heap})
	if err != nil {
		return err
	}
	defer func() { site.Close(err) }()
	b.dir, b.binary, b.broker = site.Dir, site.Binary, site.Broker
	if text := simulate.PolicyText(heartbeats); b.watched && text != "" {
		if b.policy, err = site.Write("policy.yaml", text); err != nil {
			return err
		}
	}
	text, err := b.all(ctx, days, counts, *runs)
	if err != nil {
		return err
	}
	text = fmt.Sprintf("\n## %s\n\n`go run ./bench/full %s`\n%s", place, strings.Join(os.Args[1:], " "), text)
	fmt.Print(text)
	return bed.Append(*out, text)
}

// numbers reads a list of numbers from 1 on.
func numbers(name, text string) (list []int, err error) {
	for _, word := range strings.Split(text, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%s %s: give numbers from 1 on, with commas", name, text)
		}
		list = append(list, n)
	}
	return list, nil
}

// summarised are the figures that the first table compares.
var summarised = []struct{ part, name string }{
	{"backlog", "facts/s to the last commit"}, {"backlog", "CPU µs per fact"},
	{"backlog", "CPU µs per unit that fell due"},
	{"06:00", "s to the last record of the ledger"}, {"06:00", "CPU ms per verdict"},
	{"markers", "s to the last first revision"}, {"markers", "CPU ms per verdict"},
	{"whole", "peak RSS of an engine, MB"}, {"whole", "state on disk, B per person and day"},
}

// all measures every history with every number of instances, one after the other in each round, so that what the
// machine does meanwhile meets all of them alike.
func (b *bench) all(ctx context.Context, days, counts []int, runs int) (string, error) {
	type setup struct{ days, instances int }
	var setups []setup
	for _, d := range days {
		for _, n := range counts {
			setups = append(setups, setup{d, n})
		}
	}
	got := make([][]*bed.Figures, len(setups))
	for i := range runs {
		for k, s := range setups {
			fmt.Fprintf(b.progress, "%d days, %d instances, run %d of %d\n", s.days, s.instances, i+1, runs)
			f, err := b.once(ctx, s.days, s.instances, fmt.Sprintf("full%d-%d.", i+1, k+1))
			if err != nil {
				return "", err
			}
			got[k] = append(got[k], f)
			fmt.Fprint(b.progress, bed.Table(got[k][i:]))
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "\nMedians of %d:\n\n| days | instances |", runs)
	for _, c := range summarised {
		fmt.Fprintf(&text, " %s: %s |", c.part, c.name)
	}
	text.WriteString("\n" + strings.Repeat("|---", len(summarised)+2) + "|\n")
	for k, s := range setups {
		fmt.Fprintf(&text, "| %d | %d |", s.days, s.instances)
		for _, c := range summarised {
			cell := ""
			if x, ok := bed.Middle(got[k], c.part, c.name); ok {
				cell = bed.Number(x)
			}
			fmt.Fprintf(&text, " %s |", cell)
		}
		text.WriteString("\n")
	}
	for k, s := range setups {
		fmt.Fprintf(&text, "\n%d days, %d instances:\n\n%s", s.days, s.instances, bed.Table(got[k]))
	}
	return text.String(), nil
}
