// Package block compresses the blocks of Avro's object container files, and expands them.
//
// It guarantees that no block is expanded to more bytes than the caller allows, and that the checksum of a
// block that has one is right. It reads no records and no files.
//
// Files: block.go.
package block
