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

// When the embedded broker is loaded again, it ends an open transaction partition by partition. A
// kill in the middle of a commit can thus leave half of one: a revision without its commit record,
// or the reverse. A cluster never does that. So after a shutdown that was not clean, the local
// state is dropped and rebuilt from the logs: every person is judged again against what the logs
// say was told (TX-21), and what is missing is told.

// runningMark is the file that exists while an engine with an embedded broker runs.
const runningMark = "embedded-running"

// markRunning creates the mark, and reports whether it already existed, that is, whether the last
// run crashed.
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
	// Sync it, since without the mark a crash would pass for a clean shutdown.
	return false, errors.Join(f.Sync(), f.Close(), outfile.SyncDir(dataDir))
}

// unmarkRunning removes the mark after a clean shutdown.
func unmarkRunning(dataDir string) error {
	if err := os.Remove(filepath.Join(dataDir, runningMark)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("note the orderly end in the data directory: %w", err)
	}
	return nil
}

// forget drops the local state of every task and the kept register.
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

// startEmbedded starts the embedded broker and puts its addresses into the settings.
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
		return nil, errConfig(fmt.Sprintf("--embedded-port %d: %v; give another port, "+
			"or leave it out for one that is free", cfg.EmbeddedPort, taken.Err))
	}
	if err != nil {
		return nil, err
	}
	cfg.Kafka.Brokers = b.Brokers()
	cfg.Log.Info().Strs("brokers", b.Brokers()).Msg("embedded broker is up")
	return b, nil
}
