package state

import (
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Options of a store. The zero value means the defaults.
type Options struct {
	// Pages is the number of pages of a task that is opened for the first time;
	// a power of two. A page of 64 to 256 persons is good: default 1024, which
	// is that for half a million to two million persons in eight tasks. An
	// existing task keeps the number it was created with.
	Pages int
	// MergeBytes is how much a task commits before it is merged into pages,
	// held in memory twice at most; default 4 MiB. More than four tasks share
	// what four have, down to a megabyte each.
	MergeBytes int
	// SyncWrites makes every commit survive the loss of the machine, at the
	// price of one disk flush each. Default off: a commit survives the loss of
	// the process, and the tail since [DB.Sync] or the last merge can be read
	// from the logs again.
	SyncWrites bool
	// MemTableBytes is Badger's write buffer, of which three may exist, each
	// with a log of twice the size; default 16 MiB.
	MemTableBytes int64
	// CacheBytes is Badger's cache for the indices of its tables; default 32 MiB.
	// Blocks are mapped, and the kernel's to keep or drop.
	CacheBytes int64
	// MappedBytes is how much of mapped tables may stay in the memory of the
	// process; beyond it they are given back to the kernel, which keeps them
	// cached while it has room. Default 64 MiB.
	MappedBytes int64
	// ReserveBytes is the free space below which commits are refused with
	// ErrDiskFull; default 512 MiB.
	ReserveBytes int64
	// FreeBytes asks for the free space of a directory; default statfs(2).
	FreeBytes func(dir string) (int64, error)
}

// partBytes is the size up to which a delta or a segment is one value. Below a
// megabyte values stay in Badger's tree, whose log loses its tail as a whole;
// the value log does not.
const partBytes = 256 << 10

// blockBytes is the size of Badger's blocks. Its table builders start each block
// with this much and double it, copying, for a value that does not fit: small
// blocks with values like ours quadruple what the builders hold. A block is not
// compressed and is read where it is mapped, so that a large one costs nothing.
const blockBytes = 256 << 10

func (o Options) withDefaults() (Options, error) {
	if o.Pages == 0 {
		o.Pages = 1024
	}
	if o.Pages < 1 || o.Pages > 1<<20 || o.Pages&(o.Pages-1) != 0 {
		return o, fmt.Errorf("%w: %d pages, but it must be a power of two up to 1048576", ErrBounds, o.Pages)
	}
	setDefault(&o.MergeBytes, 4<<20)
	setDefault(&o.MemTableBytes, 16<<20)
	setDefault(&o.CacheBytes, 32<<20)
	setDefault(&o.MappedBytes, 64<<20)
	setDefault(&o.ReserveBytes, 512<<20)
	if o.FreeBytes == nil {
		o.FreeBytes = freeBytes
	}
	if o.MemTableBytes < 8<<20 {
		return o, fmt.Errorf("%w: MemTableBytes is %d, at least 8 MiB are needed to hold one value", ErrBounds, o.MemTableBytes)
	}
	return o, nil
}

func setDefault[T int | int64](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// badgerOptions are Badger's options with bounded memory. Conflict detection
// is off because a task's keys have one writer. Compression is ours: Badger's
// would also compress deltas, which live for seconds, and doubles what its
// table builders hold. So are checksums: a block that fails Badger's reads as
// if its keys did not exist, and missing facts must never go unnoticed; a value
// that fails ours is an error. What is left, damaged keys, Verify finds.
func (o Options) badgerOptions(dir string) badger.Options {
	opt := badger.DefaultOptions(dir).
		WithLogger(nil).
		WithMetricsEnabled(false).
		WithSyncWrites(o.SyncWrites).
		WithDetectConflicts(false).
		WithNumVersionsToKeep(1).
		WithNumGoroutines(1).
		WithMemTableSize(o.MemTableBytes).
		WithNumMemtables(3).
		WithValueThreshold(1 << 20).
		WithValueLogFileSize(256 << 20).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(options.NoVerification).
		WithNumCompactors(2).
		WithBaseTableSize(4 << 20).
		WithBaseLevelSize(64 << 20).
		WithCompression(options.None).
		WithBlockSize(blockBytes).
		WithBlockCacheSize(0).
		WithIndexCacheSize(o.CacheBytes)
	// Tables stay small at all levels: Badger builds several at a time in memory.
	opt.TableSizeMultiplier = 1
	return opt
}
