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
