package topics

// ByKey as the partition of a record to write means the one that [Partition] gives for its key.
const ByKey int32 = -1

// Partition returns the partition of a key among n, as the Java client's
// default partitioner and librdkafka's murmur2_random do (contract §1).
// A violation is keyed by unit_id but goes to the partition of its person_id,
// so callers pass the person_id there (contract §3). It is 0 where n < 1.
func Partition(key []byte, n int32) int32 {
	if n < 1 {
		return 0
	}
	return int32(murmur2(key)&0x7fffffff) % n
}

// murmur2 is the 32-bit MurmurHash2 with the seed that Kafka fixed.
func murmur2(b []byte) uint32 {
	const (
		seed = 0x9747b28c
		m    = 0x5bd1e995
		r    = 24
	)
	h := uint32(seed) ^ uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		k := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
		k *= m
		k ^= k >> r
		k *= m
		h *= m
		h ^= k
	}
	switch len(b) {
	case 3:
		h ^= uint32(b[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(b[1]) << 8
		fallthrough
	case 1:
		h ^= uint32(b[0])
		h *= m
	}
	h ^= h >> 13
	h *= m
	h ^= h >> 15
	return h
}
