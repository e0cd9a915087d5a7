package outfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Replace writes a file that this process alone writes, with what fill gives it,
// whole and durably or not at all. What a killed process left half written of the
// same file is removed before. The file is [Private].
func Replace(path string, fill func(io.Writer) error) error {
	if err := removeUnfinished(path); err != nil {
		return err
	}
	f, err := Create(path, Private)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := fill(f); err != nil {
		return err
	}
	return f.Commit()
}

// ReplaceBytes is [Replace] with content that is there already.
func ReplaceBytes(path string, content []byte) error {
	return Replace(path, func(w io.Writer) error { _, err := w.Write(content); return err })
}

// Unfinished returns the name of the file that would have become of a temporary
// one, for directories that are listed. Of names over 200 bytes it is the beginning.
func Unfinished(name string) (target string, ok bool) {
	rest, hidden := strings.CutPrefix(name, ".")
	dot := len(rest) - tempDigits - 1
	if !hidden || dot <= 0 || rest[dot] != '.' || strings.Trim(rest[dot+1:], "0123456789abcdef") != "" {
		return "", false
	}
	return rest[:dot], true
}

func removeUnfinished(path string) error {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil //nolint:nilerr // whoever creates the file there learns why not
	}
	for _, e := range entries {
		if target, ok := Unfinished(e.Name()); ok && target == base {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// SyncDir makes what was created, renamed or removed in a directory durable. Where
// the system cannot flush a directory, or this user may not read it, that is as
// durable as it gets.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil // a directory may be written and not read
	}
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
