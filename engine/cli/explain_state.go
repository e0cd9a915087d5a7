package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream"
	"tilsyn/state"
)

// fromState explains from the facts of persons in the data directory of a stopped engine, and files with
// those of centres.
func (cmd *explainCmd) fromState(c *console, files []string, w replay.Wanted) (*inspection, error) {
	if len(files) == 0 {
		return nil, wrong("--state %s has the facts of persons; the incidents, exclusions, settlements and heartbeats "+
			"of centres are kept in the topics only, and without them nobody can be judged: name files with them, "+
			"or read everything from the topics with --brokers or --embedded DIR", cmd.State)
	}
	opts, err := cmd.fileOptions(c, files)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(cmd.TempDir, "tilsyn-explain-")
	if err != nil {
		return nil, fmt.Errorf("no directory for the facts of the state: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "state.jsonl")
	kept, err := cmd.copyState(file)
	if err != nil {
		return nil, err
	}
	opts.Facts = append(slices.Clip(files), file)
	if opts.SkipBad == "" {
		opts.SkipBad = filepath.Join(dir, "unreadable")
	}
	if len(opts.AsOf) == 0 {
		if kept.Clock <= duty.Beginning {
			return nil, wrong("the engine of --state %s had not read everything up to any clock: give --as-of INSTANT",
				cmd.State)
		}
		opts.AsOf, opts.Yes = []duty.Instant{kept.Clock}, true
	}
	found, err := cmd.inspected(c, opts, w)
	if err != nil {
		return nil, err
	}
	found.notes = append(found.notes, "Facts of persons are those in the state of an engine, read up to "+
		localMinute(kept.Clock.String())+"; what came later is not among them. Facts of centres are those of the files.")
	if kept.Tasks < kept.Partitions {
		found.notes = append(found.notes, fmt.Sprintf("The state has %d of %d partitions: facts of other persons, "+
			"on which a burst of inconsistent passages may rest, can be missing.", kept.Tasks, kept.Partitions))
	}
	return found, nil
}

// copyState writes the facts in the state into a file that only this user can read.
func (cmd *explainCmd) copyState(file string) (kept stream.KeptFacts, err error) {
	key, err := cmd.key()
	if err != nil {
		return kept, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return kept, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 64<<10)
	kept, err = stream.StateFacts(cmd.State, cmd.TempDir, key, func(line []byte) error {
		_, err := out.Write(line)
		return err
	})
	switch {
	case errors.Is(err, state.ErrInUse):
		return kept, wrong("--state %s: an engine runs on it: read its topics with --brokers or --embedded DIR, "+
			"or stop it", cmd.State)
	case errors.Is(err, stream.ErrConfig), errors.Is(err, atrest.ErrKey):
		return kept, wrong("%s", strings.Replace(err.Error(), "--data-dir", "--state", 1))
	case err != nil:
		return kept, err
	}
	return kept, out.Flush()
}
