package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"tilsyn/bench/internal/stat"
	"tilsyn/engine/affected"
	"tilsyn/engine/affected/lines"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := measure(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(1)
	}
}

// bench is what all runs share.
type bench struct {
	dir    string
	ledger bool
	// what is the loss that is asked about instead of replaying; nil for none.
	what    *affected.What
	listed  int // persons, of the last answer
	facts   int
	outputs [sha256.Size]byte // of the first run
	first   bool
}

// took is what one run took.
type took struct {
	seconds, cpu, allocations float64
}

func measure(ctx context.Context) (err error) {
	cfg := simulate.Config{Start: duty.DateOf(2026, 1, 5), Ordinary: true}
	flag.IntVar(&cfg.Persons, "persons", 2000, "residents")
	flag.IntVar(&cfg.Days, "days", 30, "days")
	flag.Uint64Var(&cfg.Seed, "seed", 1, "chooses the course of events")
	codec := flag.String("codec", schemaCodec, "codec of the containers: null, snappy or deflate")
	avro := flag.Bool("avro", false, "leave JSON Lines out: of a million residents they take much disk and time")
	runs := flag.Int("runs", 3, "runs of each; figures are medians")
	cores := flag.Int("cores", runtime.NumCPU(), "cores to compare with one")
	profile := flag.String("profile", "", "write a CPU profile of the runs on one core to files that begin so")
	loss := flag.String("affected", "", "ask whom a loss of three hours at this centre concerns, instead of replaying")
	b := &bench{first: true}
	flag.BoolVar(&b.ledger, "ledger", false, "write the ledger as well (--outcomes)")
	flag.Parse()
	if flag.NArg() > 0 || *runs < 1 || *cores < 1 {
		return errors.New("there are only flags, and -runs and -cores are at least 1")
	}
	if *loss != "" {
		from := (cfg.Start + duty.Date(cfg.Days/2)).Clock(22, 0)
		b.what = &affected.What{CentreID: *loss, Span: duty.Span{From: from, To: from + 3*duty.Hour}}
	}
	if b.dir, err = os.MkdirTemp("", "tilsyn-bench-replay-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	inputs, facts, err := write(cfg, b.dir, *codec, *avro)
	if err != nil {
		return err
	}
	b.facts = facts
	fmt.Printf("%d facts of %d residents in %d days, median of %d\n\n", facts, cfg.Persons, cfg.Days, *runs)
	fmt.Println("| form | cores | facts/s | CPU µs a fact | allocations a fact | against one core |")
	fmt.Println("|---|---|---|---|---|---|")
	for i, in := range inputs {
		alone, err := b.repeat(ctx, in, 1, *runs, profileName(*profile, i))
		if err != nil {
			return err
		}
		b.row(in, 1, alone, 1)
		if *cores == 1 {
			continue
		}
		all, err := b.repeat(ctx, in, *cores, *runs, "")
		if err != nil {
			return err
		}
		b.row(in, *cores, all, alone.seconds/all.seconds)
	}
	if b.what != nil {
		fmt.Printf("\n%d persons were listed\n", b.listed)
	}
	return nil
}

// schemaCodec is the codec that containers have when nothing else is asked for.
const schemaCodec = "snappy"

func profileName(base string, input int) string {
	if base == "" {
		return ""
	}
	return fmt.Sprintf("%s.%d", base, input)
}

// row prints what one form took.
func (b *bench) row(in input, cores int, t took, faster float64) {
	n := float64(b.facts)
	fmt.Printf("| %s | %d | %.0f | %.2f | %.1f | %.2f× |\n",
		in.name, cores, n/t.seconds, t.cpu*1e6/n, t.allocations/n, faster)
}

// repeat replays several times and returns medians.
func (b *bench) repeat(ctx context.Context, in input, cores, runs int, profile string) (took, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return took{}, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return took{}, err
		}
		defer pprof.StopCPUProfile()
	}
	var seconds, cpu, allocations []float64
	for range runs {
		t, err := b.once(ctx, in)
		if err != nil {
			return t, err
		}
		seconds, cpu, allocations = append(seconds, t.seconds), append(cpu, t.cpu), append(allocations, t.allocations)
	}
	return took{stat.Median(seconds), stat.Median(cpu), stat.Median(allocations)}, nil
}

// work replays, or writes the answer about the loss.
func (b *bench) work(ctx context.Context, o replay.Options) (replay.Summary, error) {
	if b.what == nil {
		return replay.Run(ctx, o)
	}
	file, err := os.Create(o.Violations)
	if err != nil {
		return replay.Summary{}, err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	o.Violations = ""
	b.listed = 0
	_, sum, err := replay.Affected(ctx, o, *b.what, func(s *affected.Share) error {
		b.listed++
		_, err := out.Write(lines.Of(s))
		return err
	})
	return sum, errors.Join(err, out.Flush())
}

// once replays once, and compares the outputs with those of the first run.
func (b *bench) once(ctx context.Context, in input) (took, error) {
	outs := []string{filepath.Join(b.dir, "violations.jsonl")}
	o := replay.Options{Facts: in.files, Violations: outs[0], TempDir: b.dir,
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}}
	if b.ledger {
		o.Outcomes = filepath.Join(b.dir, "outcomes.jsonl")
		outs = append(outs, o.Outcomes)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, began := cpuSeconds(), time.Now()
	sum, err := b.work(ctx, o)
	t := took{seconds: time.Since(began).Seconds(), cpu: cpuSeconds() - cpu}
	if err != nil {
		return t, err
	}
	runtime.ReadMemStats(&after)
	t.allocations = float64(after.Mallocs - before.Mallocs)
	if sum.Records != int64(b.facts) {
		return t, fmt.Errorf("%s: %d of %d facts were read", in.name, sum.Records, b.facts)
	}
	hash := sha256.New()
	for _, name := range outs {
		f, err := os.Open(name)
		if err != nil {
			return t, err
		}
		_, err = io.Copy(hash, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return t, err
		}
	}
	got := [sha256.Size]byte(hash.Sum(nil))
	if b.first {
		b.outputs, b.first = got, false
	}
	if got != b.outputs {
		return t, fmt.Errorf("%s: %s differ from those of the first run", in.name, strings.Join(outs, " and "))
	}
	return t, nil
}
