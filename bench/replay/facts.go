package main

import (
	"bufio"
	"cmp"
	"errors"
	"os"
	"path/filepath"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
)

// input is what is replayed, in one form.
type input struct {
	name  string
	files []string
}

// containers is a Sink that writes a container file for each topic into a directory.
type containers struct {
	dir, codec string
	open       map[string]*container
	facts      int // written
}

// container is one file that is being written.
type container struct {
	file *os.File
	buf  *bufio.Writer
	*schemas.ContainerWriter
}

// Put implements simulate.Sink. A version of a paper entry that stands under two keys (RD-47) is
// written once, as in JSON Lines.
func (c *containers) Put(f simulate.Fact) error {
	if m, ok := f.Record.(*duty.ManualEntry); ok && m.PersonID.OK && f.Key == m.CentreID {
		return nil
	}
	w := c.open[f.Topic]
	if w == nil {
		file, err := os.Create(filepath.Join(c.dir, f.Topic+".avro"))
		if err != nil {
			return err
		}
		w = &container{file: file, buf: bufio.NewWriterSize(file, 1<<18)}
		c.open[f.Topic] = w
		schema, _ := schemas.Lookup(f.Topic)
		if w.ContainerWriter, err = schemas.NewContainerWriter(w.buf, schema,
			schemas.ContainerOptions{Codec: c.codec, LoggedAt: true}); err != nil {
			return err
		}
	}
	c.facts++
	return w.Write(f.Record, duty.Some(f.ReceivedAt))
}

// close completes the files and returns their names.
func (c *containers) close() (files []string, err error) {
	for _, w := range c.open {
		err = errors.Join(err, w.ContainerWriter.Close(), w.buf.Flush(), w.file.Close())
		files = append(files, w.file.Name())
	}
	return files, err
}

// write simulates and returns the facts in both forms, or in Avro alone, and how many they are.
func write(cfg simulate.Config, dir, codec string, avroAlone bool) (list []input, facts int, err error) {
	lines, err := os.Create(filepath.Join(dir, simulate.FactsFile))
	if err != nil {
		return nil, 0, err
	}
	text, binary := simulate.NewLines(lines), &containers{dir: dir, codec: codec, open: map[string]*container{}}
	_, err = simulate.Run(cfg, simulate.SinkFunc(func(f simulate.Fact) error {
		if avroAlone {
			return binary.Put(f)
		}
		return errors.Join(text.Put(f), binary.Put(f))
	}))
	files, closing := binary.close()
	if err := errors.Join(err, text.Flush(), lines.Close(), closing); err != nil {
		return nil, 0, err
	}
	list = []input{{"JSON Lines", []string{lines.Name()}}, {"Avro, " + cmp.Or(codec, "deflate"), files}}
	if avroAlone {
		list = list[1:]
	}
	return list, binary.facts, nil
}
