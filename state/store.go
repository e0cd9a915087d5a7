package state

import "math"

// Undated is the day of a fact that belongs to no day; every reader gets it, from whatever day it
// reads.
const Undated int32 = math.MinInt32

// Aside is the day of facts that only a [Task.Person] call from that day on returns, and nothing
// else with them. So data that a task keeps beside its persons' own costs other readers nothing,
// however much it is.
const Aside int32 = math.MaxInt32 - 2

// MaxPersonBytes and MaxValueBytes bound a person id and a single fact, said or header. A value
// may be far larger than the largest record that a broker accepts by default (1 MiB), so that no
// readable record can stop a task.
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
	// Discard drops everything of a task that is not open, at once. It is the remedy when Task returns
	// ErrCorrupt.
	Discard(id int32) error
	// Sync makes everything committed so far survive a crash of the machine; without it a commit
	// survives a crash of the process.
	Sync() error
	// Close waits for running calls, ends background work and closes the store; later calls return
	// ErrClosed.
	Close() error
}

// Task is the state of one task. Its methods are called from one goroutine at a time; different
// tasks are independent. Callers may keep what is returned.
type Task interface {
	// Checkpoint returns what the newest commit that set one passed to
	// [Batch.SetCheckpoint]; false for a task without any.
	Checkpoint() ([]byte, bool, error)
	// Commit applies the batch atomically. On error nothing of it is visible,
	// now or after a restart. The batch is not changed and may be reused after
	// [Batch.Reset].
	Commit(b *Batch) error
	// Person returns what is known of a person: the header, undated facts, and facts and said with day
	// >= from (Undated: everything), without those of Aside; if from is Aside, only those. Unknown
	// persons have the zero value. Reading persons in the order of Due or Persons is much cheaper than
	// in any other.
	Person(person string, from int32) (Person, error)
	// Header returns the header alone, without reading days.
	Header(person string) (Header, error)
	// Due returns up to limit (> 0) persons whose header has Next <= until, in key order after cursor
	// (nil: from the start), and the cursor to continue with; nil at the end. Cursors survive
	// restarts. A person that becomes due behind the cursor is found by the next walk.
	Due(until int64, cursor []byte, limit int) (persons []string, next []byte, err error)
	// WalkDue visits the persons that Due would return, in the same order and with the same cursors.
	// days gets the person and the header's data, and returns the day from which facts and said are wanted
	// besides undated ones (Undated: everything), OnlyUndated or OnlyHeader. It is called once per person,
	// before the first visit on that person's page; the segments of a page are read once, from the
	// earliest of these days on. At most limit (> 0) persons are visited; a page is visited in part
	// only if it alone has more, so that a limit of some pages' persons reads nothing twice. visit and
	// days may call Person and Header, but nothing that walks, commits or discards. An error of visit
	// ends the walk and is returned, with the cursor behind the last person visited without error; the
	// same cursor comes with any other error.
	WalkDue(until int64, cursor []byte, limit int, days func(person, header []byte) int32,
		visit func(v *View) error) (next []byte, err error)
	// NextDue returns a lower bound of the Next of all persons; math.MaxInt64 if nobody is ever due.
	// It reads nothing from disk.
	NextDue() int64
	// Persons returns every person that has a header, as Due does. A person with facts alone is not
	// found: set a header with the first fact.
	Persons(cursor []byte, limit int) (persons []string, next []byte, err error)
	// Pages returns the number of pages, a power of two, fixed for the life of the task's state.
	Pages() int
	// Page returns the page that holds a person, below Pages.
	Page(person []byte) uint32
	// PageHeaders calls fn for every person of a page that has a header, in the order of Persons.
	// person and data are valid until fn returns. fn may call what visit of WalkDue may. An error of
	// fn ends the walk and is returned. Walking all pages reads all headers once.
	PageHeaders(page uint32, fn func(person []byte, next int64, data []byte) error) error
	// Meta returns the value set by [Batch.SetMeta].
	Meta(key string) ([]byte, bool, error)
	// WalkMeta calls fn for every meta key with the prefix, ascending by bytes.
	// An error of fn ends the walk and is returned.
	WalkMeta(prefix string, fn func(key string, value []byte) error) error
	// Discard drops everything of the task at once, checkpoint first; the space is reclaimed in the
	// background.
	Discard() error
}

// Header is what a sweep must know of a person without reading any day.
type Header struct {
	// Next is the earliest instant (ms UTC) at which time alone can change something for the person;
	// math.MaxInt64 for never.
	Next int64
	// Data belongs to the caller.
	Data []byte
	// Known is false if the person has no header.
	Known bool
}

// Said is what was last told of one unit.
type Said struct {
	Day  int32  // local date of the unit, in days since 1970
	Kind uint8  // duty of the unit
	Data []byte // the caller's form of it
}

// Person is everything known of one person.
type Person struct {
	Header Header
	// Facts have no duplicates within a day; their order has no meaning.
	Facts [][]byte
	// Said is sorted by day and kind.
	Said []Said
}
