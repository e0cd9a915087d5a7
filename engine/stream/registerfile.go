package stream

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

	"tilsyn/engine/outfile"

	"github.com/google/uuid"
)

// The register is kept in the data directory, so that a start reads of the links
// and assignments only what came since. There are two files:
//
//	records  the record log (recordlog.go), behind a line that names it
//	index    a checkpoint: where the reader was in the topics, how much of records
//	         belongs to it, the links, and the table of cards
//
// The index is replaced whole, after records was made durable. So an index that
// is there speaks of bytes that are there, whatever was interrupted; what was
// written to records after it is cut off and read from the topics again.

// Names in the directory, and of the one that an unusable register is put aside
// as; one is kept.
const (
	dirRegister        = "register"
	dirRegisterDamaged = "register.damaged"
	recordsFile        = "records"
	indexFile          = "index"
)

// The first lines of the files; their number is the version of the form.
const (
	recordsMagic = "tilsyn records 1 "
	indexMagic   = "tilsyn register 1\n"
)

// errKept says that an index cannot be used; its text says why.
var errKept = errors.New("the register in the data directory cannot be used")

// keptHead is what an index says before links and cards.
type keptHead struct {
	// Topics is whose topics it speaks of, Schema the fingerprint of the form of
	// the records.
	Topics keptTopics `json:"topics"`
	Schema uint64     `json:"schema"`
	// Records names the record log, Length is how much of it belongs to this.
	Records string `json:"records"`
	Length  int64  `json:"length"`
	Cards   int    `json:"cards"`
	// Positions are the next offsets, Marks those of the batches before them,
	// Newest the newest times read, Assigned the newest assignments.
	Positions map[string]int64     `json:"positions"`
	Marks     map[string]Mark      `json:"marks"`
	Newest    map[string]int64     `json:"newest"`
	Assigned  map[string]keptTouch `json:"assigned"`
	// Refused are the offsets of records that could not be taken in.
	Refused map[string][]int64 `json:"refused,omitempty"`
}

type keptTopics struct {
	Cluster    string `json:"cluster_id"`
	Prefix     string `json:"topic_prefix"`
	Partitions int32  `json:"partitions"`
}

type keptTouch struct {
	Offset int64 `json:"offset"`
	Known  int64 `json:"known"`
}

// kept is an index in memory.
type kept struct {
	head  keptHead
	links []byte
	cards *cardTable
}

// maxKeptPart bounds head and links of an index.
const maxKeptPart = 1 << 30

// createRecords makes the directory anew with an empty record log in it.
func createRecords(dir string) (*os.File, string, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", err
	}
	file, err := os.OpenFile(filepath.Join(dir, recordsFile), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, "", err
	}
	id := uuid.NewString()
	_, err = file.WriteString(recordsMagic + id + "\n")
	if err == nil {
		err = outfile.SyncDir(filepath.Dir(dir))
	}
	if err != nil {
		return nil, "", errors.Join(err, file.Close())
	}
	return file, id, nil
}

