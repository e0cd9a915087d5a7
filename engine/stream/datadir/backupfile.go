package datadir

import (
	"bufio"
	"bytes"
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

	"tilsyn/engine/atrest"
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
// An encrypted one begins in the same way; its head says so, and up to which moment it goes, so that the
// next one can continue it where nobody can read it. Behind the checksum is a file of age, which holds the
// plain backup, head lines and all.
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
	// Encryption is encryptionAge in the head of an encrypted backup, and Upto is the state.BackupInfo.Upto
	// of what is in it.
	Encryption string `json:"encryption,omitempty"`
	Upto       uint64 `json:"upto,omitempty"`
}

// encryptionAge says that a file of age is behind the head.
const encryptionAge = "age"

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
	if !state.Reads(uint64(h.StateFormat)) {
		return bad(fmt.Sprintf("it holds state of format %d, this program reads formats %s; use the program that wrote it, "+
			"or let the state be built again from the topics",
			h.StateFormat, state.Formats()))
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

// OpenBackupFile opens a backup and reads its head. If it is encrypted the identity decrypts it, and the head
// is the one that was encrypted with the rest. The error names the file and wraps state.ErrBackup.
func OpenBackupFile(path string, identity *atrest.Key) (*BackupFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, state.ErrBackup, Plain(err))
	}
	b := &BackupFile{Reader: bufio.NewReaderSize(f, 1<<20), file: f}
	if b.Head, err = readBackupHead(b.Reader); err == nil && b.Head.Encryption != "" {
		err = b.decrypt(identity)
	}
	if err != nil {
		_ = f.Close() // only read
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return b, nil
}

// decrypt goes on behind the head of an encrypted backup.
func (b *BackupFile) decrypt(identity *atrest.Key) error {
	outer := b.Head
	if outer.Encryption != encryptionAge {
		return fmt.Errorf("%w: it is encrypted in a way that this version of tilsyn does not know", state.ErrBackup)
	}
	if identity == nil {
		return fmt.Errorf("%w: it is encrypted: give --identity with the key file of one of its recipients",
			state.ErrBackup)
	}
	plain, err := identity.Reader(b.Reader)
	if err != nil {
		return fmt.Errorf("%w: %w: give --identity with the key file of one of its recipients", state.ErrBackup, err)
	}
	b.Reader = bufio.NewReaderSize(plain, 1<<20)
	if b.Head, err = readBackupHead(b.Reader); err != nil {
		return err
	}
	if b.Head.ID != outer.ID || b.Head.Parent != outer.Parent || b.Head.Store != outer.Store || b.Head.Encryption != "" {
		return fmt.Errorf("%w: its first lines are not those that were encrypted", state.ErrBackup)
	}
	return nil
}

// SealBackup reads a plain backup file to its end, verifies its checksums on the way, and writes the
// encrypted one.
func SealBackup(w io.Writer, r io.Reader, to *atrest.Recipients) error {
	in := bufio.NewReaderSize(r, 1<<20)
	head, err := readBackupHead(in)
	if err != nil {
		return err
	}
	first, err := in.Peek(state.BackupInfoBytes)
	if err != nil {
		return fmt.Errorf("%w: it is cut short (%w)", state.ErrBackup, err)
	}
	info, err := state.ReadBackupInfo(bytes.NewReader(first))
	if err != nil {
		return err
	}
	outer := head
	outer.Encryption, outer.Upto = encryptionAge, info.Upto
	if err := outer.WriteLines(w); err != nil {
		return err
	}
	sealed, err := to.Writer(w)
	if err != nil {
		return fmt.Errorf("encrypt the backup: %w", err)
	}
	if err := head.WriteLines(sealed); err != nil {
		return err
	}
	if _, err := state.CheckBackup(io.TeeReader(in, sealed)); err != nil {
		return err
	}
	return sealed.Close()
}

// BackupBefore reads the backup that another one is to continue: its head, and the moment up to which it
// goes. A plain one is read to its end and its checksums are verified; of an encrypted one only the head can be.
func BackupBefore(path string) (head BackupHead, upto uint64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return head, 0, fmt.Errorf("%s: %w: %w", path, state.ErrBackup, Plain(err))
	}
	defer f.Close()
	if head, err = readBackupHead(bufio.NewReader(f)); err != nil {
		return head, 0, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if head.Encryption != "" {
		return head, head.Upto, nil
	}
	head, info, err := CheckBackupFile(path)
	return head, info.Upto, err
}

// CheckBackupFile reads a whole backup that is not encrypted and verifies its checksums.
func CheckBackupFile(path string) (BackupHead, state.BackupInfo, error) {
	b, err := OpenBackupFile(path, nil)
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
