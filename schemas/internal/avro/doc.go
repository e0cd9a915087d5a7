// Package avro is the part of the Avro 1.11 specification that tilsyn needs
// beside its generated codecs: reading a schema, its Parsing Canonical Form
// and fingerprint, judging two schemas against each other, and rewriting bytes
// of a foreign writer into the bytes that our own reader expects.
//
// It never panics on input, never allocates more than a small multiple of what
// it is given, and keeps no global state.
//
// Files: schema.go (types), parse.go (reading .avsc), value.go (its JSON), canonical.go (canonical
// form, CRC-64-AVRO), wire.go (reading binary primitives), skip.go (passing
// over values), plan.go and transcode.go (schema resolution), defaults.go
// (default values as bytes), compat.go (compatibility with
// reasons), units.go (logical types beside the fingerprint).
package avro
