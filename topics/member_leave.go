package topics

import (
	"context"
	"fmt"

	"github.com/segmentio/kafka-go/protocol"
)

// leaveVersion is the newest that is not flexible; the protocol package reads this response's
// fields in the wrong order.
const leaveVersion = 3

// Leave removes this instance from the group, so that others take its partitions at once (KIP-345,
// by instance id). It is for an instance that does not come back; one that only restarts keeps its
// place for SessionTimeout. Call it after the last transaction. It succeeds if the group no longer
// knows the member.
func (m *Member) Leave(ctx context.Context) error {
	group := m.cfg.Group
	coordinator := m.c.groupCoordinator(group)
	err := m.c.ask(ctx, "the answer to LeaveGroup", coordinator, func(ctx context.Context, cn *conn) error {
		b := cn.newFrame(nil)
		b = appendString(b, group)
		b = appendInt32(b, 1)
		b = appendString(b, m.now.MemberID)
		b = appendNullableString(b, m.cfg.InstanceID)
		body, err := cn.callRaw(ctx, protocol.LeaveGroup, leaveVersion, b, nil)
		if err != nil {
			return err
		}
		r := reader{b: body}
		r.int32() // throttle
		code := Code(r.int16())
		for range r.count(6) {
			r.text() // member id
			r.text() // instance id
			if c := Code(r.int16()); code == codeNone {
				code = c
			}
		}
		if r.err != nil {
			return fmt.Errorf("the answer to LeaveGroup: %w", r.err)
		}
		if code == codeUnknownMember || code == codeGroupNotFound {
			return nil
		}
		return m.result("LeaveGroup", code)
	})
	if err == nil {
		m.now = Assignment{}
	}
	return err
}
