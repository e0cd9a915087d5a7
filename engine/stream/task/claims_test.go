package task

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/testkit"
)

// A record that comes twice under one key is no contest. A name is compared with all earlier
// claims, also with those of a process that has ended.
func TestClaimsOfBefore(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 4, 2)
	w.boot()
	first, second := w.pairOf()
	w.sendStay(first)
	row := exitOf("out", first, w.now)
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: row})
	w.rest()
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: row})
	w.rest()
	if n := w.stats.Contested.Load(); n != 0 {
		t.Fatalf("%d names are contested by a record that came twice", n)
	}
	w.restore()
	w.boot()
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: second, Record: exitOf("out", second, w.now)})
	w.rest()
	w.check()
	if n := w.stats.Contested.Load(); n != 2 {
		t.Errorf("%d tasks know of the contest", n)
	}
}
