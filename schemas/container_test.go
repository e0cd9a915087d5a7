package schemas_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// readAll returns the records of a container file and their logged_at.
func readAll(t *testing.T, data []byte, s *schemas.Schema) (values []any, logged []duty.Opt[duty.Instant]) {
	t.Helper()
	c, err := schemas.NewContainerReader(bytes.NewReader(data), s)
	if err != nil {
		t.Fatal(err)
	}
	for {
		v, at, err := c.Next()
		if errors.Is(err, io.EOF) {
			return values, logged
		}
		if err != nil {
			t.Fatal(err)
		}
		values, logged = append(values, v), append(logged, at)
	}
}

// TestContainerFromFastavro reads the files that fastavro wrote, one per codec,
// whose writer's schema has logged_at.
func TestContainerFromFastavro(t *testing.T) {
	s, _ := schemas.Lookup("card-events")
	var want []any
	for _, l := range samples(t) {
		if l.Topic == s.Topic() {
			want = append(want, l.Value)
		}
	}
	for _, codec := range []string{"null", "deflate", "snappy", "bzip2", "zstandard"} {
		t.Run(codec, func(t *testing.T) {
			data, err := os.ReadFile("testdata/card-events." + codec + ".avro")
			if err != nil {
				t.Fatal(err)
			}
			got, logged := readAll(t, data, s)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("read %+v, want %+v", got, want)
			}
			if len(logged) != 2 || logged[0].V.String() != "2026-02-03T16:02:12.000Z" || logged[1].OK {
				t.Errorf("logged_at %+v", logged)
			}
		})
	}
}

func notices(n int) []*duty.Notice {
	out := make([]*duty.Notice, n)
	for i := range out {
		out[i] = &duty.Notice{
			ID: fmt.Sprintf("N-%06d", i), Version: 1, ReceivedAt: duty.Instant(i) * duty.Minute, PersonID: "P-1", CentreID: "KH",
			LocalTime: "2026-02-03T22:19", Channel: duty.ChannelPhone, GivenBy: duty.GivenBySelf,
			Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1,
		}
	}
	return out
}

// TestContainerRoundTrip writes several blocks with each codec, reads them
// back, and lets goavro read them.
func TestContainerRoundTrip(t *testing.T) {
	s, _ := schemas.Lookup("notices")
	for _, codec := range []string{schemas.CodecNull, schemas.CodecDeflate, schemas.CodecSnappy} {
		for _, withLog := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%t", codec, withLog), func(t *testing.T) {
				var file bytes.Buffer
				w, err := schemas.NewContainerWriter(&file, s, schemas.ContainerOptions{Codec: codec, LoggedAt: withLog})
				if err != nil {
					t.Fatal(err)
				}
				in := notices(5000)
				for _, n := range in {
					if err := w.Write(n, duty.Some(n.ReceivedAt+duty.Second)); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				if err := w.Write(in[0], duty.Opt[duty.Instant]{}); err == nil {
					t.Error("written to after Close")
				}
				got, logged := readAll(t, file.Bytes(), s)
				if len(got) != len(in) {
					t.Fatalf("%d records read, %d written", len(got), len(in))
				}
				for i := range in {
					if !reflect.DeepEqual(got[i], in[i]) || logged[i].OK != withLog ||
						withLog && logged[i].V != in[i].ReceivedAt+duty.Second {
						t.Fatalf("record %d: %+v, %+v", i, got[i], logged[i])
					}
				}
				checkGoavro(t, file.Bytes(), len(in))
			})
		}
	}
}

