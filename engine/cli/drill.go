package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// recallDrillCmd is `tilsyn recall drill` (REL-11).
type recallDrillCmd struct {
	kafkaFlags
	Policy      string        `placeholder:"FILE" help:"Policy file that run has (default: the built-in policy)."`
	Centre      string        `required:"" placeholder:"CENTRE" help:"Centre of the exclusion that is declared on the copy."`
	From        string        `required:"" placeholder:"DATE" help:"Its first date; choose dates of which somebody was told."`
	To          string        `required:"" placeholder:"DATE" help:"Its last date."`
	DrillPrefix string        `placeholder:"PREFIX" help:"Prefix of the copy (default: the topic prefix and drill-TIME.). No topic may have it."`
	Limit       time.Duration `default:"1h" help:"How long to wait until everything is acknowledged."`
}

// Help is shown under the flags.
func (recallDrillCmd) Help() string {
	return `Shows how long it takes until everybody knows that a record no longer stands. It copies the inputs to topics under a prefix of its own, lets an engine judge them there, declares an exclusion on the copy, and waits until every consumer that recall.consumers of the policy names has acknowledged every unit that it took back. Nothing under the real prefix is touched, but that the result is written to its topic control-actions, where the control report reads it.

What you do: when the command says so, point each consumer, or a second instance of it, at the prefix of the copy: it reads violations there with isolation.level=read_committed and writes acknowledgements there, as it does otherwise. Nobody may act on what the copy says. Afterwards delete the topics of the copy. Exit status 1: not everything was acknowledged in time, or nobody was told anything of those dates.`
}

// Run implements the command.
func (cmd *recallDrillCmd) Run(c *console) error {
	d, err := cmd.drill(c)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.copy(); err != nil {
		return err
	}
	return d.run()
}

// drill is a drill under way.
type drill struct {
	*console
	policy *duty.Policy
	// kafka is how the real prefix is reached, copyOf the copy.
	kafka, copyOf topics.Config
	real, copied  *topics.Client
	// store reads the copied values.
	store *schemas.Store
	// exclusion is what is declared.
	exclusion duty.Exclusion
	limit     time.Duration
	dir       string
}

