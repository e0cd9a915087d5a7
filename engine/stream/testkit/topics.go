package testkit

import (
	"context"
	"maps"
	"slices"

	"tilsyn/engine/stream/broker"
	"tilsyn/topics"
)

// Topics implements Broker. A topic whose entry in States has no partitions does not exist.
func (b *Broker) Topics(context.Context) (map[string]broker.TopicState, error) {
	if err := b.Fail("topics"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	all := topics.All()
	out := make(map[string]broker.TopicState, len(all))
	for _, s := range all {
		state, ok := b.States[s.Name]
		if !ok {
			state = broker.TopicState{ID: "id of " + s.Name, Partitions: b.Parts}
			if s.OnePartition {
				state.Partitions = 1
			}
			state.Epochs = make([]int32, state.Partitions)
			for i := range state.Epochs {
				state.Epochs[i] = b.Leaders[broker.Partition{Topic: s.Name, Index: int32(i)}]
			}
		}
		if state.Partitions > 0 {
			out[s.Name] = state
		}
	}
	return out, nil
}

// ProducerTimes implements Broker.
func (b *Broker) ProducerTimes(context.Context) ([]string, error) {
	if err := b.Fail("settings"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.ByProducers)), nil
}
