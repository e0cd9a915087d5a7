package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"tilsyn/schemas"
)

// Fact is one record of an input file.
type Fact struct {
	// File and Line say where it stood; Record is true where Line counts the
	// records of a container.
	File   string
	Line   int64
	Record bool
	// Fact is the record with its topic.
	Fact schemas.Line
}

// At makes an error that names the place of the fact.
func (f *Fact) At(err error) error {
	return &InputError{File: nameOf(f.File), Line: f.Line, Record: f.Record, Err: err}
}

// EachFact reads files of facts in order, as `tilsyn load` does: the same forms
// as Run, but nothing is set aside; the first line that cannot be read is an
// *InputError. p follows in bytes; nil is nobody.
func EachFact(ctx context.Context, files []string, stdin io.Reader, p Progress, f func(*Fact) error) error {
	if p == nil {
		p = noProgress{}
	}
	r := reader{files: files, stdin: stdin, topics: newTopicTable()}
	p.Phase("loading", totalSize(files))
	defer p.Done()
	for _, file := range files {
		err := r.read(file, func(piece *piece) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := eachOf(r.topics, piece, f); err != nil {
				return err
			}
			p.Add(piece.bytes)
			return nil
		})
		if err != nil {
			return located(file, err)
		}
	}
	return nil
}

// located names the file of an error of reading; those of the callback stay as
// they are.
func located(file string, err error) error {
	var own *callbackError
	if errors.As(err, &own) {
		return own.err
	}
	return inFile(file, err)
}

// callbackError keeps what the caller's function returned apart from errors of
// reading.
type callbackError struct{ err error }

func (e *callbackError) Error() string { return e.err.Error() }

func (e *callbackError) Unwrap() error { return e.err }

func eachOf(topics *topicTable, p *piece, f func(*Fact) error) error {
	give := func(fact *Fact) error {
		if err := f(fact); err != nil {
			return &callbackError{err}
		}
		return nil
	}
	if p.block != nil {
		return eachOfBlock(p, give)
	}
	n := p.first - 1
	for line := range bytes.Lines(p.lines) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		fact := Fact{File: p.file, Line: n}
		l, err := schemas.DecodeLine(line)
		if err == nil && topics.byName[l.Topic] == nil {
			err = fmt.Errorf("topic %q is an output and no input: use %s", l.Topic, topics.names())
		}
		if err != nil {
			return fact.At(err)
		}
		fact.Fact = l
		if err := give(&fact); err != nil {
			return err
		}
	}
	return nil
}

// eachOfBlock gives the records of a block.
func eachOfBlock(p *piece, give func(*Fact) error) error {
	records, err := p.block.Open()
	if err != nil {
		return err
	}
	for {
		v, logged, err := records.NextNew()
		if errors.Is(err, io.EOF) {
			return nil
		}
		fact := Fact{File: p.file, Line: records.Number(), Record: true}
		var bad *schemas.RecordError
		if errors.As(err, &bad) {
			fact.Line = bad.Record
			return fact.At(bad.Err)
		}
		fact.Fact = schemas.Line{Topic: p.topic.Topic(), Value: v, LoggedAt: logged}
		if err := give(&fact); err != nil {
			return err
		}
	}
}

func totalSize(files []string) int64 {
	var total int64
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && f != Stdio {
			total += info.Size()
		}
	}
	return total
}
