package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The size of an engine's disk and what is left of it when it is full. The
// engine keeps half a GiB in reserve.
const (
	diskBytes = 768 << 20
	diskLeft  = 96 << 20
)

// mount gives the engine a small disk of its own, which takes root.
func (e *instance) mount(t *testing.T) error {
	t.Helper()
	if err := unix.Mount("tmpfs", e.dir, "tmpfs", 0, fmt.Sprintf("size=%d", diskBytes)); err != nil {
		return fmt.Errorf("a small file system cannot be mounted: %w", err)
	}
	e.mounted = true
	return nil
}

// fill leaves the engine nearly no space for a while.
func (e *instance) fill(d time.Duration) error {
	var is unix.Statfs_t
	if err := unix.Statfs(e.dir, &is); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(e.dir, "filler"))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	defer func() { _ = f.Close() }()
	if free := int64(is.Bavail) * is.Bsize; free > diskLeft {
		if err := unix.Fallocate(int(f.Fd()), 0, 0, free-diskLeft); err != nil {
			return fmt.Errorf("filling the disk: %w", err)
		}
	}
	time.Sleep(d)
	return nil
}

// unmount takes the small disk away.
func (e *instance) unmount() error { return unix.Unmount(e.dir, unix.MNT_DETACH) }
