package topics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/joingroup"
	"github.com/segmentio/kafka-go/protocol/syncgroup"
)

// MemberConfig says who joins which group.
type MemberConfig struct {
	// Group is the group's name (`--group`, contract §4).
	Group string
	// InstanceID is the static identity of this instance, kept by the caller in
	// its data directory: with it a restart within SessionTimeout takes its
	// partitions back at once and without a rebalance (KIP-345). Required.
	InstanceID string
	// Topic is the one whose partitions are shared out; default card-events.
	Topic string
	// SessionTimeout is after how long without Heartbeat the group takes the
	// partitions away. Default 45 s.
	SessionTimeout time.Duration
	// RebalanceTimeout is how long members may take to join again. Default 30 s.
	RebalanceTimeout time.Duration
}

// Assignment is what a member owns in one generation.
type Assignment struct {
	Group, MemberID, InstanceID string
	Generation                  int32
	// Partitions of the topic, ascending. Partition n is task n.
	Partitions []int32
}

// Offsets returns what [TxnWriter.SendOffsets] takes.
func (a Assignment) Offsets(positions []Position) GroupOffsets {
	return GroupOffsets{a.Group, a.Generation, a.MemberID, a.InstanceID, positions}
}

// Member is one instance's membership of a classic group. Heartbeat may be
// called while nothing else is.
type Member struct {
	c   *Client
	cfg MemberConfig
	now Assignment
}

// NewMember returns a member that has not joined yet.
func (c *Client) NewMember(cfg MemberConfig) *Member {
	if cfg.Topic == "" {
		cfg.Topic = CardEvents
	}
	if cfg.SessionTimeout <= 0 {
		cfg.SessionTimeout = 45 * time.Second
	}
	if cfg.RebalanceTimeout <= 0 {
		cfg.RebalanceTimeout = 30 * time.Second
	}
	return &Member{c: c, cfg: cfg}
}

// assignor is the name of the way partitions are shared out: contiguous ranges
// in the order of the instance ids.
const (
	assignor     = "range"
	protocolType = "consumer"
)

// Join joins the group and returns what this member owns. The first join of a
// new group takes as long as the broker waits for others (3 s by default). Call
// it again after [ErrRebalance]. [ErrFenced]: another process runs with the
// same instance id.
func (m *Member) Join(ctx context.Context) (Assignment, error) {
	if m.cfg.Group == "" || m.cfg.InstanceID == "" {
		return Assignment{}, fmt.Errorf("a member needs a group and an instance id: %w", ErrFatal)
	}
	r := m.c.retry("the group " + m.cfg.Group)
	for {
		a, err := m.join(ctx)
		if err == nil {
			m.now = a
			return a, nil
		}
		var code *CodeError
		if !errors.As(err, &code) || !errors.Is(err, ErrRebalance) {
			return Assignment{}, err
		}
		if code.Code == codeUnknownMember {
			m.now.MemberID = ""
		}
		// Joining again is the answer to all of these.
		if err := r.wait(ctx, errors.New(code.Error())); err != nil {
			return Assignment{}, err
		}
	}
}

func (m *Member) join(ctx context.Context) (Assignment, error) {
	joined, err := m.joinGroup(ctx)
	if err != nil {
		return Assignment{}, err
	}
	a := Assignment{
		Group: m.cfg.Group, MemberID: joined.MemberID, InstanceID: m.cfg.InstanceID, Generation: joined.GenerationID,
	}
	m.now.MemberID = joined.MemberID
	var shares []syncgroup.RequestAssignment
	if joined.LeaderID == joined.MemberID {
		n, err := m.c.Partitions(ctx, m.cfg.Topic)
		if err != nil {
			return a, err
		}
		shares = share(joined.Members, m.c.Full(m.cfg.Topic), n)
	}
	// A static leader that comes back is told its old member id as the
	// leader's: the group keeps its assignment, and no shares are sent.
	a.Partitions, err = m.syncGroup(ctx, a, shares)
	return a, err
}

