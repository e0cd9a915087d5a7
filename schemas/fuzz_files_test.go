package schemas_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"tilsyn/schemas"
)

// FuzzLine reads any bytes as a line of a facts file, and a broken one for what
// can be saved of it.
func FuzzLine(f *testing.F) {
	for _, text := range textLines(f, "testdata/records.jsonl") {
		f.Add(text)
		f.Add(text[:len(text)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		schemas.SalvageLine(data)
		l, err := schemas.DecodeLine(data)
		if err != nil {
			var fault *schemas.LineError
			if !errors.As(err, &fault) {
				t.Fatalf("%q: %v is no LineError", data, err)
			}
			return
		}
		text := schemas.AppendLine(nil, &l)
		again, err := schemas.DecodeLine(text)
		if err != nil || !bytes.Equal(schemas.AppendLine(nil, &again), text) {
			t.Fatalf("%q is written as %q and not read again: %v", data, text, err)
		}
	})
}

// FuzzContainer reads any bytes as a container file of card events.
func FuzzContainer(f *testing.F) {
	for _, codec := range []string{"null", "deflate", "snappy", "bzip2", "zstandard"} {
		data, err := os.ReadFile("testdata/card-events." + codec + ".avro")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	s, _ := schemas.Lookup("card-events")
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := schemas.NewContainerReader(bytes.NewReader(data), s)
		if err != nil {
			return
		}
		for {
			_, _, err := c.Next()
			var fault *schemas.RecordError
			if err != nil && !errors.As(err, &fault) {
				if _, _, again := c.Next(); again == nil || errors.Is(err, io.EOF) != errors.Is(again, io.EOF) {
					t.Fatalf("after %v the reader says %v", err, again)
				}
				return
			}
		}
	})
}

// FuzzForeign gives the store a schema and a value of a writer that it does not
// know.
func FuzzForeign(f *testing.F) {
	for _, l := range samples(f) {
		s, _ := schemas.Lookup(l.Topic)
		f.Add(s.Text(), s.Append(nil, l.Value))
	}
	f.Fuzz(func(_ *testing.T, text, body []byte) {
		store := schemas.NewStore()
		if store.AddID(7, text) != nil {
			return
		}
		value := append(schemas.AppendConfluentFrame(nil, 7), body...)
		var scratch []byte
		for _, s := range schemas.List() {
			var err error
			var payload []byte
			if payload, scratch, err = store.Payload(s, value, scratch); err == nil {
				_, _ = s.Decode(payload)
			}
			store.SalvageID(s, value)
		}
		_, _ = schemas.CheckCompatibility(text)
	})
}
