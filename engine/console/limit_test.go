package console

import (
	"context"
	"strconv"
	"testing"
)

// TestDearAnswers: a reader whose answers were dear waits until they are paid off, and nobody else does.
func TestDearAnswers(t *testing.T) {
	l := newLimits()
	for range 10 { // searches through all that one request looks at
		left, ok := l.come("searcher")
		if !ok {
			break
		}
		left()
		l.charge("searcher", 100*20_000/rowsDear)
	}
	if _, ok := l.come("searcher"); ok {
		t.Error("endless searches are all answered")
	}
	if _, ok := l.come("other"); !ok {
		t.Error("another reader pays for them")
	}
	l.charge("nobody", 1000) // who was forgotten owes nothing
}

// TestUnderWay: one reader has a bound, all have one, and what is answered makes room.
func TestUnderWay(t *testing.T) {
	l := newLimits()
	var left []func()
	for range mostUnderWay {
		f, ok := l.come("one")
		if !ok {
			t.Fatal("a request within the bound is refused")
		}
		left = append(left, f)
	}
	if _, ok := l.come("one"); ok {
		t.Error("one reader has more under way than the bound")
	}
	left[0]()
	if _, ok := l.come("one"); !ok {
		t.Error("what is answered makes no room")
	}
	refused := 0
	for i := range 2 * mostAtAll {
		if _, ok := l.come("other " + strconv.Itoa(i)); !ok {
			refused++
		}
	}
	if refused != mostAtAll+mostUnderWay {
		t.Errorf("%d of %d readers are refused, with %d under way already", refused, 2*mostAtAll, mostUnderWay)
	}
}

// TestManyReaders: readers are forgotten when there are too many of them, except those with something under way.
func TestManyReaders(t *testing.T) {
	l := newLimits()
	if _, ok := l.come("waits"); !ok {
		t.Fatal("a first request is refused")
	}
	for i := range mostReaders + 10 {
		if left, ok := l.come(strconv.Itoa(i)); ok {
			left()
		}
	}
	if n := len(l.readers); n > mostReaders || l.readers["waits"] == nil {
		t.Errorf("%d readers are remembered; the one that waits: %v", n, l.readers["waits"])
	}
}

// TestSeats: while all seats are taken nobody else is worked for, and whoever goes away stops waiting.
func TestSeats(t *testing.T) {
	l := newLimits()
	for range cap(l.seats) {
		if _, ok := l.sit(t.Context()); !ok {
			t.Fatal("a free seat is not given")
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := l.sit(gone); ok {
		t.Error("more work at one time than there are seats")
	}
}
