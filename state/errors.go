package state

import "errors"

// Errors that a caller can act on; test with errors.Is. Their texts carry
// directories and sizes, never a person.
var (
	// ErrFormat: the directory holds state of another format version, or
	// something that is no state at all.
	ErrFormat = errors.New("state directory has another format")
	// ErrSystem: there is no state on this operating system; see [Supported].
	ErrSystem = errors.New("no state can be kept on this operating system")
	// ErrInUse: another process has the directory open.
	ErrInUse = errors.New("state directory is in use")
	// ErrCorrupt: something read back is not what was written. The task can be
	// discarded and rebuilt from the logs.
	ErrCorrupt = errors.New("state is corrupt")
	// ErrDiskFull: there is too little free space to commit safely. Nothing of
	// the batch was written; the same commit works once space is back.
	ErrDiskFull = errors.New("too little free disk space for state")
	// ErrClosed: the store or the task was closed.
	ErrClosed = errors.New("state is closed")
	// ErrBounds: a key or a value is empty where it must not be, or beyond what
	// the store takes.
	ErrBounds = errors.New("out of bounds for state")
)