func checkGoavro(t *testing.T, data []byte, want int) {
	t.Helper()
	r, err := goavro.NewOCFReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r.Scan() {
		if _, err := r.Read(); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if r.Err() != nil || n != want {
		t.Errorf("goavro reads %d records, then %v", n, r.Err())
	}
}

// TestContainerBadRecord goes on after a record that carries an unknown symbol,
// and says which one it was.
func TestContainerBadRecord(t *testing.T) {
	s, _ := schemas.Lookup("notices")
	var file bytes.Buffer
	w, err := schemas.NewContainerWriter(&file, s, schemas.ContainerOptions{LoggedAt: true})
	if err != nil {
		t.Fatal(err)
	}
	logged := duty.DateOf(2026, 2, 3).Start()
	for i, n := range notices(5) {
		if i == 2 {
			n.Clarity = duty.ClarityUnknown
		}
		if err := w.Write(n, duty.Some(logged+duty.Instant(i))); err != nil {
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
	read := 0
	var bad []*schemas.RecordError
	for {
		_, _, err := c.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		var fault *schemas.RecordError
		switch {
		case err == nil:
			read++
		case errors.As(err, &fault):
			bad = append(bad, fault)
		default:
			t.Fatal(err)
		}
	}
	if read != 4 || len(bad) != 1 {
		t.Fatalf("%d records and %d faults", read, len(bad))
	}
	if f := bad[0]; f.Record != 3 || f.Lost != 1 || f.ID != "N-000002" || f.At.V != logged+2 ||
		!strings.Contains(f.Error(), "record 3: Notice.clarity") {
		t.Errorf("%+v: %v", f, f)
	}
}

// containerOf is a file of one block of records, by a schema.
func containerOf(schema string, records int, block []byte) []byte {
	file := append(binary.AppendVarint([]byte("Obj\x01"), 1), "\x16avro.schema"...)
	file = append(binary.AppendVarint(file, int64(len(schema))), schema...)
	file = append(file, 0)
	sync := make([]byte, 16)
	file = append(file, sync...)
	file = binary.AppendVarint(binary.AppendVarint(file, int64(records)), int64(len(block)))
	return append(append(file, block...), sync...)
}

// TestContainerTimes: logged_at and received_at say since when a fact, or a record
// that cannot be read, is known; they are read in the unit of their writer too, and
// refused where they are no times.
func TestContainerTimes(t *testing.T) {
	s, _ := schemas.Lookup("notices")
	at := duty.DateOf(2026, 2, 3).Start()
	const plain = `{"name":"logged_at","doc":"","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null}`
	write := func(logged, received string, scale duty.Instant, clarity duty.Clarity) []byte {
		n := notices(1)[0]
		n.Clarity, n.ReceivedAt = clarity, (at+duty.Second)*scale
		text := strings.Replace(string(s.Text()), "timestamp-millis", received, 1)
		text = strings.TrimSpace(text)
		text = text[:strings.LastIndexByte(text, ']')] + "," + logged + "]}"
		b := append(s.Append(nil, n), 2)
		b = binary.AppendVarint(b, int64(at*scale))
		return containerOf(text, 1, b)
	}
	micros := strings.Replace(plain, "millis", "micros", 1)
	for _, c := range []struct {
		name             string
		logged, received string
		scale            duty.Instant
		want             string // of the error
	}{
		{"millis", plain, "timestamp-millis", 1, ""},
		{"micros", micros, "timestamp-micros", 1000, ""},
		{"nanos", strings.Replace(plain, "millis", "nanos", 1), "timestamp-nanos", 1_000_000, ""},
		{"unknown", strings.Replace(plain, "timestamp-millis", "java-date", 1), "java-date", 1, ""},
		{"no zone", strings.Replace(plain, "timestamp-millis", "local-timestamp-millis", 1), "timestamp-millis", 1,
			"Notice.logged_at: a value may be long (local-timestamp-millis): the writer has long (local-timestamp-millis)"},
		{"a text", `{"name":"logged_at","type":"string"}`, "timestamp-millis", 1, "Notice.logged_at: the writer has string"},
		{"a floating number", `{"name":"logged_at","type":["null","double"]}`, "timestamp-millis", 1, "Notice.logged_at: a value may be double"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, clarity := range []duty.Clarity{duty.ClarityClear, duty.ClarityUnknown} {
				r, err := schemas.NewContainerReader(bytes.NewReader(write(c.logged, c.received, c.scale, clarity)), s)
				if c.want != "" {
					if err == nil || !strings.Contains(err.Error(), c.want) {
						t.Fatalf("got %v, want %s", err, c.want)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				v, logged, err := r.Next()
				var bad *schemas.RecordError
				switch {
				case clarity == duty.ClarityUnknown:
					if !errors.As(err, &bad) || bad.At != duty.Some(at) {
						t.Errorf("what cannot be read is of %+v, %v", bad, err)
					}
				case err != nil || logged != duty.Some(at) || v.(*duty.Notice).ReceivedAt != at+duty.Second:
					t.Errorf("%+v at %+v, %v", v, logged, err)
				}
			}
		})
	}
}

// TestContainerDamage checks files that are no container files, or broken ones.
func TestContainerDamage(t *testing.T) {
	s, _ := schemas.Lookup("card-events")
	good, err := os.ReadFile("testdata/card-events.null.avro")
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, with string) []byte {
		out := bytes.Replace(good, []byte(old), []byte(with), 1)
		if bytes.Equal(out, good) {
			t.Fatalf("no %q in the file", old)
		}
		return out
	}
	last := bytes.Clone(good)
	last[len(last)-1] ^= 1
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "does not begin with Obj"},
		{"text", []byte("{\"topic\":\"notices\"}"), "does not begin with Obj"},
		{"broken off in the header", good[:100], "the file ends too early"},
		{"broken off in a block", good[:len(good)-30], "the file ends too early"},
		{"sync marker", last, "the sync marker does not match"},
		{"another codec", edit("\x14avro.codec\x08null", "\x14avro.codec\x08lzma"), `codec "lzma"`},
		{"another record", edit(`tilsyn.CardEvent"`, `tilsyn.CardEvenX"`), "record CardEvenX, the reader needs record CardEvent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := schemas.NewContainerReader(bytes.NewReader(c.data), s)
			for err == nil {
				_, _, err = r.Next()
			}
			if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
}
