package stream

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"tilsyn/engine/atrest"
	"tilsyn/engine/stream/datadir"
)

// What lies in a data directory, and what of it is encrypted where the directory is:
//
//	state, state.damaged          the state of the tasks: Badger encrypts tables, logs and value logs
//	register, register.damaged    links and assignments: records one by one, the index as a whole
//	pages                         what the pages read: Badger
//	data-key.age                  the directory's own key, encrypted to that of the operator
//	identity.json, membership.json, schema-registry.json, in-use.lock, admin.sock, embedded-running
//	                              names of topics, instances and schemas: nothing of a person
//
// Beside it, snapshots are encrypted with the operator's key. Facts of centres and the roots of the logs of
// revisions are in memory and in the topics only. The topics of an embedded broker are not encrypted.

// openVault opens the vault of the data directory of a run that holds it, and looks who else may read it.
func openVault(cfg *Config) (*atrest.Vault, error) {
	if err := checkModes(cfg); err != nil {
		return nil, err
	}
	if cfg.StateKey != nil && cfg.Embedded != "" {
		cfg.Log.Warn().Msg("--state-key-file encrypts the data directory; the topics of the embedded broker are not " +
			"encrypted: keep its directory on a disk that is")
	}
	return atrest.Open(cfg.DataDir, cfg.StateKey, datadir.IdentityFile, datadir.DirState, datadir.DirRegister)
}

// readVault opens the vault of an existing data directory.
func readVault(dataDir string, key *atrest.Key) (*atrest.Vault, error) {
	return atrest.Open(dataDir, key, datadir.IdentityFile)
}

// stateKey is the key of the state; nil in a directory that is not encrypted.
func stateKey(v *atrest.Vault) []byte { return v.Key("state") }

// Permissions of others on a directory.
const (
	othersWrite fs.FileMode = 0o002
	othersAny   fs.FileMode = 0o077
	sticky                  = fs.ModeSticky
)

// checkModes refuses a data directory that every user may write to: anybody could put another state
// there. One that others may look into is told in the log and no more: what names persons lies in
// directories below it that are made for their owner alone, and volumes of a cluster are often open to a
// group. Where one of these is open, that is told as well.
func checkModes(cfg *Config) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	info, err := os.Stat(cfg.DataDir)
	if err != nil {
		return fmt.Errorf("look at the data directory: %w", err)
	}
	if info.Mode().Perm()&othersWrite != 0 && info.Mode()&sticky == 0 {
		return errConfig(fmt.Sprintf("--data-dir %s: every user may write to it (mode %03o), and so put another state "+
			"there: chmod 700 it", cfg.DataDir, info.Mode().Perm()))
	}
	for _, dir := range []string{cfg.DataDir, filepath.Join(cfg.DataDir, datadir.DirState),
		filepath.Join(cfg.DataDir, datadir.DirRegister)} {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Mode().Perm()&othersAny != 0 {
			cfg.Log.Warn().Str("directory", dir).Str("mode", fmt.Sprintf("%03o", info.Mode().Perm())).
				Msg("others than its user may look into the directory: chmod 700 it, unless they are to")
		}
	}
	return nil
}

// Rekey lets another key file open a data directory instead of the present one. No engine may run on
// it. Errors that are ErrConfig, atrest.ErrKey or state.ErrInUse concern the settings; nothing changed then.
func Rekey(dataDir string, old, anew *atrest.Key) error {
	if _, err := readIdentity(dataDir); err != nil {
		return err
	}
	unlock, err := datadir.LockDirs(dataDir)
	if err != nil {
		return err
	}
	defer unlock()
	return atrest.Rekey(dataDir, old, anew)
}
