package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// simulateCmd is `tilsyn simulate`.
type simulateCmd struct {
	kafkaFlags
	Dir      string `placeholder:"DIR" help:"Write facts.jsonl and truth.jsonl there; files of these names are replaced."`
	Start    string `placeholder:"DATE" help:"First local date, YYYY-MM-DD (default: so many days before today, and then the last fact is of the present hour)."`
	Days     int    `default:"21" help:"Days, 1 to 1100. From 14 on there are outages, an exclusion and rare stories."`
	Persons  int    `default:"200" help:"Residents, 1 to 100000; residents times days at most 4 million."`
	Until    string `placeholder:"INSTANT" help:"Clock at the end, RFC 3339: no fact is known after it (default: noon of the day after the last one)."`
	Seed     uint64 `default:"1" help:"Chooses the course of events; the same flags give the same bytes."`
	Ordinary bool   `help:"Leave out outages, lost data, exclusions and rare stories."`
	Numbered bool   `help:"Number the rows of each device (source_seq)."`

	Heartbeats time.Duration `default:"0s" help:"How often each device and each feed says that it is well, 1m to 1h; 0s: never. With another interval than the built-in minute --dir gets a policy.yaml for replay."`
	Reconciled bool          `help:"Each device says daily how many rows it registered, and which (reconciliations)."`

	Fault     []string      `group:"faults" placeholder:"PLAN,…" help:"What goes wrong, one of the plans below; repeatable, or with commas. Times, places and persons follow from --seed."`
	Lose      []string      `group:"faults" sep:"none" placeholder:"CENTRE,FROM,TO,PERCENT[,KNOWN]" help:"Lose so many percent of the passages of a centre between two instants; KNOWN is when an incident about it is reported (default: never). Repeatable."`
	Duplicate float64       `group:"faults" default:"0" help:"Share of facts, 0 to 1, that come twice."`
	Delay     float64       `group:"faults" default:"0" help:"Share of card rows, 0 to 1, that become known later."`
	DelayMax  time.Duration `group:"faults" default:"6h" help:"By how much at most."`
	Reorder   int           `group:"faults" default:"0" help:"By how many places facts may leave their order, 0 to 10000."`
}

// Help is shown under the flags.
func (simulateCmd) Help() string {
	return `Two centres, KH and SJ, with residents of all groups: what card readers, guards and offices write, and beside it the truth. Give --dir for files, --brokers to send the facts to the input topics, or both. Facts carry received_at as timestamp, which only topics made with "topics create --timestamps create" keep.

truth.jsonl has one line per finished night or reporting slot: what really happened (MET, EXCUSED, GREY: for people to judge, BREACH), whether the record ought to be INDICATED at the end, and why a breach ought not.

With --fault, faults.jsonl has one line per fault: what happened, when and where, whether the data show it and by what, and every registration concerned. In truth.jsonl OPEN then stands for a breach whose record may be INDICATED, or held or left to people because of the fault, as it does near lost rows without --fault. Plans that the data show:
  silent-device            a device is cut off; what it registered is lost
  device-clock             a clock runs 6 to 50 minutes ahead or behind
  server-outage            a centre's server is down; guards write forms
  server-outage-unwritten  the same, without forms, and the office marks none
  backup-hole              a restore loses hours of rows of a centre
  stopped-feed             one feed stands still, then all arrives
  heartbeat-without-data   heartbeats of a device go on, its rows are lost
  data-without-heartbeat   heartbeats stay away, the rows arrive
  numbers-reset            a device loses what it had and numbers from 1
  lost-rows                some rows of a centre are lost
  delayed-rows             rows of a centre come hours late
  duplicated-rows          facts come twice
  reordered-rows           facts leave their order
Plans that no data show:
  over-the-fence           out by the gate, back over the fence
  dead-reader              a reader registers nothing; its heartbeats go on
  false-marker             as server-outage-unwritten, but marked as complete
  backup-hole-unnamed      as backup-hole, counters set back without an epoch
  slight-clock             a clock runs 1 to 4 minutes behind
  identity-split           two numbers of one person are parted by mistake

Example:
  tilsyn simulate --dir sim --start 2026-02-02 --lose KH,2026-02-06T11:00:00Z,2026-02-06T20:00:00Z,60,2026-02-06T12:00:00Z`
}

// Run implements the command.
func (cmd *simulateCmd) Run(c *console) error {
	cfg, err := cmd.simulation(time.Now())
	if err != nil {
		return err
	}
	if cmd.Dir == "" && len(cmd.Brokers) == 0 {
		return wrong("nowhere to put the facts: give --dir DIR, --brokers HOST:PORT, or both")
	}
	var sinks []simulate.Sink
	sinks = append(sinks, simulate.SinkFunc(func(simulate.Fact) error { return c.ctx.Err() }))
	var files *simulate.Files
	var producer *topics.Producer
	if len(cmd.Brokers) > 0 {
		store, err := cmd.writing(c, schemas.Inputs()...)
		if err != nil {
			return err
		}
		client, err := cmd.connect(c)
		if err != nil {
			return err
		}
		defer client.Close()
		producer = client.NewProducer(topics.ProducerConfig{Compression: topics.LZ4})
		sinks = append(sinks, simulate.SinkFunc(func(f simulate.Fact) error { return sendFact(c.ctx, producer, store, &f) }))
	}
	// After the brokers: one that is refused leaves no directory behind.
	if cmd.Dir != "" {
		if files, err = simulate.OpenFiles(cfg, cmd.Dir); err != nil {
			return wrong("--dir %s: %w; give a directory that you may write", cmd.Dir, reason(err))
		}
		defer files.Discard()
		sinks = append(sinks, files)
	}
	truth, err := simulate.Run(cfg, simulate.SinkFunc(func(f simulate.Fact) error {
		for _, s := range sinks {
			if err := s.Put(f); err != nil {
				return err
			}
		}
		return nil
	}))
	if err != nil {
		return err
	}
	return cmd.end(c.ctx, c, truth, files, producer)
}

