package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// proof is what all parts share.
type proof struct {
	dir      string
	seed     uint64
	beats    duty.Instant
	progress io.Writer
	// turn is held by who changes anything here while several simulations are played at once.
	turn sync.Mutex
	// out is what is told, failed what does not hold.
	out    strings.Builder
	failed []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := prove(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}

// sizes are the flags that say how much is simulated.
type sizes struct {
	persons, days                  int
	seeds, faultPersons, faultDays int
	plans                          string
	summerPersons                  int
	heartbeats                     time.Duration
}

func prove(ctx context.Context) (err error) {
	p := &proof{progress: os.Stderr}
	var n sizes
	flag.IntVar(&n.persons, "persons", 1000, "residents without faults; 0 leaves this part out")
	flag.IntVar(&n.days, "days", 365, "days without faults, from 14 on")
	flag.IntVar(&n.seeds, "seeds", 100, "simulations of each fault plan; 0 leaves this part out")
	flag.IntVar(&n.faultPersons, "fault-persons", 50, "residents of each of them")
	flag.IntVar(&n.faultDays, "fault-days", 16, "days of each of them")
	flag.StringVar(&n.plans, "plans", "", "fault plans, with commas (default: all)")
	flag.IntVar(&n.summerPersons, "summer-persons", 200, "residents in the summer of 2020; 0 leaves this part out")
	flag.DurationVar(&n.heartbeats, "heartbeats", 15*time.Minute,
		"how often devices and feeds say that they are well; 0s: never")
	flag.Uint64Var(&p.seed, "seed", 1, "the first seed")
	out := flag.String("out", "", "append the results to this file, such as bench/results.md")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: there are only flags", flag.Arg(0))
	}
	p.beats = duty.Instant(n.heartbeats.Milliseconds())
	plans, err := parsePlans(n.plans)
	if err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "tilsyn-proof-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(p.dir)) }()
	fmt.Fprintf(&p.out, "\n## %s\n\n`go run ./bench/proof %s`\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"),
		strings.Join(os.Args[1:], " "))
	err = p.parts(ctx, plans, n)
	fmt.Print(p.out.String())
	if err := errors.Join(err, appendTo(*out, p.out.String())); err != nil {
		return err
	}
	if len(p.failed) > 0 {
		return fmt.Errorf("%d things do not hold:\n%s", len(p.failed), strings.Join(p.failed, "\n"))
	}
	return nil
}

// parts proves one part after the other.
func (p *proof) parts(ctx context.Context, plans []simulate.Plan, n sizes) error {
	if n.persons > 0 {
		if err := p.whole(ctx, n.persons, n.days); err != nil {
			return err
		}
	}
	if n.seeds > 0 {
		if err := p.faults(ctx, plans, n); err != nil {
			return err
		}
	}
	if n.summerPersons > 0 {
		return p.summer(ctx, n.summerPersons)
	}
	return nil
}

// parsePlans reads names of plans; none are all.
func parsePlans(text string) ([]simulate.Plan, error) {
	if text == "" {
		return simulate.Plans(), nil
	}
	var out []simulate.Plan
	for _, name := range strings.Split(text, ",") {
		out = append(out, simulate.Plan(name))
	}
	return out, nil
}

// fail notes what does not hold, and says so at once: a run takes an hour.
func (p *proof) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintln(p.progress, text)
	p.failed = append(p.failed, text)
}

// appendTo appends text to a file; no name is no file.
func appendTo(name, text string) error {
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
