package outfile

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Permissions of files.
const (
	// Private files name persons: their owner alone reads them.
	Private fs.FileMode = 0o600
	// Public files hold nothing of real persons; the umask applies.
	Public fs.FileMode = 0o644
)

const (
	bufferSize = 256 << 10
	// maxTempBase keeps the name of the temporary file within what file systems
	// take (255 bytes).
	maxTempBase = 200
	// tempDigits is how many hexadecimal digits end the name of the temporary file.
	tempDigits = 8
	// tempTries is how many names are tried for the temporary file.
	tempTries = 100
)

// File is an output that is being written. What is written is buffered.
type File struct {
	f *os.File
	w *bufio.Writer
	// target is where the file goes; empty where f is that already: a pipe or a
	// device.
	target string
}

// Create begins to write path. A regular file comes into being, or takes the
// place of the one before, with Commit only; a pipe or a device is written
// directly. Behind a symbolic link it is the file that the link names, and the
// link stays. Errors are those of the file system, *fs.PathError.
func Create(path string, mode fs.FileMode) (*File, error) {
	target, err := follow(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(target)
	switch {
	case err == nil && info.IsDir():
		return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("is a directory")}
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(target, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &File{f: f, w: bufio.NewWriterSize(f, bufferSize)}, nil
	}
	f, err := createTemp(target, mode)
	var p *fs.PathError
	if errors.As(err, &p) {
		return nil, &fs.PathError{Op: "write", Path: path, Err: p.Err} // nobody knows the temporary name
	}
	if err != nil {
		return nil, err
	}
	return &File{f: f, w: bufio.NewWriterSize(f, bufferSize), target: target}, nil
}

// createTemp makes a new file beside target.
func createTemp(target string, mode fs.FileMode) (*os.File, error) {
	dir, base := filepath.Split(target)
	base = base[:min(len(base), maxTempBase)]
	for try := 0; ; try++ {
		name := fmt.Sprintf("%s.%s.%0*x", dir, base, tempDigits, rand.Uint32())
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
		if !errors.Is(err, fs.ErrExist) || try == tempTries {
			return f, err
		}
	}
}

// Write implements io.Writer.
func (o *File) Write(b []byte) (int, error) { return o.w.Write(b) }

// Commit flushes everything to disk and gives the file its name. After an error
// there is no file, and the one before is as it was.
func (o *File) Commit() error {
	err := o.w.Flush()
	if err == nil && o.target != "" {
		err = o.f.Sync()
	}
	err = errors.Join(err, o.f.Close())
	if o.target == "" {
		o.f = nil
		return err
	}
	if err == nil {
		err = os.Rename(o.f.Name(), o.target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(o.f.Name()))
	}
	o.f = nil
	return SyncDir(filepath.Dir(o.target))
}

// Discard gives up what Commit did not complete; after Commit it does nothing.
func (o *File) Discard() {
	if o == nil || o.f == nil {
		return
	}
	_ = o.f.Close() // closed already where Commit failed
	if o.target != "" {
		_ = os.Remove(o.f.Name()) // gone already where Commit failed
	}
	o.f = nil
}
