package schemas_test

import (
	"bytes"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

func first[T any](b *testing.B) *T {
	for _, l := range samples(b) {
		if v, ok := l.Value.(*T); ok {
			return v
		}
	}
	b.Fatal("no sample")
	return nil
}

func BenchmarkAppendCardEvent(b *testing.B) {
	v := first[duty.CardEvent](b)
	buf := schemas.AppendCardEvent(nil, v)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		buf = schemas.AppendCardEvent(buf[:0], v)
	}
}

func BenchmarkDecodeCardEvent(b *testing.B) {
	data := schemas.AppendCardEvent(nil, first[duty.CardEvent](b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var v duty.CardEvent
	for b.Loop() {
		if _, err := schemas.DecodeCardEvent(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeCardEventShared(b *testing.B) {
	data := schemas.AppendCardEvent(nil, first[duty.CardEvent](b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var v duty.CardEvent
	for b.Loop() {
		if _, err := schemas.DecodeCardEventShared(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPayload is the whole way of a framed value of our own writer.
func BenchmarkPayload(b *testing.B) {
	s, _ := schemas.Lookup("card-events")
	store := schemas.NewStore()
	value := s.AppendValue(nil, first[duty.CardEvent](b))
	b.ReportAllocs()
	var v duty.CardEvent
	for b.Loop() {
		payload, _, err := store.Payload(s, value, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := schemas.DecodeCardEventShared(payload, &v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPayloadForeign is the same with a writer whose schema is not ours.
func BenchmarkPayloadForeign(b *testing.B) {
	s, _ := schemas.Lookup("card-events")
	store := schemas.NewStore()
	end := bytes.LastIndexByte(s.Text(), ']')
	text := append(bytes.Clone(s.Text()[:end]), `,{"name":"more","type":["null","long"],"default":null}]}`...)
	if err := store.AddID(1, text); err != nil {
		b.Fatal(err)
	}
	value := append(s.Append(schemas.AppendConfluentFrame(nil, 1), first[duty.CardEvent](b)), 0)
	b.ReportAllocs()
	var v duty.CardEvent
	var payload, scratch []byte
	for b.Loop() {
		var err error
		if payload, scratch, err = store.Payload(s, value, scratch); err != nil {
			b.Fatal(err)
		}
		if _, err := schemas.DecodeCardEventShared(payload, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeViolation(b *testing.B) {
	data := schemas.AppendViolation(nil, first[duty.Violation](b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var v duty.Violation
	for b.Loop() {
		if _, err := schemas.DecodeViolation(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonicalViolation(b *testing.B) {
	v := first[duty.Violation](b)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = v.AppendCanonical(buf[:0])
	}
}

func BenchmarkDecodeLine(b *testing.B) {
	text := schemas.AppendLine(nil, &schemas.Line{Topic: "card-events", Value: first[duty.CardEvent](b)})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schemas.DecodeLine(text); err != nil {
			b.Fatal(err)
		}
	}
}
