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
	"strings"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Sizes of the pieces that the input is read in.
const (
	pieceSize = 1 << 20
	// maxLine is the longest line that is read at all.
	maxLine = 64 << 20
)

// piece is a part of a file that one worker takes in: whole lines, or a block
// of a container.
type piece struct {
	file string
	// first is the number of the first line, from 1.
	first int64
	lines []byte
	// topic is set for a block.
	topic *topic
	block *schemas.Block
	// bytes of input, for the progress.
	bytes int64
	// err is what stopped the reading of the file.
	err  error
	done chan *batch
}

// reader reads the files in order and has the pieces decoded on all cores.
type reader struct {
	files  []string
	stdin  io.Reader
	topics *topicTable
	// keepText says that the text of unreadable lines is wanted.
	keepText bool
	// spare are batches that were taken in.
	spare sync.Pool
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
				b.clear()
				r.spare.Put(b)
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
	if strings.HasSuffix(file, ".avro") { // its bytes are no lines that could be set aside
		return errors.New("is called an Avro container and does not begin as one does: have it written again, or " +
			"call it by what it is")
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
	for {
		block, err := c.NextBlock()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := send(&piece{file: file, topic: topic, block: block, bytes: counted.taken()}); err != nil {
			return err
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
	b, _ := r.spare.Get().(*batch)
	if b == nil {
		b = &batch{last: duty.Beginning}
	}
	b.bytes = p.bytes
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

// decodeRecords takes in the records of a block. Where one cannot be read, its
// key cannot either, so that it holds every unit; and where the rest of a block
// is lost with it, nothing says of what time that was.
func decodeRecords(d *decoder, p *piece, b *batch) {
	records, err := p.block.OpenIn(d.room)
	if err != nil {
		b.err = inFile(p.file, err)
		return
	}
	d.room = records.Unpacked()
	b.room(int(p.block.Records), records.Size(), p.topic)
	l := schemas.Line{Value: d.value(p.topic)}
	for {
		l.LoggedAt, err = records.Next(l.Value)
		if err == nil {
			if err := d.fact(b, p.topic, &l); err != nil {
				lost := schemas.RecordError{Record: records.Number(), Err: err}
				b.bad = append(b.bad, badLine{line: lost.Record, record: true, text: describeLost(p, &lost), err: err})
			}
			continue
		}
		var bad *schemas.RecordError
		if !errors.As(err, &bad) { // the end
			return
		}
		u := payload{code: codeUnreadable, topic: p.topic.Topic(), id: bad.ID, at: bad.At}
		if bad.Lost > 1 {
			u.id, u.at = "", duty.None[duty.Instant]()
		}
		d.hold(b, &u)
		b.bad = append(b.bad, badLine{line: bad.Record, record: true, text: describeLost(p, bad), err: bad.Err})
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
