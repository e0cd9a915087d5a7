package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// maxLinks is how many symbolic links are followed, as POSIX systems do.
const maxLinks = 40

// follow returns the name behind symbolic links, also where what the last one
// names does not exist yet.
func follow(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil //nolint:nilerr // it is not there, or whoever opens it learns why not
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if special, err := os.Stat(path); err == nil && !special.Mode().IsRegular() {
			return path, nil // /dev/stdout names a pipe in words that are no path
		}
		if !filepath.IsAbs(to) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: errors.New("too many levels of symbolic links")}
}

// ID says which file a name or an open file is. The zero value is no file.
type ID struct {
	// info is the file, where it is there.
	info fs.FileInfo
	// dir and base say where it will be, where it is not.
	dir  fs.FileInfo
	base string
}

// Identify returns which file a name stands for, whether it is there or not:
// symbolic links, also of directories, are followed. The zero ID where there is
// not even a directory: opening it will say so.
func Identify(path string) ID {
	if info, err := os.Stat(path); err == nil {
		return ID{info: info}
	}
	target, err := follow(path)
	if err != nil {
		return ID{}
	}
	dir, err := os.Stat(filepath.Dir(target))
	if err != nil {
		return ID{}
	}
	return ID{dir: dir, base: filepath.Base(target)}
}

// IdentifyOpen returns which file a stream is; the zero ID where it is none,
// such as a buffer.
func IdentifyOpen(stream any) ID {
	f, ok := stream.(*os.File)
	if !ok || f == nil {
		return ID{}
	}
	info, err := f.Stat()
	if err != nil {
		return ID{}
	}
	return ID{info: info}
}

// Regular reports whether it is a file whose content an output would replace;
// true also for one that is not there yet. Pipes, terminals and /dev/null are not.
func (a ID) Regular() bool {
	return a.info != nil && a.info.Mode().IsRegular() || a.dir != nil
}

// Same reports whether both are one file: by hard link, another spelling, or
// another way to the directory.
func (a ID) Same(b ID) bool {
	switch {
	case a.info != nil && b.info != nil:
		return os.SameFile(a.info, b.info)
	case a.dir != nil && b.dir != nil:
		return a.base == b.base && os.SameFile(a.dir, b.dir)
	}
	return false
}
