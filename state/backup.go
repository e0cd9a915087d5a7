package state

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// A backup saves the time of rebuilding the state; the logs remain the truth (REL-07). It is one
// file:
//
//	"tilsynBK", format version, since, upto: 8 bytes each
//	chunks: length, that many bytes of Badger's stream
//	length 0, CRC-32C of everything before
//
// since is 0 in a full backup. An incremental one continues the backup whose upto equals its
// since.
const (
	backupMagic  = "tilsynBK"
	backupHeader = 32
	chunkBytes   = 1 << 20
)

// ErrBackup says that a file is no backup, is damaged, or does not follow the
// one restored before it.
var ErrBackup = errors.New("backup cannot be used")

// Backup writes what changed after an earlier backup, given by its upto (0: everything), while the
// store is in use, and returns its own upto. It is consistent: what is committed meanwhile belongs
// to the next backup. Restoring incremental backups may bring back keys that were deleted in
// between; the layout makes them harmless (keys.go).
func (db *DB) Backup(w io.Writer, since uint64) (upto uint64, err error) {
	if err := db.enter(); err != nil {
		return 0, err
	}
	defer db.leave()
	// Verify first, since a stream ends at a damaged block as if there were no more.
	if err := db.Verify(); err != nil {
		return 0, err
	}
	upto = db.moment()
	out := &summed{w: w}
	head := binary.BigEndian.AppendUint64([]byte(backupMagic), FormatVersion)
	head = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(head, since), upto)
	if _, err := out.Write(head); err != nil {
		return 0, fmt.Errorf("writing a backup: %w", err)
	}
	chunks := bufio.NewWriterSize(chunkWriter{out}, chunkBytes)
	stream := db.bg.NewStream()
	// Every goroutine of a stream reads at its own version, so use one only.
	stream.NumGo = 1
	stream.LogPrefix = "backup"
	stream.SinceTs = since
	if _, err := stream.Backup(chunks, since); err != nil {
		return 0, fmt.Errorf("writing a backup: %w", known(err))
	}
	if err := chunks.Flush(); err != nil {
		return 0, fmt.Errorf("writing a backup: %w", err)
	}
	if _, err := out.Write(binary.BigEndian.AppendUint32(nil, 0)); err != nil {
		return 0, fmt.Errorf("writing a backup: %w", err)
	}
	if _, err := w.Write(binary.BigEndian.AppendUint32(nil, out.sum)); err != nil {
		return 0, fmt.Errorf("writing a backup: %w", err)
	}
	return upto, nil
}

// moment returns the version up to which everything is committed. A stream that starts later may
// hold a little more, which the next backup then repeats.
func (db *DB) moment() uint64 {
	txn := db.bg.NewTransaction(false)
	defer txn.Discard()
	return txn.ReadTs()
}

// summed computes the checksum of what is written.
type summed struct {
	w   io.Writer
	sum uint32 // CRC-32C so far
}

// Write implements io.Writer.
func (s *summed) Write(p []byte) (int, error) {
	s.sum = crc32.Update(s.sum, castagnoli, p)
	return s.w.Write(p)
}

// chunkWriter writes each buffer preceded by its length.
type chunkWriter struct{ w io.Writer }

// Write implements io.Writer.
func (c chunkWriter) Write(p []byte) (int, error) {
	if _, err := c.w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p)))); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

// BackupInfo describes a backup.
type BackupInfo struct {
	// Format is the format version of the state in it.
	Format uint64
	// Since is the Upto of the backup that this one continues; 0 for a full one.
	Since, Upto uint64
	// Bytes is the size of the content.
	Bytes int64
}

// BackupInfoBytes is how many bytes at the beginning of a backup [ReadBackupInfo] needs.
const BackupInfoBytes = backupHeader

// ReadBackupInfo reads what the beginning of a backup says of it; Bytes is not known then.
func ReadBackupInfo(r io.Reader) (BackupInfo, error) {
	b, err := openBackup(r)
	if err != nil {
		return BackupInfo{}, err
	}
	return b.info, nil
}

// CheckBackup reads a whole backup and verifies its checksum.
func CheckBackup(r io.Reader) (BackupInfo, error) {
	b, err := openBackup(r)
	if err == nil {
		_, err = io.Copy(io.Discard, b)
	}
	if err != nil {
		return BackupInfo{}, err
	}
	return b.info, nil
}

