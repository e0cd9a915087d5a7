package task

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// What is known of records that cannot be used, for who runs the engine: a line in
// the log per topic and reason, not per record, and how many units are held by what.

// letterKind is why records of a topic are dead letters.
type letterKind struct{ Topic, Reason string }

// letters counts dead letters by kind.
type letters struct {
	mu     sync.Mutex
	counts map[letterKind]*letterCount
}

// letterCount is how many there were, how many of them the log tells of, and when
// it told last.
type letterCount struct {
	n, told int64
	at      time.Time
	gap     time.Duration
}

func (l *letters) add(topic, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[letterKind]*letterCount{}
	}
	k := letterKind{topic, reason}
	if l.counts[k] == nil {
		l.counts[k] = &letterCount{}
	}
	l.counts[k].n++
}

// The waits between two lines about one kind double from the first to the last.
const (
	LetterCheck = 2 * time.Second
	letterAgain = time.Minute
	letterMost  = time.Hour
)

// toldLetter is one line for the log.
type toldLetter struct {
	letterKind
	// Fresh came since the last line, n since the start.
	Fresh, N int64
}

// Tell returns what is to be told now, in the order of topic and reason.
func (l *letters) Tell(now time.Time) []toldLetter {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []toldLetter
	for k, c := range l.counts {
		if c.n == c.told || c.gap > 0 && now.Sub(c.at) < c.gap {
			continue
		}
		out = append(out, toldLetter{k, c.n - c.told, c.n})
		c.told, c.at, c.gap = c.n, now, min(max(2*c.gap, letterAgain), letterMost)
	}
	slices.SortFunc(out, func(a, b toldLetter) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}
