package topics

import (
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
	// InstanceID is the static member id of this instance; the caller keeps it in its data directory.
	// With it a restart within SessionTimeout gets its partitions back at once, without a rebalance
	// (KIP-345). Required.
	InstanceID string
	// Topic is the topic whose partitions are shared out; default card-events.
	Topic string
	// SessionTimeout is how long the group waits for a Heartbeat before it takes the partitions away.
	// Default 45 s.
	SessionTimeout time.Duration
	// RebalanceTimeout is how long members have to rejoin. Default 30 s.
	RebalanceTimeout time.Duration
	// Memory is what Save was last given, kept across restarts. With it a restart shows the group the
	// same as before, and nothing is shared out again; without it partitions may move. An unreadable
	// value counts as none.
	Memory []byte
	// Save stores Memory; nil stores nothing. Join returns its error.
	Save func(memory []byte) error

	// protocolType and protocol replace those of this version in tests.
	protocolType, protocol string
}

// Assignment is what a member owns in one generation.
type Assignment struct {
	Group, MemberID, InstanceID string
	Generation                  int32 // of the group; a commit of an earlier one is refused
	// Partitions of the topic, ascending. Partition n is task n.
	Partitions []int32
	// Instances is how many members own partitions.
	Instances int
	// Anew is true if the group no longer knew this member, since it was silent for longer than its
	// session: others may have owned its partitions in between, including those that it is given
	// again.
	Anew bool
}

// Offsets returns the argument of [TxnWriter.SendOffsets].
func (a Assignment) Offsets(positions []Position) GroupOffsets {
	return GroupOffsets{a.Group, a.Generation, a.MemberID, a.InstanceID, positions}
}

// Member is the membership of one instance in a classic group. Call one method at a time.
type Member struct {
	c   *Client
	cfg MemberConfig
	now Assignment // what it owns at present
	mem memory
	// joined is true once this process has been a member, sharing since it got its share and until its instance id
	// is taken.
	joined, sharing bool
	// retaken are the times at which the instance id was taken back recently; see retake.
	retaken []time.Time
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
	if cfg.protocolType == "" {
		cfg.protocolType, cfg.protocol = protocolType, assignor+c.Full(cfg.Topic)
	}
	return &Member{c: c, cfg: cfg, mem: readMemory(cfg.Memory)}
}

// protocolType is a group type of our own. The protocol's name holds the way of sharing out
// ([shareOut]) and the full name of the topic. So the broker itself admits nobody to the group who
// does not share out the same topic in the same way: no consumer, no engine of another prefix, no
// older tilsyn (decision 0010). Such a member would own partitions of which it reads nothing.
const (
	protocolType = "tilsyn"
	assignor     = "sticky:"
)

// Join joins the group and returns what this member owns. The first join of a new group takes as
// long as the broker waits for others (3 s by default). Call it again after [ErrRebalance].
// [ErrFenced] means that another process with the same instance id keeps taking it back,
// [ErrGroupTaken] that the group belongs to something else.
func (m *Member) Join(ctx context.Context) (Assignment, error) {
	if m.cfg.Group == "" || m.cfg.InstanceID == "" {
		return Assignment{}, fmt.Errorf("a member needs a group and an instance id: %w", ErrFatal)
	}
	// A rebalance is no trouble, so the series is unwatched; each of its requests is watched.
	r := m.c.unwatched("the group " + m.cfg.Group)
	anew := false
	for {
		a, err := m.join(ctx)
		if err == nil {
			a.Anew = anew
			m.now, m.joined, m.sharing = a, true, true
			return a, nil
		}
		var code *CodeError
		if !errors.As(err, &code) || !errors.Is(err, ErrRebalance) {
			return Assignment{}, err
		}
		if code.Code == codeUnknownMember {
			m.now.MemberID, anew = "", m.joined
		}
		// Joining again is the answer to all of these.
		if err := r.wait(ctx, errors.New(code.Error())); err != nil {
			return Assignment{}, err
		}
	}
}

// join is one attempt of Join.
func (m *Member) join(ctx context.Context) (Assignment, error) {
	if err := m.introduce(); err != nil {
		return Assignment{}, err
	}
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
		if shares, err = m.lead(joined.Members, n); err != nil {
			return a, err
		}
	}
	// A static leader that returns is told its old member id as the leader's: the group keeps its
	// assignment, and no shares are sent.
	body, err := m.syncGroup(ctx, a, shares)
	if err != nil {
		return a, err
	}
	return m.learn(a, body)
}

// introduce sets what the next JoinGroup shows the group. The first one of a process repeats the
// last one of its predecessor, so that the group sees no change and does not rebalance; later ones
// show what is known now.
func (m *Member) introduce() error {
	if !m.joined && len(m.mem.Shown) > 0 {
		return nil
	}
	m.mem.Shown = m.mem.table.encode()
	return m.save()
}

