package state

import (
	"crypto/aes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
)

// checkedAtOpen is how many bytes of tables are verified when a state is opened. Beyond that,
// values are checked when they are read, and keys by Verify alone.
const checkedAtOpen = 256 << 20

// checkTables reads the index and the last block of every table, as Badger does when it opens: if
// they are damaged, Badger ends the process from a goroutine of its own, and nobody could discard
// the state. Of a small state it reads every block, since a damaged key is simply not found and
// its facts would be missing silently. Tables that are not in the list were being written, or had
// been merged into others, when a process was killed; Badger removes them.
func checkTables(dir string, opt Options, keys *badger.KeyRegistry) error {
	tables, err := listedTables(dir, opt)
	if err != nil {
		return err
	}
	left := int64(checkedAtOpen)
	for _, id := range slices.Sorted(maps.Keys(tables)) {
		file := table.NewFilename(id, dir)
		info, err := os.Stat(file)
		if err == nil {
			left -= info.Size()
			var key *pb.DataKey // nil for a table that is not encrypted
			if key, err = keys.DataKey(tables[id].KeyID); err == nil {
				err = checkTable(file, info.Size(), left >= 0, key)
			}
		}
		if err != nil {
			return fmt.Errorf("%w: table %s (%w); move the directory away, state is rebuilt from the logs",
				ErrCorrupt, file, err)
		}
	}
	return nil
}

// errFooter says that a table is truncated or damaged at its end.
var errFooter = errors.New("its end is not that of a table")

// checkTable checks one table, either all of it or what Badger needs to open it. A table ends with
// the index, its length, its checksum, and the length of the checksum. Where tables are encrypted, the
// checksum of the index is over what is encrypted, and those of blocks are encrypted with them.
func checkTable(file string, size int64, all bool, key *pb.DataKey) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum, end, err := takeBack(f, size)
	if err != nil {
		return err
	}
	data, end, err := takeBack(f, end)
	if err != nil {
		return err
	}
	if err := checkSum(data, sum); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if data, err = decrypted(data, key); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	// From here on the index is known to be what Badger wrote.
	index := fb.GetRootAsTableIndex(data, 0)
	n := index.OffsetsLength()
	if n == 0 {
		return errFooter
	}
	first := n - 1
	if all {
		first = 0
	}
	var block []byte
	for i := first; i < n; i++ {
		var at fb.BlockOffset
		if !index.Offsets(&at, i) || int64(at.Offset())+int64(at.Len()) > end {
			return errFooter
		}
		block = slices.Grow(block[:0], int(at.Len()))[:at.Len()]
		if _, err := f.ReadAt(block, int64(at.Offset())); err != nil {
			return err
		}
		var sum, entries []byte
		plain, err := decrypted(block, key)
		if err == nil {
			sum, entries, err = cutBack(plain)
		}
		if err == nil {
			err = checkSum(entries, sum)
		}
		if err != nil {
			return fmt.Errorf("block %d of %d: %w", i+1, n, err)
		}
	}
	return nil
}

// takeBack reads the data before end that is followed by its length, and returns it and where it
// begins.
func takeBack(f *os.File, end int64) (data []byte, begin int64, err error) {
	var length [4]byte
	if end < int64(len(length)) {
		return nil, 0, errFooter
	}
	end -= int64(len(length))
	if _, err := f.ReadAt(length[:], end); err != nil {
		return nil, 0, err
	}
	n := int64(binary.BigEndian.Uint32(length[:]))
	if n > end {
		return nil, 0, errFooter
	}
	data = make([]byte, n)
	if _, err := f.ReadAt(data, end-n); err != nil {
		return nil, 0, err
	}
	return data, end - n, nil
}

// decrypted decrypts a block or an index, whose initialization vector is behind it.
func decrypted(data []byte, key *pb.DataKey) ([]byte, error) {
	if key == nil {
		return data, nil
	}
	end := len(data) - aes.BlockSize
	if end < 0 {
		return nil, errFooter
	}
	return y.XORBlockAllocate(data[:end], key.Data, data[end:])
}

// cutBack cuts the checksum and its length off the end of a block.
func cutBack(block []byte) (sum, rest []byte, err error) {
	end := len(block) - 4
	if end < 0 {
		return nil, nil, errFooter
	}
	n := int64(binary.BigEndian.Uint32(block[end:]))
	if n > int64(end) {
		return nil, nil, errFooter
	}
	return block[end-int(n) : end], block[:end-int(n)], nil
}

// checkSum compares data with Badger's record of its CRC-32C: the tag of the field and the sum as
// a varint; the kind of checksum is the default and is omitted.
func checkSum(data, sum []byte) error {
	const tag = 2 << 3
	if len(sum) < 2 || sum[0] != tag {
		return errFooter
	}
	want, n := binary.Uvarint(sum[1:])
	if n != len(sum)-1 || want != uint64(crc32.Checksum(data, castagnoli)) {
		return errors.New("it does not match its checksum")
	}
	return nil
}
