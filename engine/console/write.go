package console

import (
	"context"
	"sync"

	"tilsyn/engine/casefile"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// produce writes one record and waits until it is acknowledged by all replicas.
func (l *live) produce(q *request, o topics.Out) error {
	o.Partition = topics.ByKey
	l.writing.Lock()
	defer l.writing.Unlock()
	ctx, cancel := context.WithTimeout(q.Context(), longest/2)
	defer cancel()
	_, err := l.writer.Produce(ctx, []topics.Out{o})
	return err
}

// send writes a fact to its input topic, under the key that it must have. The same fact gives the same
// bytes, however often it is sent.
func (q *request) send(record any) error {
	schema, _ := schemas.Of(record)
	head, _ := schemas.HeadOf(record)
	key, _ := casefile.Key(record)
	return q.live.produce(q, topics.Out{Topic: schema.Topic(), Key: []byte(key), Value: schema.AppendValue(nil, record),
		Timestamp: int64(head.ReceivedAt)})
}

// mostSent is how many sent facts are remembered.
const mostSent = 4096

// sent remembers the last facts that were sent, by topic, id and version.
type sent struct {
	mu    sync.Mutex
	has   map[string]bool
	order []string
}

// before reports whether a fact was sent lately.
func (s *sent) before(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.has[name]
}

// note remembers a fact.
func (s *sent) note(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.has == nil {
		s.has = map[string]bool{}
	}
	if s.has[name] {
		return
	}
	s.has[name] = true
	if s.order = append(s.order, name); len(s.order) > mostSent {
		delete(s.has, s.order[0])
		s.order = s.order[1:]
	}
}
