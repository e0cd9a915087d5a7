package state

import "fmt"

// room refuses a write when the disk is nearly full. Badger writes through mapped sparse files: a
// write that finds no space ends the process with SIGBUS, so the refusal must come earlier and
// leave room for what Badger still has to flush and compact.
func (db *DB) room(need int) error {
	free, err := db.opt.FreeBytes(db.dir)
	if err != nil {
		return err
	}
	if free < db.opt.ReserveBytes+int64(need) {
		return fmt.Errorf("%w: %s has %d MiB left and %d MiB are kept in reserve; free some space, the next commit goes on",
			ErrDiskFull, db.dir, free>>20, db.opt.ReserveBytes>>20)
	}
	return nil
}

// Free returns the free space of the store's file system, and the reserve below which nothing is
// written (ErrDiskFull), in bytes.
func (db *DB) Free() (free, reserve int64, err error) {
	free, err = db.opt.FreeBytes(db.dir)
	return free, db.opt.ReserveBytes, err
}
