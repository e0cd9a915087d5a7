package state

import "math"

// Undated is the day of a fact that belongs to no day: it is read whatever day
// a reader starts from.
const Undated int32 = math.MinInt32

// Aside is the day of facts that are read only by who asks [Task.Person] from that
// day on, who gets nothing else: what is kept of a task beside its persons' own, in
// whatever quantity, then costs none of the other readers anything.
const Aside int32 = math.MaxInt32 - 2

// MaxPersonBytes and MaxValueBytes bound a person id and a single fact, said
// or header value. A value is far above the largest record that a broker takes
// by default (1 MiB), so that no readable record can stop a task.
const (
	MaxPersonBytes = 16 << 10
	MaxValueBytes  = 8 << 20
)

// Store holds the state of all tasks of one instance. It is safe for
// concurrent use; [*DB] and statetest's model implement it.
type Store interface {
	// Task opens the state of one task, creating it empty. Opening a task that
	// is already open returns the same one. Ids may be any int32; the engine
	// uses the partition number, and negative ids for state of the instance.
	Task(id int32) (Task, error)
	// Discard forgets everything of a task that is not open, at once; it is the
	// way on when Task answers ErrCorrupt.
	Discard(id int32) error
	// Sync makes everything committed so far survive the loss of the machine;
	// without it a commit survives the loss of the process.
	Sync() error
	// Close waits for the methods that are running, ends background work and
	// closes the store; what is called later answers ErrClosed.
	Close() error
}

// Task is the state of one task. All its methods are called from one goroutine
// at a time; different tasks are independent. What is returned is the caller's
// to keep.
type Task interface {
	// Checkpoint returns what the newest commit that set one passed to
	// [Batch.SetCheckpoint]; false for a task without any.
	Checkpoint() ([]byte, bool, error)
	// Commit applies the batch atomically. On error nothing of it is visible,
	// now or after a restart. The batch is not changed and may be reused after
	// [Batch.Reset].
	Commit(b *Batch) error
	// Person returns what is known of a person: the header, undated facts, and
	// facts and said with day >= from (Undated: everything) but for those of Aside;
	// from Aside on, those alone. Unknown persons have the zero value. Reading persons in the order of Due or Persons is
	// much cheaper than in any other.
	Person(person string, from int32) (Person, error)
	// Header returns the header alone, without reading days.
	Header(person string) (Header, error)
	// Due returns persons whose header has Next <= until, in key order after
	// cursor (nil: from the start), at most limit (> 0), and the cursor to go on
	// with; nil when the walk is over. Cursors survive restarts. A person that
	// becomes due behind the cursor is found by the next walk.
	Due(until int64, cursor []byte, limit int) (persons []string, next []byte, err error)
	// WalkDue visits the persons that Due would return, in the same order and
	// with the same cursors, each with what days wants of it: days gets the
	// header's data and answers the day from which facts and said are wanted
	// beside undated ones (Undated: everything), OnlyUndated or OnlyHeader. It is
	// asked once a person, before the first visit of the person's page, and the
	// segments of a page from the earliest of these days on are read once. At
	// most limit (> 0) persons are visited; a page is visited in part only where
	// it alone has more, so that a limit of some pages' persons reads nothing
	// twice. visit and days may call Person and Header and must not call what
	// walks, commits or discards. An error of visit ends the walk and is
	// returned, with the cursor behind the last person visited without one; on
	// any other error the cursor is the same.
	WalkDue(until int64, cursor []byte, limit int, days func(header []byte) int32, visit func(v *View) error) (next []byte, err error)
	// NextDue is a lower bound of the Next of all persons of the task;
	// math.MaxInt64 when nobody is ever due. It costs no read.
	NextDue() int64
	// Persons returns every person that has a header, as Due does. A person with
	// facts only is not found: give each a header with its first fact.
	Persons(cursor []byte, limit int) (persons []string, next []byte, err error)
	// Pages is the number of pages, a power of two, and Page the one that holds a
	// person, below Pages. Both are fixed for the life of the task's state.
	Pages() int
	Page(person []byte) uint32
	// PageHeaders calls fn for every person of a page that has a header, in the
	// order of Persons; person and data are the store's and valid until fn
	// returns. fn may call what visit of WalkDue may. An error of fn ends the
	// walk and is returned. Walking all pages reads all headers once.
	PageHeaders(page uint32, fn func(person []byte, next int64, data []byte) error) error
	// Meta returns the value set by [Batch.SetMeta].
	Meta(key string) ([]byte, bool, error)
	// WalkMeta calls fn for every meta key with the prefix, ascending by bytes.
	// An error of fn ends the walk and is returned.
	WalkMeta(prefix string, fn func(key string, value []byte) error) error
	// Discard forgets everything of the task at once, checkpoint first; space
	// comes back in the background.
	Discard() error
}

// Header is what a sweep must know of a person without reading its days.
type Header struct {
	// Next is the earliest instant (ms UTC) at which the clock alone can change
	// something for the person; math.MaxInt64 for never.
	Next int64
	// Data is the caller's.
	Data []byte
	// Known is false for a person without a header.
	Known bool
}

// Said is what was last told of one unit.
type Said struct {
	Day  int32
	Kind uint8
	Data []byte
}

// Person is everything known of one person.
type Person struct {
	Header Header
	// Facts have no duplicates within a day; their order carries no meaning.
	Facts [][]byte
	// Said is sorted by day and kind.
	Said []Said
}
