package topics

import (
	"fmt"
	"slices"

	"github.com/segmentio/kafka-go/protocol"
)

// Produce is encoded here because the protocol package's own batches carry no
// producer id. Version 7 is the first with zstd and has a fixed encoding; every
// broker since Kafka 2.1 has it.
const (
	produceKey     = protocol.Produce
	produceVersion = 7
)

// appendProduce appends the body of a produce request with acks=all. The batches are sorted by
// topic.
func appendProduce(b []byte, txnID string, timeoutMs int32, batches []*batchOut) []byte {
	size := len(txnID) + 16
	for _, p := range batches {
		size += len(p.full) + len(p.encoded) + 16
	}
	b = slices.Grow(b, size)
	b = appendNullableString(b, txnID)
	b = appendInt16(b, -1)
	b = appendInt32(b, timeoutMs)
	topics := 0
	for i := range batches {
		if i == 0 || batches[i].full != batches[i-1].full {
			topics++
		}
	}
	b = appendInt32(b, int32(topics))
	for i := 0; i < len(batches); {
		end := i + 1
		for end < len(batches) && batches[end].full == batches[i].full {
			end++
		}
		b = appendString(b, batches[i].full)
		b = appendInt32(b, int32(end-i))
		for _, p := range batches[i:end] {
			b = appendInt32(b, p.Partition)
			b = appendInt32(b, int32(len(p.encoded)))
			b = append(b, p.encoded...)
		}
		i = end
	}
	return b
}

// produceResult is the answer for one partition.
type produceResult struct {
	code Code
	base int64 // offset of the first record
	seen bool  // the answer names the partition
}

// readProduce reads the answer; the results are in the order of batches.
func readProduce(body []byte, batches []*batchOut) ([]produceResult, error) {
	out := make([]produceResult, len(batches))
	r := reader{b: body}
	for range r.count(6) {
		name := string(r.text())
		for range r.count(30) {
			index := r.int32()
			res := produceResult{code: Code(r.int16()), base: r.int64(), seen: true}
			r.int64() // append time
			r.int64() // log start
			for i, b := range batches {
				if b.full == name && b.Partition == index {
					out[i] = res
				}
			}
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("the answer to Produce: %w", r.err)
	}
	for i, res := range out {
		if !res.seen {
			return nil, fmt.Errorf("the answer to Produce leaves out %s", batches[i].TopicPartition)
		}
	}
	return out, nil
}
