package stream

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tilsyn/engine/atrest"
	"tilsyn/engine/outfile"
	"tilsyn/engine/stream/datadir"
	"tilsyn/state"
)

// BackupConfig configures [Backup].
type BackupConfig struct {
	// DataDir is the directory of the instance; an engine may be running on it.
	DataDir string
	// To is the file to write. It must not exist, and is written whole or not at all.
	To string
	// Key opens the data directory if it is encrypted and no engine runs on it.
	Key *atrest.Key
	// Since is an earlier backup of the same data directory; only what changed after it is written.
	// Empty: everything.
	Since string
	// Recipients are those who can read the file (default: it is not encrypted).
	Recipients *atrest.Recipients
}

// BackupInfo describes a finished backup.
type BackupInfo struct {
	// Bytes is the size of the file.
	Bytes int64
	// Incremental is true if it continues another backup.
	Incremental bool
	// Online is true if a running engine wrote it.
	Online bool
	// TakenAt is when it was started.
	TakenAt time.Time
}

// Backup writes the state of an instance to a file, whether or not an engine runs on it, and
// verifies the file by reading it back. Errors that are state.ErrBackup concern unusable backups,
// errors that are ErrConfig the settings.
func Backup(ctx context.Context, cfg BackupConfig) (BackupInfo, error) {
	if _, err := os.Lstat(cfg.To); err == nil {
		return BackupInfo{}, errConfig(fmt.Sprintf("--to %s: the file is there already; name a new one", cfg.To))
	}
	var since uint64
	var before datadir.BackupHead
	if cfg.Since != "" {
		var err error
		if before, since, err = datadir.BackupBefore(cfg.Since); err != nil {
			return BackupInfo{}, err
		}
	}
	info := BackupInfo{Incremental: cfg.Since != ""}
	f, err := outfile.Create(cfg.To, outfile.Private)
	if err != nil {
		return info, errConfig(fmt.Sprintf("--to %s: %v; name a new file in a directory that this user may write",
			cfg.To, datadir.Plain(err)))
	}
	defer f.Discard()
	sum := sha256.New()
	w, done := sealing(io.MultiWriter(f, sum), cfg.Recipients)
	info.Online, err = backupOnline(ctx, cfg.DataDir, before, since, w)
	if errors.Is(err, errNotRunning) {
		err = backupOffline(cfg.DataDir, cfg.Key, before, since, w)
	}
	if err = done(err); err == nil {
		err = f.Commit()
	}
	if err != nil {
		return info, err
	}
	// Verify the file: what an engine sent counts only if it can be read back.
	head, err := checkWritten(cfg.To, sum.Sum(nil))
	if err != nil {
		return info, errors.Join(err, os.Remove(cfg.To))
	}
	info.TakenAt = head.TakenAt
	st, err := os.Stat(cfg.To)
	if err == nil {
		info.Bytes = st.Size()
	}
	return info, err
}

// sealing encrypts a backup that is written, or hands it through. Its caller calls done at the end, with
// its error if it had one.
func sealing(w io.Writer, to *atrest.Recipients) (in io.Writer, done func(error) error) {
	if to == nil {
		return w, func(err error) error { return err }
	}
	r, pipe := io.Pipe()
	sealed := make(chan error, 1)
	go func() {
		err := datadir.SealBackup(w, r, to)
		_ = r.CloseWithError(err) // whoever still writes learns why
		sealed <- err
	}()
	return pipe, func(err error) error {
		_ = pipe.CloseWithError(err) // it has no error of its own
		if ended := <-sealed; err == nil {
			err = ended
		}
		return err
	}
}

// checkWritten reads a backup back that was just written. What was written has the checksum; what is in it
// was verified before it was encrypted, and is verified now if it is not encrypted.
func checkWritten(path string, sum []byte) (datadir.BackupHead, error) {
	f, err := os.Open(path)
	if err != nil {
		return datadir.BackupHead{}, err
	}
	defer f.Close()
	read := sha256.New()
	if _, err := io.Copy(read, f); err != nil {
		return datadir.BackupHead{}, err
	}
	if !bytes.Equal(read.Sum(nil), sum) {
		return datadir.BackupHead{}, fmt.Errorf("%w: %s does not hold what was written", state.ErrBackup, path)
	}
	head, _, err := datadir.BackupBefore(path)
	return head, err
}

// backupOnline lets the running engine write the backup. It reports whether an engine answered.
func backupOnline(ctx context.Context, dataDir string, before datadir.BackupHead, since uint64,
	w io.Writer) (bool, error) {
	q := url.Values{"since": {strconv.FormatUint(since, 10)}, "parent": {before.ID}, "store": {before.Store}}
	res, err := askEngine(ctx, dataDir, "/backup", q)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		return true, fmt.Errorf("the engine did not finish the backup; its log says why: %w", err)
	}
	return true, nil
}

