package datadir

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"tilsyn/engine/outfile"
	"tilsyn/state"
)

// A backup file of `tilsyn state backup` describes itself in its first lines, so that `head -2`
// shows what it is:
//
//	tilsyn backup 1
//	one line of JSON: BackupHead
//	CRC-32C of these two lines, eight hex digits
//	the content, with checksums of its own (package state)
//
// An incremental file names the backup that it continues, and both name the store that they were
// taken from: positions in another store mean something else.

// backupMagic is the first line; its number is the version of the file format.
const backupMagic = "tilsyn backup 1\n"

// maxHeadBytes bounds the two lines of text in front of the checksum.
const maxHeadBytes = 64 << 10

// BackupHead describes a backup. ID names it.
type BackupHead struct {
	ID string `json:"id"`
	// Parent is the ID of the backup that this one continues; empty for a full one.
	Parent string `json:"parent,omitempty"`
	// Store is the StoreID of the state that it was taken from.
	Store string `json:"store"`
	// TakenAt is for people; nothing depends on it.
	TakenAt time.Time `json:"taken_at"`
	// StateFormat is the state.FormatVersion of the content.
	StateFormat int `json:"state_format"`
	// Identity is what the state belongs to, and the instance that had it.
	Identity Identity `json:"identity"`
}

// NewBackupHead describes a backup taken now; parent is empty for a full one.
func NewBackupHead(id Identity, store, parent string) BackupHead {
	return BackupHead{
		ID: uuid.NewString(), Parent: parent, Store: store, TakenAt: time.Now().UTC().Truncate(time.Second),
		StateFormat: state.FormatVersion, Identity: id,
	}
}

// Castagnoli is the table of CRC-32C, the checksum of backups and of the register.
var Castagnoli = crc32.MakeTable(crc32.Castagnoli)

// WriteLines writes the head lines of the file.
func (h *BackupHead) WriteLines(w io.Writer) error {
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	text := append([]byte(backupMagic), line...)
	text = append(text, '\n')
	_, err = fmt.Fprintf(w, "%s%08x\n", text, crc32.Checksum(text, Castagnoli))
	return err
}

// readBackupHead reads and checks the head lines.
func readBackupHead(r *bufio.Reader) (h BackupHead, err error) {
	bad := func(what string) (BackupHead, error) { return h, fmt.Errorf("%w: %s", state.ErrBackup, what) }
	magic, err := r.Peek(len(backupMagic))
	if err != nil || string(magic) != backupMagic {
		return bad("it does not begin like a backup of this version of tilsyn")
	}
	var text []byte
	for lines := 0; lines < 2; {
		b, err := r.ReadByte()
		if err != nil || len(text) > maxHeadBytes {
			return bad("its first lines are cut short")
		}
		if text = append(text, b); b == '\n' {
			lines++
		}
	}
	sum := make([]byte, 9)
	if _, err := io.ReadFull(r, sum); err != nil {
		return bad("its first lines are cut short")
	}
	if string(sum) != fmt.Sprintf("%08x\n", crc32.Checksum(text, Castagnoli)) {
		return bad("the checksum of its first lines does not match")
	}
	if err := json.Unmarshal(text[len(backupMagic):], &h); err != nil || h.ID == "" || h.Store == "" {
		return bad("its first lines cannot be read")
	}
	if h.StateFormat != state.FormatVersion {
		return bad(fmt.Sprintf("it holds state of format %d, this program reads %d; use the program that wrote it, "+
			"or let the state be built again from the topics",
			h.StateFormat, state.FormatVersion))
	}
	return h, nil
}

// BackupFile is an open backup, positioned at its content.
type BackupFile struct {
	*bufio.Reader
	file *os.File
	Head BackupHead
}

// Close implements io.Closer.
func (b *BackupFile) Close() error { return b.file.Close() }

// OpenBackupFile opens a backup and reads its head. The error names the file and wraps
// state.ErrBackup.
func OpenBackupFile(path string) (*BackupFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, state.ErrBackup, Plain(err))
	}
	b := &BackupFile{Reader: bufio.NewReaderSize(f, 1<<20), file: f}
	if b.Head, err = readBackupHead(b.Reader); err != nil {
		_ = f.Close() // only read
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return b, nil
}

// CheckBackupFile reads a whole backup and verifies its checksums.
func CheckBackupFile(path string) (BackupHead, state.BackupInfo, error) {
	b, err := OpenBackupFile(path)
	if err != nil {
		return BackupHead{}, state.BackupInfo{}, err
	}
	defer b.Close()
	info, err := state.CheckBackup(b)
	if err != nil {
		return b.Head, info, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return b.Head, info, nil
}

// storeFile holds the name of the store in the state directory. It is deleted with the directory
// and never copied.
const storeFile = "STORE"

// StoreID returns the name of the store in a state directory, giving it one if it has none. The
// caller holds the directory.
func StoreID(dir string) (string, error) {
	path := filepath.Join(dir, storeFile)
	id, err := os.ReadFile(path)
	if err == nil && len(id) > 0 {
		return string(id), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the name of the store: %w", err)
	}
	id = []byte(uuid.NewString())
	if err := outfile.ReplaceBytes(path, id); err != nil {
		return "", fmt.Errorf("name the store: %w", err)
	}
	return string(id), nil
}
