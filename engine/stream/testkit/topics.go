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
	out := map[string]broker.TopicState{}
	for _, s := range topics.All() {
		out[s.Name] = broker.TopicState{ID: "id of " + s.Name, Partitions: b.Parts}
		if s.OnePartition {
			out[s.Name] = broker.TopicState{ID: "id of " + s.Name, Partitions: 1}
		}
		state := out[s.Name]
		for i := range state.Partitions {
			state.Epochs = append(state.Epochs, b.Leaders[broker.Partition{Topic: s.Name, Index: i}])
		}
		out[s.Name] = state
		if is, ok := b.States[s.Name]; ok {
			if out[s.Name] = is; is.Partitions == 0 {
				delete(out, s.Name)
			}
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