// backupOffline writes the backup of a data directory that no process has open.
func backupOffline(dataDir string, key *atrest.Key, before datadir.BackupHead, since uint64,
	w io.Writer) (err error) {
	db, id, err := openStore(dataDir, key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	store, err := datadir.StoreID(filepath.Join(dataDir, datadir.DirState))
	if err == nil {
		err = followsStore(before.ID, before.Store, store)
	}
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 1<<20)
	if err := writeBackup(buffered, db, datadir.NewBackupHead(id, store, before.ID), since); err != nil {
		return err
	}
	return buffered.Flush()
}

// followsStore refuses to continue a backup that was taken of another store.
func followsStore(parent, of, store string) error {
	if parent != "" && of != store {
		return fmt.Errorf("%w: the backup before it was taken of another state, or this one was built anew since; "+
			"take a full backup", state.ErrBackup)
	}
	return nil
}

// writeBackup writes the head and then the content of the store.
func writeBackup(w io.Writer, db *state.DB, head datadir.BackupHead, since uint64) error {
	lazy := &afterHead{w: w, head: &head}
	_, err := db.Backup(lazy, since)
	return err
}

// afterHead writes the head before the first byte of the content, so that a store that cannot be
// read produces no output at all.
type afterHead struct {
	w    io.Writer
	head *datadir.BackupHead
}

// Write implements io.Writer.
func (a *afterHead) Write(p []byte) (int, error) {
	if a.head != nil {
		if err := a.head.WriteLines(a.w); err != nil {
			return 0, err
		}
		a.head = nil
	}
	return a.w.Write(p)
}

// RestoreConfig configures [Restore].
type RestoreConfig struct {
	// DataDir is the directory to create; it must be missing or empty.
	DataDir string
	// Files are a full backup and the incremental ones that follow it, in order.
	Files []string
	// Key encrypts the new directory (default: it is not encrypted).
	Key *atrest.Key
	// Identity decrypts those of Files that are encrypted.
	Identity *atrest.Key
	// SameInstance takes over the group membership of the instance that was backed up, which must
	// be gone. Otherwise the directory becomes a new member, and the group waits for the session of
	// the old one to end.
	SameInstance bool
}

// Restore creates a data directory from backups. After an error the directory is as it was. `run`
// then reads the rest from the topics and tells nothing twice, since what was told after the
// backup is in the topics too.
func Restore(cfg RestoreConfig) (err error) {
	dataDir, files := cfg.DataDir, cfg.Files
	if entries, err := os.ReadDir(dataDir); err == nil && len(entries) > 0 {
		return errConfig(fmt.Sprintf("--data-dir %s is not empty: restore into a new directory", dataDir))
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errConfig(fmt.Sprintf("--data-dir %s: %v; restore into a new directory", dataDir, datadir.Plain(err)))
	}
	id, err := checkChain(files, cfg.Identity)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	next := filepath.Join(dataDir, datadir.DirState+".new")
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(next), os.RemoveAll(filepath.Join(dataDir, atrest.DataKeyFile)))
		}
	}()
	vault, err := atrest.Open(dataDir, cfg.Key)
	if err != nil {
		return err
	}
	sources := make([]state.Source, len(files))
	for i, file := range files {
		sources[i] = state.Source{Name: filepath.Base(file), Open: func() (io.ReadCloser, error) {
			b, err := datadir.OpenBackupFile(file, cfg.Identity)
			if err != nil {
				return nil, err
			}
			return b, nil
		}}
	}
	if err := state.RestoreFrom(next, state.Options{Key: stateKey(vault)}, sources...); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(dataDir, datadir.DirState)); err != nil {
		return fmt.Errorf("put the state in its place: %w", err)
	}
	if err := outfile.SyncDir(dataDir); err != nil {
		return err
	}
	if !cfg.SameInstance {
		id.InstanceID = "tilsyn-" + uuid.NewString()
	}
	return datadir.WriteIdentity(dataDir, id)
}

// checkChain checks that each file continues the one before it, and returns what the state belongs
// to.
func checkChain(files []string, identity *atrest.Key) (datadir.Identity, error) {
	if len(files) == 0 {
		return datadir.Identity{}, fmt.Errorf("%w: no file was named", state.ErrBackup)
	}
	var before datadir.BackupHead
	for i, file := range files {
		b, err := datadir.OpenBackupFile(file, identity)
		if err != nil {
			return datadir.Identity{}, err
		}
		head := b.Head
		_ = b.Close() // only read
		switch {
		case i == 0 && head.Parent != "":
			return datadir.Identity{}, fmt.Errorf("%w: %s is incremental; "+
				"name the full backup first and then each later one in order", state.ErrBackup, file)
		case i > 0 && (head.Parent != before.ID || head.Store != before.Store):
			return datadir.Identity{}, fmt.Errorf("%w: %s does not continue %s; "+
				"name each incremental backup right behind the one that its --since named", state.ErrBackup, file, files[i-1])
		case i > 0 && !head.Identity.Same(&before.Identity):
			return datadir.Identity{}, fmt.Errorf("%w: %s is of other topics than %s", state.ErrBackup, file, files[i-1])
		}
		before = head
	}
	return before.Identity, nil
}
