package state

import (
	"math"
	"sync"
)

// An arena holds the records that wait for a merge in chunks from a pool that tasks share: usually
// a task has much less waiting than it may have, and its memory is soon needed by another.

// chunkBits gives the size of a chunk in bytes, chunkBlocks the number of blocks in a chunk of
// blocks.
const (
	chunkBits   = 18
	chunkSize   = 1 << chunkBits
	chunkBlocks = 1 << 11
)

// maxArena bounds the size of an arena, with what is wasted at the ends of chunks: offsets must
// fit into 32 bits.
const maxArena = math.MaxUint32 / 4

// chunkPool keeps unused chunks, up to a bound.
type chunkPool struct {
	mu     sync.Mutex
	bytes  [][]byte  // chunks of arenas
	blocks [][]block // chunks of blocks
}

// maxFreeChunks bounds how many chunks a pool keeps: 16 MiB.
const maxFreeChunks = 16 << 20 / chunkSize

// take returns an empty chunk.
func (c *chunkPool) take() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if chunk, ok := pop(&c.bytes); ok {
		return chunk
	}
	return make([]byte, 0, chunkSize)
}

// takeBlocks returns an empty chunk of blocks.
func (c *chunkPool) takeBlocks() []block {
	c.mu.Lock()
	defer c.mu.Unlock()
	if chunk, ok := pop(&c.blocks); ok {
		return chunk
	}
	return make([]block, 0, chunkBlocks)
}

// give takes chunks back; those of another size go to the garbage collector.
func (c *chunkPool) give(bytes [][]byte, blocks [][]block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, chunk := range bytes {
		if cap(chunk) == chunkSize && len(c.bytes) < maxFreeChunks {
			c.bytes = append(c.bytes, chunk[:0])
		}
	}
	for _, chunk := range blocks {
		if len(c.blocks) < maxFreeChunks {
			c.blocks = append(c.blocks, chunk[:0])
		}
	}
}

// pop removes and returns the last element; false if there is none.
func pop[T any](list *[]T) (last T, ok bool) {
	n := len(*list) - 1
	if n < 0 {
		return last, false
	}
	var none T
	last, (*list)[n] = (*list)[n], none
	*list = (*list)[:n]
	return last, true
}

// arena is append-only memory whose bytes never move.
type arena struct {
	pool *chunkPool // where chunks come from and go back to
	// chunks are by number. A chunk larger than usual takes up as many numbers as its bytes need.
	chunks [][]byte
	// size is the number of bytes.
	size int
}

// put copies b and returns its place. Later puts get higher places.
func (a *arena) put(b []byte) (at uint32) {
	last := len(a.chunks) - 1
	if last < 0 || len(a.chunks[last])+len(b) > chunkSize || a.chunks[last] == nil {
		if last++; len(b) > chunkSize {
			a.chunks = append(a.chunks, make([]byte, 0, len(b)))
			a.chunks = append(a.chunks, make([][]byte, (len(b)-1)/chunkSize)...)
		} else {
			a.chunks = append(a.chunks, a.pool.take())
		}
	}
	chunk := &a.chunks[last]
	at = uint32(last)<<chunkBits | uint32(len(*chunk))
	*chunk = append(*chunk, b...)
	a.size += len(b)
	return at
}

// from returns the bytes from a place to the end of its chunk.
func (a *arena) from(at uint32) []byte {
	return a.chunks[at>>chunkBits][at&(chunkSize-1):]
}
