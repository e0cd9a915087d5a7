package register

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tilsyn/engine/atrest"
	"tilsyn/engine/outfile"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/wire"

	"github.com/google/uuid"
)

// The register is kept in the data directory, so that a start only reads the links and assignments
// that came since. There are two files:
//
//	records  the record log (log.go), behind a line that names it
//	index    a checkpoint: where the reader was in the topics, how much of records
//	         belongs to it, the links, and the table of cards
//
// In a data directory that is encrypted the records are, each by itself, and the index as a whole.
//
// The index is replaced atomically after records was synced, so an index always refers to bytes
// that exist. What was written to records after it is cut off and read from the topics again.

// The first lines of the files; their number is the version of the format.
const (
	RecordsMagic = "tilsyn records 1 "
	IndexMagic   = "tilsyn register 1\n"
)

// ErrKept says that a kept register cannot be used; the text around it says why.
var ErrKept = errors.New("the register in the data directory cannot be used")

// KeptHead is the head of an index, before links and cards.
type KeptHead struct {
	// Topics identifies the topics, Schema the schema of the logged records.
	Topics KeptTopics `json:"topics"`
	Schema uint64     `json:"schema"`
	// Records names the record log, Length is how many bytes of it belong to this index; Cards is the
	// number of slots.
	Records string `json:"records"`
	Length  int64  `json:"length"`
	Cards   int    `json:"cards"`
	// Positions are the next offsets, Marks identify the batches before them, Newest are the newest
	// times read, Assigned the newest assignments; all by "topic/partition".
	Positions map[string]int64       `json:"positions"`
	Marks     map[string]broker.Mark `json:"marks"`
	Newest    map[string]int64       `json:"newest"`
	Assigned  map[string]KeptTouch   `json:"assigned"`
	// Refused are the offsets of records that could not be used.
	Refused map[string][]int64 `json:"refused,omitempty"`
}

// KeptTopics identifies the topics that a kept register was read from.
type KeptTopics struct {
	Cluster    string `json:"cluster_id"`
	Prefix     string `json:"topic_prefix"`
	Partitions int32  `json:"partitions"`
}

// KeptTouch is the place and time of a record, for tasks that stand before it.
type KeptTouch struct {
	Offset int64 `json:"offset"`
	Known  int64 `json:"known"`
}

// Kept is an index in memory: its head, the encoded links and the card table.
type Kept struct {
	Head  KeptHead
	Links []byte
	Cards *cardTable
}

// maxKeptPart bounds the head and the links of an index, in bytes.
const maxKeptPart = 1 << 30

// CreateRecords recreates the directory with an empty record log, and returns the log and its
// name.
func CreateRecords(dir string) (*os.File, string, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", err
	}
	file, err := os.OpenFile(filepath.Join(dir, datadir.RecordsFile), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, "", err
	}
	id := uuid.NewString()
	_, err = file.WriteString(RecordsMagic + id + "\n")
	if err == nil {
		err = outfile.SyncDir(filepath.Dir(dir))
	}
	if err != nil {
		return nil, "", errors.Join(err, file.Close())
	}
	return file, id, nil
}

