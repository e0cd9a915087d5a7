package topics

import (
	"fmt"
	"slices"
)

// The consumer protocol's subscription and assignment, version 0, which ordinary tools can
// display; our own part is their user data.

// subscription returns a subscription to one topic.
func subscription(full string, user []byte) []byte {
	b := appendInt16(nil, 0)
	b = appendInt32(b, 1)
	b = appendString(b, full)
	b = appendInt32(b, int32(len(user)))
	return append(b, user...)
}

// userData returns the user data of a subscription; nil if it cannot be read.
func userData(subscription []byte) []byte {
	r := reader{b: subscription}
	r.int16() // version
	for range r.count(2) {
		r.text()
	}
	user := r.bytes()
	if r.err != nil {
		return nil
	}
	return user
}

// subscribes reports whether a subscription names the topic.
func subscribes(subscription []byte, full string) bool {
	r := reader{b: subscription}
	r.int16() // version
	found := false
	for range r.count(2) {
		found = string(r.text()) == full || found
	}
	return found && r.err == nil
}

// assignmentOf returns the assignment of partitions of one topic.
func assignmentOf(full string, parts []int32, user []byte) []byte {
	b := appendInt16(nil, 0)
	b = appendInt32(b, 1)
	b = appendString(b, full)
	b = appendInt32(b, int32(len(parts)))
	for _, p := range parts {
		b = appendInt32(b, p)
	}
	b = appendInt32(b, int32(len(user)))
	return append(b, user...)
}

// readAssignment returns the partitions of the topic, ascending, and the user data. Partitions of
// another topic are an error: somebody shares out something else, and this member's work would be
// left undone.
func readAssignment(body []byte, full string) (parts []int32, user []byte, err error) {
	if len(body) == 0 {
		return nil, nil, nil
	}
	r := reader{b: body}
	r.int16() // version
	for range r.count(6) {
		name := string(r.text())
		for range r.count(4) {
			p := r.int32()
			if name != full && r.err == nil {
				return nil, nil, fmt.Errorf("the group shares out %s and not %s: %w", name, full, ErrGroupTaken)
			}
			parts = append(parts, p)
		}
	}
	user = r.bytes()
	if r.err != nil {
		return nil, nil, fmt.Errorf("the group's assignment cannot be read: %w", ErrFatal)
	}
	slices.Sort(parts)
	return parts, user, nil
}
