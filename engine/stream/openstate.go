package stream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/task"
	"tilsyn/state"
)

// dirDamaged is where a state that cannot be opened is moved, for whoever investigates the disk.
// Only the last one is kept.
const dirDamaged = "state.damaged"

// openState opens the local state. A state too damaged to open is moved aside and a new one begun:
// the tasks are then rebuilt from the topics, as when damage is found later. Nothing is judged
// from the damaged one.
func (e *engine) openState() (*state.DB, error) {
	dir := filepath.Join(e.cfg.DataDir, datadir.DirState)
	opt := task.StateWithin(e.cfg.State, e.cfg.Memory)
	opt.Key = stateKey(e.vault)
	db, err := state.Open(dir, opt)
	if !errors.Is(err, state.ErrCorrupt) {
		if err != nil {
			return nil, fmt.Errorf("open the state: %w", err)
		}
		return db, nil
	}
	aside := filepath.Join(e.cfg.DataDir, dirDamaged)
	e.cfg.Log.Warn().Err(err).Str("aside", aside).
		Msg("the local state is damaged and does not open: it is put aside and built again from the topics; " +
			"nothing is told twice, and nobody is judged until it is done")
	if err := errors.Join(os.RemoveAll(aside), os.Rename(dir, aside)); err != nil {
		return nil, fmt.Errorf("put the damaged state aside: %w", err)
	}
	if db, err = state.Open(dir, opt); err != nil {
		return nil, fmt.Errorf("open a new state: %w", err)
	}
	return db, nil
}
