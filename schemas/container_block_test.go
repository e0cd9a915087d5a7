package schemas

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"

	"tilsyn/engine/duty"
)

// TestBlocksSideBySide reads the blocks of a file in any order, and into one record.
func TestBlocksSideBySide(t *testing.T) {
	s, _ := Lookup("notices")
	want := notices(5000)
	for _, logged := range []bool{false, true} {
		var file bytes.Buffer
		w, err := NewContainerWriter(&file, s, ContainerOptions{Codec: CodecSnappy, LoggedAt: logged})
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
		c, err := NewContainerReader(&file, s)
		if err != nil {
			t.Fatal(err)
		}
		var blocks []*Block
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
		s    *Schema
		data []byte
	}
	var blocks []block
	for _, l := range samples(t) {
		s, _ := Lookup(l.Topic)
		blocks = append(blocks, block{s, s.Append(nil, l.Value)})
	}
	s, _ := Lookup("incidents")
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
		for i, direct := range []bool{true, false} {
			form := &containerForm{schema: b.s, writer: b.s.parsed, direct: direct}
			r := &BlockRecords{containerForm: form, block: bytes.Clone(twice), left: 2}
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
