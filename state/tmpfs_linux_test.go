package state_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tilsyn/state"
)

// inNamespace marks the test when it runs again in a namespace of its own.
const inNamespace = "TILSYN_TMPFS_NAMESPACE"

// smallDisk mounts a file system of 256 MiB. Without the right to, it runs the
// test again in a user namespace, where everybody has it, and returns false.
// Where that is not to be had either the test is skipped, or fails under
// TILSYN_REQUIRE_TMPFS=1.
func smallDisk(t *testing.T) (mount string, mounted bool) {
	t.Helper()
	mount = t.TempDir()
	err := unix.Mount("tmpfs", mount, "tmpfs", 0, "size=256m")
	if err == nil {
		t.Cleanup(func() {
			if err := unix.Unmount(mount, unix.MNT_DETACH); err != nil {
				t.Error(err)
			}
		})
		return mount, true
	}
	if os.Getenv(inNamespace) != "" {
		t.Skipf("no small file system: %v", err)
	}
	self, exeErr := os.Executable()
	if exeErr != nil {
		t.Fatal(exeErr)
	}
	cmd := exec.Command(self, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, runErr := cmd.CombinedOutput()
	switch {
	case runErr == nil && bytes.Contains(out, []byte("--- PASS: "+t.Name())):
		t.Log("in a user namespace: passed")
	case cmd.ProcessState != nil && !cmd.ProcessState.Success():
		t.Fatalf("in a user namespace: %v\n%s", runErr, out)
	case os.Getenv("TILSYN_REQUIRE_TMPFS") == "1":
		t.Fatalf("TILSYN_REQUIRE_TMPFS=1, but no small file system can be mounted: %v; in a user namespace: %v\n%s",
			err, runErr, out)
	default:
		t.Skipf("no small file system can be mounted: %v; nor in a user namespace: %v", err, runErr)
	}
	return "", false
}

// TestRealDiskFull fills a small file system: the process lives on, commits are
// refused with ErrDiskFull, and go on when space is back. TestDiskFull holds the
// same without a file system of its own.
func TestRealDiskFull(t *testing.T) {
	mount, mounted := smallDisk(t)
	if !mounted {
		return
	}
	filler := filepath.Join(mount, "filler")
	if err := os.WriteFile(filler, make([]byte, 96<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	opt := state.Options{Pages: 8, MergeBytes: 256 << 10, ReserveBytes: 96 << 20}
	db := open(t, filepath.Join(mount, "state"), opt)
	tk := task(t, db, 0)
	var b state.Batch
	var refused error
	n := uint64(0)
	noise := rand.NewChaCha8([32]byte{1})
	fact := make([]byte, 20_000)
	for refused == nil && n < 1_000 {
		n++
		b.Reset()
		for i := range 50 { // a megabyte that does not compress
			noise.Read(fact)
			b.AddFact(victim(i), int32(n), fact)
		}
		b.SetCheckpoint(binary.BigEndian.AppendUint64(nil, n))
		refused = tk.Commit(&b)
	}
	if !errors.Is(refused, state.ErrDiskFull) {
		t.Fatalf("%d commits, then %v; want ErrDiskFull", n, refused)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := tk.Commit(&b); err != nil {
		t.Fatalf("space is back: %v", err)
	}
	if last, err := lastCommit(tk); err != nil || last != n {
		t.Errorf("checkpoint %d %v, want %d", last, err, n)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
