// Package schemas is the data contract: one .avsc file per record, and
// everything that turns records into bytes and back.
//
// What it guarantees:
//
//   - The Go types, their canonical JSON form and the codecs are generated from
//     the .avsc files; a test and CI fail when they are stale.
//   - Values are written with the single-object frame and read with that or the
//     Confluent frame (contract §1). Fingerprints are those of the Avro Java
//     library and of Python's fastavro (testdata/fingerprints.md).
//   - A value of a writer whose schema differs is read by the rules of schema
//     resolution, or refused with the reason. An unknown writer is an error that
//     wraps ErrUnknownWriter. What earlier versions wrote is always known.
//   - A record that carries the symbol UNKNOWN, or one that we do not know, is
//     unreadable (contract §1), but for the fields whose .avsc says
//     "unknown": "legal": anti_passback of a CardAssignment, and the group of a
//     Violation, where no group is known.
//   - Damaged input of any kind gives an error that names record, field and
//     offset: never a panic, nor more memory than a small multiple of the input.
//     Errors never quote a value, which may be personal.
//   - Two records with the same fields have the same bytes in every form.
//
// What it never does: talk to the network, log, or decide whether a fact makes
// sense.
//
// The hot path of a fetched value is Store.Payload and the typed function:
//
//	payload, scratch, err = store.Payload(schema, value, scratch)
//	rest, err = schemas.DecodeCardEventShared(payload, &event)
//
// which copies and allocates nothing for our own writers.
//
// Files: schema.go (the table of schemas), symbols.go (what an enum may be),
// frame.go (the two frames), store.go (foreign writers), past.go (earlier schemas), wire.go (Avro
// binary primitives), jsonread.go and wholenumber.go (JSON primitives), line.go
// (lines of facts files and of tail),
// salvage.go (what can be saved of something unreadable), container.go,
// container_read.go, container_block.go and container_write.go (object container files), compat.go
// (compatibility of changed schemas), binary_gen.go, json_gen.go and
// table_gen.go (generated), internal/gen (the generator), internal/avro (the
// Avro specification), internal/reference (writes asyncapi.json and the pages in
// reference for those who connect to the topics).
package schemas

//go:generate go run ./internal/gen
//go:generate go run ./internal/reference
