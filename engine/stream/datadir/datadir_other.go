//go:build !unix

package datadir

import "os"

// lockWhole does nothing on systems without flock; the lock of the state directory still applies.
func lockWhole(*os.File) bool { return true }
