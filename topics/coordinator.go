package topics

import (
	"context"
	"errors"
	"net"
	"strconv"

	"github.com/segmentio/kafka-go/protocol/findcoordinator"
)

// The kinds of coordinators, by the protocol's numbers.
const (
	coordGroup int8 = 0
	coordTxn   int8 = 1
)

// coordKey identifies a coordinator: the kind, and the group or transactional id.
type coordKey struct {
	kind int8 // 0 for a group, 1 for a transactional id
	key  string
}

// coordinator is the broker in charge of a group or a transactional id.
type coordinator struct {
	c *Client
	coordKey
}

// groupCoordinator returns the coordinator of a group.
func (c *Client) groupCoordinator(group string) coordinator {
	return coordinator{c, coordKey{coordGroup, group}}
}

// txnCoordinator returns the coordinator of a transactional id.
func (c *Client) txnCoordinator(id string) coordinator {
	return coordinator{c, coordKey{coordTxn, id}}
}

func (t coordinator) forget() {
	t.c.coordMu.Lock()
	delete(t.c.coords, t.coordKey)
	t.c.coordMu.Unlock()
}

func (t coordinator) addr(ctx context.Context) (string, error) {
	t.c.coordMu.Lock()
	addr, ok := t.c.coords[t.coordKey]
	t.c.coordMu.Unlock()
	if ok {
		return addr, nil
	}
	err := t.c.once(ctx, anyBroker{t.c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, &findcoordinator.Request{Key: t.key, KeyType: t.kind})
		if err != nil {
			return err
		}
		res, ok := msg.(*findcoordinator.Response)
		if !ok {
			return errOtherKind("FindCoordinator")
		}
		if res.ErrorCode != 0 {
			return classify(&CodeError{Code: Code(res.ErrorCode), Op: "FindCoordinator", Partition: -1})
		}
		addr = net.JoinHostPort(res.Host, strconv.Itoa(int(res.Port)))
		return nil
	})
	if err != nil {
		return "", err
	}
	t.c.coordMu.Lock()
	t.c.coords[t.coordKey] = addr
	t.c.coordMu.Unlock()
	return addr, nil
}

// anyBroker is any known broker. After a failure the metadata is read again, so that a dead broker
// drops out.
type anyBroker struct{ c *Client }

func (t anyBroker) addr(ctx context.Context) (string, error) {
	m := &t.c.meta
	m.mu.Lock()
	for _, a := range m.brokers {
		m.mu.Unlock()
		return a, nil
	}
	m.mu.Unlock()
	if err := m.refresh(ctx); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.brokers {
		return a, nil
	}
	return "", errors.New("no broker is known")
}

func (t anyBroker) forget() {
	t.c.meta.mu.Lock()
	clear(t.c.meta.brokers)
	t.c.meta.mu.Unlock()
}