// save stores the memory.
func (m *Member) save() error {
	if m.cfg.Save == nil {
		return nil
	}
	if err := m.cfg.Save(m.mem.encode()); err != nil {
		return fmt.Errorf("what is known of the group cannot be written to the data directory: %w: %w", err, ErrFatal)
	}
	return nil
}

// lead shares the partitions out among the members, starting from the newest table that any member
// knows.
func (m *Member) lead(members []joingroup.ResponseMember, n int32) ([]syncgroup.RequestAssignment, error) {
	previous := m.mem.table
	ids := make([]string, len(members))
	for i, x := range members {
		if !subscribes(x.Metadata, m.c.Full(m.cfg.Topic)) {
			return nil, fmt.Errorf("the group %s has a member that shares out another topic than %s: %w", m.cfg.Group,
				m.c.Full(m.cfg.Topic), ErrGroupTaken)
		}
		ids[i] = x.GroupInstanceID
		if t, err := readTable(userData(x.Metadata)); err == nil && t.Term > previous.Term {
			previous = t
		}
	}
	next := table{Term: previous.Term + 1, Owners: shareOut(ids, previous.Owners, n)}
	known := next.encode()
	out := make([]syncgroup.RequestAssignment, len(members))
	for i, x := range members {
		out[i] = syncgroup.RequestAssignment{MemberID: x.MemberID,
			Assignment: assignmentOf(m.c.Full(m.cfg.Topic), next.of(x.GroupInstanceID), known)}
	}
	return out, nil
}

// learn parses what the group assigned to this member.
func (m *Member) learn(a Assignment, body []byte) (Assignment, error) {
	parts, known, err := readAssignment(body, m.c.Full(m.cfg.Topic))
	if err != nil {
		return a, err
	}
	a.Partitions = parts
	if t, err := readTable(known); err == nil {
		a.Instances = t.instances()
		m.mem.table = t
		return a, m.save()
	}
	return a, nil
}

// joinGroup sends JoinGroup.
func (m *Member) joinGroup(ctx context.Context) (res *joingroup.Response, err error) {
	req := &joingroup.Request{
		GroupID:            m.cfg.Group,
		SessionTimeoutMS:   int32(m.cfg.SessionTimeout.Milliseconds()),
		RebalanceTimeoutMS: int32(m.cfg.RebalanceTimeout.Milliseconds()),
		MemberID:           m.now.MemberID,
		GroupInstanceID:    m.cfg.InstanceID,
		ProtocolType:       m.cfg.protocolType,
		Protocols: []joingroup.RequestProtocol{
			{Name: m.cfg.protocol, Metadata: subscription(m.c.Full(m.cfg.Topic), m.mem.Shown)},
		},
	}
	limit, coordinator := m.cfg.RebalanceTimeout+m.c.cfg.RequestTimeout, m.c.groupCoordinator(m.cfg.Group)
	err = m.c.askFor(ctx, limit, "the answer to JoinGroup", coordinator, func(ctx context.Context, cn *conn) error {
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

// syncGroup sends SyncGroup and returns this member's assignment.
func (m *Member) syncGroup(ctx context.Context, a Assignment,
	shares []syncgroup.RequestAssignment) (body []byte, err error) {
	req := &syncgroup.Request{
		GroupID: a.Group, GenerationID: a.Generation, MemberID: a.MemberID, GroupInstanceID: a.InstanceID,
		ProtocolType: m.cfg.protocolType, ProtocolName: m.cfg.protocol, Assignments: shares,
	}
	limit := m.cfg.RebalanceTimeout + m.c.cfg.RequestTimeout
	coordinator := m.c.groupCoordinator(a.Group)
	err = m.c.askFor(ctx, limit, "the answer to SyncGroup", coordinator, func(ctx context.Context, cn *conn) error {
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
		body = slices.Clone(res.Assignments)
		return nil
	})
	return body, err
}

// result returns the error that a code of the group means.
func (m *Member) result(op string, code Code) error {
	if code == codeNone {
		return nil
	}
	e := classify(&CodeError{Code: code, Op: op, Partition: -1})
	if code == codeInconsistentProtocol {
		e.Message, e.class = "group "+m.cfg.Group, ErrGroupTaken
	}
	if code == codeFencedInstance {
		return m.retake(e)
	}
	return e
}

// heartbeatVersion is encoded here: the protocol package reads the fields of this response in the
// wrong order, so that an error would look like a throttle time.
const heartbeatVersion = 3

// Heartbeat tells the group that this member is alive; call it at least every third of
// SessionTimeout. [ErrRebalance] means Join again now, [ErrFenced] that another process keeps
// taking the instance id: end.
func (m *Member) Heartbeat(ctx context.Context) error {
	a := m.now
	coordinator := m.c.groupCoordinator(a.Group)
	return m.c.ask(ctx, "the answer to Heartbeat", coordinator, func(ctx context.Context, cn *conn) error {
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