// drill checks what was asked for, and that nothing lies under the prefix of the copy.
func (cmd *recallDrillCmd) drill(c *console) (*drill, error) {
	d := &drill{console: c, limit: cmd.Limit}
	var err error
	if d.policy, err = policyOrBuiltin(cmd.Policy); err != nil {
		return nil, err
	}
	from, ok := duty.ParseDate(cmd.From)
	to, ok2 := duty.ParseDate(cmd.To)
	if !ok || !ok2 || to < from {
		return nil, wrong("--from %s --to %s: write two dates YYYY-MM-DD, the earlier one first", cmd.From, cmd.To)
	}
	if !d.policy.Registered(cmd.Centre) {
		return nil, wrong("--centre %s is not in the register of the policy", cmd.Centre)
	}
	if d.kafka, err = cmd.config(c, false); err != nil {
		return nil, err
	}
	if d.store, err = cmd.reading(c); err != nil {
		return nil, err
	}
	stamp := time.Now().UTC().Format("20060102t150405")
	d.copyOf = d.kafka
	if d.copyOf.Prefix = cmd.DrillPrefix; d.copyOf.Prefix == "" {
		d.copyOf.Prefix = d.kafka.Prefix + topics.DrillPrefix + stamp + "."
	}
	if err := ownPrefix("--drill-prefix", d.copyOf.Prefix, d.kafka.Prefix); err != nil {
		return nil, err
	}
	d.exclusion = duty.Exclusion{ID: "drill-" + stamp, Version: 1, ExclusionID: "drill-" + stamp, CentreID: cmd.Centre,
		FromDate: from, ToDate: to, Status: duty.ExclusionStatusDeclared, Reason: "recall drill",
		DeclaredBy: "drill", ApprovedBy: "drill, second person"}
	if d.real, err = topics.Connect(c.ctx, d.kafka); err != nil {
		return nil, err
	}
	if d.copied, err = topics.Connect(c.ctx, d.copyOf); err != nil {
		d.real.Close()
		return nil, err
	}
	if err = unused(c.ctx, "--drill-prefix", d.copied); err == nil {
		d.dir, err = os.MkdirTemp("", "tilsyn-drill-")
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// close releases what the drill holds. The topics of the copy stay.
func (d *drill) close() {
	d.real.Close()
	d.copied.Close()
	if d.dir != "" {
		_ = os.RemoveAll(d.dir) // it is the copy's, and a temporary one
	}
}

// copy copies every input.
func (d *drill) copy() error {
	all, err := newInputCopy(d.ctx, d.real, d.copied)
	if err != nil {
		return err
	}
	n, err := all.pass(d.ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.stdout, "copied %d records to the prefix %s\n", n, d.copyOf.Prefix)
	return err
}

// run lets an engine judge the copy, declares the exclusion, and measures.
func (d *drill) run() error {
	ctx, cancel := context.WithCancel(d.ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		defer close(ended)
		ended <- stream.Run(ctx, stream.Config{Kafka: d.copyOf, Group: topics.DrillGroup, Leave: true, DataDir: d.dir,
			TrustTimestamps: true, Policy: d.policy, ParsePolicy: parseActivated, Log: d.log, Schemas: d.store})
	}()
	defer func() { // it has to be over before its directory goes
		cancel()
		if err := <-ended; err != nil {
			d.log.Warn().Err(err).Msg("the engine on the copy did not end in order; it is the copy's alone")
		}
	}()
	if err := d.await(duty.Instant(time.Now().UnixMilli()), ended); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(d.stdout, "the copy is judged; point each consumer at it now: "+
		"%sviolations, and %sacknowledgements\n", d.copyOf.Prefix, d.copyOf.Prefix); err != nil {
		return err
	}
	began := time.Now()
	now := duty.Instant(began.UnixMilli())
	d.exclusion.ReceivedAt, d.exclusion.DeclaredAt = now, now
	if err := produceOne(d.ctx, d.copied, d.exclusion.CentreID, &d.exclusion); err != nil {
		return err
	}
	if err := d.await(now+1, ended); err != nil {
		return err
	}
	return d.measure(began, ended)
}

// await waits until the engine has judged everything known by a clock.
func (d *drill) await(at duty.Instant, ended <-chan error) error {
	for {
		got, err := verify.Reached(d.ctx, verify.VerifyConfig{Kafka: d.copyOf, Policy: d.policy,
			ParsePolicy: parseActivated, At: duty.Some(at), Schemas: d.store})
		if err != nil && !errors.Is(err, verify.ErrNoClock) {
			return err
		}
		if err == nil && got.CaughtUp {
			return nil
		}
		if err := d.pause(ended); err != nil {
			return err
		}
	}
}

// pause waits a little; an engine that ends meanwhile is an error.
func (d *drill) pause(ended <-chan error) error {
	select {
	case <-d.ctx.Done():
		return d.ctx.Err()
	case err := <-ended:
		return fmt.Errorf("the engine on the copy ended: %w", err)
	case <-time.After(time.Second):
		return nil
	}
}

// firstUnit is how long a drill waits for the first unit that is taken back.
const firstUnit = 15 * time.Second

// settles is how long nothing more may be taken back until a drill is over whose units are all acknowledged. Only
// tests change it.
var settles = 15 * time.Second

// measure follows the recall until it is closed or the limit is reached, prints what it found, and
// writes it to the real prefix.
func (d *drill) measure(began time.Time, ended <-chan error) error {
	cause := "EXCLUSION:" + d.exclusion.ExclusionID
	units, last := int32(0), time.Duration(0)
	for {
		all, _, err := verify.Recalls(d.ctx, verify.RecallsConfig{Kafka: d.copyOf, Policy: d.policy,
			ParsePolicy: parseActivated, Schemas: d.store})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(r verify.RecallStatus) bool { return r.CauseID == cause })
		since := time.Since(began)
		if i >= 0 && all[i].Units > units {
			units, last = all[i].Units, since
		}
		switch {
		case i < 0 && since > firstUnit:
			_, err := fmt.Fprintf(d.stdout, "nobody was told anything of %s to %s at %s, so that nothing was taken back: "+
				"choose other dates\n", d.exclusion.FromDate, d.exclusion.ToDate, d.exclusion.CentreID)
			return errors.Join(err, errFound)
		case i >= 0 && (all[i].ClosedAt.OK && since > last+settles || since > d.limit):
			return d.finish(&all[i].Recall, began, last)
		}
		if err := d.pause(ended); err != nil {
			return err
		}
	}
}

// finish prints the result and writes it where the control report reads it.
func (d *drill) finish(r *duty.Recall, began time.Time, last time.Duration) error {
	took, ok := d.limit, r.ClosedAt.OK
	if ok {
		took = time.UnixMilli(int64(r.ClosedAt.V)).Sub(began)
	}
	fmt.Fprintf(d.stdout, "%s: %d units taken back, the last one seen after %s\n", r.CauseID, r.Units,
		last.Round(100*time.Millisecond))
	for _, s := range r.Consumers {
		fmt.Fprintf(d.stdout, "    %s: %d acknowledged, %d open\n", s.Consumer, s.Acknowledged, s.Open)
	}
	action := duty.ControlActionTaken{ID: d.exclusion.ID, Version: 1, ReceivedAt: duty.Instant(time.Now().UnixMilli()),
		CentreID: d.exclusion.CentreID, Control: duty.ControlNameRecallDrill, At: duty.Instant(began.UnixMilli()),
		Kind: duty.ControlActionKindRecallDrill, Ok: ok, DurationMs: duty.Some(took.Milliseconds()),
		Ref: duty.Some(d.exclusion.ID)}
	if err := produceOne(d.ctx, d.real, action.CentreID, &action); err != nil {
		return fmt.Errorf("the result could not be written to control-actions: %w", err)
	}
	result := fmt.Sprintf("all acknowledged after %s", took.Round(100*time.Millisecond))
	if !ok {
		result = fmt.Sprintf("not all acknowledged within %s", d.limit)
	}
	_, err := fmt.Fprintf(d.stdout, "%s; written to %scontrol-actions as %s\n"+
		"delete the topics whose names begin with %s\n", result, d.kafka.Prefix, action.ID, d.copyOf.Prefix)
	if err == nil && !ok {
		return errFound
	}
	return err
}

// produceOne writes one record under a key.
func produceOne(ctx context.Context, client *topics.Client, key string, record any) error {
	s, ok := schemas.Of(record)
	if !ok {
		return fmt.Errorf("%T is a record of no topic", record)
	}
	_, err := client.NewProducer(topics.ProducerConfig{}).Produce(ctx, []topics.Out{{Topic: s.Topic(),
		Partition: topics.ByKey, Key: []byte(key), Value: s.AppendValue(nil, record)}})
	return err
}
