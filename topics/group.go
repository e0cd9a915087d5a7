package topics

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/segmentio/kafka-go/protocol/deletegroups"
	"github.com/segmentio/kafka-go/protocol/describegroups"
)

// States of a group, as the brokers name them.
const (
	// GroupStable says that the members have their assignments.
	GroupStable = "Stable"
	// GroupEmpty says that there are no members; committed offsets are kept.
	GroupEmpty = "Empty"
	// GroupDead says that there is no classic group of that name. A group of the newer consumer
	// protocol (KIP-848) is reported like this too.
	GroupDead = "Dead"
)

// Group is what the brokers report about a classic group.
type Group struct {
	// State is GroupStable, GroupEmpty, GroupDead, or one in between.
	State string
	// Ours is true if the members share out the topics of this client's prefix as [Member] does.
	Ours bool
	// ProtocolType is the members' protocol type: "consumer" for ordinary consumers and for older
	// versions of tilsyn.
	ProtocolType string
	// Members in order of their instance ids.
	Members []GroupMember
}

// GroupMember is one member of a group.
type GroupMember struct {
	// InstanceID is the static member id; empty if there is none.
	InstanceID string
	// ClientID and Host say where it is.
	ClientID, Host string
	// Partitions are the partitions of card-events that it has, ascending; none if the group is not
	// stable or not ours.
	Partitions []int32
}

// String names the member for an operator; it holds nothing personal.
func (m GroupMember) String() string {
	id := m.InstanceID
	if id == "" {
		id = m.ClientID
	}
	if m.Host == "" {
		return id
	}
	return id + " at " + m.Host
}

// DescribeGroup returns who is in a group and what each member has.
func (c *Client) DescribeGroup(ctx context.Context, group string) (Group, error) {
	var out Group
	req := &describegroups.Request{Groups: []string{group}}
	err := c.describeGroup(ctx, req, func(g *describegroups.ResponseGroup) (err error) {
		if Code(g.ErrorCode) == codeGroupNotFound {
			out = Group{State: GroupDead}
			return nil
		}
		out, err = c.groupOf(g)
		return err
	})
	return out, err
}

// describeGroup asks for the one group of a request and hands over what is said of it; that it is not there is
// such an answer.
func (c *Client) describeGroup(ctx context.Context, req *describegroups.Request,
	said func(*describegroups.ResponseGroup) error) error {
	coordinator := c.groupCoordinator(req.Groups[0])
	return c.ask(ctx, "the answer to DescribeGroups", coordinator, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*describegroups.Response)
		if !ok || len(res.Groups) != 1 {
			return errOtherKind("DescribeGroups")
		}
		g := &res.Groups[0]
		if code := Code(g.ErrorCode); code != codeNone && code != codeGroupNotFound {
			return classify(&CodeError{Code: code, Op: "DescribeGroups", Partition: -1})
		}
		return said(g)
	})
}

// groupOf converts the description of a group.
func (c *Client) groupOf(g *describegroups.ResponseGroup) (Group, error) {
	full := c.Full(CardEvents)
	out := Group{State: g.GroupState, ProtocolType: g.ProtocolType,
		Ours: g.ProtocolType == protocolType && (g.ProtocolData == "" || g.ProtocolData == assignor+full)}
	for i := range g.Members {
		m := &g.Members[i]
		x := GroupMember{InstanceID: m.GroupInstanceID, ClientID: m.ClientID, Host: m.ClientHost}
		if out.Ours && g.GroupState == GroupStable {
			parts, _, err := readAssignment(m.MemberAssignment, full)
			if err != nil {
				return out, err
			}
			x.Partitions = parts
		}
		out.Members = append(out.Members, x)
	}
	slices.SortFunc(out.Members, func(a, b GroupMember) int {
		return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.ClientID, b.ClientID))
	})
	return out, nil
}

// DeleteGroup deletes a group without members and its committed offsets. It succeeds if the group
// does not exist.
func (c *Client) DeleteGroup(ctx context.Context, group string) error {
	return c.ask(ctx, "the answer to DeleteGroups", c.groupCoordinator(group), func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, &deletegroups.Request{GroupIDs: []string{group}})
		if err != nil {
			return err
		}
		res, ok := msg.(*deletegroups.Response)
		if !ok || len(res.Responses) != 1 {
			return errOtherKind("DeleteGroups")
		}
		if code := Code(res.Responses[0].ErrorCode); code != codeNone && code != codeGroupNotFound {
			return classify(&CodeError{Code: code, Op: "DeleteGroups", Partition: -1, Message: fmt.Sprintf("group %s", group)})
		}
		return nil
	})
}
