//go:build unix

package atrest

import (
	"os"
	"syscall"
)

// ownerOf is the user that a file belongs to; false where that is not known.
func ownerOf(info os.FileInfo) (uid uint32, known bool) {
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return sys.Uid, true
}
