package stream

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"tilsyn/engine/outfile"
	"tilsyn/engine/stream/datadir"
	"tilsyn/state"
	"tilsyn/topics"
)

// The embedded broker ends an open transaction partition by partition when it
// is loaded again, so a kill in the middle of a commit can leave half of one: a
// revision without its commit record, or the other way round. A cluster never
// does that. After a start that no orderly end came before, the local state is
// therefore forgotten and built again from what the logs hold: every person is
// judged anew against what they say was told (TX-21), and what is missing is
// told.

// runningMark is the file that stands while an engine with an embedded broker
// runs.
const runningMark = "embedded-running"

// markRunning leaves the mark, and reports whether it was there already: then
// the last run was not ended in order.
func markRunning(dataDir string) (crashed bool, err error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return false, fmt.Errorf("make the data directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dataDir, runningMark), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("mark the data directory as in use: %w", err)
	}
	// Without it, an end that was not in order would pass for one that was.
	return false, errors.Join(f.Sync(), f.Close(), outfile.SyncDir(dataDir))
}

// unmarkRunning takes the mark away after an orderly end.
func unmarkRunning(dataDir string) error {
	if err := os.Remove(filepath.Join(dataDir, runningMark)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("note the orderly end in the data directory: %w", err)
	}
	return nil
}

// forget drops the local state of every task, and the register that was kept.
func (e *engine) forget(db *state.DB) error {
	for id := range e.parts {
		if err := db.Discard(id); err != nil {
			return fmt.Errorf("forget the state after an end that was not in order: %w", err)
		}
	}
	if err := os.RemoveAll(filepath.Join(e.cfg.DataDir, datadir.DirRegister)); err != nil {
		return fmt.Errorf("forget the links and cards after an end that was not in order: %w", err)
	}
	e.cfg.Log.Warn().Msg("the embedded broker was not ended in order: the state is built again from its logs")
	return nil
}

func startEmbedded(cfg *Config) (*topics.Embedded, error) {
	if err := os.MkdirAll(cfg.Embedded, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of the embedded broker: %w", err)
	}
	ec := topics.EmbeddedConfig{Dir: cfg.Embedded}
	if cfg.EmbeddedPort != 0 {
		ec.Ports = []int{cfg.EmbeddedPort}
	}
	b, err := topics.StartEmbedded(ec)
	var taken *net.OpError
	if errors.As(err, &taken) {
		return nil, errConfig(fmt.Sprintf("--embedded-port %d: %v; give another port, or leave it out for one that is free", cfg.EmbeddedPort, taken.Err))
	}
	if err != nil {
		return nil, err
	}
	cfg.Kafka.Brokers = b.Brokers()
	cfg.Log.Info().Strs("brokers", b.Brokers()).Msg("embedded broker is up")
	return b, nil
}
