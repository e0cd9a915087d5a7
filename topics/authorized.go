package topics

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/segmentio/kafka-go/protocol/describegroups"
	kmeta "github.com/segmentio/kafka-go/protocol/metadata"
)

// notTold is what a broker says of operations that it was not asked for, or knows nothing of.
const notTold = -1 << 31

// OwnRights says which of some rights this user does not have, and of which it cannot be told: those
// for topics that are not there, and for names that begin so; a right on transactional ids counts as
// there when such ids may be looked up. The brokers say it themselves (KIP-430), so that it takes
// no right to ask.
func (c *Client) OwnRights(ctx context.Context, rights []Right) (lacks, unknown []Right, err error) {
	topics, err := c.ownOnTopics(ctx, rights)
	if err != nil {
		return nil, nil, err
	}
	groups := map[string]int32{}
	for _, r := range rights {
		var mask int32
		known := false
		switch {
		case r.Resource == ResourceTransactional:
			mask, err = c.ownOnTransactions(ctx, r.Name)
			known = true
		case r.Prefixed:
		case r.Resource == ResourceTopic:
			mask, known = topics[r.Name]
		case r.Resource == ResourceGroup:
			if mask, known = groups[r.Name]; !known {
				mask, err = c.ownOnGroup(ctx, r.Name)
				groups[r.Name], known = mask, true
			}
		}
		switch {
		case err != nil:
			return nil, nil, err
		case !known || mask == notTold:
			unknown = append(unknown, r)
		case mask&(1<<r.Operation) == 0:
			lacks = append(lacks, r)
		}
	}
	return lacks, unknown, nil
}

// ownOnTopics returns, as bits, what may be done with each topic that is named and is there; none with
// those that are hidden from this user.
func (c *Client) ownOnTopics(ctx context.Context, rights []Right) (map[string]int32, error) {
	req := &kmeta.Request{IncludeTopicAuthorizedOperations: true}
	for _, r := range rights {
		if r.Resource == ResourceTopic && !r.Prefixed && !slices.Contains(req.TopicNames, r.Name) {
			req.TopicNames = append(req.TopicNames, r.Name)
		}
	}
	out := map[string]int32{}
	if len(req.TopicNames) == 0 {
		return out, nil
	}
	err := c.ask(ctx, "the answer to Metadata", anyBroker{c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*kmeta.Response)
		if !ok {
			return errOtherKind("Metadata")
		}
		for _, t := range res.Topics {
			switch code := Code(t.ErrorCode); {
			case code == codeTopicRefused:
				out[t.Name] = 0
			case code == codeNone:
				out[t.Name] = t.TopicAuthorizedOperations
			case code != codeUnknownTopic:
				return classify(&CodeError{Code: code, Op: "Metadata", Topic: c.short(t.Name), Partition: -1})
			}
		}
		return nil
	})
	return out, err
}

// ownOnGroup returns, as bits, what may be done with a group, whether or not it is there.
func (c *Client) ownOnGroup(ctx context.Context, group string) (int32, error) {
	var mask int32
	req := &describegroups.Request{Groups: []string{group}, IncludeAuthorizedOperations: true}
	err := c.describeGroup(ctx, req, func(g *describegroups.ResponseGroup) error {
		mask = g.AuthorizedOperations
		return nil
	})
	return refusedIsNone(mask, err, codeGroupRefused)
}

// ownOnTransactions returns every operation where transactional ids that begin so may be looked up.
func (c *Client) ownOnTransactions(ctx context.Context, prefix string) (int32, error) {
	looked := func(context.Context, *conn) error { return nil }
	err := c.ask(ctx, "the coordinator of transactions", c.txnCoordinator(prefix+"0"), looked)
	return refusedIsNone(1<<OpWrite|1<<OpDescribe, err, codeTxnRefused)
}

// refusedIsNone makes a refusal no operation at all.
func refusedIsNone(mask int32, err error, refusal Code) (int32, error) {
	var code *CodeError
	if errors.As(err, &code) && code.Code == refusal {
		return 0, nil
	}
	return mask, err
}

// Node is a broker of the cluster, and whether it answers.
type Node struct {
	ID      int32
	Address string
	// Err is why it cannot be reached; nil if it can.
	Err error
}

// Nodes tries every broker of the cluster once, in the order of their numbers.
func (c *Client) Nodes(ctx context.Context) []Node {
	c.meta.mu.Lock()
	var out []Node
	for id, addr := range c.meta.brokers {
		out = append(out, Node{ID: id, Address: addr})
	}
	c.meta.mu.Unlock()
	slices.SortFunc(out, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	for i := range out {
		cn, err := c.pool.get(ctx, out[i].Address)
		if err == nil {
			c.pool.put(cn)
		}
		out[i].Err = err
	}
	return out
}

// Principal is who this client is to the brokers, as far as it knows; empty before the first connection.
func (c *Client) Principal() string {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	return c.pool.principal
}
