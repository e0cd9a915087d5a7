package schemas

import "tilsyn/schemas/internal/block"

// This file holds what reading and writing of Avro object container files have
// in common: their limits and the names of their codecs.

const (
	containerMagic = "Obj\x01"
	syncSize       = 16
	// maxBlock bounds a block, compressed or not, in bytes. The usual size is
	// 16 to 64 KiB.
	maxBlock = 64 << 20
	// maxHeader bounds the header, in bytes.
	maxHeader = 4 << 20
)

// Codecs that container files are written with. bzip2 and zstandard are read
// as well.
const (
	CodecNull    = block.Null
	CodecDeflate = block.Deflate
	CodecSnappy  = block.Snappy
)
