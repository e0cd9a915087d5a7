package console

import (
	"context"
	"errors"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// produce writes one record and waits until it is acknowledged by all replicas.
func (l *live) produce(q *request, o topics.Out) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	ctx, cancel := context.WithTimeout(q.Context(), longest/2)
	defer cancel()
	_, err := l.writer.Produce(ctx, []topics.Out{o})
	return err
}

// send writes a fact to its input topic, under every key that it must have. The same fact gives the same bytes,
// however often it is sent.
func (q *request) send(record any) error {
	schema, _ := schemas.Of(record)
	head, _ := schemas.HeadOf(record)
	value := q.live.engine.Schemas.AppendValue(nil, schema, record)
	out := topics.Out{Topic: schema.Topic(), Value: value, Timestamp: int64(head.ReceivedAt), Partition: topics.ByKey}
	if r, ok := record.(*duty.Resolution); ok {
		return q.resolve(r, out)
	}
	keys, err := q.keysOf(record)
	if err != nil {
		return err
	}
	for _, key := range keys {
		out.Key = []byte(key)
		if err := q.live.produce(q, out); err != nil {
			return err
		}
	}
	return nil
}

// errNoPaper says that the paper of a Resolution is not in the projection any more.
var errNoPaper = errors.New("the paper that a resolution names is not in the pages' projection")

// resolve writes a Resolution beside its paper, under the paper's key (contract §2).
func (q *request) resolve(r *duty.Resolution, out topics.Out) error {
	centre, err := q.paperCentre(r)
	if err != nil {
		return err
	}
	out.Key, out.Partition = []byte(centre), r.Partition
	return q.live.produce(q, out)
}

// paperCentre is the centre under which the paper of a Resolution lies.
func (q *request) paperCentre(r *duty.Resolution) (string, error) {
	list, _, err := q.live.store.Paper()
	if err != nil {
		return "", err
	}
	for i := range list {
		if p := list[i].Pos.V; p.Partition == r.Partition && p.Offset == r.Offset {
			return list[i].Fact.CentreID, nil
		}
	}
	return "", errNoPaper
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
