package state

import "errors"

// Errors that a caller can act on; test with errors.Is. Their texts carry
// directories and sizes, never a person.
var (
	// ErrFormat says that the directory holds state of another format version, or something that is no
	// state.
	ErrFormat = errors.New("state directory has another format")
	// ErrSystem says that this operating system is not supported; see [Supported].
	ErrSystem = errors.New("no state can be kept on this operating system")
	// ErrInUse says that another process has the directory open.
	ErrInUse = errors.New("state directory is in use")
	// ErrCorrupt says that what was read back is not what was written. The task can be discarded and
	// rebuilt from the logs.
	ErrCorrupt = errors.New("state is corrupt")
	// ErrDiskFull says that there is too little free space to commit safely. Nothing of the batch was
	// written; the same commit works once there is space.
	ErrDiskFull = errors.New("too little free disk space for state")
	// ErrClosed says that the store or the task was closed.
	ErrClosed = errors.New("state is closed")
	// ErrBounds says that a key or a value is empty where it must not be, or larger than the store
	// accepts.
	ErrBounds = errors.New("out of bounds for state")
)
