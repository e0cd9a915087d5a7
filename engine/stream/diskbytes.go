package stream

import (
	"io/fs"
	"syscall"
)

// diskBytes is the space that a file takes: Badger makes sparse ones.
func diskBytes(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Blocks * 512
	}
	return info.Size()
}
