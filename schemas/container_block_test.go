package schemas_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// TestBlocksSideBySide reads the blocks of a file in any order, and into one record.
func TestBlocksSideBySide(t *testing.T) {
	s, _ := schemas.Lookup("notices")
	want := notices(5000)
	for _, logged := range []bool{false, true} {
		var file bytes.Buffer
		w, err := schemas.NewContainerWriter(&file, s, schemas.ContainerOptions{Codec: schemas.CodecSnappy, LoggedAt: logged})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range want {
			if err := w.Write(n, duty.Opt[duty.Instant]{V: n.ReceivedAt + 1, OK: n.Nights == 1 && logged}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		c, err := schemas.NewContainerReader(&file, s)
		if err != nil {
			t.Fatal(err)
		}
		var blocks []*schemas.Block
		for {
			b, err := c.NextBlock()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			blocks = append(blocks, b)
		}
		if len(blocks) < 3 {
			t.Fatalf("%d blocks: the test would compare nothing", len(blocks))
		}
		var v duty.Notice
		read := 0
		for i := len(blocks) - 1; i >= 0; i-- {
			records, err := blocks[i].Open()
			if err != nil {
				t.Fatal(err)
			}
			for {
				at, err := records.Next(&v)
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				n := want[records.Number()-1]
				if !reflect.DeepEqual(&v, n) || at.OK != logged || logged && at.V != n.ReceivedAt+1 {
					t.Fatalf("record %d is %+v at %v, want %+v", records.Number(), v, at, n)
				}
				read++
			}
		}
		if read != len(want) {
			t.Errorf("%d records, want %d", read, len(want))
		}
	}
}

// TestOnePassReadsAsTheLongWay: reading a record in one pass gives what finding its end first and then decoding
// it gives, however its arrays are cut into blocks, also where these say a wrong size.
func TestOnePassReadsAsTheLongWay(t *testing.T) {
	type block struct {
		s    *schemas.Schema
		data []byte
	}
	var blocks []block
	for _, l := range samples(t) {
		s, _ := schemas.Lookup(l.Topic)
		blocks = append(blocks, block{s, s.Append(nil, l.Value)})
	}
	s, _ := schemas.Lookup("incidents")
	x, tail := long(1)+"x", long(0)+long(0)+long(1)+long(1)+long(1)+long(1)
	for _, devices := range []string{
		long(0), long(2) + x + x + long(0), long(1) + x + long(1) + x + long(0), long(-2) + long(4) + x + x + long(0),
		long(1) + x + long(-1) + long(2) + x + long(0), long(-1) + long(3) + x + long(0), long(-1) + long(1) + x + long(0),
		long(-2) + long(2) + x + x + long(0),
	} {
		blocks = append(blocks, block{s, []byte(incident(devices) + tail)})
	}
	read := 0
	for _, b := range blocks {
		twice := append(bytes.Clone(b.data), b.data...)
		type got struct {
			v    any
			text string
		}
		var ways [2][]got
		ours := string(b.s.Text())
		other := strings.Replace(ours, `"namespace": "tilsyn"`, `"namespace": "others"`, 1)
		if ours == other {
			t.Fatalf("%s has another namespace than is thought", b.s.Topic())
		}
		for i, schema := range []string{ours, other} {
			c, err := schemas.NewContainerReader(bytes.NewReader(containerOf(schema, 2, twice)), b.s)
			if err != nil {
				t.Fatal(err)
			}
			packed, err := c.NextBlock()
			if err != nil {
				t.Fatal(err)
			}
			r, err := packed.Open()
			if err != nil {
				t.Fatal(err)
			}
			for {
				v, _, err := r.NextNew()
				if errors.Is(err, io.EOF) {
					break
				}
				g := got{v: v}
				if err != nil {
					g.text = err.Error()
				} else {
					read++
				}
				ways[i] = append(ways[i], g)
			}
		}
		if !reflect.DeepEqual(ways[0], ways[1]) {
			t.Errorf("%s % x:\n%+v\nthe long way:\n%+v", b.s.Topic(), b.data, ways[0], ways[1])
		}
	}
	if read < 2*len(samples(t)) {
		t.Errorf("%d records were read: the test compares errors alone", read)
	}
}
