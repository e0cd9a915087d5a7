//go:build unix

package cli

import (
	"errors"
	"syscall"
)

// isReadOnly reports whether a file system is one that nobody can write.
func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