// end writes what is still to be written, and says what was done.
func (cmd *simulateCmd) end(ctx context.Context, c *console, truth *simulate.Truth, files *simulate.Files,
	p *topics.Producer) error {
	if p != nil {
		if err := p.Flush(ctx); err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "%d facts acknowledged by the broker\n", p.Acknowledged())
	}
	if files != nil {
		if err := files.Commit(truth); err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "%d facts in %s\n", files.Facts, filepath.Join(cmd.Dir, simulate.FactsFile))
		fmt.Fprintf(c.stdout, "%d units in %s\n", len(truth.Units), filepath.Join(cmd.Dir, simulate.TruthFile))
		if len(cmd.Fault) > 0 {
			fmt.Fprintf(c.stdout, "%d faults in %s\n", len(truth.Faults), filepath.Join(cmd.Dir, simulate.FaultsFile))
		}
		if names := files.Names(); names[len(names)-1] == simulate.PolicyFile {
			fmt.Fprintf(c.stdout, "heartbeat.interval in %s: give it to replay with --policy\n",
				filepath.Join(cmd.Dir, simulate.PolicyFile))
		}
	}
	expected := truth.Compare(nil, duty.KindUnknown)
	fmt.Fprintf(c.stdout, "clock at the end %s: %d breaches, of which the facts can carry %d\n", truth.Until,
		expected.Breaches, expected.Expected)
	return nil
}

// simulation makes the configuration; now is only looked at without --start.
func (cmd *simulateCmd) simulation(now time.Time) (simulate.Config, error) {
	cfg := simulate.Config{
		Seed: cmd.Seed, Days: cmd.Days, Persons: cmd.Persons, Ordinary: cmd.Ordinary, Numbered: cmd.Numbered,
		Heartbeats: duty.Instant(cmd.Heartbeats.Milliseconds()), Reconciled: cmd.Reconciled,
		Faults: simulate.Faults{
			Duplicate: cmd.Duplicate, Delay: cmd.Delay, DelayMax: duty.Instant(cmd.DelayMax.Milliseconds()),
			Reorder: cmd.Reorder,
		},
	}
	if cmd.Start == "" {
		cfg.Until = duty.Instant(now.Truncate(time.Hour).UnixMilli())
		cfg.Start = simulate.Today(cfg.Until) - duty.Date(cmd.Days)
	} else {
		d, ok := duty.ParseDate(cmd.Start)
		if !ok {
			return cfg, wrong("--start %s is not a date: write YYYY-MM-DD", cmd.Start)
		}
		cfg.Start = d
	}
	if cmd.Until != "" {
		t, ok := duty.ParseInstant(cmd.Until)
		if !ok {
			return cfg, wrong("--until %s is not an RFC 3339 instant: write it with an offset or Z, "+
				"such as 2026-02-04T08:00:00+01:00", cmd.Until)
		}
		cfg.Until = t
	}
	for _, name := range cmd.Fault {
		cfg.Faults.Plans = append(cfg.Faults.Plans, simulate.Plan(name))
	}
	for _, text := range cmd.Lose {
		l, err := parseLose(text)
		if err != nil {
			return cfg, err
		}
		cfg.Faults.Lose = append(cfg.Faults.Lose, l)
	}
	if err := cfg.Check(); err != nil {
		return cfg, &usageError{err}
	}
	return cfg, nil
}

// parseLose reads CENTRE,FROM,TO,PERCENT[,KNOWN].
func parseLose(text string) (l simulate.Lose, err error) {
	parts := strings.Split(text, ",")
	bad := wrong("--lose %s: write CENTRE,FROM,TO,PERCENT or CENTRE,FROM,TO,PERCENT,KNOWN with RFC 3339 instants", text)
	if len(parts) < 4 || len(parts) > 5 {
		return l, bad
	}
	l.Centre = parts[0]
	for _, x := range []struct {
		to   *duty.Instant
		text string
	}{{&l.From, parts[1]}, {&l.To, parts[2]}, {&l.Known, append(parts, parts[1])[4]}} {
		t, ok := duty.ParseInstant(x.text)
		if !ok {
			return l, bad
		}
		*x.to = t
	}
	if len(parts) == 4 {
		l.Known = 0
	}
	if l.Percent, err = strconv.Atoi(parts[3]); err != nil {
		return l, bad
	}
	return l, nil
}