// openRecords opens the record log of an index and cuts off what came after.
func openRecords(dir string, head *keptHead) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, recordsFile), os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	want := recordsMagic + head.Records + "\n"
	first := make([]byte, len(want))
	_, err = file.ReadAt(first, 0)
	info, err2 := file.Stat()
	switch {
	case err != nil || err2 != nil:
		err = fmt.Errorf("%w: %w", errKept, errors.Join(err, err2))
	case string(first) != want:
		err = fmt.Errorf("%w: its records are others than those of its index", errKept)
	case info.Size() < head.Length && head.Length > logStart:
		err = fmt.Errorf("%w: its records are cut short", errKept)
	default:
		// What came after is cut off; the next chunk begins behind a gap.
		err = errors.Join(file.Truncate(max(head.Length, int64(len(want)))), file.Truncate(chunkAfter(head.Length)))
		if err != nil {
			err = fmt.Errorf("%w: %w", errKept, err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// chunkAfter is where the first chunk begins that lies behind everything.
func chunkAfter(length int64) int64 {
	return max(logStart, (length+logChunk-1)/logChunk*logChunk)
}

// writeIndex writes an index whole and durably, or not at all.
func writeIndex(dir string, k *kept) error {
	head, err := json.Marshal(&k.head)
	if err != nil {
		return err
	}
	return outfile.Replace(filepath.Join(dir, indexFile), func(w io.Writer) error {
		sum := crc32.New(castagnoli)
		b := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<20)
		start := []byte(indexMagic)
		for _, part := range [][]byte{head, k.links} {
			start = append(binary.LittleEndian.AppendUint64(start, uint64(len(part))), part...)
		}
		if _, err := b.Write(start); err != nil {
			return err
		}
		slot := make([]byte, slotBytes)
		err := k.cards.each(func(s cardSlot) error {
			binary.LittleEndian.PutUint64(slot, s.card)
			binary.LittleEndian.PutUint64(slot[8:], s.holder)
			binary.LittleEndian.PutUint64(slot[16:], s.where)
			_, err := b.Write(slot)
			return err
		})
		if err := errors.Join(err, b.Flush()); err != nil {
			return err
		}
		_, err = w.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
		return err
	})
}

// readIndex reads an index. Nothing of it is believed before its checksum was
// compared. The error wraps errKept where it is damaged or of another version,
// and fs.ErrNotExist where there is none.
func readIndex(dir string) (*kept, error) {
	f, err := os.Open(filepath.Join(dir, indexFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	defer f.Close()
	size, err := checkIndexSum(f)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	k, err := parseIndex(bufio.NewReaderSize(io.NewSectionReader(f, 0, size), 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	return k, nil
}

const sumBytes = 4

// checkIndexSum compares the checksum, and returns how many bytes lie before it.
func checkIndexSum(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size() - sumBytes
	if size < int64(len(indexMagic)) {
		return 0, errCut
	}
	first := make([]byte, len(indexMagic))
	if _, err := f.ReadAt(first, 0); err != nil {
		return 0, err
	}
	if string(first) != indexMagic && strings.HasPrefix(string(first), "tilsyn register ") {
		return 0, errors.New("its index is of another version")
	}
	sum := crc32.New(castagnoli)
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, io.NewSectionReader(f, 0, size), make([]byte, 1<<20)); err != nil {
		return 0, err
	}
	want := make([]byte, sumBytes)
	if _, err := f.ReadAt(want, size); err != nil {
		return 0, err
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(want) {
		return 0, errors.New("the checksum of its index does not match")
	}
	return size, nil
}

// parseIndex reads what lies before the checksum.
func parseIndex(r *bufio.Reader) (*kept, error) {
	if _, err := r.Discard(len(indexMagic)); err != nil {
		return nil, err
	}
	k := &kept{cards: &cardTable{}}
	head, err := readPart(r)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(head, &k.head); err != nil {
		return nil, err
	}
	if k.links, err = readPart(r); err != nil {
		return nil, err
	}
	k.cards.expect(k.head.Cards)
	slot := make([]byte, slotBytes)
	for range k.head.Cards {
		if _, err := io.ReadFull(r, slot); err != nil {
			return nil, err
		}
		card := binary.LittleEndian.Uint64(slot)
		s := k.cards.at(card)
		*s = cardSlot{card: card, holder: binary.LittleEndian.Uint64(slot[8:]), where: binary.LittleEndian.Uint64(slot[16:])}
		if s.place() < logStart || s.place() >= k.head.Length {
			return nil, errCut
		}
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, errCut
	}
	return k, nil
}

// readPart reads a length and so many bytes.
func readPart(r io.Reader) ([]byte, error) {
	size := make([]byte, 8)
	if _, err := io.ReadFull(r, size); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(size)
	if n > maxKeptPart {
		return nil, errCut
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}