// OpenRecords opens the record log of an index and cuts off what was written after it.
func OpenRecords(dir string, head *KeptHead) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, datadir.RecordsFile), os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	want := RecordsMagic + head.Records + "\n"
	first := make([]byte, len(want))
	_, err = file.ReadAt(first, 0)
	info, err2 := file.Stat()
	switch {
	case err != nil || err2 != nil:
		err = fmt.Errorf("%w: %w", ErrKept, errors.Join(err, err2))
	case string(first) != want:
		err = fmt.Errorf("%w: its records are others than those of its index", ErrKept)
	case info.Size() < head.Length && head.Length > LogStart:
		err = fmt.Errorf("%w: its records are cut short", ErrKept)
	default:
		// Cut off what came after; the next chunk begins at a chunk boundary, behind a gap.
		err = errors.Join(file.Truncate(max(head.Length, int64(len(want)))), file.Truncate(ChunkAfter(head.Length)))
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrKept, err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// ChunkAfter returns where the first chunk behind length begins.
func ChunkAfter(length int64) int64 {
	return max(LogStart, (length+logChunk-1)/logChunk*logChunk)
}

// WriteIndex writes an index atomically and durably; v encrypts it.
func WriteIndex(dir string, v *atrest.Vault, k *Kept) error {
	head, err := json.Marshal(&k.Head)
	if err != nil {
		return err
	}
	return outfile.Replace(filepath.Join(dir, datadir.IndexFile), func(file io.Writer) error {
		w, err := v.Writer(file)
		if err != nil {
			return err
		}
		sum := crc32.New(datadir.Castagnoli)
		b := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<20)
		start := []byte(IndexMagic)
		for _, part := range [][]byte{head, k.Links} {
			start = append(binary.LittleEndian.AppendUint64(start, uint64(len(part))), part...)
		}
		if _, err := b.Write(start); err != nil {
			return err
		}
		slot := make([]byte, slotBytes)
		err = k.Cards.each(func(s cardSlot) error {
			binary.LittleEndian.PutUint64(slot, s.card)
			binary.LittleEndian.PutUint64(slot[8:], s.holder)
			binary.LittleEndian.PutUint64(slot[16:], s.where)
			_, err := b.Write(slot)
			return err
		})
		if err := errors.Join(err, b.Flush()); err != nil {
			return err
		}
		if _, err := w.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32())); err != nil {
			return err
		}
		return w.Close()
	})
}

// ReadIndex reads an index after verifying its checksum. The error wraps ErrKept if it is damaged
// or of another version, and fs.ErrNotExist if there is none. v decrypts it.
func ReadIndex(dir string, v *atrest.Vault) (*Kept, error) {
	f, err := os.Open(filepath.Join(dir, datadir.IndexFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	index, size, err := v.ReaderAt(f, info.Size())
	if err == nil {
		size, err = checkIndexSum(index, size)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	k, err := parseIndex(bufio.NewReaderSize(io.NewSectionReader(index, 0, size), 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	return k, nil
}

// sumBytes is the length of the checksum at the end of an index.
const sumBytes = 4

// checkIndexSum verifies the checksum of an index of so many bytes and returns how many lie before it.
func checkIndexSum(f io.ReaderAt, size int64) (int64, error) {
	size -= sumBytes
	if size < int64(len(IndexMagic)) {
		return 0, wire.ErrCut
	}
	first := make([]byte, len(IndexMagic))
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, size), first); err != nil {
		return 0, err
	}
	if string(first) != IndexMagic && strings.HasPrefix(string(first), "tilsyn register ") {
		return 0, errors.New("its index is of another version")
	}
	sum := crc32.New(datadir.Castagnoli)
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, io.NewSectionReader(f, 0, size),
		make([]byte, 1<<20)); err != nil {
		return 0, err
	}
	want := make([]byte, sumBytes)
	if _, err := io.ReadFull(io.NewSectionReader(f, size, sumBytes), want); err != nil { // an EOF may come with the end
		return 0, err
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(want) {
		return 0, errors.New("the checksum of its index does not match")
	}
	return size, nil
}

// parseIndex parses what lies before the checksum.
func parseIndex(r *bufio.Reader) (*Kept, error) {
	if _, err := r.Discard(len(IndexMagic)); err != nil {
		return nil, err
	}
	k := &Kept{Cards: &cardTable{}}
	head, err := readPart(r)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(head, &k.Head); err != nil {
		return nil, err
	}
	if k.Links, err = readPart(r); err != nil {
		return nil, err
	}
	k.Cards.expect(k.Head.Cards)
	slot := make([]byte, slotBytes)
	for range k.Head.Cards {
		if _, err := io.ReadFull(r, slot); err != nil {
			return nil, err
		}
		card := binary.LittleEndian.Uint64(slot)
		s := k.Cards.at(card)
		*s = cardSlot{card: card, holder: binary.LittleEndian.Uint64(slot[8:]), where: binary.LittleEndian.Uint64(slot[16:])}
		if s.place() < LogStart || s.place() >= k.Head.Length {
			return nil, wire.ErrCut
		}
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, wire.ErrCut
	}
	return k, nil
}

// readPart reads a length and that many bytes.
func readPart(r io.Reader) ([]byte, error) {
	size := make([]byte, 8)
	if _, err := io.ReadFull(r, size); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(size)
	if n > maxKeptPart {
		return nil, wire.ErrCut
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}
