package replay

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Sizes of the pieces that the input is read in.
const (
	pieceSize = 1 << 20
	// maxLine is the longest line that is read at all.
	maxLine = 64 << 20
	// containerPiece is how many records of a container make a piece.
	containerPiece = 1024
)

// piece is a part of a file that one worker takes in: whole lines, or records
// of a container.
type piece struct {
	file string
	// first is the number of the first line, from 1.
	first int64
	lines []byte
	// topic is set for records.
	topic   *topic
	records []record
	// bytes of input, for the progress.
	bytes int64
	// err is what stopped the reading of the file.
	err  error
	done chan *batch
}

// record is a record of a container, or what could be read of it.
type record struct {
	n      int64 // number in the container, from 1
	value  any
	logged duty.Opt[duty.Instant]
	bad    *schemas.RecordError // why it could not be read
}

// reader reads the files in order and has the pieces decoded on all cores.
type reader struct {
	files  []string
	stdin  io.Reader
	topics *topicTable
	// keepText says that the text of unreadable lines is wanted.
	keepText bool
}

// run decodes everything and gives the batches to take, in the order of the
// input. It returns when all is read, on the first error, or on cancellation;
// in the last case a blocked read of standard input is left behind.
func (r *reader) run(ctx context.Context, workers int, take func(*piece, *batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs := make(chan *piece, workers)
	order := make(chan *piece, 2*workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			d := newDecoder(r.topics)
			for p := range jobs {
				p.done <- r.decode(d, p)
			}
		})
	}
	go func() {
		defer close(order)
		defer close(jobs)
		send := func(p *piece) error {
			p.done = make(chan *batch, 1)
			for _, c := range []chan *piece{order, jobs} {
				select {
				case c <- p:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		}
		for _, f := range r.files {
			if err := r.read(f, send); err != nil {
				_ = send(&piece{file: f, err: err})
				return
			}
		}
	}()
	err := r.collect(ctx, order, take)
	cancel()
	if err == nil {
		wg.Wait()
	}
	return err
}

func (r *reader) collect(ctx context.Context, order <-chan *piece, take func(*piece, *batch) error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p, ok := <-order:
			if !ok {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case b := <-p.done:
				if err := take(p, b); err != nil {
					return err
				}
			}
		}
	}
}

// nameOf is what messages call a file.
func nameOf(file string) string {
	if file == Stdio {
		return "standard input"
	}
	return file
}

// read opens one file and sends its pieces.
func (r *reader) read(file string, send func(*piece) error) error {
	in := r.stdin
	if file != Stdio {
		f, err := openFile(file)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if in == nil {
		return errors.New("there is no standard input")
	}
	buf := bufio.NewReaderSize(in, pieceSize)
	if magic, _ := buf.Peek(4); string(magic) == "Obj\x01" {
		return r.readContainer(file, buf, send)
	}
	if err := wrongForm(file, buf, r.keepText); err != nil {
		return err
	}
	return readLines(file, skipMark(buf), send)
}

// skipMark passes over a byte order mark at the start of a text.
func skipMark(in *bufio.Reader) *bufio.Reader {
	if mark, _ := in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = in.Discard(len(mark)) // they were just looked at
	}
	return in
}

func openFile(file string) (*os.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, plain(err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, errors.New("is a directory: name the files in it")
	}
	return f, nil
}

// plain takes the name of the file, which the caller gives, out of the error.
func plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("cannot %s: %w", p.Op, p.Err)
	}
	return err
}

// readLines sends whole lines.
func readLines(file string, in io.Reader, send func(*piece) error) error {
	line := int64(1)
	var rest []byte
	for {
		buf := make([]byte, len(rest)+pieceSize)
		n, err := io.ReadFull(in, buf[copy(buf, rest):])
		buf = buf[:len(rest)+n]
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return plain(err)
		}
		cut := bytes.LastIndexByte(buf, '\n') + 1
		if end {
			cut = len(buf)
		}
		if cut > 0 {
			p := &piece{file: file, first: line, lines: buf[:cut:cut], bytes: int64(cut)}
			line += int64(bytes.Count(p.lines, []byte{'\n'}))
			if err := send(p); err != nil {
				return err
			}
		}
		rest = buf[cut:]
		if end {
			return nil
		}
		if len(rest) > maxLine {
			return &InputError{File: nameOf(file), Line: line,
				Err: fmt.Errorf("the line is longer than %d MiB: this is not a file of facts", maxLine>>20)}
		}
	}
}

