package cli

import (
	"encoding/json"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/verify"
	"tilsyn/engine/treelog"
)

// revisionLogCmd are the commands about the logs of revisions (decision 0028).
type revisionLogCmd struct {
	Checkpoints logCheckpointsCmd `cmd:"" help:"Print the newest checkpoint of each log, to be kept elsewhere."`
	Check       logCheckCmd       `cmd:"" help:"Check the logs, and that checkpoints which were kept elsewhere are of them."`
	Prove       logProveCmd       `cmd:"" help:"Print the proof that the revisions of a unit are in their log."`
	Key         logKeyCmd         `cmd:"" help:"Make the key that signs the checkpoints of the logs."`
}

// logFlags are the flags of what reads the logs.
type logFlags struct {
	topicFlags
	PublicKey string `placeholder:"KEY" help:"Public key that has to have signed the checkpoints, as tilsyn log key prints it (default: nobody has to)."`
}

// logs is what the flags ask for; done ends the brokers that were started for the run.
func (f *logFlags) logs(c *console) (cfg verify.LogConfig, done func(), err error) {
	if f.PublicKey != "" {
		if cfg.Key, err = treelog.ParsePublicKey(f.PublicKey); err != nil {
			return cfg, nil, wrong("--public-key %w", err)
		}
	}
	if done, err = f.reach(""); err != nil {
		return cfg, nil, err
	}
	if cfg.Kafka, err = f.config(c, false); err == nil {
		cfg.Schemas, err = f.reading(c)
	}
	if err != nil {
		done()
	}
	return cfg, done, err
}

// logCheckpointsCmd is `tilsyn log checkpoints`.
type logCheckpointsCmd struct {
	logFlags
}

// Help is shown under the flags.
func (logCheckpointsCmd) Help() string {
	return `A checkpoint names a log, how many entries it has, and the root over them; with run --log-key it is signed (C2SP tlog-checkpoint). Keep what is printed where nobody who can write to the brokers can change it, or hand it to others to witness: tilsyn log check shows later whether the logs still hold the same entries. No engine need run, and nothing is written.`
}

// Run implements the command.
func (cmd *logCheckpointsCmd) Run(c *console) error {
	cfg, done, err := cmd.logs(c)
	if err != nil {
		return err
	}
	defer done()
	notes, err := verify.Checkpoints(c.ctx, cfg.Kafka)
	if err != nil {
		return err
	}
	for i := range notes {
		n := &notes[i]
		if len(cfg.Key) > 0 {
			if err := n.Check(cfg.Key); err != nil {
				return fmt.Errorf("%s: %w", n.Origin, err)
			}
		}
		if _, err := c.stdout.Write(n.Text); err != nil {
			return err
		}
	}
	return nil
}

// logCheckCmd is `tilsyn log check`.
type logCheckCmd struct {
	logFlags
	Kept []string `arg:"" optional:"" help:"Files with checkpoints, as tilsyn log checkpoints prints them."`
}

// Help is shown under the flags.
func (logCheckCmd) Help() string {
	return `Compares every entry of the logs with the revision in its place on the topic violations, and the root over the entries with the newest checkpoints and with those in the files. A revision that was changed, left out, added or put elsewhere is named, a line each; so is a checkpoint that is not of the log. Each makes exit status 1. A log that was made anew together with the revisions shows by a checkpoint that was kept elsewhere, and by nothing else. No engine need run, and nothing is written.`
}

// Run implements the command.
func (cmd *logCheckCmd) Run(c *console) error {
	kept, err := keptCheckpoints(cmd.Kept)
	if err != nil {
		return err
	}
	cfg, done, err := cmd.logs(c)
	if err != nil {
		return err
	}
	defer done()
	cfg.Kept = kept
	checked, err := verify.CheckLogs(c.ctx, cfg)
	if err != nil {
		return err
	}
	differences := 0
	for i := range checked {
		l := &checked[i]
		differences += len(l.Differences)
		for _, what := range l.Differences {
			if _, err := fmt.Fprintf(c.stdout, "%s: %s\n", l.Origin, what); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(c.stdout, "%s: %d entries, of which %d agree and %d are erased; %d older revisions\n",
			l.Origin, l.Size, l.Agree, l.Erased, l.Older); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(c.stdout, "checkpoints that were kept: %d; differences: %d\n", len(cfg.Kept), differences)
	if err == nil && differences > 0 {
		err = errFound
	}
	return err
}

// keptCheckpoints reads files of checkpoints.
func keptCheckpoints(files []string) (kept []treelog.Note, err error) {
	for _, file := range files {
		text, err := readFile("the checkpoints", file)
		if err != nil {
			return nil, err
		}
		notes, err := treelog.ParseNotes(text)
		if err != nil {
			return nil, wrong("the checkpoints %s: %w", file, err)
		}
		kept = append(kept, notes...)
	}
	return kept, nil
}

// logProveCmd is `tilsyn log prove`.
type logProveCmd struct {
	logFlags
	Unit string `arg:"" help:"Unit: its unit_id, as a record has it, or KIND:DATE:PERSON, such as STAY:2026-02-03:P-1."`
}

// Help is shown under the flags.
func (logProveCmd) Help() string {
	return `Prints a line of JSON for each revision of the unit: the digest of the revision, the salt in its entry, the number of the entry, the hashes from it up to the root, and the newest checkpoint of the log. With these anybody can work out that the revision is in the log that the checkpoint names; how stands in .github/docs/evidence.md. A revision of which that cannot be shown is named, and makes exit status 1. No engine need run, and nothing is written.`
}

// Run implements the command.
func (cmd *logProveCmd) Run(c *console) error {
	unit, err := wantedUnit(cmd.Unit)
	if err != nil {
		return err
	}
	id := unit.UnitID
	if id == "" {
		id = duty.UnitID(unit.Kind, unit.Date, unit.PersonID)
	}
	cfg, done, err := cmd.logs(c)
	if err != nil {
		return err
	}
	defer done()
	proven, err := verify.Prove(c.ctx, cfg, func(v *duty.Violation) bool { return v.UnitID == id })
	if err != nil {
		return err
	}
	if len(proven) == 0 {
		return fmt.Errorf("nothing was told of the unit %s", id)
	}
	out := json.NewEncoder(c.stdout)
	for i := range proven {
		p := &proven[i]
		if p.Missing != "" {
			fmt.Fprintf(c.stderr, "revision %d of the unit: %s\n", p.Revision.Revision, p.Missing)
			err = errFound
			continue
		}
		if bad := checkProof(&p.Proof, cfg.Key); bad != nil {
			return bad
		}
		if bad := out.Encode(&p.Proof); bad != nil {
			return bad
		}
	}
	return err
}

// checkProof checks a proof, and who has signed its checkpoint where that is asked for.
func checkProof(p *treelog.Proof, key treelog.PublicKey) error {
	if err := p.Check(); err != nil {
		return err
	}
	if len(key) == 0 {
		return nil
	}
	n, err := p.Note()
	if err != nil {
		return err
	}
	return n.Check(key)
}