func (m *Member) joinGroup(ctx context.Context) (res *joingroup.Response, err error) {
	req := &joingroup.Request{
		GroupID:            m.cfg.Group,
		SessionTimeoutMS:   int32(m.cfg.SessionTimeout.Milliseconds()),
		RebalanceTimeoutMS: int32(m.cfg.RebalanceTimeout.Milliseconds()),
		MemberID:           m.now.MemberID,
		GroupInstanceID:    m.cfg.InstanceID,
		ProtocolType:       protocolType,
		Protocols:          []joingroup.RequestProtocol{{Name: assignor, Metadata: subscription(m.c.Full(m.cfg.Topic))}},
	}
	limit := m.cfg.RebalanceTimeout + m.c.cfg.RequestTimeout
	err = m.c.askFor(ctx, limit, "the answer to JoinGroup", m.c.groupCoordinator(m.cfg.Group), func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		var ok bool
		if res, ok = msg.(*joingroup.Response); !ok {
			return errOtherKind("JoinGroup")
		}
		if Code(res.ErrorCode) == codeMemberIDRequired {
			req.MemberID = res.MemberID
		}
		return m.result("JoinGroup", Code(res.ErrorCode))
	})
	return res, err
}

func (m *Member) syncGroup(ctx context.Context, a Assignment, shares []syncgroup.RequestAssignment) (parts []int32, err error) {
	req := &syncgroup.Request{
		GroupID: a.Group, GenerationID: a.Generation, MemberID: a.MemberID, GroupInstanceID: a.InstanceID,
		ProtocolType: protocolType, ProtocolName: assignor, Assignments: shares,
	}
	limit := m.cfg.RebalanceTimeout + m.c.cfg.RequestTimeout
	err = m.c.askFor(ctx, limit, "the answer to SyncGroup", m.c.groupCoordinator(a.Group), func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*syncgroup.Response)
		if !ok {
			return errOtherKind("SyncGroup")
		}
		if err := m.result("SyncGroup", Code(res.ErrorCode)); err != nil {
			return err
		}
		parts, err = readAssignment(res.Assignments, m.c.Full(m.cfg.Topic))
		return err
	})
	return parts, err
}

func (m *Member) result(op string, code Code) error {
	if code == codeNone {
		return nil
	}
	return classify(&CodeError{Code: code, Op: op, Partition: -1})
}

// heartbeatVersion: the protocol package reads this response's fields in the
// wrong order, so that an error would look like a throttle time.
const heartbeatVersion = 3

// Heartbeat tells the group that this member is alive; call it at about a
// third of SessionTimeout or more often. [ErrRebalance]: Join again, now.
// [ErrFenced]: another process has taken over the instance id; end.
func (m *Member) Heartbeat(ctx context.Context) error {
	a := m.now
	return m.c.ask(ctx, "the answer to Heartbeat", m.c.groupCoordinator(a.Group), func(ctx context.Context, cn *conn) error {
		b := cn.newFrame(nil)
		b = appendString(b, a.Group)
		b = appendInt32(b, a.Generation)
		b = appendString(b, a.MemberID)
		b = appendNullableString(b, a.InstanceID)
		body, err := cn.callRaw(ctx, protocol.Heartbeat, heartbeatVersion, b, nil)
		if err != nil {
			return err
		}
		r := reader{b: body}
		r.int32() // throttle
		code := Code(r.int16())
		if r.err != nil {
			return fmt.Errorf("the answer to Heartbeat: %w", r.err)
		}
		return m.result("Heartbeat", code)
	})
}

// subscription is the consumer protocol's word for "this topic", version 0.
func subscription(full string) []byte {
	b := appendInt16(nil, 0)
	b = appendInt32(b, 1)
	b = appendString(b, full)
	return appendInt32(b, -1)
}

// share gives every member a contiguous range of the partitions.
func share(members []joingroup.ResponseMember, full string, n int32) []syncgroup.RequestAssignment {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b joingroup.ResponseMember) int {
		return cmp.Or(cmp.Compare(a.GroupInstanceID, b.GroupInstanceID), cmp.Compare(a.MemberID, b.MemberID))
	})
	var out []syncgroup.RequestAssignment
	for i, m := range members {
		from, to := int(n)*i/len(members), int(n)*(i+1)/len(members)
		b := appendInt16(nil, 0)
		b = appendInt32(b, 1)
		b = appendString(b, full)
		b = appendInt32(b, int32(to-from))
		for p := from; p < to; p++ {
			b = appendInt32(b, int32(p))
		}
		out = append(out, syncgroup.RequestAssignment{MemberID: m.MemberID, Assignment: appendInt32(b, -1)})
	}
	return out
}

// readAssignment reads the consumer protocol's assignment.
func readAssignment(body []byte, full string) ([]int32, error) {
	if len(body) == 0 {
		return nil, nil
	}
	r := reader{b: body}
	r.int16() // version
	var parts []int32
	for range r.count(6) {
		name := string(r.text())
		for range r.count(4) {
			if p := r.int32(); name == full {
				parts = append(parts, p)
			}
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("the group's assignment cannot be read: %w", ErrFatal)
	}
	slices.Sort(parts)
	return parts, nil
}
