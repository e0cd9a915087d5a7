package state

import (
	"fmt"
	"time"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Options of a store. The zero value means the defaults.
type Options struct {
	// Pages is the number of pages of a task that is opened for the first time; a power of two. A page
	// should have 64 to 256 persons: the default 1024 gives that for half a million to two million
	// persons in eight tasks. An existing task keeps its number.
	Pages int
	// MergeBytes is how much a task commits before it is merged into pages; at most twice that is in
	// memory. Default 4 MiB. More than four tasks share that of four, down to a megabyte each.
	MergeBytes int
	// SyncWrites makes every commit survive a crash of the machine, at the price of one disk flush
	// each. Default off: a commit survives a crash of the process, and what was committed since
	// [DB.Sync] or the last merge can be read from the logs again.
	SyncWrites bool
	// MemTableBytes is Badger's write buffer, of which five may exist, each with a log of twice the
	// size; default and minimum 3 MiB. A larger one writes somewhat less and uses much more memory: up
	// to ten tables are built in memory at a time, each as large as a full write buffer needs, rounded
	// up to a power of two. 3, 6 and 12 MiB fit well.
	MemTableBytes int64
	// CacheBytes is Badger's cache for table indices; default 32 MiB. Blocks are mapped; the kernel
	// keeps or drops them.
	CacheBytes int64
	// MappedBytes is how much of mapped tables may stay in the memory of the process; more is returned
	// to the kernel, which caches it while it has room. Default 64 MiB.
	MappedBytes int64
	// ReserveBytes is the free space below which commits are refused with ErrDiskFull; default 512
	// MiB.
	ReserveBytes int64
	// FreeBytes returns the free space of a directory; default statfs(2).
	FreeBytes func(dir string) (int64, error)
	// Key encrypts everything that is written, 32 bytes for AES-256; default: nothing is encrypted. A
	// directory keeps the key that it was made with (ErrKey). KeyRotation is how long one of Badger's own
	// keys, which that key protects, encrypts new files; default ten days.
	Key         []byte
	KeyRotation time.Duration
	// dropped is called when a merge has deleted what it replaced, and the merge fails with its error; nil:
	// nothing is. Tests set it.
	dropped func() error
	// cut is called before each key that a merge sets or deletes; with its error the merge ends as with a
	// crash at that place: what came before is written, and nothing else. nil: nothing is. Tests set it.
	cut func(deletes bool) error
	// foldAfter is the constant of that name; tests set it.
	foldAfter int
}

// blockCacheBytes is how much decrypted blocks Badger keeps where it encrypts; without encryption it
// reads them where they are mapped.
const blockCacheBytes = 32 << 20

// keyRotation is the default of Options.KeyRotation, Badger's own.
const keyRotation = 10 * 24 * time.Hour

// partBytes is the size up to which a delta or a segment is one value: small enough that several
// of them fill a block well.
const partBytes = 60 << 10

// inlineBytes is the size from which values go to Badger's value log instead of its tree, whose
// log loses its tail as a whole. Only a single large fact, said or meta value, or a page of very
// many headers, is that large.
const inlineBytes = 192 << 10

// blockBytes is the size of Badger's blocks. Its table builders start each block with this plus
// 256 bytes, and double it, copying, for a value that does not fit: small blocks with values like
// ours quadruple the memory of the builders. The sum is a power of two, so that blocks waste no
// memory of a builder. Blocks are not compressed and are read where they are mapped, so a large
// one costs nothing.
const blockBytes = 256<<10 - 256

// leastMemTable is a write buffer that holds the largest transaction, which may take 15 % of it:
// the meta values and the checkpoint of a commit, and one part.
const leastMemTable = 3 << 20

// levelZeroBytes is how much collects in tables of one write buffer each before they are merged
// into lower levels; commits wait if there is a third more. Such a merge maps all that it writes
// until it ends. Many small tables slow reads a little; merging few bytes means much rewriting.
const levelZeroBytes = 64 << 20

// withDefaults fills in defaults and refuses values out of bounds.
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
	setDefault(&o.foldAfter, foldAfter)
	if o.KeyRotation <= 0 {
		o.KeyRotation = keyRotation
	}
	if n := len(o.Key); n != 0 && n != 32 {
		return o, fmt.Errorf("%w: a key of %d bytes, but it must have 32", ErrBounds, n)
	}
	if o.FreeBytes == nil {
		o.FreeBytes = FreeBytes
	}
	if o.MemTableBytes < leastMemTable {
		return o, fmt.Errorf("%w: MemTableBytes is %d, at least %d are needed to hold one transaction",
			ErrBounds, o.MemTableBytes, leastMemTable)
	}
	return o, nil
}

func setDefault[T int | int64](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// badgerOptions returns Badger's options with bounded memory. Conflict detection is off because a
// task's keys have one writer. Compression is done here: Badger's would also compress deltas,
// which live for seconds, and doubles the memory of its table builders. So are checksums: a block
// that fails Badger's reads as if its keys did not exist, and missing facts must never go
// unnoticed, while a value that fails ours is an error. Verify finds what is left, damaged keys.
//
// A table builder allocates twice the size of its table, rounded up to a power of two, and doubles
// that as often as needed. Eight such pieces are kept for later tables, so one flush of a write
// buffer that does not fit eventually makes all of them as large. Hence tableBytes.
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
	if len(o.Key) > 0 {
		// Decrypted blocks need a cache: Badger panics without one.
		opt = opt.WithEncryptionKey(o.Key).WithEncryptionKeyRotationDuration(o.KeyRotation).
			WithBlockCacheSize(blockCacheBytes)
	}
	// Tables stay small at all levels: Badger builds several at a time in memory.
	opt.TableSizeMultiplier = 1
	return opt
}

// tableBytes returns the size of tables whose builders hold a full write buffer.
func tableBytes(memTable int64) int64 {
	size := int64(1 << 20)
	for 2*size < memTable+memTable/4 {
		size *= 2
	}
	return size
}
