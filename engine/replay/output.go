package replay

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tilsyn/engine/outfile"
	"tilsyn/engine/replay/extsort"
)

const outputBuffer = 256 << 10

// output is one output. A file gets its name only when it is complete, so that no
// half a file is ever taken for a whole one; it is readable by its owner alone,
// since it names persons.
type output struct {
	path string
	w    io.Writer
	// file is nil for standard output, and stdout for a file.
	file   *outfile.File
	stdout *bufio.Writer
}

// openOutput opens path, or stdout for Stdio; nil for no output.
func openOutput(path string, stdout io.Writer) (*output, error) {
	switch path {
	case "":
		return nil, nil
	case Stdio:
		w := bufio.NewWriterSize(stdout, outputBuffer)
		return &output{path: "standard output", w: w, stdout: w}, nil
	}
	f, err := outfile.Create(path, outfile.Private)
	if err != nil {
		return nil, &InputError{Err: fmt.Errorf("%s cannot be written: %w", path, plain(err))}
	}
	return &output{path: path, w: f, file: f}, nil
}

// Write implements io.Writer; nothing is written to a nil output.
func (o *output) Write(b []byte) (int, error) {
	if o == nil {
		return len(b), nil
	}
	n, err := o.w.Write(b)
	if err != nil {
		err = fmt.Errorf("%s cannot be written: %w", o.path, plain(err))
	}
	return n, err
}

// commit completes the file.
func (o *output) commit() error {
	if o == nil {
		return nil
	}
	var err error
	if o.file != nil {
		err = o.file.Commit()
	} else {
		err = o.stdout.Flush()
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", o.path, plain(err))
	}
	return nil
}

// discard gives up what commit did not complete.
func (o *output) discard() {
	if o != nil {
		o.file.Discard()
	}
}

// stages is an output that is made for all as-of instants side by side and
// written one as-of after the other: the first directly, the others by way of
// files on disk.
type stages struct {
	out   *output
	later []*os.File // of the second as-of and later ones
	bufs  []*bufio.Writer
}

func newStages(out *output, dir, name string, n int) (*stages, error) {
	s := &stages{out: out}
	if out == nil {
		return s, nil
	}
	for i := 1; i < n; i++ {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%d", name, i)))
		if err != nil {
			return s, fmt.Errorf("cannot write to the temporary directory: %w", err)
		}
		s.later = append(s.later, f)
		s.bufs = append(s.bufs, bufio.NewWriterSize(f, outputBuffer))
	}
	return s, nil
}

func (s *stages) write(stage int, b []byte) error {
	if len(b) == 0 || s.out == nil {
		return nil
	}
	var err error
	if stage == 0 {
		_, err = s.out.Write(b)
	} else {
		_, err = s.bufs[stage-1].Write(b)
	}
	return err
}

// finish puts the stages together.
func (s *stages) finish() error {
	for i, f := range s.later {
		if err := s.bufs[i].Flush(); err != nil {
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(s.out, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *stages) close() {
	for _, f := range s.later {
		_ = f.Close()
	}
}

// drain writes the lines of a sorter, the first of each key: the key says what
// a line is about.
func drain(s *extsort.Sorter, out *output) error {
	if out == nil {
		return nil
	}
	it, err := s.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	var last []byte
	for it.Next() {
		if bytes.Equal(it.Key(), last) {
			continue
		}
		last = append(last[:0], it.Key()...)
		if _, err := out.Write(it.Value()); err != nil {
			return err
		}
	}
	return it.Err()
}
