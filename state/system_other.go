//go:build !linux && !darwin

package state

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// Supported returns why no state can be kept on this system (ErrSystem).
func Supported() error {
	return fmt.Errorf("%w: it is kept on Linux and macOS only, and this is %s; "+
		"run the engine there or in a container (what keeps none, such as replay, load, tail and policy, "+
		"works here too)", ErrSystem, runtime.GOOS)
}

// FreeBytes is not known here.
func FreeBytes(string) (int64, error) { return 0, Supported() }

func lock(*os.File) error { return Supported() }

func giveBack(_, _ uintptr) {}

// OnDisk returns the size of a file; how much a sparse file takes is not known here.
func OnDisk(info fs.FileInfo) int64 { return info.Size() }
