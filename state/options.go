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
	// MemTableBytes is Badger's write buffer, of which five may exist, each with
	// a log of twice the size; default and least 3 MiB. A larger one writes
	// somewhat less and holds much more: up to ten tables are built in memory at
	// a time, each in as much as a full write buffer needs, rounded up to a power
	// of two. 3, 6 and 12 MiB are sizes that fit.
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

// partBytes is the size up to which a delta or a segment is one value: small
// enough for several of them to fill a block well.
const partBytes = 60 << 10

// inlineBytes is the size from which values leave Badger's tree, whose log loses
// its tail as a whole, for the value log, which need not. Only a single fact,
// said or meta value and a page of very many headers is that large.
const inlineBytes = 192 << 10

// blockBytes is the size of Badger's blocks. Its table builders start each block
// with this and 256 bytes, and double it, copying, for a value that does not fit:
// small blocks with values like ours quadruple what the builders hold. The sum is
// a power of two, so that blocks leave nothing over of the memory of a builder.
// A block is not compressed and is read where it is mapped, so that a large one
// costs nothing.
const blockBytes = 256<<10 - 256

// leastMemTable is a write buffer in which the largest transaction fits, which is
// 15 % of it: the meta values and the checkpoint of a commit and a part.
const leastMemTable = 3 << 20

// levelZeroBytes is what gathers in tables of a write buffer each before they are
// merged into the levels below; with a third more, commits wait: such a merge maps
// all that it writes until it ends. Many small tables cost reads some, and few
// bytes make for much rewriting.
const levelZeroBytes = 64 << 20

func (o Options) withDefaults() (Options, error) {
	if o.Pages == 0 {
		o.Pages = 1024
	}
	if o.Pages < 1 || o.Pages > 1<<20 || o.Pages&(o.Pages-1) != 0 {
		return o, fmt.Errorf("%w: %d pages, but it must be a power of two up to 1048576", ErrBounds, o.Pages)
	}
	setDefault(&o.MergeBytes, 4<<20)
	setDefault(&o.MemTableBytes, leastMemTable)
	setDefault(&o.CacheBytes, 32<<20)
	setDefault(&o.MappedBytes, 64<<20)
	setDefault(&o.ReserveBytes, 512<<20)
	if o.FreeBytes == nil {
		o.FreeBytes = freeBytes
	}
	if o.MemTableBytes < leastMemTable {
		return o, fmt.Errorf("%w: MemTableBytes is %d, at least %d are needed to hold one transaction", ErrBounds, o.MemTableBytes, leastMemTable)
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
//
// A table builder takes memory for twice the size of its table, rounded up to a
// power of two, and doubles that as often as it must; eight such pieces are kept
// for whatever is built next, so that one flush of a write buffer that does not
// fit makes all of them as large in the end. Hence tableBytes.
func (o Options) badgerOptions(dir string) badger.Options {
	levelZero := max(5, int(levelZeroBytes/o.MemTableBytes))
	opt := badger.DefaultOptions(dir).
		WithLogger(nil).
		WithMetricsEnabled(false).
		WithSyncWrites(o.SyncWrites).
		WithDetectConflicts(false).
		WithNumVersionsToKeep(1).
		WithNumGoroutines(1).
		WithMemTableSize(o.MemTableBytes).
		WithNumMemtables(3).
		WithValueThreshold(inlineBytes).
		WithValueLogFileSize(256 << 20).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(options.NoVerification).
		WithNumCompactors(2).
		WithNumLevelZeroTables(levelZero).
		WithNumLevelZeroTablesStall(levelZero + levelZero/3).
		WithBaseTableSize(tableBytes(o.MemTableBytes)).
		WithBaseLevelSize(64 << 20).
		WithCompression(options.None).
		WithBlockSize(blockBytes).
		WithBlockCacheSize(0).
		WithIndexCacheSize(o.CacheBytes)
	// Tables stay small at all levels: Badger builds several at a time in memory.
	opt.TableSizeMultiplier = 1
	return opt
}

// tableBytes is the size of tables whose builders hold a full write buffer.
func tableBytes(memTable int64) int64 {
	size := int64(1 << 20)
	for 2*size < memTable+memTable/4 {
		size *= 2
	}
	return size
}
