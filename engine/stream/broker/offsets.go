package broker

import (
	"fmt"
	"strconv"
	"strings"
)

// Offsets are positions: the offset of the next record to read of each partition.
type Offsets map[Partition]int64

// Clone returns an independent copy.
func (o Offsets) Clone() Offsets {
	c := make(Offsets, len(o))
	for p, n := range o {
		c[p] = n
	}
	return c
}

// Reached reports whether o is at or beyond every position of want. A partition missing in o
// counts as 0.
func (o Offsets) Reached(want Offsets) bool {
	for p, n := range want {
		if o[p] < n {
			return false
		}
	}
	return true
}

// Before reports whether the positions of o are all at or before those of p.
func (o Offsets) Before(p Offsets) bool { return p.Reached(o) }

// Names returns the offsets keyed by "topic/partition".
func (o Offsets) Names() map[string]int64 {
	m := make(map[string]int64, len(o))
	for p, n := range o {
		m[p.Name()] = n
	}
	return m
}

// Sum returns the number of offsets before the positions.
func (o Offsets) Sum() int64 {
	n := int64(0)
	for _, at := range o {
		n += at
	}
	return n
}

// ParseOffsets reads what Names returned.
func ParseOffsets(m map[string]int64) (Offsets, error) {
	o := make(Offsets, len(m))
	for name, n := range m {
		p, err := parsePartition(name)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q with offset %d is no position", name, n)
		}
		o[p] = n
	}
	return o, nil
}

// Name returns "topic/partition".
func (p Partition) Name() string { return p.Topic + "/" + strconv.Itoa(int(p.Index)) }

// parsePartition reads what Partition.Name returned.
func parsePartition(name string) (Partition, error) {
	topic, index, ok := strings.Cut(name, "/")
	i, err := strconv.ParseInt(index, 10, 32)
	if !ok || err != nil {
		return Partition{}, fmt.Errorf("%q is no partition", name)
	}
	return Partition{Topic: topic, Index: int32(i)}, nil
}

// ComparePartitions orders partitions by topic and index.
func ComparePartitions(a, b Partition) int {
	switch {
	case a.Topic < b.Topic:
		return -1
	case a.Topic > b.Topic:
		return 1
	}
	return int(a.Index - b.Index)
}

// ByPartition turns a map keyed by "topic/partition" into one keyed by Partition, converting the
// values with as.
func ByPartition[A, B any](m map[string]A, as func(A) B) (map[Partition]B, error) {
	out := make(map[Partition]B, len(m))
	for name, v := range m {
		p, err := parsePartition(name)
		if err != nil {
			return nil, err
		}
		out[p] = as(v)
	}
	return out, nil
}