// containerName is a topic's name, perhaps with a number or something more
// behind it: card-events.avro, card-events-2.avro, card-events.2026-02.avro.
var containerName = regexp.MustCompile(`^([a-z]+(?:-[a-z]+)*)(?:-[0-9]+|\.[^/]*)?\.avro$`)

func (r *reader) readContainer(file string, in *bufio.Reader, send func(*piece) error) error {
	m := containerName.FindStringSubmatch(filepath.Base(file))
	if m == nil || r.topics.byName[m[1]] == nil {
		return fmt.Errorf("is an Avro container and its name does not say which topic it holds: "+
			"call it TOPIC.avro with one of %s", r.topics.names())
	}
	topic := r.topics.byName[m[1]]
	counted := &counter{r: in}
	c, err := schemas.NewContainerReader(counted, topic.Schema)
	if err != nil {
		return err
	}
	p := &piece{file: file, topic: topic}
	for n := int64(1); ; n++ {
		v, logged, err := c.Next()
		var bad *schemas.RecordError
		switch {
		case errors.Is(err, io.EOF):
			p.bytes = counted.taken()
			return send(p)
		case errors.As(err, &bad):
			n = bad.Record + max(bad.Lost, 1) - 1
		case err != nil:
			return err
		}
		p.records = append(p.records, record{n, v, logged, bad})
		if len(p.records) == containerPiece {
			p.bytes = counted.taken()
			if err := send(p); err != nil {
				return err
			}
			p = &piece{file: file, topic: topic}
		}
	}
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64 // bytes
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// taken returns how much was read since the last call.
func (c *counter) taken() int64 {
	n := c.n
	c.n = 0
	return n
}

// decode makes a batch of a piece.
func (r *reader) decode(d *decoder, p *piece) *batch {
	b := &batch{bytes: p.bytes, last: duty.Beginning}
	switch {
	case p.err != nil:
		b.err = inFile(p.file, p.err)
	case p.topic != nil:
		decodeRecords(d, p, b)
	default:
		r.decodeLines(d, p, b)
	}
	return b
}

func inFile(file string, err error) error {
	var in *InputError
	if errors.As(err, &in) || errors.Is(err, context.Canceled) {
		return err
	}
	return &InputError{File: nameOf(file), Err: err}
}

func (r *reader) decodeLines(d *decoder, p *piece, b *batch) {
	rest, n := p.lines, p.first
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if err := d.line(b, line); err != nil {
				b.bad = append(b.bad, badLine{line: n, text: r.keep(line), err: err})
			}
		}
		n++
	}
}

// decodeRecords takes in records of a container. Where one cannot be read, its
// key cannot either, so that it holds every unit; and where the rest of a block
// is lost with it, nothing says of what time that was.
func decodeRecords(d *decoder, p *piece, b *batch) {
	for i := range p.records {
		r := &p.records[i]
		if r.bad == nil {
			if err := d.fact(b, p.topic, &schemas.Line{Value: r.value, LoggedAt: r.logged}); err != nil {
				lost := schemas.RecordError{Record: r.n, Err: err}
				b.bad = append(b.bad, badLine{line: r.n, record: true, text: describeLost(p, &lost), err: err})
			}
			continue
		}
		u := payload{code: codeUnreadable, topic: p.topic.Topic(), id: r.bad.ID, at: r.bad.At}
		if r.bad.Lost > 1 {
			u.id, u.at = "", duty.None[duty.Instant]()
		}
		d.hold(b, &u)
		b.bad = append(b.bad, badLine{line: r.bad.Record, record: true, text: describeLost(p, r.bad), err: r.bad.Err})
	}
}

// describeLost is what --skip-bad writes in place of a line.
func describeLost(p *piece, e *schemas.RecordError) []byte {
	b := append([]byte(`{"file":`), appendString(nil, p.file)...)
	b = strconv.AppendInt(append(b, `,"record":`...), e.Record, 10)
	b = strconv.AppendInt(append(b, `,"records":`...), max(e.Lost, 1), 10)
	b = appendString(append(b, `,"error":`...), e.Err.Error())
	return append(b, '}')
}

// keep copies a line if it will be wanted.
func (r *reader) keep(line []byte) []byte {
	if !r.keepText {
		return nil
	}
	return bytes.Clone(line)
}