// Restore creates a state directory from a full backup and the incremental ones that follow it, in
// order. dir must be missing or empty. Every file is verified before anything is loaded.
func Restore(dir string, opt Options, files ...string) error {
	sources := make([]Source, len(files))
	for i, file := range files {
		sources[i] = Source{Name: filepath.Base(file), Open: func() (io.ReadCloser, error) { return os.Open(file) }}
	}
	return RestoreFrom(dir, opt, sources...)
}

// Source is a backup to restore. It is opened twice: to verify it, and to load it.
type Source struct {
	// Name appears in error texts.
	Name string
	// Open returns the backup from its first byte.
	Open func() (io.ReadCloser, error)
}

// RestoreFrom is [Restore] from any source.
func RestoreFrom(dir string, opt Options, sources ...Source) error {
	if err := Supported(); err != nil {
		return err
	}
	if len(sources) == 0 {
		return fmt.Errorf("%w: no file was named", ErrBackup)
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%w: %s is not empty; restore into a new directory", ErrFormat, dir)
	}
	upto := uint64(0)
	for _, s := range sources {
		info, err := s.check()
		if err != nil {
			return err
		}
		if info.Since != upto {
			return fmt.Errorf("%w: %s continues moment %d, but what comes before it ends at %d; "+
				"name a full backup first and then each later one in order",
				ErrBackup, s.Name, info.Since, upto)
		}
		upto = info.Upto
	}
	db, err := Open(dir, opt)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if err := db.load(s); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return errors.Join(db.Sync(), db.Close())
}

// check verifies the backup.
func (s Source) check() (BackupInfo, error) {
	f, err := s.Open()
	if err != nil {
		return BackupInfo{}, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	defer f.Close()
	info, err := CheckBackup(bufio.NewReaderSize(f, chunkBytes))
	if err != nil {
		return info, fmt.Errorf("%s: %w", s.Name, err)
	}
	return info, nil
}

// load loads one verified backup.
func (db *DB) load(s Source) error {
	f, err := s.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBackup, err)
	}
	defer f.Close()
	b, err := openBackup(bufio.NewReaderSize(f, chunkBytes))
	if err != nil {
		return err
	}
	if err := db.bg.Load(b, 16); err != nil {
		return fmt.Errorf("loading %s: %w", s.Name, known(err))
	}
	return nil
}

// backupReader reads the content of a backup. At the end it fails if the checksum does not match.
type backupReader struct {
	r    io.Reader
	info BackupInfo
	sum  uint32 // CRC-32C so far
	left uint32 // of the chunk
	end  bool   // the content was read to its end
}

// openBackup reads the head of a backup.
func openBackup(r io.Reader) (*backupReader, error) {
	b := &backupReader{r: r}
	head := make([]byte, backupHeader)
	if err := b.fill(head); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(backupMagic)) {
		return nil, fmt.Errorf("%w: it does not begin like a backup", ErrBackup)
	}
	b.info.Format = binary.BigEndian.Uint64(head[8:])
	b.info.Since, b.info.Upto = binary.BigEndian.Uint64(head[16:]), binary.BigEndian.Uint64(head[24:])
	if !Reads(b.info.Format) {
		return nil, fmt.Errorf("%w: it holds format %d, this program reads formats %s", ErrBackup, b.info.Format, Formats())
	}
	return b, nil
}

// fill reads exactly p.
func (b *backupReader) fill(p []byte) error {
	if _, err := io.ReadFull(b.r, p); err != nil {
		return fmt.Errorf("%w: it is cut short (%w)", ErrBackup, err)
	}
	b.sum = crc32.Update(b.sum, castagnoli, p)
	return nil
}

// Read implements io.Reader.
func (b *backupReader) Read(p []byte) (int, error) {
	var four [4]byte
	for b.left == 0 {
		if b.end {
			return 0, io.EOF
		}
		if err := b.fill(four[:]); err != nil {
			return 0, err
		}
		if b.left = binary.BigEndian.Uint32(four[:]); b.left > 0 {
			break
		}
		want := b.sum
		if err := b.fill(four[:]); err != nil {
			return 0, err
		}
		if binary.BigEndian.Uint32(four[:]) != want {
			return 0, fmt.Errorf("%w: its checksum does not match", ErrBackup)
		}
		b.end = true
	}
	n := min(len(p), int(b.left))
	if err := b.fill(p[:n]); err != nil {
		return 0, err
	}
	b.left -= uint32(n)
	b.info.Bytes += int64(n)
	return n, nil
}
