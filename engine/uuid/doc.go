// Package uuid converts the usual text form of a UUID to binary and back: the ids of most facts are
// UUIDs, which then take less than half of the bytes.
//
// It guarantees that Unpack gives the text that Pack took. It never changes another text, and knows of
// no versions or variants.
//
//   - uuid.go  both ways
package uuid
