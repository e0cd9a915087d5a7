package duty

import (
	"strconv"
	"testing"
)

// TestIDSetKnowsWhatItHas: an id that it has is never new, of another topic it may be; few new ones are taken for
// known, and when the room is used up all are.
func TestIDSetKnowsWhatItHas(t *testing.T) {
	const n = 4000
	var hashes []uint64
	for i := range n {
		hashes = append(hashes, hashOfID(TopicNotices, strconv.Itoa(i)))
	}
	s := newIDSet(hashes)
	c := Carried{ids: s}
	for i := range n {
		if !c.Knows(TopicNotices, strconv.Itoa(i)) {
			t.Fatalf("id %d is not known", i)
		}
	}
	if c.Knows(TopicCardEvents, "0") {
		t.Error("an id of another topic is known")
	}
	taken := 0
	for i := range n {
		if s.has(hashOfID(TopicNotices, strconv.Itoa(n+i))) {
			taken++
		}
	}
	if taken > n/50 {
		t.Errorf("%d of %d ids that it does not have are taken for known", taken, n)
	}
	if !s.add(hashOfID(TopicCardEvents, "0")) {
		t.Error("an id of another topic is taken for known")
	}
	for i := range idSpare / 2 {
		if s.add(hashes[i]) {
			t.Fatalf("id %d is taken for new", i)
		}
	}
	known := 0
	for i := range idSpare/2 - 1 {
		if !s.add(hashOfID(TopicNotices, strconv.Itoa(n+i))) {
			known++
		}
	}
	if known > idSpare/50 {
		t.Errorf("%d of %d new ids are taken for known", known, idSpare/2)
	}
	if s.add(hashOfID(TopicNotices, "without room")) {
		t.Error("an id is new where there is no room left")
	}
	other := newIDSet(nil)
	for i := range idSpare - 1 {
		other.add(hashes[i])
	}
	if !other.add(hashOfID(TopicNotices, "the last")) {
		t.Error("there is no room for the last id")
	}
	if want := (n + idSpare) * 2; s.size() != want {
		t.Errorf("it takes %d bytes, not %d", s.size(), want)
	}
}
