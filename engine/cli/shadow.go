package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// shadowFlags are those of `run --shadow` (REL-09).
type shadowFlags struct {
	Shadow       bool          `help:"Run beside the engine of the prefix, on a copy of its inputs that is kept up to date, tell nobody, and say which units come out otherwise: before a new version or policy takes over."`
	ShadowPrefix string        `placeholder:"PREFIX" help:"With --shadow: prefix of the copy (default: the topic prefix and drill-shadow-TIME.). No topic may have it."`
	ShadowEvery  time.Duration `default:"10m" placeholder:"DURATION" help:"With --shadow: how often outcomes are compared; longer than ledger.lag of the policy."`
	ShadowFor    time.Duration `placeholder:"DURATION" help:"With --shadow: end after that time, with exit status 1 if units come out otherwise (default: when stopped)."`
}

// shadowHelp is a part of the help of `run`.
const shadowHelp = `

With --shadow it copies the inputs to topics under a prefix of its own and goes on copying, judges the copy by itself in a group of its own, and compares the outcomes of all units with those under the real prefix, to which it writes nothing. It prints the units that came out otherwise in two comparisons, by duty and outcomes, when they change; ids of units name nobody. --policy may be another than the engine of the prefix has. Give a --data-dir of its own. When it is over, delete the topics of the copy.`

// shadow is a shadow run under way.
type shadow struct {
	*console
	cfg         stream.Config
	kafka, copy topics.Config
	policy      *duty.Policy // of the engine of the prefix; it only reads
	every       time.Duration
	until       time.Duration
}

// checkShadow refuses what a shadow cannot have.
func (cmd *runCmd) checkShadow() error {
	switch {
	case !cmd.Shadow && (cmd.ShadowPrefix != "" || cmd.ShadowFor != 0):
		return wrong("--shadow-prefix and --shadow-for need --shadow")
	case !cmd.Shadow:
		return nil
	case cmd.Embedded != "" || cmd.FromGroup != "" || cmd.Snapshots != "" || cmd.Clock != "wall":
		return wrong("--shadow works on a copy of its own: leave --embedded, --from-group, --snapshots and --clock out")
	case cmd.InsecureLocal || cmd.Access != "":
		return wrong("--shadow tells nobody: leave --insecure-local and --access out; --listen alone serves its metrics")
	case cmd.ShadowEvery < time.Second || cmd.ShadowFor < 0:
		return wrong("--shadow-every %s: give at least 1s; --shadow-for must not be negative", cmd.ShadowEvery)
	}
	return nil
}

// runShadow runs an engine beside the one of the prefix.
func (cmd *runCmd) runShadow(c *console, cfg stream.Config) error {
	s := &shadow{console: c, cfg: cfg, kafka: cfg.Kafka, copy: cfg.Kafka, policy: cfg.Policy, every: cmd.ShadowEvery,
		until: cmd.ShadowFor}
	if s.copy.Prefix = cmd.ShadowPrefix; s.copy.Prefix == "" {
		s.copy.Prefix = s.kafka.Prefix + topics.DrillPrefix + "shadow-" + time.Now().UTC().Format("20060102t150405") + "."
	}
	if err := ownPrefix("--shadow-prefix", s.copy.Prefix, s.kafka.Prefix); err != nil {
		return err
	}
	from, err := topics.Connect(c.ctx, s.kafka)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := topics.Connect(c.ctx, s.copy)
	if err != nil {
		return err
	}
	defer to.Close()
	if err := unused(c.ctx, "--shadow-prefix", to); err != nil {
		return err
	}
	inputs, err := newInputCopy(c.ctx, from, to)
	if err != nil {
		return err
	}
	n, err := inputs.pass(c.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "copied %d records to the prefix %s, and go on\n", n, s.copy.Prefix)
	return s.run(inputs)
}

// shadowPause is how long the copy rests between two passes.
const shadowPause = time.Second

// run copies, judges and compares until it is stopped, or the time is over.
func (s *shadow) run(inputs *inputCopy) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	ended := make(chan error, 2)
	s.cfg.Kafka, s.cfg.Group, s.cfg.TrustTimestamps, s.cfg.Leave = s.copy, topics.ShadowGroup, true, true
	var both sync.WaitGroup
	both.Go(func() { ended <- stream.Run(ctx, s.cfg) })
	both.Go(func() { ended <- follow(ctx, inputs) })
	found, err := s.compare(ctx, ended)
	cancel()
	both.Wait()
	close(ended)
	for late := range ended {
		if err == nil {
			err = late
		}
	}
	fmt.Fprintf(s.stdout, "delete the topics whose names begin with %s\n", s.copy.Prefix)
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		return err
	case found:
		return errFound
	}
	return nil
}

// follow copies what comes.
func follow(ctx context.Context, inputs *inputCopy) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(shadowPause):
		}
		if _, err := inputs.pass(ctx); err != nil && ctx.Err() == nil {
			return fmt.Errorf("the inputs cannot be copied any more: %w", err)
		}
	}
}

// compare compares again and again, and reports whether units came out otherwise at the end.
func (s *shadow) compare(ctx context.Context, ended <-chan error) (found bool, err error) {
	began, said := time.Now(), ""
	var before verify.LedgerComparison
	for {
		select {
		case <-ctx.Done():
			return found, nil
		case err := <-ended:
			return found, err
		case <-time.After(s.every):
		}
		now, err := verify.CompareLedgers(ctx, s.reading(s.kafka), s.reading(s.copy))
		if err != nil {
			return found, err
		}
		lasting := verify.Lasting(before, now)
		before, found = now, len(lasting) > 0
		if text := fmt.Sprint(now.Units, lasting); text != said {
			said = text
			printDifferences(s.stdout, time.Now(), now.Units, lasting)
		}
		if s.until > 0 && time.Since(began) >= s.until {
			return found, nil
		}
	}
}

func (s *shadow) reading(kafka topics.Config) verify.VerifyConfig {
	return verify.VerifyConfig{Kafka: kafka, Policy: s.policy, ParsePolicy: parseActivated, Schemas: s.cfg.Schemas}
}

// shadowUnits is how many units of a line are named.
const shadowUnits = 5

// printDifferences prints a line for each duty and pair of outcomes.
func printDifferences(w io.Writer, at time.Time, units int, list []verify.OutcomeDifference) {
	fmt.Fprintf(w, "%s: %d units compared, %d come out otherwise\n", at.UTC().Format(time.RFC3339), units, len(list))
	for len(list) > 0 {
		first, n := list[0], 0
		for n < len(list) && list[n].Kind == first.Kind && list[n].Here == first.Here && list[n].There == first.There {
			n++
		}
		weight := "milder"
		if first.Harsher() {
			weight = "HARSHER"
		} else if first.Here.Severity() == first.There.Severity() {
			weight = "as heavy"
		}
		fmt.Fprintf(w, "    %s: %s here, %s in the shadow (%s): %d\n", first.Kind, outcomeText(first.Here),
			outcomeText(first.There), weight, n)
		for _, d := range list[:min(n, shadowUnits)] {
			fmt.Fprintf(w, "        %s\n", d.UnitID)
		}
		list = list[n:]
	}
}

// outcomeText names an outcome; a unit without one is in neither ledger nor topic.
func outcomeText(o duty.Outcome) string {
	if o == duty.OutcomeUnknown {
		return "no outcome"
	}
	return o.String()
}
