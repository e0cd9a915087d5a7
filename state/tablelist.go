package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	badger "github.com/dgraph-io/badger/v4"
)

// checkTableList verifies Badger's list of tables. Badger takes a list that is truncated, or
// continues with zeros, for one that a crash left: it forgets what follows and deletes those
// tables, and their facts vanish under a checkpoint that counts on them. But Badger flushes each
// entry before it continues, so a killed process never leaves a partial one.
func checkTableList(dir string) error {
	file := filepath.Join(dir, "MANIFEST")
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a new directory
	}
	if err == nil {
		err = readTableList(text)
	}
	if err != nil {
		return fmt.Errorf("%w: the list of tables %s (%w); move the directory away, state is rebuilt from the logs",
			ErrCorrupt, file, err)
	}
	return nil
}

// listedTables returns the tables in Badger's list, by number.
func listedTables(dir string, opt Options) (tables map[uint64]badger.TableManifest, err error) {
	file := filepath.Join(dir, badger.ManifestFilename)
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // a new directory
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of tables: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	list, _, err := badger.ReplayManifestFile(f, 0, opt.badgerOptions(dir))
	if err != nil {
		return nil, fmt.Errorf("%w: the list of tables %s (%w); move the directory away, "+
			"state is rebuilt from the logs", ErrCorrupt, file, err)
	}
	return list.Tables, nil
}

// readTableList checks the entries (length, CRC-32C, content) behind a head of eight bytes, which
// Badger checks.
func readTableList(text []byte) error {
	const head = 8
	for at := head; at < len(text); {
		if len(text)-at < head {
			return fmt.Errorf("an entry is cut off at byte %d", at)
		}
		n := int64(binary.BigEndian.Uint32(text[at:]))
		sum := binary.BigEndian.Uint32(text[at+4:])
		// A list begins with an empty entry if there were no tables yet.
		if n == 0 && at != head || n > int64(len(text)-at-head) {
			return fmt.Errorf("an entry is empty or cut off at byte %d", at)
		}
		entry := text[at+head:][:n]
		if crc32.Checksum(entry, castagnoli) != sum {
			return fmt.Errorf("the entry at byte %d does not match its checksum", at)
		}
		at += head + int(n)
	}
	return nil
}
