package stream

import (
	"context"
	"maps"
	"slices"

	"tilsyn/topics"
)

// Topics implements Broker. A topic whose state has no partitions is gone.
func (b *brokerModel) Topics(context.Context) (map[string]TopicState, error) {
	if err := b.fail("topics"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[string]TopicState{}
	for _, s := range topics.All() {
		out[s.Name] = TopicState{ID: "id of " + s.Name, Partitions: b.parts}
		if s.OnePartition {
			out[s.Name] = TopicState{ID: "id of " + s.Name, Partitions: 1}
		}
		if is, ok := b.states[s.Name]; ok {
			if out[s.Name] = is; is.Partitions == 0 {
				delete(out, s.Name)
			}
		}
	}
	return out, nil
}

// ProducerTimes implements Broker.
func (b *brokerModel) ProducerTimes(context.Context) ([]string, error) {
	if err := b.fail("settings"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.byProducers)), nil
}
